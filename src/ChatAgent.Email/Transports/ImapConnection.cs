using System.Globalization;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace ChatAgent.Email;

/// <summary>One conversation with an IMAP server: greeting, TLS, LOGIN, SELECT; then searches, fetches and waiting for news. Not thread-safe.</summary>
/// <remarks>RFC 3501 with IDLE (RFC 2177). Mails are read by BODY.PEEK, which leaves them unseen: a mail is marked only after it is on disk.</remarks>
public sealed class ImapConnection : IAsyncDisposable
{
    private static readonly TimeSpan LogoutTimeout = TimeSpan.FromSeconds(1);

    private readonly ImapOptions _options;
    private readonly Action<string>? _trace;
    private readonly TcpClient _socket = new() { NoDelay = true };
    private readonly HashSet<string> _capabilities = new(StringComparer.OrdinalIgnoreCase);
    private Stream _stream = Stream.Null;
    private PipeReader _reader = PipeReader.Create(Stream.Null);
    private string _step = "connect";
    private int _commands;
    private bool _isUsable = true;

    /// <summary>Mail came since the last search began, as the server said.</summary>
    private bool _hasNews;

    private ImapConnection(ImapOptions options, Action<string>? trace) => (_options, _trace) = (options, trace);

    /// <summary>Changes when the server numbers the mailbox anew; UIDs mean nothing across it.</summary>
    public long UidValidity { get; private set; }

    /// <summary>The UID that the next mail will have at least; 0 where the server does not say.</summary>
    public long UidNext { get; private set; }

    /// <summary>Whether the server says by itself when mail comes.</summary>
    public bool HasIdle => _capabilities.Contains("IDLE");

