using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace ChatAgent.Email.Tests;

/// <summary>A submission server on a free port that does as it is told: what it offers, what it answers at which step, where it hangs up or falls silent.</summary>
internal sealed class ScriptedSmtpServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _conversations = [];
    private readonly Task _accepting;
    private int _connections;

    public ScriptedSmtpServer()
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    public int Connections => _connections;

    /// <summary>Lines of EHLO's answer before TLS.</summary>
    public IReadOnlyList<string> Offers { get; set; } = ["PIPELINING", "SIZE 100000", "8BITMIME"];

    /// <summary>Lines of EHLO's answer under TLS.</summary>
    public IReadOnlyList<string> OffersInTls { get; set; } = ["PIPELINING", "SIZE 100000", "8BITMIME", "AUTH PLAIN LOGIN"];

    /// <summary>Set: STARTTLS is answered, or with <see cref="IsTlsAtOnce"/> the connection begins with it.</summary>
    public TestAuthority? Authority { get; set; }

    public bool IsTlsAtOnce { get; set; }

    /// <summary>Answers in place of the usual ones: by step ("greeting", "EHLO", "MAIL", "RCPT", "DATA", "end", "AUTH", "RSET") or by whole line ("RCPT TO:&lt;a@b&gt;").</summary>
    public Dictionary<string, string> Answers { get; } = new(StringComparer.Ordinal);

    /// <summary>The step at which the connection is closed without an answer.</summary>
    public string? HangsUpAt { get; set; }

    /// <summary>The step at which nothing is answered any more.</summary>
    public string? FallsSilentAt { get; set; }

    /// <summary>Sent in one packet with the answer to STARTTLS, in the clear.</summary>
    public string? InjectedBeforeTls { get; set; }

    public (string User, string Password) Account { get; set; } = ("clinica", "contraseña");

    public ConcurrentQueue<(string From, IReadOnlyList<string> To, byte[] Content)> Mails { get; } = new();

    public ConcurrentQueue<string> Commands { get; } = new();

    public SmtpOptions Options(WireSecurity security = WireSecurity.None) => new()
    {
        Host = "localhost",
        Port = Port,
        Security = security,
        AuthorityFile = Authority?.File,
        CommandTimeout = TimeSpan.FromSeconds(20),
        ContentTimeout = TimeSpan.FromSeconds(20),
    };

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
                Interlocked.Increment(ref _connections);
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
                await new Conversation(this, client.GetStream()).RunAsync(_stop.Token);
            }
        }
        catch (Exception end) when (end is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException or ObjectDisposedException)
        {
            // The client went, or does not believe the certificate.
        }
    }

    private sealed class Conversation(ScriptedSmtpServer server, Stream stream)
    {
        private readonly List<string> _to = [];
        private Stream _stream = stream;
        private string _from = string.Empty;
        private bool _isInTls;

        public async Task RunAsync(CancellationToken stop)
        {
            if (server.IsTlsAtOnce)
            {
                await SecureAsync();
            }

            if (!await SayAsync("greeting", "220 mx.example ESMTP", stop))
            {
                return;
            }

            while (await LineAsync(stop) is { } line)
            {
                server.Commands.Enqueue(line);
                var verb = line.Split(' ')[0].ToUpperInvariant();
                var goesOn = verb switch
                {
                    "EHLO" => await SayAsync("EHLO", string.Join("\r\n", new[] { "mx.example" }.Concat(_isInTls ? server.OffersInTls : server.Offers).Select((text, i) => i == (_isInTls ? server.OffersInTls : server.Offers).Count ? $"250 {text}" : $"250-{text}")), stop),
                    "STARTTLS" => await StartTlsAsync(stop),
                    "AUTH" => await LogInAsync(line, stop),
                    "MAIL" => await BeginMailAsync(line, stop),
                    "RCPT" => await RecipientAsync(line, stop),
                    "DATA" => await ContentAsync(stop),
                    "RSET" => await SayAsync("RSET", "250 2.0.0 ok", stop),
                    "QUIT" => await SayAsync("QUIT", "221 2.0.0 bye", stop) && false,
                    _ => await SayAsync(verb, "502 5.5.2 what?", stop),
                };
                if (!goesOn)
                {
                    return;
                }
            }
        }

        private async Task<bool> StartTlsAsync(CancellationToken stop)
        {
            if (!await SayAsync("STARTTLS", $"220 2.0.0 go{(server.InjectedBeforeTls is { } more ? "\r\n" + more : string.Empty)}", stop))
            {
                return false;
            }

            await SecureAsync();
            return true;
        }

        private async Task SecureAsync()
        {
            var tls = new SslStream(_stream);
            await tls.AuthenticateAsServerAsync(server.Authority!.Certificate);
            (_stream, _isInTls) = (tls, true);
        }

        private async Task<bool> LogInAsync(string line, CancellationToken stop)
        {
            var words = line.Split(' ');
            string said;
            if (words[1] == "PLAIN")
            {
                said = Decode(words[2]);
            }
            else
            {
                await WriteAsync("334 VXNlcm5hbWU6", stop);
                var user = Decode((await LineAsync(stop))!);
                await WriteAsync("334 UGFzc3dvcmQ6", stop);
                said = $"\0{user}\0{Decode((await LineAsync(stop))!)}";
            }

            return await SayAsync("AUTH", said == $"\0{server.Account.User}\0{server.Account.Password}" ? "235 2.7.0 ok" : "535 5.7.8 wrong", stop);

            static string Decode(string base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64));
        }

        private Task<bool> BeginMailAsync(string line, CancellationToken stop)
        {
            _to.Clear();
            _from = line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..line.IndexOf('>', StringComparison.Ordinal)];
            return SayAsync("MAIL", "250 2.1.0 ok", stop);
        }

        private async Task<bool> RecipientAsync(string line, CancellationToken stop)
        {
            var answer = server.Answers.GetValueOrDefault(line, "250 2.1.5 ok");
            if (answer[0] == '2' && !server.Answers.ContainsKey("RCPT"))
            {
                _to.Add(line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..line.IndexOf('>', StringComparison.Ordinal)]);
            }

            return await SayAsync("RCPT", answer, stop);
        }

        private async Task<bool> ContentAsync(CancellationToken stop)
        {
            var isOpen = _to.Count > 0 && !server.Answers.ContainsKey("MAIL");
            if (!await SayAsync("DATA", isOpen ? "354 go" : "503 5.5.1 no recipients", stop) || server.Answers.GetValueOrDefault("DATA", isOpen ? "3" : "5")[0] != '3')
            {
                return server.HangsUpAt != "DATA";
            }

            var content = new MemoryStream();
            while (await LineAsync(stop) is { } line && line != ".")
            {
                if (server.HangsUpAt == "content")
                {
                    return false;
                }

                content.Write(Encoding.Latin1.GetBytes(line.StartsWith('.') ? line[1..] : line));
                content.Write("\r\n"u8);
            }

            if (_to.Count > 0 && server.Answers.GetValueOrDefault("end", "2")[0] == '2')
            {
                server.Mails.Enqueue((_from, [.. _to], content.ToArray()));
            }

            return await SayAsync("end", "250 2.0.0 queued", stop);
        }

        /// <summary>False: the conversation is over.</summary>
        private async Task<bool> SayAsync(string step, string usual, CancellationToken stop)
        {
            if (server.HangsUpAt == step)
            {
                return false;
            }

            if (server.FallsSilentAt == step)
            {
                await Task.Delay(Timeout.Infinite, stop);
            }

            var said = server.Answers.GetValueOrDefault(step, usual);
            await WriteAsync(said, stop);
            return !said.StartsWith("421", StringComparison.Ordinal);
        }

        private Task WriteAsync(string line, CancellationToken stop) => _stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\r\n"), stop).AsTask();

        private async Task<string?> LineAsync(CancellationToken stop)
        {
            var line = new List<byte>();
            var next = new byte[1];
            while (await _stream.ReadAsync(next, stop) == 1)
            {
                line.Add(next[0]);
                if (line is [.., (byte)'\r', (byte)'\n'])
                {
                    return Encoding.Latin1.GetString([.. line[..^2]]);
                }
            }

            return null;
        }
    }
}
