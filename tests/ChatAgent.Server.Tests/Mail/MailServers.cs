using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ChatAgent.Tests;

namespace ChatAgent.Server.Tests.Mail;

/// <summary>A Postfix and a Dovecot of the test's own, in a temporary folder and on free ports: the clinic's mail server, and the one that patients have their mailboxes at.</summary>
/// <remarks>
/// <code>
/// Submission   the host's way out: STARTTLS, AUTH by Dovecot
/// ToLmtp       patients' mails; those to the clinic are handed to the host over LMTP
/// ToMailbox    patients' mails; those to the clinic are put into its mailbox, which the host reads over IMAP
/// @correo.example   is delivered to Maildirs, mail/ADDRESS/new; an address without a mailbox gives a delivery report
/// </code>
/// </remarks>
internal sealed class MailServers : IAsyncDisposable
{
    public const string Clinic = "citas@losaromos.example";
    public const string Password = "contraseña-de-prueba";

    private const string PostfixProgram = "/usr/sbin/postfix";
    private const string DovecotProgram = "/usr/sbin/dovecot";
    private readonly string _folder;
    private readonly int _patientsLmtp = FreePort();
    private Process? _dovecot;
    private bool _isPostfixUp;

    private MailServers(string folder) => _folder = folder;

    public int Submission { get; } = FreePort();

    public int ToLmtp { get; } = FreePort();

    public int ToMailbox { get; } = FreePort();

    public int Imap { get; } = FreePort();

    /// <summary>Where the host must listen for LMTP.</summary>
    public int HostLmtp { get; } = FreePort();

    /// <summary>PEM that both servers' certificate is believed from.</summary>
    public string Authority => Path.Combine(_folder, "cert.pem");

    /// <summary>Skips the test where the servers cannot be started.</summary>
    public static void Require()
    {
        Requirement.Have(OperatingSystem.IsLinux() && File.Exists(PostfixProgram), "Postfix (apt-get install postfix)");
        Requirement.Have(File.Exists(DovecotProgram) && File.Exists("/usr/lib/dovecot/imap") && File.Exists("/usr/lib/dovecot/lmtp"), "Dovecot (apt-get install dovecot-imapd dovecot-lmtpd)");
        Requirement.Have(Environment.IsPrivilegedProcess, "the right to start Postfix (root)");
    }

