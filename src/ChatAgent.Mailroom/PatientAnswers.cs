using System.Globalization;
using System.Text.Json;
using ChatAgent.Appointments;
using ChatAgent.Dialogs;
using ChatAgent.Store;
using NodaTime;
using NodaTime.Text;

namespace ChatAgent.Mailroom;

/// <summary>What a patient can do from a mail without writing: answer by a button, and end the mails. Thread-safe.</summary>
public sealed class PatientAnswers(IConversationStore store, Agent agent, Agenda agenda, SignedLinks links, MailThreads threads, TimeProvider time)
{
    private const int MaxNonceLength = 64;
    private static readonly LocalDateTimePattern HourPattern = LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm");

    /// <summary>How an hour stands in a form.</summary>
    public static string HourOf(LocalDateTime start) => HourPattern.Format(start);

    /// <summary>The appointment that a link is for and its thread, or null when the link has expired, was changed, belongs to another address, or was never mailed.</summary>
    public async Task<(AppointmentRecord Appointment, MailThread Thread)?> FindAsync(string token, CancellationToken cancellationToken) =>
        links.TryRead(token, out var link) ? await FindAsync(link, cancellationToken) : null;

    /// <summary>The same of a link that was read already.</summary>
    public async Task<(AppointmentRecord Appointment, MailThread Thread)?> FindAsync(SignedLink link, CancellationToken cancellationToken)
    {
        if (await agenda.FindWithPatientAsync(link.AppointmentId, cancellationToken) is not var (appointment, patient)
            || patient.Email is not { } email || SignedLinks.HashOf(email) != link.AddressHash)
        {
            return null;
        }

        // The thread that asked first goes on, wherever the hour has been moved since.
        var thread = await threads.FindByHourAsync(appointment.Id, appointment.History.Count > 0 ? appointment.History[0].Start : appointment.Start, cancellationToken)
            ?? await threads.FindByAppointmentAsync(appointment.Id, cancellationToken);

        // An appointment may have been given to another patient, or the address corrected: their link opens nobody else's words.
        return thread is not null && thread.Account == link.AddressHash && thread.PatientId == patient.Id ? (appointment, thread) : null;
    }

    /// <summary>Hands an answer to the agent as an input of the thread's conversation. The same form sent twice is one answer.</summary>
    /// <param name="token">Of the link.</param>
    /// <param name="attendance">"attends", "declines" or "other_time".</param>
    /// <param name="hour">The hour that the page showed, by <see cref="HourOf"/>.</param>
    /// <param name="nonce">Of the page.</param>
    /// <param name="cancellationToken">Ends the waiting for the disk.</param>
    /// <returns>What became of it.</returns>
    public async Task<PatientAnswerOutcome> AnswerAsync(string token, string? attendance, string? hour, string? nonce, CancellationToken cancellationToken)
    {
        if (attendance is not ("attends" or "declines" or "other_time") || nonce is not { Length: > 0 and <= MaxNonceLength } || hour is null || HourPattern.Parse(hour) is not { Success: true } shown)
        {
            return PatientAnswerOutcome.Malformed;
        }

        if (await FindAsync(token, cancellationToken) is not var (appointment, thread))
        {
            return PatientAnswerOutcome.NoSuchLink;
        }

        if (appointment.Start != shown.Value)
        {
            return PatientAnswerOutcome.HourChanged;
        }

        await agent.AcceptAsync(
            new IncomingActivity
            {
                Channel = MailIntake.Channel,
                Account = thread.Account,
                ConversationId = thread.ConversationId,
                ExternalId = string.Create(CultureInfo.InvariantCulture, $"button/{thread.Id}/{nonce}"),
                Entry = new NewEntry
                {
                    Audience = Audience.Bot | Audience.Operator,
                    Author = Author.System,
                    Kind = ConversationEvents.AnswerChosen,
                    Payload = JsonSerializer.Serialize(new ChosenAnswer(appointment.Id, appointment.Start, attendance, "button"), MailroomJson.Default.ChosenAnswer),
                    IsInput = true,
                },
            },
            cancellationToken);
        return PatientAnswerOutcome.Taken;
    }

    /// <summary>Writes no more to the address of a link, and tells the operators. The appointment stands.</summary>
    /// <returns>False when the link is none of ours.</returns>
    public async Task<bool> UnsubscribeAsync(string token, CancellationToken cancellationToken)
    {
        if (await FindAsync(token, cancellationToken) is not var (_, thread))
        {
            return false;
        }

        await threads.SuppressAsync(thread.Account, "unsubscribed", time.GetUtcNow(), cancellationToken);
        var note = new NewEntry
        {
            Audience = Audience.Operator,
            Author = Author.System,
            Kind = ConversationEvents.AttentionRequested,
            Payload = JsonSerializer.Serialize(new HandoverEvent("mail_unsubscribed"), MailroomJson.Default.HandoverEvent),
        };
        var mark = new DocumentWrite { Collection = "mail-notes", Id = $"unsubscribed/{thread.Id}", Json = "{}", ExpectedETag = string.Empty };
        try
        {
            await store.AppendAsync(thread.ConversationId, [note], [mark], cancellationToken);
        }
        catch (StoreConflictException)
        {
            // Told already.
        }

        return true;
    }
}

/// <summary>What became of an answer by a button.</summary>
public enum PatientAnswerOutcome
{
    /// <summary>On disk; the agent records it next.</summary>
    Taken,

    /// <summary>The hour is no longer the one that was shown; nothing was recorded.</summary>
    HourChanged,

    /// <summary>Expired, changed, of another address, or never mailed.</summary>
    NoSuchLink,

    /// <summary>Not what the page sends.</summary>
    Malformed,
}
