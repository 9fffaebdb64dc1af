using ChatAgent.Text;

namespace ChatAgent.Nlu.Distance;

/// <summary>A word, phrase, name or value of a text with the part it plays there.</summary>
internal sealed class MeaningUnit
{
    /// <summary>First token and the one after the last.</summary>
    public required int First { get; init; }

    public required int End { get; init; }

    /// <summary>Where it stands in the text as typed.</summary>
    public required TextSpan Span { get; init; }

    /// <summary>Stems with a blank between; the normal form of a value; "P1" for the speaker.</summary>
    public required string Key { get; init; }

    /// <summary>The folded words.</summary>
    public required string Folded { get; init; }

    public IReadOnlyList<MeaningLexicon.Meaning> Meanings { get; init; } = [];

    public TextValue? Value { get; init; }

    public bool IsName { get; init; }

    public bool IsVerb { get; set; }

    /// <summary>Not an infinitive, gerund or participle.</summary>
    public bool IsFinite { get; set; }

    /// <summary>Share of the text's meaning, 0.3 for words that say little, 1 for others.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>Number of the clause.</summary>
    public int Clause { get; set; }

    /// <summary>Place in the order that the text states, smaller is earlier.</summary>
    public int Rank { get; set; }

    /// <summary>Who does it, to whom: smaller acts on larger; negative takes no part.</summary>
    public double Level { get; set; } = -1;

    /// <summary>Index of the noun that this one belongs to ("la hermana de Juan": Juan belongs to hermana), or -1.</summary>
    public int Owner { get; set; } = -1;

    /// <summary>Whether a negator stands right before it, or before the verb that it is.</summary>
    public bool IsNegated { get; set; }

    /// <summary>Whether it stands in the reach of a negation.</summary>
    public bool IsInNegation { get; set; }

    /// <summary>Person of a verb's subject: 1 I, 2 you, 3 others, 4 we; 0 unknown.</summary>
    public int Person { get; set; }

    /// <summary>The sense of a word that has several, null when the text does not tell.</summary>
    public string? Sense { get; init; }
}
