using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ChatAgent.Email.Tests;

/// <summary>An IMAP server on a free port with one mailbox in memory: numbers, flags, IDLE, and faults at each step.</summary>
internal sealed class ScriptedImapServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _conversations = [];
    private readonly Task _accepting;
    private readonly Lock _lock = new();
    private readonly List<Mail> _mails = [];
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _uidNext = 1;

    public ScriptedImapServer()
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    public string Capabilities { get; set; } = "IMAP4rev1 IDLE";

    public long UidValidity { get; set; } = 7;

    /// <summary>The verb at which the connection is closed without an answer, once.</summary>
    public string? HangsUpAt { get; set; }

    /// <summary>Verb to answer, in place of the usual "OK done".</summary>
    public Dictionary<string, string> Answers { get; } = new(StringComparer.Ordinal);

    public ConcurrentQueue<string> Commands { get; } = new();

    public ImapOptions Options => new()
    {
        Host = "127.0.0.1",
        Port = Port,
        Security = WireSecurity.None,
        AllowPlainLogin = true,
        Credentials = new MailCredentials("clinica", "pass \"word\""),
        Timeout = TimeSpan.FromSeconds(10),
    };

    public IReadOnlyList<long> Seen
    {
        get
        {
            lock (_lock)
            {
                return [.. _mails.Where(mail => mail.IsSeen).Select(mail => mail.Uid)];
            }
        }
    }

    public long Add(byte[] raw, bool isSeen = false)
    {
        lock (_lock)
        {
            _mails.Add(new Mail(_uidNext, raw) { IsSeen = isSeen });
            _news.TrySetResult();
            return _uidNext++;
        }
    }

    /// <summary>The same mails under other numbers.</summary>
    public void Renumber()
    {
        lock (_lock)
        {
            UidValidity++;
            (List<Mail> old, _uidNext) = ([.. _mails], 1);
            _mails.Clear();
            _mails.AddRange(old.Select(mail => new Mail(_uidNext++, mail.Raw) { IsSeen = mail.IsSeen }));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_conversations);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _conversations.Add(Task.Run(() => ConverseAsync(client)));
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ConverseAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                var stream = client.GetStream();
                await SayAsync(stream, Answers.GetValueOrDefault("greeting", "* OK ready"));
                while (await LineAsync(stream) is { } line)
                {
                    Commands.Enqueue(line);
                    var words = line.Split(' ', 3);
                    var verb = words[1] == "UID" ? words[2].Split(' ')[0] : words[1];
                    if (HangsUpAt == verb)
                    {
                        HangsUpAt = null;
                        return;
                    }

                    await AnswerAsync(stream, verb, line);
                    await SayAsync(stream, $"{words[0]} {Answers.GetValueOrDefault(verb, "OK done")}");
                    if (verb == "LOGOUT")
                    {
                        return;
                    }
                }
            }
        }
        catch (Exception end) when (end is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The client went.
        }
    }

    private async Task AnswerAsync(Stream stream, string verb, string line)
    {
        switch (verb)
        {
            case "CAPABILITY":
                await SayAsync(stream, $"* CAPABILITY {Capabilities}");
                break;
            case "SELECT":
                await SayAsync(stream, $"* {_mails.Count} EXISTS\r\n* FLAGS (\\Seen \\Deleted)\r\n* OK [UIDVALIDITY {UidValidity}] UIDs valid\r\n* OK [UIDNEXT {_uidNext}] (next");
                break;
            case "SEARCH":
                await SayAsync(stream, $"* SEARCH{string.Concat(Find(line).Select(uid => $" {uid}"))}");
                break;
            case "FETCH":
                var wanted = long.Parse(line.Split(' ')[3], CultureInfo.InvariantCulture);
                var found = _mails.Select((mail, i) => (mail, i)).FirstOrDefault(pair => pair.mail.Uid == wanted);
                if (found.mail is { } mail)
                {
                    await SayAsync(stream, $"* {found.i + 1} FETCH (FLAGS (\\Recent) UID {mail.Uid} INTERNALDATE \"21-Apr-2026 10:00:00 -0400\" BODY[]<0> {{{mail.Raw.Length}}}", isLine: true);
                    await stream.WriteAsync(mail.Raw, _stop.Token);
                    await SayAsync(stream, ")");
                }

                break;
            case "STORE":
                lock (_lock)
                {
                    _mails.First(mail => mail.Uid == long.Parse(line.Split(' ')[3], CultureInfo.InvariantCulture)).IsSeen = true;
                }

                break;
            case "IDLE":
                await SayAsync(stream, "+ idling");
                var done = LineAsync(stream);
                await Task.WhenAny(done, _news.Task);
                if (_news.Task.IsCompleted)
                {
                    lock (_lock)
                    {
                        _news = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    }

                    await SayAsync(stream, $"* {_mails.Count} EXISTS");
                }

                await done;
                break;
        }
    }

    private long[] Find(string line)
    {
        lock (_lock)
        {
            var criteria = line.Split(' ', 4)[3];
            if (criteria.StartsWith("UID ", StringComparison.Ordinal))
            {
                var from = long.Parse(criteria[4..].Split(':')[0], CultureInfo.InvariantCulture);

                // "17:*" names the last mail too when its number is smaller.
                var found = _mails.Where(mail => mail.Uid >= from).ToList();
                return [.. (found.Count > 0 ? found : _mails.TakeLast(1)).Select(mail => mail.Uid)];
            }

            return [.. _mails.Where(mail => criteria != "UNSEEN" || !mail.IsSeen).Select(mail => mail.Uid)];
        }
    }

    private Task SayAsync(Stream stream, string line, bool isLine = true) => stream.WriteAsync(Encoding.UTF8.GetBytes(isLine ? line + "\r\n" : line), _stop.Token).AsTask();

    private async Task<string?> LineAsync(Stream stream)
    {
        var line = new List<byte>();
        var next = new byte[1];
        while (await stream.ReadAsync(next, _stop.Token) == 1)
        {
            line.Add(next[0]);
            if (line is [.., (byte)'\r', (byte)'\n'])
            {
                var text = Encoding.UTF8.GetString([.. line[..^2]]);

                // A synchronizing literal: asked for, and joined to the line.
                if (text.EndsWith('}') && text.LastIndexOf('{') is >= 0 and var open)
                {
                    await SayAsync(stream, "+ go on");
                    var literal = new byte[int.Parse(text[(open + 1)..^1], CultureInfo.InvariantCulture)];
                    await stream.ReadExactlyAsync(literal, _stop.Token);
                    return text[..open] + Encoding.UTF8.GetString(literal) + await LineAsync(stream);
                }

                return text;
            }
        }

        return null;
    }

    private sealed record Mail(long Uid, byte[] Raw)
    {
        public bool IsSeen { get; set; }
    }
}
