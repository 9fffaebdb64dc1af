using ChatAgent.Text;

namespace ChatAgent.Nlg;

/// <summary>What the reply model is conditioned on: everything of an act but the values of its slots.</summary>
/// <param name="Act">Name of the act.</param>
/// <param name="Slots">Names of the slots to be said.</param>
/// <param name="Language">Of the wording.</param>
/// <param name="Style">How the person is addressed.</param>
public sealed record ReplyMeaning(string Act, IReadOnlyCollection<string> Slots, Language Language, ReplyStyle Style)
{
    /// <summary>The meaning of an act.</summary>
    public static ReplyMeaning Of(DialogAct act, Language language, ReplyStyle style) => new(act.Name, [.. act.Slots.Keys], language, style);

    /// <summary>The meaning of a training pair.</summary>
    public static ReplyMeaning Of(ReplyPair pair) => new(pair.Act, [.. pair.Slots.Keys], pair.Language, pair.Style);
}
