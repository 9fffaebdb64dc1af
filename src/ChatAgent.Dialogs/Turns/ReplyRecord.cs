using ChatAgent.Nlu.Appointments;

namespace ChatAgent.Dialogs;

/// <summary>What a <see cref="TurnRecord"/> keeps of an <see cref="AppointmentReply"/>.</summary>
public sealed record ReplyRecord(
    AppointmentIntent Intent,
    double Confidence,
    bool Abstains,
    bool NeedsHuman,
    IReadOnlyList<string> Proposed,
    IReadOnlyList<EvidenceRecord> Evidence)
{
    internal static ReplyRecord Of(AppointmentReply reply) => new(
        reply.Intent,
        Math.Round(reply.Confidence, 4),
        reply.Abstains,
        reply.NeedsHuman,
        [.. reply.Proposed.Take(5).Select(slot => slot.ToString())],
        [.. reply.Evidence.Take(6).Select(evidence => new EvidenceRecord(evidence.Span.Start, evidence.Span.Length, evidence.Why))]);
}

/// <summary>Where the words that decided stand in the message, and why they did.</summary>
public sealed record EvidenceRecord(int Start, int Length, string Why);
