using System.Text.Json;
using ChatAgent.Nlu;
using ChatAgent.Store;
using ChatAgent.Text;

namespace ChatAgent.Dialogs;

/// <content>Turns that are only played.</content>
public sealed partial class Agent
{
    /// <summary>What the agent would do if a person, asked about an appointment, wrote these words. Reads the agenda as it is now; writes nothing and sends nothing.</summary>
    /// <param name="person">Who was asked, and about which appointment.</param>
    /// <param name="language">In which they were asked.</param>
    /// <param name="words">What they wrote.</param>
    /// <param name="writtenAt">When; "mañana" counts from here.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<Rehearsal> RehearseAsync(IdentifiedPerson person, Language language, string words, DateTimeOffset writtenAt, CancellationToken cancellationToken)
    {
        const string Conversation = "rehearsal";
        LogEntry Row(long sequence, string kind, Author author, string? text, string? payload) => new()
        {
            ConversationId = Conversation,
            Sequence = sequence,
            FeedPosition = sequence,
            Audience = Audience.Everyone,
            Author = author,
            Kind = kind,
            Text = text,
            Payload = payload,
            Timestamp = writtenAt,
        };

        var bundle = _bundles.Current;
        LogEntry[] opening =
        [
            Row(1, ConversationEvents.Started, Author.System, null, JsonSerializer.Serialize(new StartedEvent(language.ToCode()), DialogJson.Compact.StartedEvent)),
            Row(2, ConversationEvents.PersonIdentified, Author.System, null, JsonSerializer.Serialize(person, DialogJson.Compact.IdentifiedPerson)),
        ];
        var asks = new TurnContext
        {
            ConversationId = Conversation,
            State = ConversationState.Fold(null, opening),
            Inputs = opening,
            Appointments = await _tools.ListAppointmentsAsync(person.PatientId, cancellationToken),
            Now = writtenAt,
            KnownFacts = bundle.Definition.Facts.Known,
            Zone = bundle.Definition.Domain.Zone,
            Seed = 1,
        };
        var asked = await bundle.Policy.DecideAsync(asks, Nothing(asks), _tools, cancellationToken);
        var answers = asks with { State = asked.Next, Inputs = [Row(3, ConversationEvents.Message, Author.Client, words, null)] };
        var meaning = Understand(bundle, answers);
        var step = await bundle.Policy.DecideAsync(answers, meaning, _tools, cancellationToken);
        return new Rehearsal(meaning, step, bundle.Generator.Generate(step.ToGenerationRequest(answers)));
    }
}
