using ChatAgent.Text;

namespace ChatAgent.Nlg;

/// <summary>What the reply model is conditioned on: everything of an act but the values of its slots.</summary>
/// <param name="Act">Name of the act.</param>
/// <param name="Slots">What is to be said: the name of a slot whose value is copied ("time"), or slot and value where the value is worded ("family_friendly=no").</param>
/// <param name="Language">Of the wording.</param>
/// <param name="Style">How the person is addressed.</param>
public sealed record ReplyMeaning(string Act, IReadOnlyCollection<string> Slots, Language Language, ReplyStyle Style)
{
    /// <summary>The meaning of a training pair whose values are all copied.</summary>
    public static ReplyMeaning Of(ReplyPair pair) => new(pair.Act, [.. pair.Slots.Keys], pair.Language, pair.Style);
}
