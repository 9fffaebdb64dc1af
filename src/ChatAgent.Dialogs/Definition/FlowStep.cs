namespace ChatAgent.Dialogs;

/// <summary>One step of a <see cref="Flow"/>.</summary>
/// <param name="Id">Unique within the flow.</param>
/// <param name="Next">A step of the same flow, the name of another flow, <see cref="Wanted"/>, or null where the flow ends.</param>
public abstract record FlowStep(string Id, string? Next)
{
    /// <summary>The flow that had to know who the visitor is; when none had, the one that starts on <see cref="ConversationEvents.PersonIdentified"/>.</summary>
    public const string Wanted = "wanted";
}

/// <summary>Asks, waits for the answer and puts it into a slot.</summary>
/// <param name="Id">Unique within the flow.</param>
/// <param name="Slot">Filled from the answer.</param>
/// <param name="Ask">The act that asks.</param>
/// <param name="Again">The act that asks a second time, when the first answer was not understood; null repeats <paramref name="Ask"/>.</param>
/// <param name="Invalid">The act that says that the answer has the shape of what is collected and is none (a RUT with a wrong check digit); null asks again.</param>
/// <param name="Next">Where the answer is acted on.</param>
public sealed record CollectStep(string Id, string Slot, string Ask, string? Again, string? Invalid, string? Next) : FlowStep(Id, Next);

/// <summary>Goes on by the value of a slot.</summary>
/// <param name="Id">Unique within the flow.</param>
/// <param name="Slot">A category.</param>
/// <param name="Cases">Value to step or flow; every value of the slot has one.</param>
public sealed record DecideStep(string Id, string Slot, IReadOnlyDictionary<string, string?> Cases) : FlowStep(Id, null);

/// <summary>Says acts, in order.</summary>
public sealed record SayStep(string Id, IReadOnlyList<string> Acts, string? Next) : FlowStep(Id, Next);

/// <summary>Does something outside the conversation (<see cref="DialogCalls"/>) and goes on by its outcome.</summary>
/// <param name="Id">Unique within the flow.</param>
/// <param name="Call">A name of <see cref="DialogCalls"/>.</param>
/// <param name="Cases">Outcome to step or flow; every outcome of the call has one.</param>
public sealed record CallStep(string Id, string Call, IReadOnlyDictionary<string, string?> Cases) : FlowStep(Id, null);

/// <summary>Calls a person; the flow ends here.</summary>
/// <param name="Id">Unique within the flow.</param>
/// <param name="Reason">What the operator is told, a short name ("asked_for_a_person").</param>
public sealed record HandOverStep(string Id, string Reason) : FlowStep(Id, null);
