using System.Globalization;

namespace ChatAgent.Nlg;

/// <summary>How slots get into words: which values are copied into the text, and which runs of words say the others. Immutable and thread-safe.</summary>
/// <remarks>
/// What a model is conditioned on is a list of features. A slot whose value is copied is the feature "name", and its place in a text is <c>{name}</c>. A value that is put
/// into words of its own, such as yes, no, "do not care" or one of a handful, is the feature "family_friendly=no"; <see cref="Phrases"/> say where a text says it.
/// Learnt by <see cref="SlotLexiconLearner"/>; a bot, whose every act has one set of slots, uses <see cref="Plain"/>.
/// </remarks>
public sealed class SlotLexicon
{
    /// <summary>The value of a slot that holds.</summary>
    public const string Yes = "yes";

    /// <summary>The value of a slot that does not hold.</summary>
    public const string No = "no";

    /// <summary>The value of a slot that has none.</summary>
    public const string None = "none";

    /// <summary>The value of a slot that may be anything.</summary>
    public const string DoNotCare = "dontcare";

    /// <summary>The value of a slot that is asked for.</summary>
    public const string Asked = "?";

    private readonly HashSet<string> _copied;

    internal SlotLexicon(IEnumerable<string> copied, IReadOnlyList<SlotPhrase> phrases, bool isPlain = false)
    {
        (_copied, Phrases, IsPlain) = (copied.ToHashSet(StringComparer.Ordinal), phrases, isPlain);
    }

    /// <summary>Every value is copied, as it was given.</summary>
    public static SlotLexicon Plain { get; } = new([], [], isPlain: true);

    /// <summary>Whether every value is copied.</summary>
    public bool IsPlain { get; }

    /// <summary>Slots whose value is copied unless it is one of the five that have a meaning of their own.</summary>
    internal IReadOnlyCollection<string> Copied => _copied;

    internal IReadOnlyList<SlotPhrase> Phrases { get; }

    /// <summary>What a model is conditioned on for these slots, in the order of their names.</summary>
    public IReadOnlyList<string> FeaturesOf(IReadOnlyDictionary<string, string> slots) =>
        IsPlain ? [.. slots.Keys] : [.. slots.Select(slot => FeatureOf(slot.Key, slot.Value)).Order(StringComparer.Ordinal)];

    /// <summary>"name" where the value is copied, else "food=french".</summary>
    internal string FeatureOf(string slot, string value) => IsCopied(slot, value) ? slot : $"{slot}={ValueFinder.Fold(value)}";

    /// <summary>Whether the value stands in the text as it was given.</summary>
    internal bool IsCopied(string slot, string value) => IsPlain || (!IsSpecial(value) && _copied.Contains(BaseOf(slot)));

    internal static bool IsSpecial(string value) => value is Yes or No or None or DoNotCare or Asked;

    /// <summary>The slot's name without the number of a repetition: "name" of "name_2".</summary>
    internal static string BaseOf(string slot)
    {
        var cut = slot.LastIndexOf('_');
        return cut > 0 && int.TryParse(slot.AsSpan(cut + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _) ? slot[..cut] : slot;
    }

    /// <summary>The slot of a feature.</summary>
    internal static string SlotOf(string feature) => feature.IndexOf('=', StringComparison.Ordinal) is > 0 and var cut ? feature[..cut] : feature;
}
