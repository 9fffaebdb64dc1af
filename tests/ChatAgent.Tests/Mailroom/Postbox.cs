using System.Globalization;
using System.Text;
using ChatAgent.Appointments;
using ChatAgent.Dialogs;
using ChatAgent.Dialogs.Tests;
using ChatAgent.Email;
using ChatAgent.Store;
using ChatAgent.Tests;
using ChatAgent.Text;
using Microsoft.Extensions.Logging.Abstractions;

namespace ChatAgent.Mailroom.Tests;

/// <summary>A clinic with its mail, in folders: questions leave, answers come in, time moves when it is told to. Tuesday 21 April 2026, 10:00 in Santiago.</summary>
internal sealed class Postbox : IAsyncDisposable
{
    public const string Rodrigo = "rodrigo.sandoval@correo.example";
    public const string OurServer = "mx.losaromos.example";

    private readonly string _folder = Directory.CreateTempSubdirectory("chatagent-postbox-").FullName;
    private int _written;

    private Postbox()
    {
    }

    public ManualTimeProvider Time { get; } = new(new DateTimeOffset(2026, 4, 21, 14, 0, 0, TimeSpan.Zero));

    public SqliteConversationStore Store { get; private set; } = null!;

    public Agent Agent { get; private set; } = null!;

    public Agenda Agenda { get; private set; } = null!;

    public MailThreads Threads { get; private set; } = null!;

    public MailIntake Intake { get; private set; } = null!;

    public MailQuestions Questions { get; private set; } = null!;

    public ShadowDesk Shadow { get; private set; } = null!;

    public MailDelivery Delivery { get; private set; } = null!;

    public ReplyAddresses Addresses { get; } = new(new byte[32], MailAddress.Create("citas@losaromos.example", "Centro Médico Los Aromos"));

    /// <summary>A campaign over this clinic; each one begins with an empty memory, as after a restart.</summary>
    public CampaignRunner StartCampaign(CampaignRules? rules = null) => new(
        Agent, Agenda, Threads, Questions, Store, rules ?? new CampaignRules(), "America/Santiago", Time, NullLogger<CampaignRunner>.Instance);

    /// <summary>A waiting list over this clinic, with an empty memory.</summary>
    public WaitingList StartWaitingList(CampaignRules? rules = null) => new(Agent, Agenda, Threads, Questions, rules ?? new CampaignRules(), "America/Santiago", Time, NullLogger<WaitingList>.Instance);

    /// <summary>What the transport says to the next mails, one each; then it takes all.</summary>
    public Queue<SendResult> Answers { get; } = new();

    public string RawFolder => Path.Combine(_folder, "received");

    public static async Task<Postbox> OpenAsync(Bundle bundle, bool isShadow = false, TimeSpan copyPatience = default)
    {
        var box = new Postbox();
        box.Store = await SqliteConversationStore.OpenAsync(new SqliteStoreOptions { File = Path.Combine(box._folder, "test.db") }, box.Time, CancellationToken.None);
        var zone = bundle.Definition.Domain.Zone;
        box.Agenda = new Agenda(box.Store, new OneTimeCodes(box.Store, new NoCodes(), new OneTimeCodeOptions { Key = new byte[32] }, box.Time), zone, box.Time);
        box.Agent = new Agent(box.Store, new BundleHolder(bundle), box.Agenda, new AgentOptions(), box.Time, NullLogger<Agent>.Instance);
        box.Threads = new MailThreads(box.Store, box.Addresses);
        box.Questions = new MailQuestions(box.Agent, box.Agenda, box.Threads, bundle.Definition, box.Time);
        box.Shadow = new ShadowDesk(box.Store, box.Agent, box.Agenda, box.Questions, box.Time, new ShadowOptions());
        box.Intake = new MailIntake(
            box.Store, box.Agent, box.Agenda, box.Threads, new MailFolder(box.RawFolder), new MailIntakeOptions { AuthservId = OurServer }, zone, box.Time, NullLogger<MailIntake>.Instance, isShadow ? box.Shadow : null);
        var transport = new ScriptedTransport(box.Answers, new FolderTransport(new MailFolder(Path.Combine(box._folder, "outbox"))));
        box.Delivery = new MailDelivery(
            box.Store, box.Threads, box.Addresses, transport, MailAddress.Create("citas@losaromos.example", "Centro Médico Los Aromos"), dress: null, box.Time, NullLogger<MailDelivery>.Instance)
        {
            CopyPatience = copyPatience,
        };
        var imported = await new AgendaImporter(box.Store, zone, box.Time).ImportJsonAsync(TrainedClinic.Agenda, CancellationToken.None);
        Assert.Empty(imported.Errors);
        return box;
    }

