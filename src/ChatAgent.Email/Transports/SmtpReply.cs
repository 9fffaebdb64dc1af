using System.Globalization;
using System.IO.Pipelines;

namespace ChatAgent.Email;

/// <summary>An answer of an SMTP server.</summary>
/// <param name="Code">Three digits: 2xx done, 3xx go on, 4xx not now, 5xx never.</param>
/// <param name="Lines">Its texts, one a line; they may name addresses and are never logged.</param>
internal sealed record SmtpReply(int Code, IReadOnlyList<string> Lines)
{
    private const int MaxLineLength = 2000;
    private const int MaxLines = 200;

    public bool IsDone => Code is >= 200 and < 300;

    public bool IsForNow => Code is >= 400 and < 500;

    /// <summary>"5.1.1" (RFC 3463), or null.</summary>
    public string? Status
    {
        get
        {
            var word = Lines[0].Split(' ')[0];
            var parts = word.Split('.');
            return parts.Length == 3 && parts.All(part => part.Length is >= 1 and <= 3 && part.All(char.IsAsciiDigit)) ? word : null;
        }
    }

    /// <summary>Reads one answer, of several lines where the server says so ("250-").</summary>
    /// <exception cref="EndOfStreamException">The server closed the connection.</exception>
    /// <exception cref="InvalidDataException">That is no answer.</exception>
    public static async Task<SmtpReply> ReadAsync(PipeReader reader, Action<string>? trace, CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        while (await WireLines.ReadLineAsync(reader, MaxLineLength, cancellationToken) is { } line)
        {
            trace?.Invoke($"S: {line}");
            if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var code) || code is < 200 or > 599
                || (line.Length > 3 && line[3] is not (' ' or '-')) || lines.Count == MaxLines)
            {
                throw new InvalidDataException("an answer that is not SMTP");
            }

            lines.Add(line.Length > 4 ? line[4..] : string.Empty);
            if (line.Length == 3 || line[3] == ' ')
            {
                return new SmtpReply(code, lines);
            }
        }

        throw new EndOfStreamException();
    }

    /// <summary>Without texts, so without addresses: "550 5.1.1".</summary>
    public override string ToString() => Status is { } status ? $"{Code.ToString(CultureInfo.InvariantCulture)} {status}" : Code.ToString(CultureInfo.InvariantCulture);
}
