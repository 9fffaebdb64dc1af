using System.Buffers;

namespace ChatAgent.Email;

/// <summary>The content of a mail as SMTP and LMTP carry it: lines that begin with a dot get one more (RFC 5321 §4.5.2).</summary>
internal static class DotStuffing
{
    /// <summary>A mail as content, without the line with a dot that ends it.</summary>
    /// <remarks>
    /// Every kind of line end becomes CRLF: a bare CR or LF means another thing to the next server, and a dot between two of them would end the mail there and begin
    /// commands of the writer's own.
    /// </remarks>
    public static byte[] Stuff(ReadOnlySpan<byte> mail)
    {
        var content = new ArrayBufferWriter<byte>(mail.Length + (mail.Length / 32) + 8);
        while (mail.Length > 0)
        {
            var end = mail.IndexOfAny((byte)'\r', (byte)'\n');
            var line = end < 0 ? mail : mail[..end];
            if (line is [(byte)'.', ..])
            {
                content.Write("."u8);
            }

            content.Write(line);
            content.Write("\r\n"u8);
            mail = end < 0 ? [] : mail[(end + (mail[end] == '\r' && end + 1 < mail.Length && mail[end + 1] == '\n' ? 2 : 1))..];
        }

        return content.WrittenSpan.ToArray();
    }

    /// <summary>Content as a mail, the line with a dot that ended it taken away before.</summary>
    public static byte[] Unstuff(ReadOnlySpan<byte> content)
    {
        var mail = new ArrayBufferWriter<byte>(content.Length + 2);
        while (content.Length > 0)
        {
            var end = content.IndexOf("\r\n"u8);
            var line = end < 0 ? content : content[..(end + 2)];
            mail.Write(line is [(byte)'.', ..] ? line[1..] : line);
            content = content[line.Length..];
        }

        return mail.WrittenSpan.ToArray();
    }
}