    /// <summary>Asks about an appointment and delivers the question.</summary>
    public async Task<(MailThread Thread, IncomingMail Question)> AskAsync(string appointmentId, Language language = Language.Spanish)
    {
        var (outcome, thread) = await Questions.AskAsync(appointmentId, language, CancellationToken.None);
        Assert.Equal(AskOutcome.Asked, outcome);
        var mails = await WorkAsync(thread!);
        return (thread!, Assert.Single(mails));
    }

    /// <summary>Lets the agent answer what waits in the thread and delivers it.</summary>
    /// <returns>The mails that left, as their reader sees them.</returns>
    public async Task<IReadOnlyList<IncomingMail>> WorkAsync(MailThread thread)
    {
        while (await Agent.RunTurnAsync(thread.ConversationId, CancellationToken.None) is not null)
        {
        }

        var before = Files();
        while (await Store.ClaimOutboxAsync(MailIntake.Channel, 10, TimeSpan.FromMinutes(1), CancellationToken.None) is { Count: > 0 } items)
        {
            foreach (var item in items)
            {
                await Delivery.DeliverAsync(item, CancellationToken.None);
            }
        }

        return [.. Files().Except(before, StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(file => MailReader.Read(File.ReadAllBytes(file)))];
    }

    /// <summary>Lets the agent work everywhere and delivers.</summary>
    /// <returns>The mails that left, as their readers see them, by recipient.</returns>
    public async Task<IReadOnlyList<(string To, IncomingMail Mail)>> WorkEverywhereAsync()
    {
        while (await Store.ListWaitingAsync(100, CancellationToken.None) is { Count: > 0 } waiting)
        {
            foreach (var conversation in waiting)
            {
                await Agent.RunTurnAsync(conversation, CancellationToken.None);
            }
        }

        var before = Files();
        while (await Store.ClaimOutboxAsync(MailIntake.Channel, 10, TimeSpan.FromMinutes(1), CancellationToken.None) is { Count: > 0 } items)
        {
            foreach (var item in items)
            {
                await Delivery.DeliverAsync(item, CancellationToken.None);
            }
        }

        return [.. Files().Except(before, StringComparer.Ordinal).Select(file => MailReader.Read(File.ReadAllBytes(file))).Select(mail => (mail.To[0].Address, mail)).OrderBy(mail => mail.Address, StringComparer.Ordinal)];
    }

    /// <summary>The patient opens the chat by the link of the thread's mail.</summary>
    public Task VisitAsync(MailThread thread) => VisitAsync(thread.ConversationId, thread);

    public async Task VisitAsync(string conversationId, MailThread thread)
    {
        await Agent.IdentifyAsync(conversationId, new IdentifiedPerson(thread.PatientId, "Rodrigo", thread.AppointmentId, "link", "directline"), CancellationToken.None);
        while (await Agent.RunTurnAsync(conversationId, CancellationToken.None) is not null)
        {
        }
    }

    public Task WriteInChatAsync(MailThread thread, string text) => WriteInChatAsync(thread.ConversationId, text);

    public Task WriteInChatAsync(string conversationId, string text) => Agent.AcceptAsync(
        new IncomingActivity
        {
            Channel = "directline",
            Account = "dl_1",
            ConversationId = conversationId,
            Entry = new NewEntry { Audience = Audience.Everyone, Author = Author.Client, Kind = ConversationEvents.Message, Text = text, Payload = """{"type":"message","channelId":"directline"}""", IsInput = true },
        },
        CancellationToken.None);

    /// <summary>The patient's mail program answers a mail of ours.</summary>
    public ReceivedMail Answer(IncomingMail question, string text, string from = Rodrigo, string? to = null, string authentication = "dmarc=pass", string? messageId = null, string headers = "", bool inThread = true)
    {
        var address = to ?? MailReplyTo(question);
        var raw = $"""
            Authentication-Results: {OurServer}; {authentication} header.from={from[(from.IndexOf('@', StringComparison.Ordinal) + 1)..]}
            From: {from}
            To: {address}
            Subject: Re: su hora
            Date: {Time.GetUtcNow().ToString("ddd, dd MMM yyyy HH:mm:ss", CultureInfo.InvariantCulture)} +0000
            Message-ID: {messageId ?? $"<m{++_written}@correo.example>"}
            {(inThread ? $"In-Reply-To: {question.MessageId}\n" : string.Empty)}{headers}MIME-Version: 1.0
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: 8bit

            {text}

            El mar, 21 abr 2026 a las 10:00, Centro Médico Los Aromos (<{address}>) escribió:

            > {question.Text.ReplaceLineEndings("\n> ")}
            """;
        return new ReceivedMail(from, [address], Encoding.UTF8.GetBytes(raw.ReplaceLineEndings("\r\n")), Time.GetUtcNow());
    }

    public async Task<AppointmentStatus> StatusOfAsync(string appointmentId) => (await Agenda.FindAppointmentAsync(appointmentId, CancellationToken.None))!.Status;

    public async Task<ConversationState> StateOfAsync(string conversationId) => (await Agent.ReadStateAsync(conversationId, CancellationToken.None))!;

    /// <summary>A patient answers a mail that the clinic's own system sent.</summary>
    public ReceivedMail AnswerToTheClinic(string text, string from = Rodrigo, string authentication = "dmarc=pass")
    {
        var raw = $"""
            Authentication-Results: {OurServer}; {authentication} header.from={from[(from.IndexOf('@', StringComparison.Ordinal) + 1)..]}
            From: {from}
            To: citas@losaromos.example
            Subject: RE: Recordatorio de su hora
            Date: {Time.GetUtcNow().ToString("ddd, dd MMM yyyy HH:mm:ss", CultureInfo.InvariantCulture)} +0000
            Message-ID: <c{++_written}@correo.example>
            In-Reply-To: <sistema-viejo-{_written}@losaromos.example>
            MIME-Version: 1.0
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: 8bit

            {text}
            """;
        return new ReceivedMail(from, ["citas@losaromos.example"], Encoding.UTF8.GetBytes(raw.ReplaceLineEndings("\r\n")), Time.GetUtcNow());
    }

    /// <summary>Where a mail program sends an answer to.</summary>
    public string MailReplyTo(IncomingMail question) => Directory.GetFiles(Path.Combine(_folder, "outbox"), "*.eml").Select(File.ReadAllText)
        .Where(text => text.Contains(question.MessageId!, StringComparison.Ordinal))
        .Select(text => IncomingAddress.ParseList(MimeParser.Parse(Encoding.ASCII.GetBytes(text)).Root.Header("Reply-To"))[0].Address)
        .First();

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private string[] Files() => Directory.Exists(Path.Combine(_folder, "outbox")) ? Directory.GetFiles(Path.Combine(_folder, "outbox"), "*.eml") : [];

    private sealed class NoCodes : ICodeSender
    {
        public Task SendAsync(string address, string code, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class ScriptedTransport(Queue<SendResult> answers, IMailTransport then) : IMailTransport
    {
        public Task<SendResult> SendAsync(ReadOnlyMemory<byte> mail, string name, string envelopeFrom, string envelopeTo, CancellationToken cancellationToken) =>
            answers.TryDequeue(out var answer) ? Task.FromResult(answer) : then.SendAsync(mail, name, envelopeFrom, envelopeTo, cancellationToken);
    }
}
