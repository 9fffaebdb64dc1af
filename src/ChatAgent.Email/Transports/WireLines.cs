using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace ChatAgent.Email;

/// <summary>Lines and counted bytes of the mail protocols, bounded: SMTP, LMTP and IMAP all speak in lines that end with CRLF.</summary>
internal static class WireLines
{
    /// <summary>The next line without its end, as Latin-1 (every byte is kept); null at the end of the input.</summary>
    /// <param name="reader">Where it comes from.</param>
    /// <param name="maxLength">Bytes of a line at most.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="InvalidDataException">The line is longer.</exception>
    /// <remarks>A bare line feed ends a line too; only the content of a mail, which is not read here, is stricter.</remarks>
    public static async ValueTask<string?> ReadLineAsync(PipeReader reader, int maxLength, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            if (buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = buffer.Slice(0, end);
                var length = line.Length;
                var text = length <= maxLength + 1 ? Encoding.Latin1.GetString(line).TrimEnd('\r') : null;
                reader.AdvanceTo(buffer.GetPosition(1, end));
                return text ?? throw TooLong(maxLength);
            }

            var (waiting, isEnd) = (buffer.Length, read.IsCompleted);
            reader.AdvanceTo(buffer.Start, buffer.End);
            if (waiting > maxLength + 1)
            {
                throw TooLong(maxLength);
            }

            if (isEnd)
            {
                return null;
            }
        }
    }

    /// <summary>Exactly so many bytes.</summary>
    /// <exception cref="EndOfStreamException">The input ended before.</exception>
    public static async ValueTask<byte[]> ReadBytesAsync(PipeReader reader, int count, CancellationToken cancellationToken)
    {
        var bytes = new byte[count];
        for (var filled = 0; filled < count;)
        {
            var read = await reader.ReadAsync(cancellationToken);
            var part = read.Buffer.Slice(0, Math.Min(count - filled, read.Buffer.Length));
            part.CopyTo(bytes.AsSpan(filled));
            filled += (int)part.Length;
            var isEnd = read.IsCompleted && part.Length == 0;
            reader.AdvanceTo(part.End);
            if (isEnd)
            {
                throw new EndOfStreamException();
            }
        }

        return bytes;
    }

    private static InvalidDataException TooLong(int maxLength) => new($"a line of more than {maxLength} bytes");
}
