using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using ChatAgent.Appointments;
using ChatAgent.Dialogs;
using ChatAgent.Email;
using ChatAgent.Store;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace ChatAgent.Mailroom;

/// <summary>Takes a mail in: keeps it raw, ties it to a thread, decides whom to believe, and hands the writer's words to the agent. Thread-safe.</summary>
/// <remarks>
/// The order, each step of which may end the way: what came before; our own; reports on our mails; automatic mail; calendars; a person's words. A mail is acted on when
/// it carries its thread's token and comes from the address on file, or when it answers a mail of ours and the border server vouches for that address. All else goes to
/// an operator with the raw mail kept: a thread's token with another sender, a failed check, a thread that has expired, too many answers in a day, words that nobody
/// added, words that later ones overtook on their way. Nothing that is automatic is ever answered, and an answer leaves only after a person's words: two machines cannot talk to each other.
/// When <see cref="TakeAsync"/> returns, all of it is on disk; the same mail again changes nothing.
/// </remarks>
public sealed partial class MailIntake
{
    /// <summary>The channel of mail in the store.</summary>
    public const string Channel = "email";

    private const int MaxTextLength = 20_000;
    private const int LogRows = 500;

    private readonly IConversationStore _store;
    private readonly Agent _agent;
    private readonly Agenda _agenda;
    private readonly MailThreads _threads;
    private readonly MailFolder _raw;
    private readonly MailIntakeOptions _options;
    private readonly DateTimeZone _zone;
    private readonly TimeProvider _time;
    private readonly ILogger<MailIntake> _logger;
    private readonly ShadowDesk? _shadow;
    private readonly SemaphoreSlim[] _turnstiles = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];

    /// <param name="store">Keeps what came in.</param>
    /// <param name="agent">Reads and answers.</param>
    /// <param name="agenda">Tells what was answered by other means.</param>
    /// <param name="threads">What was asked.</param>
    /// <param name="raw">Where raw mails are kept, named by their hash.</param>
    /// <param name="options">Whom to believe.</param>
    /// <param name="zone">IANA name of the zone of the agenda's hours.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told kinds and reasons, never words or addresses.</param>
    /// <param name="shadow">Looks at what persons write before anything is done with it; null acts on all.</param>
    public MailIntake(
        IConversationStore store, Agent agent, Agenda agenda, MailThreads threads, MailFolder raw, MailIntakeOptions options, string zone, TimeProvider time, ILogger<MailIntake> logger, ShadowDesk? shadow = null)
    {
        MailIntakeOptions.Require(options);
        (_store, _agent, _agenda, _threads, _raw, _options, _zone, _time, _logger, _shadow) = (store, agent, agenda, threads, raw, options, DateTimeZoneProviders.Tzdb[zone], time, logger, shadow);
    }

    /// <summary>Takes one mail. Never throws on what a mail says.</summary>
    public async Task<MailIntakeResult> TakeAsync(ReceivedMail received, CancellationToken cancellationToken)
    {
        var name = Convert.ToHexStringLower(SHA256.HashData(received.Raw.Span).AsSpan(0, 16));
        var mail = MailReader.Read(received.Raw);
        if (mail.MessageId is { } ownId && await _threads.NoteReturnedAsync(ownId, _time.GetUtcNow(), cancellationToken))
        {
            // Its words are in the log already.
            LogTaken(name, MailKind.Own, MailMatch.MessageId, "none");
            return new MailIntakeResult(MailKind.Own, MailMatch.MessageId, MailTrust.Unknown, null, null, null);
        }

        _raw.Drop(name, received.Raw.ToArray());
        var taken = new Taken(received, mail, name, IdOf(mail, received), Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(mail.Text + '\n' + mail.Html)).AsSpan(0, 16)));

        var before = await FindReceivedAsync(taken.Id, cancellationToken);
        if (before?.Hash == taken.Hash)
        {
            LogTaken(name, MailKind.Duplicate, MailMatch.None, "seen before");
            return new MailIntakeResult(MailKind.Duplicate, MailMatch.None, MailTrust.Unknown, before.ConversationId, null, null);
        }

        var result = await TakeAsync(taken, isOtherBody: before is not null, cancellationToken);
        await _store.WriteDocumentsAsync(
            [
                new DocumentWrite
                {
                    Collection = ReceivedRecord.Collection,
                    Id = taken.Id,
                    Json = JsonSerializer.Serialize(new ReceivedRecord(taken.Hash, result.ConversationId, name), MailroomJson.Default.ReceivedRecord),
                },
            ],
            cancellationToken);
        LogTaken(name, result.Kind, result.Match, result.Reason ?? "none");
        return result;
    }

    private async Task<MailIntakeResult> TakeAsync(Taken taken, bool isOtherBody, CancellationToken cancellationToken)
    {
        var mail = taken.Mail;
        var trust = AuthenticationResults.Read(mail.AuthenticationResults, _options.AuthservId, mail.From?.Address ?? string.Empty);
        if (mail.Bounces.Count > 0)
        {
            return await TakeBounceAsync(taken, trust, cancellationToken);
        }

        var (thread, match) = await MatchAsync(taken, cancellationToken);
        if ((mail.IsAutomatic || taken.Received.EnvelopeFrom is "") && mail.Calendar is not { Method: "REPLY" or "COUNTER" })
        {
            if (thread is not null)
            {
                await NoteAsync(thread, taken, "mail.automatic", mail.AutomaticReason ?? "empty envelope sender", cancellationToken);
            }

            return new MailIntakeResult(MailKind.Automatic, match, trust, thread?.ConversationId, mail.AutomaticReason ?? "empty envelope sender", null);
        }

        if (_shadow is not null)
        {
            var seen = await _shadow.ReadAsync(mail, taken.RawName, trust, taken.Received.ReceivedAt, cancellationToken);
            if (seen is not { IsDone: true } || isOtherBody || await _shadow.AdoptAsync(seen, mail, cancellationToken) is not { } adopted)
            {
                return new MailIntakeResult(MailKind.Shadowed, seen is null ? MailMatch.None : MailMatch.Sender, trust, null, seen?.Kind.ToString(), null);
            }

            (thread, match) = (adopted, MailMatch.Sender);
        }

        // One mail of a thread after the other: two that come in at the same moment must not overtake each other between the look and the commit.
        var turnstile = _turnstiles[(thread?.Id.Sum(letter => letter) ?? 0) % _turnstiles.Length];
        await turnstile.WaitAsync(cancellationToken);
        try
        {
            return await TakePersonalAsync(taken, thread, match, trust, isOtherBody, cancellationToken);
        }
        finally
        {
            turnstile.Release();
        }
    }

    /// <summary>A mail of a person or of a person's calendar.</summary>
    private async Task<MailIntakeResult> TakePersonalAsync(Taken taken, MailThread? thread, MailMatch match, MailTrust trust, bool isOtherBody, CancellationToken cancellationToken)
    {
        var mail = taken.Mail;
        var reason = isOtherBody ? "mail_id_used_twice"
            : thread is null ? "mail_not_matched"
            : trust == MailTrust.Failed ? "mail_sender_forged"
            : thread.ExpiresAt <= _time.GetUtcNow() ? "mail_too_late"
            : !IsFromFile(mail, thread) ? "mail_from_another_address"
            : match != MailMatch.Token && trust != MailTrust.Passed ? "mail_sender_unproven"
            : mail.Calendar is null && mail.Reply.AddedNothing ? "mail_without_words"
            : await _threads.CountSentAsync(thread, _time.GetUtcNow() - TimeSpan.FromDays(1), cancellationToken) > _options.AnswersPerDay ? "mail_too_many_answers"
            : await IsOvertakenAsync(thread, mail, cancellationToken) ? "mail_overtaken"
            : null;
        if (reason == "mail_overtaken" && await IsInLogAsync(thread!, taken, cancellationToken))
        {
            // It was taken in its time, and the host was stopped before that was noted.
            return new MailIntakeResult(MailKind.Duplicate, match, trust, thread!.ConversationId, null, null);
        }

        if (reason is not null)
        {
            // A failed check ties the mail to nobody: it must not stand in a patient's conversation as theirs.
            var held = await HoldAsync(trust == MailTrust.Failed || isOtherBody ? null : thread, taken, reason, cancellationToken);
            return new MailIntakeResult(MailKind.Held, match, trust, held, reason, null);
        }

        return mail.Calendar is { Method: "REPLY" or "COUNTER" } calendar && ChosenBy(calendar, thread!, mail) is { } chosen
            ? await TakeCalendarAsync(taken, thread!, match, trust, chosen, cancellationToken)
            : await TakeWordsAsync(taken, thread!, match, trust, cancellationToken);
    }

    private async Task<(MailThread? Thread, MailMatch Match)> MatchAsync(Taken taken, CancellationToken cancellationToken)
    {
        var mail = taken.Mail;
        if (await _threads.FindByAddressAsync(taken.Received.EnvelopeTo.Concat(mail.DeliveredTo), cancellationToken) is { } byToken)
        {
            return (byToken, MailMatch.Token);
        }

        // The direct parent first, then the rest of the thread from its end.
        var named = (mail.InReplyTo is { } parent ? new[] { parent } : []).Concat(mail.References.Reverse());
        if (await _threads.FindByMessageIdAsync(named, cancellationToken) is { } byId)
        {
            return (byId, MailMatch.MessageId);
        }

        return await _threads.FindByUidAsync(mail.Calendar?.Uid, cancellationToken) is { } byUid ? (byUid, MailMatch.Uid) : (null, MailMatch.None);
    }

    /// <summary>Whether the writer had written later words that came in before these: a no that a late yes must not undo. Notes the time of those that were not overtaken.</summary>
    /// <remarks>The time is that of the Date header, and never later than now: a clock that runs ahead must not put all that follows behind it.</remarks>
    private async Task<bool> IsOvertakenAsync(MailThread thread, IncomingMail mail, CancellationToken cancellationToken)
    {
        if (mail.Date is not { } date)
        {
            return false;
        }

        var now = _time.GetUtcNow();
        var written = date < now ? date.ToUniversalTime() : now;
        if (await IsAnsweredElsewhereAsync(thread, written, cancellationToken))
        {
            return true;
        }

        var document = await _store.FindDocumentAsync(LatestWords.Collection, thread.Id, cancellationToken);
        var latest = document is null ? null : JsonSerializer.Deserialize(document.Json, MailroomJson.Default.LatestWords);
        if (latest is not null && written < latest.At)
        {
            return true;
        }

        // Before the words themselves: after a power cut the same mail has the same time and passes.
        await _store.WriteDocumentsAsync(
            [new DocumentWrite { Collection = LatestWords.Collection, Id = thread.Id, Json = JsonSerializer.Serialize(new LatestWords(written), MailroomJson.Default.LatestWords) }], cancellationToken);
        return false;
    }

    /// <summary>Whether the person has answered by other means since: in the web chat, by a button, or in a conversation in which they proved who they are by a code; or the clinic has changed the appointment. Its first entry is its making.</summary>
    private async Task<bool> IsAnsweredElsewhereAsync(MailThread thread, DateTimeOffset since, CancellationToken cancellationToken) =>
        (await _agenda.FindAppointmentAsync(thread.AppointmentId, cancellationToken))?.History.Skip(1).Any(change => change.At > since && change.By != thread.ConversationId) == true
        || await AnyInLogAsync(thread, entry => entry.Timestamp > since && IsAnswerElsewhere(entry), cancellationToken);

    private static bool IsAnswerElsewhere(LogEntry entry) => entry switch
    {
        { Kind: ConversationEvents.Message, Author: Author.Client } => entry.Audience.HasFlag(Audience.Bot) && InputOrigin.ChannelOf(entry) is { } channel && channel != Channel,
        { Kind: ConversationEvents.AnswerChosen, Payload: { } chosen } => JsonSerializer.Deserialize(chosen, MailroomJson.Default.ChosenAnswer)?.How == "button",
        _ => false,
    };

    private Task<bool> IsInLogAsync(MailThread thread, Taken taken, CancellationToken cancellationToken) => AnyInLogAsync(thread, entry => entry.ExternalId == ExternalIdOf(taken), cancellationToken);

    private async Task<bool> AnyInLogAsync(MailThread thread, Func<LogEntry, bool> isSought, CancellationToken cancellationToken)
    {
        for (var after = 0L; await _store.ReadLogAsync(thread.ConversationId, after, Audience.Internal, LogRows, cancellationToken) is { Count: > 0 } page; after = page[^1].Sequence)
        {
            if (page.Any(isSought))
            {
                return true;
            }
        }

        return false;
    }

    private static string ExternalIdOf(Taken taken) => $"{taken.Id}#{taken.Hash}";

    private async Task<MailIntakeResult> TakeWordsAsync(Taken taken, MailThread thread, MailMatch match, MailTrust trust, CancellationToken cancellationToken)
    {
        var words = taken.Mail.Reply.Text;
        var payload = new MailPayload(taken.Mail.MessageId, taken.RawName, [.. taken.Mail.Reply.Pieces.Select(piece => new MailPiece(piece.Start, piece.Length))]);
        await AcceptAsync(thread, taken, ConversationEvents.Message, Author.Client, words, JsonSerializer.Serialize(payload, MailroomJson.Default.MailPayload), cancellationToken);
        return new MailIntakeResult(MailKind.Reply, match, trust, thread.ConversationId, null, words);
    }

    private async Task<MailIntakeResult> TakeCalendarAsync(Taken taken, MailThread thread, MailMatch match, MailTrust trust, ChosenAnswer chosen, CancellationToken cancellationToken)
    {
        var words = WordsBeside(taken.Mail);
        await AcceptAsync(thread, taken, ConversationEvents.AnswerChosen, Author.System, words, JsonSerializer.Serialize(chosen, MailroomJson.Default.ChosenAnswer), cancellationToken);
        return new MailIntakeResult(MailKind.Calendar, match, trust, thread.ConversationId, null, words);
    }

    private Task<Accepted> AcceptAsync(MailThread thread, Taken taken, string kind, Author author, string? text, string payload, CancellationToken cancellationToken) => _agent.AcceptAsync(
        new IncomingActivity
        {
            Channel = Channel,
            Account = thread.Account,
            ConversationId = thread.ConversationId,
            ExternalId = ExternalIdOf(taken),
            Entry = new NewEntry
            {
                Audience = Audience.Everyone,
                Author = author,
                Kind = kind,
                Text = text is { Length: > MaxTextLength } ? text[..MaxTextLength] : text,
                Payload = payload,
                IsInput = true,
            },
        },
        cancellationToken);

    /// <summary>What a calendar's reply says of the hour that was asked about; null when it says nothing that can be recorded, and its words are read instead.</summary>
    private ChosenAnswer? ChosenBy(CalendarMessage calendar, MailThread thread, IncomingMail mail)
    {
        // RFC 5546 §3.2.3: the attendee who answers must be the one that was invited.
        if (calendar.Attendee is { } attendee && !attendee.Equals(thread.Address, StringComparison.OrdinalIgnoreCase) && !attendee.Equals(mail.From?.Address, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var attendance = calendar.Method == "COUNTER" ? "other_time" : calendar.ParticipationStatus switch
        {
            "ACCEPTED" => "attends",
            "DECLINED" => "declines",
            "TENTATIVE" => "hedges",
            _ => null,
        };
        return attendance is null ? null : new ChosenAnswer(thread.AppointmentId, attendance == "other_time" ? thread.Start : HourOf(calendar.Start) ?? thread.Start, attendance, "calendar");
    }

    private LocalDateTime? HourOf(CalendarTime? time) => time switch
    {
        null or { IsDate: true } => null,
        { Offset: { } offset } => Instant.FromDateTimeOffset(new DateTimeOffset(time.Local, offset)).InZone(_zone).LocalDateTime,
        _ => LocalDateTime.FromDateTime(time.Local),
    };

    /// <summary>What a person wrote beside a calendar's reply: its comment, and for a counter-proposal the time that it names. The sentence that calendars write by themselves is nobody's.</summary>
    private string? WordsBeside(IncomingMail mail)
    {
        var counter = mail.Calendar is { Method: "COUNTER" } && HourOf(mail.Calendar.Start) is { } hour ? hour.ToString("dd/MM/uuuu HH:mm", CultureInfo.InvariantCulture) : null;
        var words = string.Join('\n', new[] { counter, mail.Calendar?.Comment?.Trim() }.Where(part => !string.IsNullOrEmpty(part)));
        return words.Length == 0 ? null : words;
    }

    /// <summary>A mail of ours did not arrive, or its reader complained: the operator is told, and a dead address is written to no more.</summary>
    private async Task<MailIntakeResult> TakeBounceAsync(Taken taken, MailTrust trust, CancellationToken cancellationToken)
    {
        var mail = taken.Mail;
        var (thread, match) = mail.ReportedMessageId is { } reported && await _threads.FindByMessageIdAsync([reported], cancellationToken) is { } byReport
            ? (byReport, MailMatch.Report)
            : await MatchAsync(taken, cancellationToken);
        var worst = mail.Bounces.OrderBy(report => report.Kind).First();
        var reason = $"{worst.Reason} {worst.Status}".Trim();
        if (thread is null || worst is { Kind: BounceKind.Other, Reason: not "complaint" })
        {
            // Delivered, or a report on somebody else's mail: nothing follows.
            return new MailIntakeResult(MailKind.Bounce, match, trust, thread?.ConversationId, reason, null);
        }

        if (worst.Kind == BounceKind.Hard || worst.Reason == "complaint")
        {
            await _threads.SuppressAsync(thread.Account, worst.Reason, _time.GetUtcNow(), cancellationToken);
        }

        if (worst.Reason == "delayed")
        {
            await NoteAsync(thread, taken, "mail.delayed", reason, cancellationToken);
        }
        else
        {
            await CallOperatorAsync(thread.ConversationId, taken, worst.Reason == "complaint" ? "mail_complaint" : "mail_bounced", cancellationToken);
        }

        return new MailIntakeResult(MailKind.Bounce, match, trust, thread.ConversationId, reason, null);
    }

    /// <summary>Puts a mail where an operator sees it: in its thread's conversation, or in one of its own.</summary>
    /// <returns>The conversation.</returns>
    private async Task<string> HoldAsync(MailThread? thread, Taken taken, string reason, CancellationToken cancellationToken)
    {
        var mail = taken.Mail;
        var conversation = thread?.ConversationId ?? $"mail-in-{taken.RawName}";
        var payload = new MailPayload(mail.MessageId, taken.RawName, Reason: reason, From: mail.From?.Address, Subject: thread is null ? mail.Subject : null);
        var accepted = await _agent.AcceptAsync(
            new IncomingActivity
            {
                Channel = Channel,
                Account = thread?.Account ?? "unknown",
                ConversationId = conversation,
                ExternalId = ExternalIdOf(taken),
                Entry = new NewEntry
                {
                    // Not the bot's to read: somebody else may have written it.
                    Audience = Audience.Operator,
                    Author = Author.Client,
                    Kind = ConversationEvents.Message,
                    Text = Shorten(mail.Reply.Text.Length > 0 ? mail.Reply.Text : mail.Subject),
                    Payload = JsonSerializer.Serialize(payload, MailroomJson.Default.MailPayload),
                },
            },
            cancellationToken);

        // The same id with the same words may have been held before, in a mail of other bytes: then it stands there.
        await CallOperatorAsync(accepted.ConversationId, taken, reason, cancellationToken);
        return accepted.ConversationId;
    }

    private Task CallOperatorAsync(string conversationId, Taken taken, string reason, CancellationToken cancellationToken) =>
        AppendOnceAsync(conversationId, taken, ConversationEvents.HandoverRequested, JsonSerializer.Serialize(new HandoverEvent(reason), MailroomJson.Default.HandoverEvent), cancellationToken);

    private Task NoteAsync(MailThread thread, Taken taken, string kind, string reason, CancellationToken cancellationToken) =>
        AppendOnceAsync(thread.ConversationId, taken, kind, JsonSerializer.Serialize(new MailPayload(taken.Mail.MessageId, taken.RawName, Reason: reason), MailroomJson.Default.MailPayload), cancellationToken);

    /// <summary>One row for one mail, however often the mail is taken.</summary>
    private async Task AppendOnceAsync(string conversationId, Taken taken, string kind, string payload, CancellationToken cancellationToken)
    {
        var mark = new DocumentWrite { Collection = "mail-notes", Id = $"{taken.RawName}/{kind}", Json = "{}", ExpectedETag = string.Empty };
        var entry = new NewEntry { Audience = Audience.Operator, Author = Author.System, Kind = kind, Payload = payload };
        try
        {
            await _store.AppendAsync(conversationId, [entry], [mark], cancellationToken);
        }
        catch (StoreConflictException)
        {
            // It was noted before the host was stopped, or by another hand.
        }
    }

    private async Task<ReceivedRecord?> FindReceivedAsync(string id, CancellationToken cancellationToken) =>
        await _store.FindDocumentAsync(ReceivedRecord.Collection, id, cancellationToken) is { } document ? JsonSerializer.Deserialize(document.Json, MailroomJson.Default.ReceivedRecord) : null;

    private static bool IsFromFile(IncomingMail mail, MailThread thread) => string.Equals(mail.From?.Address.Trim(), thread.Address.Trim(), StringComparison.OrdinalIgnoreCase);

    /// <summary>The Message-ID, or for a mail without one what makes it the same mail again: sender, date and words.</summary>
    private static string IdOf(IncomingMail mail, ReceivedMail received) => mail.MessageId is { Length: <= 250 } id
        ? id
        : $"<{Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{mail.From?.Address}\n{mail.Date:O}\n{mail.Text}\n{mail.MessageId}\n{received.EnvelopeFrom}")).AsSpan(0, 16))}>";

    private static string Shorten(string text) => text.Length > MaxTextLength ? text[..MaxTextLength] : text;

    [LoggerMessage(3001, LogLevel.Information, "Mail {RawName} taken as {Kind}, matched by {Match}, reason {Reason}")]
    private partial void LogTaken(string rawName, MailKind kind, MailMatch match, string reason);

    /// <summary>One mail on its way.</summary>
    /// <param name="Received">As it came.</param>
    /// <param name="Mail">What it says.</param>
    /// <param name="RawName">Name of the raw mail in its folder.</param>
    /// <param name="Id">Message-ID or what stands for it.</param>
    /// <param name="Hash">Of what it says.</param>
    private sealed record Taken(ReceivedMail Received, IncomingMail Mail, string RawName, string Id, string Hash);
}
