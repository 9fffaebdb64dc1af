using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ChatAgent.Appointments;
using ChatAgent.Dialogs;
using ChatAgent.Email;
using ChatAgent.Mailroom;
using ChatAgent.Store;
using ChatAgent.Training;
using Microsoft.Extensions.Logging.Abstractions;

namespace ChatAgent.Cli.Commands;

/// <summary><c>chatagent mail poll</c> and <c>mail send-test</c>: the ways in and out as they are configured, once, with what was said on the wire.</summary>
internal static class MailWireCommand
{
    private static readonly Option<string?> Data = new("--data") { Description = "The host's data folder (else data/ below the root)." };
    private static readonly Option<string?> Settings = new("--settings") { Description = "The host's settings (else appsettings.json here, where there is one); the environment's Mail__… goes before it." };
    private static readonly Option<bool> Json = new("--json") { Description = "Print one JSON object and nothing else." };
    private static readonly Option<bool> Trace = new("--trace") { Description = "Show the conversation with the server on stderr, without passwords." };

    /// <summary>Takes what waits in the folder and the mailbox, once. A host that runs beside answers it; without one it is answered when the host starts.</summary>
    public static Command CreatePoll()
    {
        var poll = new Command("poll", "Take what waits in the configured folder and mailbox, once.") { BotSetup.RootOption, BotSetup.BotOption, Data, Settings, Json, Trace };
        poll.SetAction((parsed, cancellationToken) => CommandExit.GuardedAsync(parsed.InvocationConfiguration.Error, () => PollAsync(parsed, cancellationToken)));
        return poll;
    }

    /// <summary>Sends one mail by the configured way out; a failure names the step, and what to look at.</summary>
    public static Command CreateSendTest()
    {
        var address = new Argument<string>("address") { Description = "Where the mail goes." };
        var send = new Command("send-test", "Send one test mail by the configured way out.") { address, BotSetup.RootOption, Data, Settings, Json, Trace };
        send.SetAction((parsed, cancellationToken) => CommandExit.GuardedAsync(parsed.InvocationConfiguration.Error, () => SendTestAsync(parsed, parsed.GetValue(address)!, cancellationToken)));
        return send;
    }

    private static async Task<int> PollAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var root = RootFolder.Resolve(parsed.GetValue(BotSetup.RootOption));
        var data = Path.GetFullPath(parsed.GetValue(Data) ?? root.Data);
        var find = ReadSettings(parsed.GetValue(Settings));
        var console = parsed.InvocationConfiguration;
        var (imap, lmtp) = Configured(() => (MailSettings.ReadImap(find), MailSettings.ReadLmtp(find)));
        var folder = find("Mail:In:Folder") is { Length: > 0 } named ? named : imap is null && lmtp is null ? Path.Combine(data, "mail", "inbox") : null;
        if (folder is null && imap is null)
        {
            throw new FormatException("neither Mail:In:Folder nor Mail:In:Imap:Host is set; over LMTP mails come by themselves.");
        }

        if (find("Mail:Mode") == "shadow")
        {
            throw new FormatException("Mail:Mode is shadow: mails are only looked at, and it is the host that looks; here they would be acted on.");
        }

        // Reply addresses are signed with a key that the host makes at its first start.
        var key = Path.Combine(data, "keys", "mail.key");
        if (!File.Exists(key))
        {
            throw new FileNotFoundException($"{key}: there is no such file; the host makes it when it is started for the first time. Name its folder with --data.");
        }