    /// <param name="patients">Those who have a mailbox.</param>
    public static async Task<MailServers> StartAsync(IEnumerable<string> patients)
    {
        var folder = Directory.CreateTempSubdirectory("chatagent-mx-").FullName;
        var servers = new MailServers(folder);
        try
        {
            // The servers' own users must pass.
            Change(folder, "755", null);
            foreach (var (name, owner) in (IReadOnlyList<(string, string?)>)[("etc", null), ("spool", null), ("lib", "postfix"), ("mail", "mail:mail"), ("run", null), ("state", null)])
            {
                Change(Directory.CreateDirectory(Path.Combine(folder, name)).FullName, "755", owner);
            }

            servers.WriteCertificate();
            await File.WriteAllLinesAsync(Path.Combine(folder, "users"), patients.Prepend(Clinic).Select(address => $"{address}:{{PLAIN}}{Password}::::::"));
            await File.WriteAllTextAsync(Path.Combine(folder, "etc", "main.cf"), servers.MainCf());
            await File.WriteAllTextAsync(Path.Combine(folder, "etc", "master.cf"), servers.MasterCf());
            await File.WriteAllTextAsync(Path.Combine(folder, "dovecot.conf"), servers.DovecotConf());
            await servers.StartPostfixAsync();
            servers._dovecot = Process.Start(new ProcessStartInfo(DovecotProgram, ["-c", Path.Combine(folder, "dovecot.conf"), "-F"]) { UseShellExecute = false, RedirectStandardError = true })!;
            foreach (var port in (int[])[servers.Submission, servers.ToLmtp, servers.ToMailbox, servers.Imap, servers._patientsLmtp])
            {
                await servers.WaitForAsync(port);
            }

            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    public async Task StartPostfixAsync()
    {
        await RunAsync(PostfixProgram, "-c", Path.Combine(_folder, "etc"), "start");
        _isPostfixUp = true;
    }

    public async Task StopPostfixAsync()
    {
        await RunAsync(PostfixProgram, "-c", Path.Combine(_folder, "etc"), "stop");
        _isPostfixUp = false;
    }

    /// <summary>Lets Postfix try all that waits now: what it was delivering when it was stopped rests for minutes else.</summary>
    public Task FlushAsync() => RunAsync("/usr/sbin/postqueue", "-c", Path.Combine(_folder, "etc"), "-f");

    /// <summary>What Postfix has still to deliver; null for nothing.</summary>
    public async Task<string?> ReadQueueAsync() => await RunAsync("/usr/sbin/postqueue", "-c", Path.Combine(_folder, "etc"), "-p") is var queue && queue.Contains("queue is empty", StringComparison.Ordinal) ? null : queue;

    /// <summary>Files of a mailbox's mails, oldest first.</summary>
    public IReadOnlyList<string> MailsOf(string address) => Path.Combine(_folder, "mail", address, "new") is var folder && Directory.Exists(folder)
        ? [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>The end of both logs, for a test that fails.</summary>
    public string Logs() => string.Join('\n', ((IReadOnlyList<string>)["postfix.log", "dovecot.log"]).Select(name => Path.Combine(_folder, name)).Where(File.Exists).SelectMany(file => File.ReadLines(file).TakeLast(25)));

    public async ValueTask DisposeAsync()
    {
        if (_isPostfixUp)
        {
            await StopPostfixAsync();
        }

        if (_dovecot is { HasExited: false })
        {
            await RunAsync("/bin/kill", "-TERM", _dovecot.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
            await _dovecot.WaitForExitAsync();
        }

        _dovecot?.Dispose();
        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (IOException)
        {
            // A child of the servers still wrote; the system empties its temporary folder.
        }
    }

    private string MainCf() => $$"""
        compatibility_level = 3.6
        queue_directory = {{_folder}}/spool
        data_directory = {{_folder}}/lib
        command_directory = /usr/sbin
        daemon_directory = /usr/lib/postfix/sbin
        mail_owner = postfix
        setgid_group = postdrop
        myhostname = mx.losaromos.example
        mydomain = losaromos.example
        myorigin = losaromos.example
        mydestination =
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        mynetworks = 127.0.0.0/8
        recipient_delimiter = +
        maillog_file = {{_folder}}/postfix.log
        maillog_file_prefixes = /tmp, /var, {{_folder}}
        alias_maps =
        alias_database =
        local_recipient_maps =
        virtual_mailbox_domains = losaromos.example correo.example
        transport_maps = inline:{ {losaromos.example = lmtp:inet:127.0.0.1:{{HostLmtp}} } {correo.example = lmtp:inet:127.0.0.1:{{_patientsLmtp}} } }
        smtpd_peername_lookup = no
        smtpd_tls_cert_file = {{_folder}}/cert.pem
        smtpd_tls_key_file = {{_folder}}/key.pem
        smtpd_sasl_type = dovecot
        smtpd_sasl_path = private/auth
        smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
        smtpd_client_connection_count_limit = 0
        minimal_backoff_time = 1s
        maximal_backoff_time = 2s
        queue_run_delay = 1s

        """;

    private string MasterCf() => $"""
        127.0.0.1:{ToLmtp} inet n - n - - smtpd
        127.0.0.1:{Submission} inet n - n - - smtpd
          -o smtpd_tls_security_level=encrypt
          -o smtpd_sasl_auth_enable=yes
          -o smtpd_client_restrictions=permit_sasl_authenticated,reject
        127.0.0.1:{ToMailbox} inet n - n - - smtpd
          -o content_filter=lmtp:inet:127.0.0.1:{_patientsLmtp}
        pickup unix n - n 60 1 pickup
        cleanup unix n - n - 0 cleanup
        qmgr unix n - n 300 1 qmgr
        tlsmgr unix - - n 1000? 1 tlsmgr
        rewrite unix - - n - - trivial-rewrite
        bounce unix - - n - 0 bounce
        defer unix - - n - 0 bounce
        trace unix - - n - 0 bounce
        verify unix - - n - 1 verify
        flush unix n - n 1000? 0 flush
        proxymap unix - - n - - proxymap
        smtp unix - - n - - smtp
        showq unix n - n - - showq
        error unix - - n - - error
        retry unix - - n - - error
        lmtp unix - - n - - lmtp
        anvil unix - - n - 1 anvil
        scache unix - - n - 1 scache
        postlog unix-dgram n - n - 1 postlogd

        """;

    private string DovecotConf() => $$"""
        protocols = imap lmtp
        listen = 127.0.0.1
        base_dir = {{_folder}}/run
        state_dir = {{_folder}}/state
        log_path = {{_folder}}/dovecot.log
        ssl = yes
        ssl_cert = <{{_folder}}/cert.pem
        ssl_key = <{{_folder}}/key.pem
        disable_plaintext_auth = yes
        auth_mechanisms = plain login
        recipient_delimiter = +
        mail_location = maildir:{{_folder}}/mail/%u
        first_valid_uid = 1
        passdb {
          driver = passwd-file
          args = {{_folder}}/users
        }
        userdb {
          driver = passwd-file
          args = {{_folder}}/users
          default_fields = uid=mail gid=mail home={{_folder}}/mail/%u
        }
        service imap-login {
          inet_listener imap {
            port = {{Imap}}
          }
          inet_listener imaps {
            port = 0
          }
        }
        service lmtp {
          inet_listener lmtp {
            address = 127.0.0.1
            port = {{_patientsLmtp}}
          }
        }
        service auth {
          unix_listener {{_folder}}/spool/private/auth {
            mode = 0660
            user = postfix
            group = postfix
          }
        }

        """;

    private void WriteCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(5));
        File.WriteAllText(Authority, certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
    }

    private async Task WaitForAsync(int port)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException) when (i < 200 && _dovecot is not { HasExited: true })
            {
                await Task.Delay(50);
            }
            catch (SocketException refused)
            {
                throw new InvalidOperationException($"a mail server does not listen on port {port}:\n{Logs()}\n{(_dovecot is { HasExited: true } ? await _dovecot.StandardError.ReadToEndAsync() : string.Empty)}", refused);
            }
        }
    }

    private static void Change(string path, string mode, string? owner)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32(mode, 8));
        }

        if (owner is not null)
        {
            using var chown = Process.Start("/bin/chown", [owner, path]);
            chown.WaitForExit();
        }
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();

        // A master that goes into the background keeps the pipes open: what it says is in its log.
        return process.ExitCode == 0 || await Task.WhenAny(error, Task.Delay(500)) != error ? await Task.WhenAny(output, Task.Delay(500)) == output ? await output : string.Empty
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {await error}");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
