using System.Text;

namespace ChatAgent.Email;

/// <summary>UTF-7, which .NET no longer reads by itself. Source: RFC 2152.</summary>
internal static class Utf7
{
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] != (byte)'+')
            {
                text.Append((char)bytes[i]);
                continue;
            }

            var bits = 0;
            var held = 0;
            var from = ++i;
            while (i < bytes.Length && TransferEncoding.Base64Value(bytes[i]) is >= 0 and var six)
            {
                held = (held << 6) | six;
                bits += 6;
                if (bits >= 16)
                {
                    bits -= 16;
                    text.Append((char)((held >> bits) & 0xFFFF));
                    held &= (1 << bits) - 1;
                }

                i++;
            }

            if (i < bytes.Length && bytes[i] == (byte)'-')
            {
                // "+-" is the plus itself.
                if (i == from)
                {
                    text.Append('+');
                }
            }
            else
            {
                i--;
            }
        }

        return text.ToString();
    }
}