    /// <summary>Connects, secures, logs in and opens the mailbox.</summary>
    /// <param name="options">The mailbox.</param>
    /// <param name="trace">Told each line of the conversation, the password left out; for a person at a terminal and no log.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="ArgumentException">A setting is outside its range, or would show the password to the network.</exception>
    /// <exception cref="ImapException">One of these steps failed.</exception>
    public static async Task<ImapConnection> OpenAsync(ImapOptions options, Action<string>? trace, CancellationToken cancellationToken)
    {
        if (options.Problem is { } problem)
        {
            throw new ArgumentException(problem, nameof(options));
        }

        var connection = new ImapConnection(options, trace);
        try
        {
            await connection.GuardAsync(options.Timeout, connection.BeginAsync, cancellationToken);
            return connection;
        }
        catch
        {
            connection._isUsable = false;
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>UIDs that a search finds, ascending.</summary>
    /// <param name="criteria">"UID 17:* UNSEEN", ASCII.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="ImapException">The server refused, or the conversation broke off.</exception>
    public Task<IReadOnlyList<long>> SearchAsync(string criteria, CancellationToken cancellationToken) => GuardAsync<IReadOnlyList<long>>(
        _options.Timeout,
        async token =>
        {
            _hasNews = false;
            var found = new SortedSet<long>();
            await CommandAsync("SEARCH", $"UID SEARCH {criteria}", token, response =>
            {
                if (response.Kind == "SEARCH")
                {
                    found.UnionWith(response.Items.Skip(1).Select(item => long.TryParse(item.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var uid) ? uid : 0).Where(uid => uid > 0));
                }
            });
            return [.. found];
        },
        cancellationToken);

    /// <summary>One mail and when the server received it; null when it is gone.</summary>
    /// <exception cref="ImapException">The server refused, or the conversation broke off.</exception>
    public Task<(byte[] Raw, DateTimeOffset? ReceivedAt)?> FetchAsync(long uid, CancellationToken cancellationToken) => GuardAsync(
        _options.Timeout,
        async token =>
        {
            (byte[] Raw, DateTimeOffset? ReceivedAt)? mail = null;
            await CommandAsync("FETCH", string.Create(CultureInfo.InvariantCulture, $"UID FETCH {uid} (UID INTERNALDATE BODY.PEEK[]<0.{_options.MaxBytes}>)"), token, response =>
            {
                if (response.Kind == "FETCH" && response.Items is [_, _, { List: { } pairs }, ..] && Value(pairs, "UID")?.Text == uid.ToString(CultureInfo.InvariantCulture) && Value(pairs, "BODY[]") is { } body)
                {
                    mail = (body.Bytes ?? Encoding.Latin1.GetBytes(body.Text ?? string.Empty), DateOf(Value(pairs, "INTERNALDATE")?.Text));
                }
            });
            return mail;
        },
        cancellationToken);

    /// <summary>Marks a mail as seen.</summary>
    /// <exception cref="ImapException">The server refused, or the conversation broke off.</exception>
    public Task MarkSeenAsync(long uid, CancellationToken cancellationToken) => GuardAsync(
        _options.Timeout,
        async token =>
        {
            await CommandAsync("STORE", string.Create(CultureInfo.InvariantCulture, $"UID STORE {uid} +FLAGS.SILENT (\\Seen)"), token);
            return true;
        },
        cancellationToken);

    /// <summary>Waits until there may be news: by IDLE where the server has it, else for a while.</summary>
    /// <exception cref="ImapException">The conversation broke off.</exception>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        if (_hasNews)
        {
            return;
        }

        if (!HasIdle)
        {
            await Task.Delay(_options.PollEvery, cancellationToken);
            await GuardAsync(_options.Timeout, token => CommandAsync("NOOP", "NOOP", token), cancellationToken);
            return;
        }

        await GuardAsync(
            _options.IdleFor + (2 * _options.Timeout),
            async token =>
            {
                _step = "IDLE";
                var tag = await SendAsync("IDLE", token);
                var pending = ReadAsync(token);
                var end = Task.Delay(_options.IdleFor, token);
                while (!_hasNews && await Task.WhenAny(pending, end) != end)
                {
                    if (await pending is { } response && response.Tag == tag)
                    {
                        return Demand(response, _step);
                    }

                    pending = ReadAsync(token);
                }

                // The read that is under way is not broken off, since a stream over TLS need not survive that: it ends with the answer to DONE at the latest.
                await WriteAsync("DONE\r\n", "DONE", token);
                while (true)
                {
                    if (await pending is { } response && response.Tag == tag)
                    {
                        return Demand(response, _step);
                    }

                    pending = ReadAsync(token);
                }
            },
            cancellationToken);
    }

    /// <summary>Says goodbye where that is possible, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isUsable)
        {
            _isUsable = false;
            try
            {
                using var limit = new CancellationTokenSource(LogoutTimeout);
                await EndOfAsync(await SendAsync("LOGOUT", limit.Token), "LOGOUT", null, limit.Token);
            }
            catch (Exception failure) when (failure is IOException or InvalidDataException or OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // It is closed either way.
            }
        }

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
        var greeting = await ReadAsync(cancellationToken);
        if (greeting is not { Tag: "*", Kind: "OK" or "PREAUTH" })
        {
            throw new ImapException($"greeting {greeting.Kind}");
        }

        if (_options.Security == WireSecurity.StartTls)
        {
            await CommandAsync("STARTTLS", "STARTTLS", cancellationToken);
            if (_reader.TryRead(out var early) && !early.Buffer.IsEmpty)
            {
                throw new ImapException("STARTTLS answers before TLS");
            }

            await SecureAsync(cancellationToken);
        }

        // RFC 3501 §6.2.1: what was said in the clear is not believed.
        await AskCapabilitiesAsync(cancellationToken);
        if (_capabilities.Contains("LOGINDISABLED"))
        {
            throw new ImapException("LOGIN the server takes no password on this connection");
        }

        await LogInAsync(cancellationToken);
        await AskCapabilitiesAsync(cancellationToken);
        await CommandAsync("SELECT", $"SELECT {Quote(_options.Mailbox)}", cancellationToken);
        return UidValidity > 0 ? true : throw new ImapException("SELECT no UIDVALIDITY: the mailbox has no lasting numbers");
    }

    private async Task SecureAsync(CancellationToken cancellationToken)
    {
        _step = "TLS";
        await _reader.CompleteAsync();
        Use(await WireTls.SecureAsync(_stream, _options.Host, _options.AuthorityFile, cancellationToken));
    }

    private Task<bool> AskCapabilitiesAsync(CancellationToken cancellationToken)
    {
        _capabilities.Clear();
        return CommandAsync("CAPABILITY", "CAPABILITY", cancellationToken);
    }

    private async Task LogInAsync(CancellationToken cancellationToken)
    {
        _step = "LOGIN";
        var (user, password) = (_options.Credentials.UserName, _options.Credentials.Password);
        if (IsQuotable(user) && IsQuotable(password))
        {
            var tag = await SendAsync($"LOGIN {Quote(user)} {Quote(password)}", cancellationToken, "LOGIN (not shown)");
            await EndOfAsync(tag, "LOGIN", null, cancellationToken);
            return;
        }

        // RFC 3501 §4.3: a literal carries every byte; the server asks for it.
        var (name, secret) = (Encoding.UTF8.GetBytes(user), Encoding.UTF8.GetBytes(password));
        var literal = await SendAsync(string.Create(CultureInfo.InvariantCulture, $"LOGIN {{{name.Length}}}"), cancellationToken);
        await GoOnAsync(literal, cancellationToken);
        await _stream.WriteAsync(name, cancellationToken);
        await WriteAsync(string.Create(CultureInfo.InvariantCulture, $" {{{secret.Length}}}\r\n"), "(not shown)", cancellationToken);
        await GoOnAsync(literal, cancellationToken);
        await _stream.WriteAsync(secret, cancellationToken);
        await WriteAsync("\r\n", "(not shown)", cancellationToken);
        await EndOfAsync(literal, "LOGIN", null, cancellationToken);
    }

