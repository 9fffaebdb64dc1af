using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace ChatAgent.Email;

/// <summary>One client's conversation with us over LMTP (RFC 2033): the mail server in front, which does TLS, checks senders, queues and tries again.</summary>
/// <remarks>
/// "250" after a mail is said, once for each recipient, when the mail is on disk; "451" when it cannot be put there now, and the client keeps it. A client that did not
/// hear the "250" sends the mail again, and it is known by its Message-ID. The end of a mail is CRLF, dot, CRLF and nothing else: taking a bare line feed for it would
/// let the writer of a mail put commands of his own behind it.
/// </remarks>
public sealed class LmtpSession
{
    private const int MaxLineLength = 2000;
    private const int MaxFaults = 20;

    private readonly LmtpOptions _options;
    private readonly Func<ReceivedMail, CancellationToken, Task> _take;
    private readonly TimeProvider _time;
    private readonly Action<Exception>? _notTaken;
    private readonly List<string> _recipients = [];
    private string? _sender;
    private bool _isGreeted;
    private int _faults;

    /// <param name="options">Who we are and what we take.</param>
    /// <param name="take">Completes when the mail is on disk; whatever it throws makes the client try again later.</param>
    /// <param name="time">The clock.</param>
    /// <param name="notTaken">Told why a mail was not taken.</param>
    public LmtpSession(LmtpOptions options, Func<ReceivedMail, CancellationToken, Task> take, TimeProvider time, Action<Exception>? notTaken = null) =>
        (_options, _take, _time, _notTaken) = (options, take, time, notTaken);

    /// <summary>Serves the client until it leaves, falls silent, or the host stops.</summary>
    public async Task RunAsync(PipeReader input, PipeWriter output, CancellationToken stopping)
    {
        try
        {
            Say(output, $"220 {_options.Name} LMTP");
            await output.FlushAsync(stopping);
            while (await WithinAsync(token => WireLines.ReadLineAsync(input, MaxLineLength, token), stopping) is { } line)
            {
                var goesOn = await AnswerAsync(line, input, output, stopping);

                // RFC 2920 §3.2: answers to a group of commands leave together.
                if (!goesOn || !HasLine(input))
                {
                    await output.FlushAsync(stopping);
                }

                if (!goesOn)
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            await FarewellAsync(output, stopping.IsCancellationRequested ? "421 4.3.2 the server is being stopped" : "421 4.4.2 silent for too long");
        }
        catch (InvalidDataException)
        {
            await FarewellAsync(output, "500 5.5.2 the line is too long");
        }
        catch (Exception end) when (end is IOException or InvalidOperationException)
        {
            // The client went.
        }
    }

    private async Task<bool> AnswerAsync(string line, PipeReader input, PipeWriter output, CancellationToken stopping)
    {
        // Latin-1 kept the bytes; addresses outside ASCII are UTF-8 (RFC 6531).
        var command = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(line));
        var verb = command.Split(' ')[0].ToUpperInvariant();
        switch (verb)
        {
            case "LHLO":
                (_isGreeted, _sender) = (true, null);
                _recipients.Clear();
                Say(output, $"250-{_options.Name}\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n250 SIZE {_options.MaxBytes.ToString(CultureInfo.InvariantCulture)}");
                return true;
            case "MAIL" when !_isGreeted:
                return Fault(output, "503 5.5.1 LHLO first");
            case "MAIL" when _sender is not null:
                return Fault(output, "503 5.5.1 a mail is open already");
            case "MAIL":
                if (PathIn(command, "FROM:") is not { } sender)
                {
                    return Fault(output, "501 5.5.4 MAIL FROM:<address> was expected");
                }

                if (SizeIn(command) > _options.MaxBytes)
                {
                    Say(output, "552 5.3.4 the mail is too large");
                    return true;
                }

                _sender = sender;
                Say(output, "250 2.1.0 ok");
                return true;
            case "RCPT" when _sender is null:
                return Fault(output, "503 5.5.1 MAIL first");
            case "RCPT":
                if (PathIn(command, "TO:") is not { Length: > 0 } recipient)
                {
                    return Fault(output, "501 5.5.4 RCPT TO:<address> was expected");
                }

                var answer = !_options.IsOurs(recipient) ? "550 5.1.1 no such mailbox here" : _recipients.Count >= _options.MaxRecipients ? "452 4.5.3 too many recipients" : null;
                if (answer is null)
                {
                    _recipients.Add(recipient);
                }

                Say(output, answer ?? "250 2.1.5 ok");
                return true;
            case "DATA" when _recipients.Count == 0:
                return Fault(output, "503 5.5.1 no recipients");
            case "DATA":
                Say(output, "354 end with a dot alone on a line");
                await output.FlushAsync(stopping);
                await TakeAsync(input, output, stopping);
                return true;
            case "RSET":
                Clear();
                Say(output, "250 2.0.0 ok");
                return true;
            case "NOOP":
                Say(output, "250 2.0.0 ok");
                return true;
            case "VRFY":
                Say(output, "252 2.5.0 try it");
                return true;
            case "QUIT":
                Say(output, "221 2.0.0 bye");
                return false;
            default:
                // RFC 2033 §4.1: a client that says HELO or EHLO takes us for an SMTP server.
                return Fault(output, "500 5.5.1 this is LMTP");
        }
    }

