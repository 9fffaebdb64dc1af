using System.Globalization;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace ChatAgent.Email;

/// <summary>One conversation with a submission server: greeting, EHLO, TLS, AUTH, then mails one after the other. Not thread-safe.</summary>
/// <remarks>
/// RFC 5321, 6409, 3207 (STARTTLS), 4954 (AUTH), 2920 (PIPELINING), 1870 (SIZE), 6152 (8BITMIME), 6531 (SMTPUTF8). What a refusal means:
/// <code>
/// greeting, EHLO, STARTTLS, AUTH   4xx, 5xx   later: it is about this host's settings, no mail is condemned for them
/// MAIL                             5xx        refused; later for 530 and x.7.x, which speak of the login
/// RCPT                             5xx        refused, this recipient alone
/// DATA, end of content             5xx        refused, every recipient that was taken before; 500, 502, 503 speak of the conversation: later
/// anything                         4xx        later
/// no answer, connection lost                  later; after the dot that ends the content: unconfirmed
/// </code>
/// </remarks>
internal sealed class SmtpConnection : IAsyncDisposable
{
    /// <summary>How long the answer to a whole mail is waited for when the host is asked to stop.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan QuitTimeout = TimeSpan.FromSeconds(1);

    private readonly SmtpOptions _options;
    private readonly Action<string>? _trace;
    private readonly Dictionary<string, string> _extensions = new(StringComparer.OrdinalIgnoreCase);
    private readonly TcpClient _socket = new() { NoDelay = true };
    private Stream _stream = Stream.Null;
    private PipeReader _reader = PipeReader.Create(Stream.Null);
    private string _step = "connect";
    private bool _needsReset;

    private SmtpConnection(SmtpOptions options, Action<string>? trace) => (_options, _trace) = (options, trace);

    /// <summary>Mails sent.</summary>
    public int Mails { get; private set; }

    /// <summary>Whether another mail may be sent.</summary>
    public bool IsUsable { get; private set; } = true;