        var time = TimeProvider.System;
        var zone = DialogLoader.Load(root.ResolveBot(parsed.GetValue(BotSetup.BotOption))).Domain.Zone;
        await using var store = await SqliteConversationStore.OpenAsync(new SqliteStoreOptions { File = Path.Combine(data, RootFolder.DatabaseName) }, time, cancellationToken);
        var agenda = new Agenda(store, new OneTimeCodes(store, new NoCodes(), new OneTimeCodeOptions { Key = new byte[32] }, time), zone, time);
        var agent = new Agent(store, new BundleHolder(), agenda, new AgentOptions(), time, NullLogger<Agent>.Instance);
        var threads = new MailThreads(store, new ReplyAddresses(await File.ReadAllBytesAsync(key, cancellationToken), MailAddress.Create(find("Mail:From") ?? "citas@localhost")));
        var intake = new MailIntake(
            store, agent, agenda, threads, new MailFolder(Path.Combine(data, "mail", "received")), new MailIntakeOptions { AuthservId = find("Mail:AuthservId") }, zone, time, NullLogger<MailIntake>.Instance);
        var inlet = new MailInlet(intake, store, NullLogger<MailInlet>.Instance);

        var fromFolder = folder is null ? 0 : await inlet.TakeAsync(new FolderInbox(folder, time), cancellationToken);
        var fromMailbox = 0;
        if (imap is not null)
        {
            await using var mailbox = await ImapConnection.OpenAsync(imap, TraceOf(parsed), cancellationToken);
            fromMailbox = await inlet.TakeAsync(mailbox, imap, time.GetUtcNow(), cancellationToken);
        }