    private async Task TakeAsync(PipeReader input, PipeWriter output, CancellationToken stopping)
    {
        var content = await WithinAsync(token => ReadContentAsync(input, token), stopping);
        string answer;
        if (content is null)
        {
            answer = "552 5.3.4 the mail is too large";
        }
        else
        {
            try
            {
                await _take(new ReceivedMail(_sender!, [.. _recipients], content, _time.GetUtcNow()), stopping);
                answer = "250 2.6.0 taken";
            }
            catch (Exception failure) when (failure is not OperationCanceledException || !stopping.IsCancellationRequested)
            {
                _notTaken?.Invoke(failure);
                answer = "451 4.3.0 not taken now";
            }
        }

        // RFC 2033 §4.2: one answer for each recipient that was taken before.
        foreach (var _ in _recipients)
        {
            Say(output, answer);
        }

        Clear();
    }

    /// <summary>The content up to its final dot; null when it was longer than we take, and then all of it was read all the same.</summary>
    private async ValueTask<byte[]?> ReadContentAsync(PipeReader input, CancellationToken cancellationToken)
    {
        var content = new ArrayBufferWriter<byte>(16 * 1024);
        var isTooLong = false;

        // The end is looked for in "\r\n" and what follows: DATA itself ended with CRLF, so that a dot may come first.
        var tail = 2;
        Append("\r\n"u8);
        while (true)
        {
            var read = await input.ReadAsync(cancellationToken);
            foreach (var segment in read.Buffer)
            {
                Append(segment.Span);
            }

            var end = content.WrittenSpan[Math.Max(0, tail - 4)..].IndexOf("\r\n.\r\n"u8);
            if (end >= 0)
            {
                end += Math.Max(0, tail - 4);
                var surplus = content.WrittenCount - (end + 5);
                input.AdvanceTo(read.Buffer.GetPosition(read.Buffer.Length - surplus));

                // Also where all of it came at once, before it was found to be too long.
                return isTooLong || end > _options.MaxBytes ? null : DotStuffing.Unstuff(content.WrittenSpan[2..(end + 2)]);
            }

            tail = content.WrittenCount;
            var isEnd = read.IsCompleted;
            input.AdvanceTo(read.Buffer.End);
            if (isEnd)
            {
                throw new EndOfStreamException();
            }

            if (tail > _options.MaxBytes)
            {
                // Read on without keeping it, so that the answer comes where the client expects it.
                isTooLong = true;
                var last = content.WrittenSpan[^4..].ToArray();
                content.ResetWrittenCount();
                Append(last);
                tail = 4;
            }
        }

        void Append(ReadOnlySpan<byte> bytes) => content.Write(bytes);
    }

    private async ValueTask<T> WithinAsync<T>(Func<CancellationToken, ValueTask<T>> read, CancellationToken stopping)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        limit.CancelAfter(_options.IdleTimeout);
        return await read(limit.Token);
    }

    private bool Fault(PipeWriter output, string answer)
    {
        var isTooMany = ++_faults > MaxFaults;
        Say(output, isTooMany ? "421 4.7.0 too many faults" : answer);
        return !isTooMany;
    }

    private void Clear()
    {
        _sender = null;
        _recipients.Clear();
    }

    private static bool HasLine(PipeReader input)
    {
        if (!input.TryRead(out var waiting))
        {
            return false;
        }

        var hasLine = waiting.Buffer.PositionOf((byte)'\n') is not null;
        input.AdvanceTo(waiting.Buffer.Start, hasLine ? waiting.Buffer.Start : waiting.Buffer.End);
        return hasLine;
    }

    private static async Task FarewellAsync(PipeWriter output, string line)
    {
        try
        {
            Say(output, line);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            await output.FlushAsync(limit.Token);
        }
        catch (Exception end) when (end is IOException or InvalidOperationException or OperationCanceledException)
        {
            // The client went.
        }
    }

    private static void Say(PipeWriter output, string line) => Encoding.UTF8.GetBytes($"{line}\r\n", output);

    /// <summary>What stands between the brackets after a keyword; empty for the null sender, null when that is no path.</summary>
    private static string? PathIn(string command, string keyword)
    {
        var at = command.IndexOf(keyword, StringComparison.OrdinalIgnoreCase);
        var start = at == 5 ? command.IndexOf('<', at + keyword.Length) : -1;
        var end = start < 0 ? -1 : command.IndexOf('>', start);
        if (end < 0)
        {
            return null;
        }

        // RFC 5321 §4.1.2: a route before the address is passed over.
        var path = command[(start + 1)..end];
        path = path.StartsWith('@') && path.Contains(':', StringComparison.Ordinal) ? path[(path.IndexOf(':', StringComparison.Ordinal) + 1)..] : path;
        return path.Any(c => char.IsControl(c)) ? null : path;
    }

    private static long SizeIn(string command)
    {
        var at = command.IndexOf(" SIZE=", StringComparison.OrdinalIgnoreCase);
        var digits = at < 0 ? string.Empty : command[(at + 6)..].Split(' ')[0];
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : 0;
    }
}