    private async Task GoOnAsync(string tag, CancellationToken cancellationToken)
    {
        var response = await ReadAsync(cancellationToken);
        if (response.Tag == tag)
        {
            Demand(response, _step);
        }

        if (response.Tag != "+")
        {
            throw new ImapException($"{_step} {response.Kind}");
        }
    }

    private async Task<bool> CommandAsync(string step, string command, CancellationToken cancellationToken, Action<ImapResponse>? untagged = null)
    {
        _step = step;
        return await EndOfAsync(await SendAsync(command, cancellationToken), step, untagged, cancellationToken);
    }

    private async Task<string> SendAsync(string command, CancellationToken cancellationToken, string? shown = null)
    {
        var tag = string.Create(CultureInfo.InvariantCulture, $"c{++_commands}");
        await WriteAsync($"{tag} {command}\r\n", $"{tag} {shown ?? command}", cancellationToken);
        return tag;
    }

    private async Task<bool> EndOfAsync(string tag, string step, Action<ImapResponse>? untagged, CancellationToken cancellationToken)
    {
        while (true)
        {
            var response = await ReadAsync(cancellationToken);
            if (response.Tag == tag)
            {
                return Demand(response, step);
            }

            untagged?.Invoke(response);
        }
    }

    private static bool Demand(ImapResponse response, string step) =>
        response.Kind == "OK" ? true : throw new ImapException($"{step} {response.Kind}{(response.Items is [_, { Text: ['[', ..] code }, ..] ? " " + code : string.Empty)}");

    /// <summary>The next response, after it was looked at for what the server says by itself.</summary>
    private async Task<ImapResponse> ReadAsync(CancellationToken cancellationToken)
    {
        var response = await ImapResponse.ReadAsync(_reader, _options.MaxBytes, _trace, cancellationToken);
        if (response.Tag == "*")
        {
            switch (response.Kind)
            {
                case "EXISTS":
                    _hasNews = true;
                    break;
                case "CAPABILITY":
                    _capabilities.UnionWith(response.Items.Skip(1).Select(item => item.Text ?? string.Empty));
                    break;
                case "OK":
                    UidValidity = response.Code("UIDVALIDITY") ?? UidValidity;
                    UidNext = response.Code("UIDNEXT") ?? UidNext;
                    break;
                case "BYE" when _step != "LOGOUT" && _isUsable:
                    throw new ImapException($"{_step} BYE: the server ends the connection");
            }
        }

        return response;
    }

    private async Task WriteAsync(string text, string shown, CancellationToken cancellationToken)
    {
        _trace?.Invoke($"C: {shown}");
        await _stream.WriteAsync(Encoding.ASCII.GetBytes(text), cancellationToken);
        await _stream.FlushAsync(cancellationToken);
    }

    private void Use(Stream stream)
    {
        _stream = stream;
        _reader = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
    }

    private async Task<T> GuardAsync<T>(TimeSpan timeout, Func<CancellationToken, Task<T>> converse, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            return await converse(limit.Token);
        }
        catch (ImapException)
        {
            _isUsable = false;
            throw;
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException or SocketException or AuthenticationException or OperationCanceledException or ObjectDisposedException or System.Security.Cryptography.CryptographicException)
        {
            _isUsable = false;
            cancellationToken.ThrowIfCancellationRequested();
            throw new ImapException($"{_step} {ReasonOf(failure)}", failure);
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

    /// <summary>The value after a name in a FETCH's list; "BODY[]&lt;0&gt;" is a "BODY[]" with its origin.</summary>
    private static ImapItem? Value(IReadOnlyList<ImapItem> pairs, string name)
    {
        for (var i = 0; i + 1 < pairs.Count; i += 2)
        {
            if (pairs[i].Text is { } text && (text.Equals(name, StringComparison.OrdinalIgnoreCase) || text.StartsWith($"{name}<", StringComparison.OrdinalIgnoreCase)))
            {
                return pairs[i + 1];
            }
        }

        return null;
    }

    private static DateTimeOffset? DateOf(string? text) =>
        DateTimeOffset.TryParseExact(text?.Trim(), "d-MMM-yyyy HH:mm:ss zzz", CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var date)
        || (text?.Trim() is { Length: > 5 } compact && DateTimeOffset.TryParseExact(compact.Insert(compact.Length - 2, ":"), "d-MMM-yyyy HH:mm:ss zzz", CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out date))
            ? date : null;

    private static bool IsQuotable(string text) => text.All(c => c is >= ' ' and < (char)127);

    private static string Quote(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
