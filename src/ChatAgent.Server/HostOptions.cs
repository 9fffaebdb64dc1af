using System.Net;
using ChatAgent.Email;
using ChatAgent.Mailroom;
using ChatAgent.Training;

namespace ChatAgent.Server;

/// <summary>What the host was told on its command line, in the environment or in appsettings.json.</summary>
/// <remarks>
/// <code>
/// --urls http://localhost:3978     where to listen
/// --root DIR                       the folder that holds dialogs/ and data/ (also CHATAGENT_ROOT)
/// --bot dialogs/clinic             the bot to serve
/// --data DIR                       all that the host writes; default data/ below the root
/// --models DIR                     trained parts; default models/ below the data
/// </code>
/// </remarks>
internal sealed record HostOptions
{
    public const string DefaultUrl = "http://localhost:3978";

    public required RootFolder Root { get; init; }

    public required string BotFolder { get; init; }

    /// <summary>All that the host writes.</summary>
    public required string Data { get; init; }

    public required string Models { get; init; }

    public string Database => Path.Combine(Data, RootFolder.DatabaseName);

    /// <summary>Secrets that the host made for itself.</summary>
    public string KeyFolder => Path.Combine(Data, "keys");

    public string LogFolder => Path.Combine(Data, "logs");

    /// <summary>Where mails are dropped as files while no mail server is configured.</summary>
    public string MailFolder => Path.Combine(Data, "mail", "outbox");

    /// <summary>Where mails that came in are kept as they came, named by their hash.</summary>
    public string ReceivedMailFolder => Path.Combine(Data, "mail", "received");

    /// <summary>Name under which the border mail server writes Authentication-Results: <c>Mail:AuthservId</c>; null believes none.</summary>
    public string? AuthservId { get; init; }

    /// <summary>Where patients reach this host, "https://citas.clinica.cl": <c>Mail:PublicUrl</c>. Null: mails have no buttons.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>The clinic's own address, from which mails leave: <c>Mail:From</c>.</summary>
    public required string MailFrom { get; init; }

    /// <summary>The server that takes our mails: <c>Mail:Smtp:*</c>; null drops them into <see cref="MailFolder"/>.</summary>
    public SmtpOptions? Smtp { get; init; }

    /// <summary>Whether patients are asked by mail as the bot's campaign.yml says: <c>Mail:Campaign</c>, "on" or "off". Off unless it is said: a demonstration must not write to anybody.</summary>
    public bool IsCampaignOn { get; init; }

    /// <summary>How long the copy of a mail is waited for whose answer was lost: <c>Mail:Smtp:CopySeconds</c>; zero sends no copies.</summary>
    public TimeSpan CopyPatience { get; init; }

    /// <summary>A folder that mails are put into: <c>Mail:In:Folder</c>; without any way in, mail/inbox below the data.</summary>
    public string? MailInFolder { get; init; }

    /// <summary>Where LMTP is listened for: <c>Mail:In:Lmtp:Listen</c>; null for nowhere.</summary>
    public EndPoint? Lmtp { get; init; }

    /// <summary>A mailbox that is read: <c>Mail:In:Imap:*</c>; null for none.</summary>
    public ImapOptions? Imap { get; init; }

    /// <summary>Whether mails are only looked at: <c>Mail:Mode</c>, "act" (the default) or "shadow".</summary>
    public bool IsShadow { get; init; }

    public static HostOptions Read(IConfiguration configuration)
    {
        var root = RootFolder.Resolve(configuration["root"]);
        var data = configuration["data"] ?? root.Data;
        var from = configuration["Mail:From"] ?? "citas@localhost";
        var (lmtp, imap) = (MailSettings.ReadLmtp(key => configuration[key]), MailSettings.ReadImap(key => configuration[key]));
        var isShadow = (configuration["Mail:Mode"] ?? "act") switch
        {
            "act" => false,
            "shadow" => true,
            var mode => throw new InvalidDataException($"Mail:Mode: \"{mode}\" is no mode; expected act or shadow"),
        };
        var isCampaignOn = ReadSwitch("Mail:Campaign", configuration["Mail:Campaign"]);
        if (isShadow && isCampaignOn)
        {
            throw new InvalidDataException("Mail:Campaign is on and Mail:Mode is shadow: in shadow nobody is written to. Switch one of them off.");
        }

        return new HostOptions
        {
            Root = root,
            BotFolder = root.ResolveBot(configuration["bot"]),
            Data = Path.GetFullPath(data),
            MailFrom = from,
            MailInFolder = configuration["Mail:In:Folder"] is { Length: > 0 } folder ? Path.GetFullPath(folder)
                : lmtp is null && imap is null ? Path.GetFullPath(Path.Combine(data, "mail", "inbox"))
                : null,
            Lmtp = lmtp,
            Imap = imap,
            Smtp = MailSettings.ReadSmtp(key => configuration[key], ReadMailbox(from)),
            CopyPatience = MailSettings.ReadCopyPatience(key => configuration[key]),
            AuthservId = configuration["Mail:AuthservId"],
            IsCampaignOn = isCampaignOn,
            IsShadow = isShadow,
            PublicUrl = ReadPublicUrl(configuration["Mail:PublicUrl"]),
            Models = Path.GetFullPath(configuration["models"] ?? Path.Combine(data, RootFolder.ModelsName)),
        };
    }

    private static bool ReadSwitch(string name, string? value) => value?.ToLowerInvariant() switch
    {
        null or "" or "off" => false,
        "on" => true,
        _ => throw new InvalidDataException($"{name}: \"{value}\" is not a switch; expected on or off"),
    };

    private static MailAddress ReadMailbox(string text) =>
        MailAddress.TryCreate(text, null, out var mailbox) ? mailbox : throw new InvalidDataException($"Mail:From: \"{text}\" is not a mail address; expected one such as citas@clinica.cl");

    private static Uri? ReadPublicUrl(string? value) => string.IsNullOrEmpty(value) ? null
        : Uri.TryCreate(value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address
        : throw new InvalidDataException($"Mail:PublicUrl: \"{value}\" is not an address; expected one such as https://citas.clinica.cl");
}