    /// <summary>Connects, secures and logs in.</summary>
    /// <exception cref="SmtpFailure">One of these steps failed.</exception>
    public static async Task<SmtpConnection> OpenAsync(SmtpOptions options, Action<string>? trace, CancellationToken cancellationToken)
    {
        var connection = new SmtpConnection(options, trace);
        try
        {
            await connection.GuardAsync(options.CommandTimeout, connection.BeginAsync, cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Hands one mail over for several recipients.</summary>
    /// <param name="mail">With any line ends; they leave as CRLF.</param>
    /// <param name="from">Envelope sender; empty for the null sender.</param>
    /// <param name="recipients">At least one.</param>
    /// <param name="isAllOrNone">Whether nothing is sent when one of them is refused; the others are then for later.</param>
    /// <param name="cancellationToken">Ends the attempt; once the whole content was sent its answer is still waited for, a few seconds.</param>
    /// <returns>What became of it for each recipient, in their order.</returns>
    /// <exception cref="SmtpFailure">The conversation broke off; the outcome is that of every recipient.</exception>
    public Task<SendResult[]> SendAsync(ReadOnlyMemory<byte> mail, string from, IReadOnlyList<string> recipients, bool isAllOrNone, CancellationToken cancellationToken)
    {
        Mails++;
        return GuardAsync(_options.ContentTimeout + _options.CommandTimeout, token => TransferAsync(mail, from, recipients, isAllOrNone && recipients.Count > 1, token, cancellationToken), cancellationToken);
    }

    /// <summary>Says goodbye where that is possible, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (IsUsable && _step != "connect")
        {
            try
            {
                using var limit = new CancellationTokenSource(QuitTimeout);
                await WriteAsync("QUIT\r\n", "QUIT", limit.Token);
                await SmtpReply.ReadAsync(_reader, _trace, limit.Token);
            }
            catch (Exception failure) when (failure is IOException or InvalidDataException or OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // It is closed either way.
            }
        }

        IsUsable = false;
        await _reader.CompleteAsync();
        await _stream.DisposeAsync();
        _socket.Dispose();
    }

    private async Task<bool> BeginAsync(CancellationToken cancellationToken)
    {
        await _socket.ConnectAsync(_options.Host, _options.Port, cancellationToken);
        Use(_socket.GetStream());
        if (_options.Security == WireSecurity.Tls)
        {
            await SecureAsync(cancellationToken);
        }

        _step = "greeting";
        Demand(await SmtpReply.ReadAsync(_reader, _trace, cancellationToken), 220);
        await HelloAsync(cancellationToken);
        if (_options.Security == WireSecurity.StartTls)
        {
            _step = "STARTTLS";
            if (!_extensions.ContainsKey("STARTTLS"))
            {
                // A listener in between takes the offer away; going on would show it everything.
                throw new SmtpFailure(SendOutcome.Later, _step, "not offered");
            }

            Demand(await CommandAsync("STARTTLS", cancellationToken), 220);
            if (_reader.TryRead(out var early) && !early.Buffer.IsEmpty)
            {
                // RFC 3207 §5: what came in the clear before TLS would be taken for the server's.
                throw new SmtpFailure(SendOutcome.Later, _step, "answers before TLS");
            }

            await SecureAsync(cancellationToken);
            await HelloAsync(cancellationToken);
        }

        if (_options.Credentials is { } credentials)
        {
            await LogInAsync(credentials, cancellationToken);
        }

        return true;
    }

    private async Task SecureAsync(CancellationToken cancellationToken)
    {
        _step = "TLS";
        await _reader.CompleteAsync();
        Use(await WireTls.SecureAsync(_stream, _options.Host, _options.AuthorityFile, cancellationToken));
    }

    private async Task HelloAsync(CancellationToken cancellationToken)
    {
        _step = "EHLO";
        var hello = await CommandAsync($"EHLO {_options.HelloName}", cancellationToken);
        Demand(hello, 250);
        _extensions.Clear();
        foreach (var line in hello.Lines.Skip(1))
        {
            // "AUTH=PLAIN LOGIN" is an old form that some servers say beside the right one.
            var blank = line.IndexOf(' ', StringComparison.Ordinal);
            _extensions[blank < 0 ? line : line[..blank]] = blank < 0 ? string.Empty : line[(blank + 1)..];
        }
    }

    private async Task LogInAsync(MailCredentials credentials, CancellationToken cancellationToken)
    {
        _step = "AUTH";
        var offered = _extensions.GetValueOrDefault("AUTH", string.Empty).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        SmtpReply answer;
        if (offered.Contains("PLAIN", StringComparer.OrdinalIgnoreCase))
        {
            answer = await SecretAsync("AUTH PLAIN ", Base64($"\0{credentials.UserName}\0{credentials.Password}"), cancellationToken);
        }
        else if (offered.Contains("LOGIN", StringComparer.OrdinalIgnoreCase))
        {
            Demand(await CommandAsync("AUTH LOGIN", cancellationToken), 334);
            Demand(await SecretAsync(string.Empty, Base64(credentials.UserName), cancellationToken), 334);
            answer = await SecretAsync(string.Empty, Base64(credentials.Password), cancellationToken);
        }
        else
        {
            throw new SmtpFailure(SendOutcome.Later, _step, "neither PLAIN nor LOGIN offered");
        }

        Demand(answer, 235);

        static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
    }

    private async Task<SendResult[]> TransferAsync(ReadOnlyMemory<byte> mail, string from, IReadOnlyList<string> recipients, bool isAllOrNone, CancellationToken timeout, CancellationToken stopping)
    {
        _step = "MAIL";
        var content = DotStuffing.Stuff(mail.Span);
        var (envelopeFrom, envelopeTo, parameters) = Envelope(content, from, recipients);
        var commands = new List<string>();
        if (_needsReset)
        {
            commands.Add("RSET");
        }

        commands.Add($"MAIL FROM:<{envelopeFrom}>{parameters}");
        commands.AddRange(envelopeTo.Select(recipient => $"RCPT TO:<{recipient}>"));
        commands.Add("DATA");
        var isReset = !_needsReset;
        _needsReset = true;
        var isPipelined = _extensions.ContainsKey("PIPELINING");
        if (isPipelined)
        {
            // RFC 2920 §3.1: DATA may end a group, nothing may follow it before its answer. It waits where it may have to be left out.
            var group = isAllOrNone ? commands.SkipLast(1) : commands;
            await WriteAsync(string.Concat(group.Select(command => $"{command}\r\n")), string.Join("\nC: ", group), timeout);
        }

        SmtpReply? sender = null;
        var results = new List<SendResult>(recipients.Count);
        foreach (var command in commands)
        {
            _step = command[..4];
            if (command == "DATA" && (!isPipelined || isAllOrNone))
            {
                if (sender is { IsDone: false } refusal)
                {
                    throw OfSender(refusal);
                }

                if (isAllOrNone ? results.Exists(result => result.Outcome != SendOutcome.Taken) : !results.Exists(result => result.Outcome == SendOutcome.Taken))
                {
                    return InPlaceOfTaken(results, new SendResult(SendOutcome.Later, "RCPT another recipient was refused"));
                }
            }

            if (!isPipelined || (command == "DATA" && isAllOrNone))
            {
                await WriteAsync($"{command}\r\n", command, timeout);
            }

            var reply = await SmtpReply.ReadAsync(_reader, _trace, timeout);
            if (reply.Code == 421)
            {
                IsUsable = false;
                throw new SmtpFailure(SendOutcome.Later, _step, reply.ToString());
            }

            if (!isReset)
            {
                isReset = true;
                Demand(reply, 250);
            }
            else if (sender is null)
            {
                sender = reply;
                if (!reply.IsDone && !isPipelined)
                {
                    throw OfSender(reply);
                }
            }
            else if (results.Count < recipients.Count)
            {
                results.Add(reply.IsDone ? SendResult.Taken : new SendResult(OutcomeOf(reply), $"RCPT {reply}"));
            }
            else
            {
                var isAnyTaken = sender.IsDone && results.Exists(result => result.Outcome == SendOutcome.Taken);
                if (reply.Code == 354 && !isAnyTaken)
                {
                    // RFC 2920 §3.1: a server that takes the content although it took no recipient is given an empty one.
                    await WriteAsync(".\r\n", ".", timeout);
                    await SmtpReply.ReadAsync(_reader, _trace, timeout);
                }

                if (!sender.IsDone)
                {
                    throw OfSender(sender);
                }

                if (!isAnyTaken)
                {
                    return [.. results];
                }

                if (reply.Code != 354)
                {
                    return InPlaceOfTaken(results, new SendResult(OutcomeOf(reply), $"{_step} {reply}"));
                }
            }
        }

        _step = "content";
        _trace?.Invoke($"C: {content.Length.ToString(CultureInfo.InvariantCulture)} bytes of content");
        await _stream.WriteAsync(content, timeout);
        await _stream.FlushAsync(timeout);

        // From here on the server may have taken the mail, whatever happens: a host that stops waits for the answer for a while, since asking again would make a second copy.
        _step = "end of content";
        using var grace = new CancellationTokenSource();
        await using var stop = stopping.Register(() => grace.CancelAfter(StopGrace));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(grace.Token);
        limit.CancelAfter(_options.ContentTimeout);
        await WriteAsync(".\r\n", ".", limit.Token);
        var end = await SmtpReply.ReadAsync(_reader, _trace, limit.Token);
        if (!end.IsDone)
        {
            IsUsable = end.Code != 421;
            return InPlaceOfTaken(results, new SendResult(OutcomeOf(end), $"{_step} {end}"));
        }

        _needsReset = false;
        return [.. results];
    }

    private static SendResult[] InPlaceOfTaken(List<SendResult> results, SendResult outcome) => [.. results.Select(result => result.Outcome == SendOutcome.Taken ? outcome : result)];

    /// <summary>The envelope in the form that this server takes, with the parameters of MAIL.</summary>
    private (string From, List<string> To, string Parameters) Envelope(byte[] content, string from, IReadOnlyList<string> recipients)
    {
        var needsUtf8 = false;
        var sender = Address(from, ref needsUtf8);
        var to = new List<string>(recipients.Count);
        foreach (var recipient in recipients)
        {
            to.Add(Address(recipient, ref needsUtf8));
        }

        var parameters = new StringBuilder();
        if (_extensions.TryGetValue("SIZE", out var size))
        {
            if (long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var most) && most > 0 && content.Length > most)
            {
                throw new SmtpFailure(SendOutcome.Refused, _step, "5.3.4: larger than the server takes");
            }

            parameters.Append(CultureInfo.InvariantCulture, $" SIZE={content.Length}");
        }

        // RFC 6531 §3.2: a header outside ASCII needs the extension as much as an address does.
        var headers = content.AsSpan()[..(content.AsSpan().IndexOf("\r\n\r\n"u8) is >= 0 and var end ? end : content.Length)];
        needsUtf8 |= headers.ContainsAnyInRange((byte)0x80, (byte)0xff);
        if (needsUtf8)
        {
            parameters.Append(_extensions.ContainsKey("SMTPUTF8") ? " SMTPUTF8" : throw new SmtpFailure(SendOutcome.Refused, _step, "5.6.7: addresses or headers outside ASCII, which the server does not take"));
        }

        if (content.AsSpan().ContainsAnyInRange((byte)0x80, (byte)0xff))
        {
            parameters.Append(_extensions.ContainsKey("8BITMIME") ? " BODY=8BITMIME" : throw new SmtpFailure(SendOutcome.Refused, _step, "5.6.3: bytes outside ASCII, which the server does not take"));
        }

        return (sender, to, parameters.ToString());
    }

    /// <summary>An address as the wire carries it: a domain outside ASCII in its A-form where the rest is ASCII.</summary>
    private string Address(string address, ref bool needsUtf8)
    {
        if (address.Any(c => c <= ' ' || c is '<' or '>' or (char)127))
        {
            throw new SmtpFailure(SendOutcome.Refused, _step, "5.1.3: an address with a blank, a bracket or a control character");
        }

        var at = address.LastIndexOf('@');
        if (address.All(char.IsAscii) || at < 0)
        {
            return address;
        }

        if (address[..at].All(char.IsAscii))
        {
            try
            {
                return $"{address[..at]}@{new IdnMapping().GetAscii(address[(at + 1)..])}";
            }
            catch (ArgumentException invalid)
            {
                throw new SmtpFailure(SendOutcome.Refused, _step, "5.1.2: a domain that is none", invalid);
            }
        }

        needsUtf8 = true;
        return address;
    }

    private static SmtpFailure OfSender(SmtpReply reply) =>
        new(reply.Code == 530 || reply.Status?.Split('.')[1] == "7" ? SendOutcome.Later : OutcomeOf(reply), "MAIL", reply.ToString());

    /// <summary>503 and the like speak of the conversation, not of the mail.</summary>
    private static SendOutcome OutcomeOf(SmtpReply reply) => reply.Code is >= 500 and not (500 or 502 or 503 or 530) ? SendOutcome.Refused : SendOutcome.Later;

    private void Demand(SmtpReply reply, int code)
    {
        if (reply.Code != code)
        {
            throw new SmtpFailure(SendOutcome.Later, _step, reply.ToString());
        }
    }

    private async Task<SmtpReply> CommandAsync(string command, CancellationToken cancellationToken)
    {
        await WriteAsync($"{command}\r\n", command, cancellationToken);
        return await SmtpReply.ReadAsync(_reader, _trace, cancellationToken);
    }

    private async Task<SmtpReply> SecretAsync(string command, string secret, CancellationToken cancellationToken)
    {
        await WriteAsync($"{command}{secret}\r\n", $"{command}(not shown)", cancellationToken);
        return await SmtpReply.ReadAsync(_reader, _trace, cancellationToken);
    }

    private async Task WriteAsync(string text, string shown, CancellationToken cancellationToken)
    {
        _trace?.Invoke($"C: {shown}");
        await _stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
        await _stream.FlushAsync(cancellationToken);
    }

    private void Use(Stream stream)
    {
        _stream = stream;
        _reader = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
    }

    /// <summary>Runs a part of the conversation; whatever breaks it becomes a failure of the step it was at, and the connection is used no more.</summary>
    private async Task<T> GuardAsync<T>(TimeSpan timeout, Func<CancellationToken, Task<T>> converse, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            return await converse(limit.Token);
        }
        catch (SmtpFailure)
        {
            IsUsable &= _step is "MAIL" or "DATA";
            throw;
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException or SocketException or AuthenticationException or OperationCanceledException or System.Security.Cryptography.CryptographicException)
        {
            IsUsable = false;
            var isUnconfirmed = _step == "end of content";
            if (failure is OperationCanceledException && cancellationToken.IsCancellationRequested && !isUnconfirmed)
            {
                throw;
            }

            throw new SmtpFailure(isUnconfirmed ? SendOutcome.Unconfirmed : SendOutcome.Later, _step, ReasonOf(failure), failure);
        }
    }

    private static string ReasonOf(Exception failure) => failure switch
    {
        SocketException socket => socket.SocketErrorCode.ToString(),
        { InnerException: SocketException socket } => socket.SocketErrorCode.ToString(),
        EndOfStreamException => "connection closed",
        OperationCanceledException => "no answer in time",
        AuthenticationException => "certificate or protocol not accepted",
        InvalidDataException => failure.Message,
        _ => failure.GetType().Name,
    };
}
