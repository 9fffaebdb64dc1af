using System.Text.Json;
using System.Text.Json.Serialization;
using ChatAgent.Dialogs;

namespace ChatAgent.Mailroom;

/// <summary>JSON of the mailroom's documents and payloads.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = [typeof(LocalDateTimeConverter)])]
[JsonSerializable(typeof(MailThread))]
[JsonSerializable(typeof(SentMail))]
[JsonSerializable(typeof(ReceivedRecord))]
[JsonSerializable(typeof(Suppression))]
[JsonSerializable(typeof(InboxState))]
[JsonSerializable(typeof(LatestWords))]
[JsonSerializable(typeof(MailReference))]
[JsonSerializable(typeof(MailPayload))]
[JsonSerializable(typeof(StartedEvent))]
[JsonSerializable(typeof(HandoverEvent))]
[JsonSerializable(typeof(ChosenAnswer))]
[JsonSerializable(typeof(AppointmentEvent))]
[JsonSerializable(typeof(HourFreedEvent))]
[JsonSerializable(typeof(ShadowMail))]
[JsonSerializable(typeof(ShadowSwitches))]
internal sealed partial class MailroomJson : JsonSerializerContext
{
}

/// <summary>A conversation's reference on the channel "email".</summary>
internal sealed record MailReference(string ThreadId);

/// <summary>Payload of a message that came by mail: where it stands in the raw mail, so that every decision can be followed back to it.</summary>
/// <param name="MessageId">Of the mail, with its angle brackets.</param>
/// <param name="Raw">Name of the raw mail in the folder of received mails.</param>
/// <param name="Pieces">Where the words stand in the mail's text, in order; joined by line feeds they are the message.</param>
/// <param name="Reason">Why an operator has to look at it; null otherwise.</param>
/// <param name="From">The sender, where it is not the one on file: for the operator.</param>
/// <param name="Subject">For a mail that belongs to nothing: for the operator.</param>
internal sealed record MailPayload(string? MessageId, string Raw, IReadOnlyList<MailPiece>? Pieces = null, string? Reason = null, string? From = null, string? Subject = null)
{
    /// <summary>The conversation may go on in the web chat: this row came by mail.</summary>
    public string ChannelId { get; init; } = MailIntake.Channel;
}

/// <summary>Characters of the mail's text, [Start, Start + Length).</summary>
internal sealed record MailPiece(int Start, int Length);
