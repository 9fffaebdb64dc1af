using System.Text.Json;
using ChatAgent.Appointments;
using ChatAgent.Dialogs;
using ChatAgent.Store;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace ChatAgent.Mailroom;

/// <summary>Offers hours that somebody gave up to those who wait for an earlier one: in turn, one batch at a time, each with a deadline. One caller at a time.</summary>
/// <remarks>
/// Who was offered what stands with the freed hour, and is written before the offers leave: a run that was cut short goes on with the same people. Whoever accepts first
/// has the hour, because it is a unique key of the store; the others are told that it is gone. The hour that they leave is freed in the same commit, and goes round in turn.
/// </remarks>
public sealed partial class WaitingList(
    Agent agent, Agenda agenda, MailThreads threads, MailQuestions questions, CampaignRules rules, string zone, TimeProvider time, ILogger<WaitingList> logger)
{
    private readonly ILogger<WaitingList> _logger = logger;
    private readonly DateTimeZone _zone = DateTimeZoneProviders.Tzdb[zone];

    /// <summary>Makes the offers that are due.</summary>
    /// <returns>How many left.</returns>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var local = Instant.FromDateTimeOffset(now).InZone(_zone).LocalDateTime;
        if (rules.WaitingBatch is not { } batch || !rules.Permits(local))
        {
            return 0;
        }

        var offered = 0;
        foreach (var (hour, etag) in await agenda.ListFreedAsync(cancellationToken))
        {
            try
            {
                offered += await OfferAsync(hour, etag, batch, now, local, cancellationToken);
            }
            catch (StoreConflictException)
            {
                // Freed anew in the meantime: the next run sees it.
            }
            catch (Exception failure) when (failure is not (OperationCanceledException or StoreUnavailableException))
            {
                // One hour's failure is not another's; the next run tries it again.
                LogFailed(failure, hour.Slot.Id);
            }
        }

        return offered;
    }

    private async Task<int> OfferAsync(FreedHour hour, string etag, int batch, DateTimeOffset now, LocalDateTime local, CancellationToken cancellationToken)
    {
        if (hour.Slot.Start < local.PlusHours(rules.WaitingNoticeHours) || await agenda.FindFreeSlotAsync(hour.Slot.Id, cancellationToken) is null)
        {
            await agenda.WriteFreedAsync(hour.Slot.Id, null, etag, cancellationToken);
            return 0;
        }

        var open = hour.Offers.Where(offer => offer.Until > now).ToList();
        if (open.Count == 0)
        {
            var next = (await FindNextAsync(hour, cancellationToken)).Take(batch).Select(appointment => new FreedHourOffer(appointment.Id, now.AddHours(rules.WaitingAnswerHours))).ToList();
            if (next.Count == 0)
            {
                // Nobody is left to ask: the hour stays free for whoever looks for one.
                await agenda.WriteFreedAsync(hour.Slot.Id, null, etag, cancellationToken);
                return 0;
            }

            await agenda.WriteFreedAsync(hour.Slot.Id, hour with { Offers = [.. hour.Offers, .. next] }, etag, cancellationToken);
            open = next;
        }

        var sent = 0;
        foreach (var offer in open)
        {
            sent += await SendAsync(hour, offer, cancellationToken) ? 1 : 0;
        }

        return sent;
    }

    /// <summary>Who waits, was not offered this hour yet, can be written to and is not talking to a person.</summary>
    private async Task<IReadOnlyList<AppointmentRecord>> FindNextAsync(FreedHour hour, CancellationToken cancellationToken)
    {
        var next = new List<AppointmentRecord>();
        foreach (var appointment in await agenda.ListWaitingAsync(hour.Slot.Doctor, hour.Slot.Branch, cancellationToken))
        {
            if (appointment.Start > hour.Slot.Start
                && !hour.Offers.Any(offer => offer.AppointmentId == appointment.Id)
                && await agenda.FindWithPatientAsync(appointment.Id, cancellationToken) is (_, { Email: { Length: > 0 } email })
                && await threads.FindSuppressionAsync(SignedLinks.HashOf(email), cancellationToken) is null
                && (await threads.FindByHourAsync(appointment.Id, appointment.Start, cancellationToken) is not { } thread
                    || await agent.ReadStateAsync(thread.ConversationId, cancellationToken) is { Holder: Holder.Bot }))
            {
                next.Add(appointment);
            }
        }

        return next;
    }

    /// <summary>Says it in the patient's thread, once: the offer has an id of its own.</summary>
    private async Task<bool> SendAsync(FreedHour hour, FreedHourOffer offer, CancellationToken cancellationToken)
    {
        if (await questions.AdoptAsync(offer.AppointmentId, subject: null, cancellationToken) is not { } thread)
        {
            return false;
        }

        var accepted = await agent.AcceptAsync(
            new IncomingActivity
            {
                Channel = MailIntake.Channel,
                Account = thread.Account,
                ConversationId = thread.ConversationId,
                ExternalId = $"offer/{hour.Slot.Id}/{hour.FreedAt.ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture)}/{offer.AppointmentId}",
                Entry = new NewEntry
                {
                    Audience = Audience.Bot | Audience.Operator,
                    Author = Author.System,
                    Kind = ConversationEvents.HourFreed,
                    Payload = JsonSerializer.Serialize(new HourFreedEvent(hour.Slot.Id, offer.Until), MailroomJson.Default.HourFreedEvent),
                    IsInput = true,
                },
            },
            cancellationToken);
        if (!accepted.IsRetry)
        {
            LogOffered(hour.Slot.Id, offer.AppointmentId);
        }

        return !accepted.IsRetry;
    }

    [LoggerMessage(3222, LogLevel.Error, "Freed hour {SlotId} could not be offered; it is tried again")]
    private partial void LogFailed(Exception failure, string slotId);

    [LoggerMessage(3221, LogLevel.Information, "Freed hour {SlotId} was offered to the patient of appointment {AppointmentId}")]
    private partial void LogOffered(string slotId, string appointmentId);
}