        var waiting = (await store.ListWaitingAsync(1000, cancellationToken)).Count;
        console.Output.WriteLine(parsed.GetValue(Json)
            ? string.Create(CultureInfo.InvariantCulture, $"{{\"folder\":{fromFolder},\"mailbox\":{fromMailbox},\"waiting\":{waiting}}}")
            : string.Create(CultureInfo.InvariantCulture, $"{fromFolder} from the folder, {fromMailbox} from the mailbox; {waiting} conversations wait for the host's answer"));
        return CommandExit.Done;
    }

    private static async Task<int> SendTestAsync(ParseResult parsed, string address, CancellationToken cancellationToken)
    {
        var find = ReadSettings(parsed.GetValue(Settings));
        var from = MailAddress.Create(find("Mail:From") ?? "citas@localhost");
        var to = MailAddress.TryCreate(address, null, out var mailbox) ? mailbox : throw new FormatException($"{address}: not a mail address; expected one such as rodrigo@correo.cl");
        var domain = from.Address[(from.Address.IndexOf('@', StringComparison.Ordinal) + 1)..];
        var smtp = Configured(() => MailSettings.ReadSmtp(find, from));
        var id = MailComposer.NewMessageId(domain);
        var mail = MailComposer.Compose(new OutgoingMail
        {
            From = from,
            To = to,
            Subject = "ChatAgent: prueba de envío / test mail",
            Text = "Este correo muestra que el agente puede enviar. No hay que responderlo.\n\nThis mail shows that the agent can send. There is no need to answer it.\n",
            MessageId = id,
            Date = TimeProvider.System.GetUtcNow(),
        });

        var name = $"test-{id.Trim('<', '>').Split('@')[0]}";
        SendResult result;
        string way;
        if (smtp is null)
        {
            var folder = Path.Combine(Path.GetFullPath(parsed.GetValue(Data) ?? RootFolder.Resolve(parsed.GetValue(BotSetup.RootOption)).Data), "mail", "outbox");
            way = Path.Combine(folder, $"{name}.eml");
            result = await new FolderTransport(new MailFolder(folder)).SendAsync(mail, name, from.Address, to.Address, cancellationToken);
        }
        else
        {
            way = $"{smtp.Host}:{smtp.Port.ToString(CultureInfo.InvariantCulture)}";
            await using var transport = new SmtpTransport(smtp, TimeProvider.System, TraceOf(parsed));
            result = await transport.SendAsync(mail, name, from.Address, to.Address, cancellationToken);
        }

        if (result.Outcome != SendOutcome.Taken)
        {
            parsed.InvocationConfiguration.Error.WriteLine($"{way}: not sent: {result.Reason}. {AdviceOn(result.Reason ?? string.Empty)}");
            return CommandExit.Failed;
        }

        parsed.InvocationConfiguration.Output.WriteLine(parsed.GetValue(Json)
            ? $"{{\"messageId\":{JsonSerializer.Serialize(id, MailWireCommandJson.Default.String)},\"by\":{JsonSerializer.Serialize(way, MailWireCommandJson.Default.String)}}}"
            : smtp is null ? $"no server is named in Mail:Smtp:Host; the mail {id} was dropped as {way}" : $"{way} took the mail {id}");
        return CommandExit.Done;
    }

    /// <summary>What to look at when a step fails.</summary>
    private static string AdviceOn(string reason) => reason.Split(' ')[0] switch
    {
        "connect" => "Nobody answers there: check Mail:Smtp:Host and Port, and the firewall.",
        "greeting" or "EHLO" => "The server does not serve this machine; its log says why. Mail:Smtp:HelloName is what we call ourselves.",
        "STARTTLS" => "The server has no STARTTLS there: Mail:Smtp:Security tls (port 465), or none for a server on this machine.",
        "TLS" => "Its certificate is not valid for that name, or its authority is unknown: name the server as the certificate does, or give Mail:Smtp:AuthorityFile.",
        "AUTH" => "The server does not take the account: check Mail:Smtp:User and the password.",
        "MAIL" => "The server does not let this account send as Mail:From, or wants a login.",
        "RCPT" => "The server does not take this recipient; try another, and look whether it relays for this account.",
        "end" => reason.StartsWith("end of content", StringComparison.Ordinal) && !char.IsAsciiDigit(reason[^1]) ? "Whether the mail was taken is not known; look into the server's queue." : "The server took everything and then refused the mail; its answer says why (--trace).",
        _ => "Show the conversation with --trace.",
    };

    private static Action<string>? TraceOf(ParseResult parsed) => parsed.GetValue(Trace) ? parsed.InvocationConfiguration.Error.WriteLine : null;

    private static T Configured<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException wrong)
        {
            throw new FormatException(wrong.Message, wrong);
        }
    }

    /// <summary>The settings that the host reads: the environment ("Mail__Smtp__Host") before the file ({"Mail":{"Smtp":{"Host":…}}}).</summary>
    private static Func<string, string?> ReadSettings(string? named)
    {
        var file = named ?? "appsettings.json";
        if (named is not null && !File.Exists(file))
        {
            throw new FileNotFoundException($"{file}: there is no such file.");
        }

        JsonElement root = default;
        if (File.Exists(file))
        {
            try
            {
                using var json = JsonDocument.Parse(File.ReadAllText(file), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
                root = json.RootElement.Clone();
            }
            catch (JsonException wrong)
            {
                throw new FormatException($"{file}({(wrong.LineNumber + 1)?.ToString(CultureInfo.InvariantCulture)},{(wrong.BytePositionInLine + 1)?.ToString(CultureInfo.InvariantCulture)}): not JSON", wrong);
            }
        }

        return key => Environment.GetEnvironmentVariable(key.Replace(":", "__", StringComparison.Ordinal)) ?? Find(root, key.Split(':'));

        static string? Find(JsonElement element, ReadOnlySpan<string> path)
        {
            foreach (var name in path)
            {
                if (element.ValueKind != JsonValueKind.Object)
                {
                    return null;
                }

                var step = name;
                element = element.EnumerateObject().FirstOrDefault(property => property.Name.Equals(step, StringComparison.OrdinalIgnoreCase)).Value;
            }

            return element.ValueKind switch
            {
                JsonValueKind.String => element.GetString(),
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => element.GetRawText(),
                _ => null,
            };
        }
    }

    /// <summary>Nobody asks for a code while mails are taken.</summary>
    private sealed class NoCodes : ICodeSender
    {
        public Task SendAsync(string address, string code, CancellationToken cancellationToken) => throw new InvalidOperationException("no code is sent from here");
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class MailWireCommandJson : System.Text.Json.Serialization.JsonSerializerContext;
