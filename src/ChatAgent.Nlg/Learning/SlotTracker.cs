using ChatAgent.Text;

namespace ChatAgent.Nlg;

/// <summary>Tells after each token which feature has just been said: by its placeholder, or by a phrase that ends there. Immutable and thread-safe.</summary>
internal sealed class SlotTracker
{
    private readonly string?[] _slotOfToken;
    private readonly int[] _placeOfToken;
    private readonly int[] _placeOfPhrase;

    public SlotTracker(Vocabulary units, ReplyLayout layout)
    {
        _slotOfToken = [.. units.Words.Select(ReplyUnits.SlotOf)];
        _placeOfToken = [.. _slotOfToken.Select(slot => slot is null ? -1 : layout.RemainingPlace(slot))];
        Phrases = layout.Lexicon.Phrases;
        _placeOfPhrase = [.. Phrases.Select(phrase => layout.RemainingPlace(phrase.Feature))];
        var classes = Phrases.SelectMany(phrase => phrase.Words).Distinct(StringComparer.Ordinal).Index().ToDictionary(word => word.Item, word => word.Index, StringComparer.Ordinal);
        Table = new PhraseTable(
            [.. units.Words.Select(unit => classes.GetValueOrDefault(ValueFinder.Fold(unit.Trim()), -1))],
            [.. Phrases.Select(phrase => phrase.Words.Select(word => classes[word]).ToArray())]);
    }

    /// <summary>In the order of the table's numbers.</summary>
    public IReadOnlyList<SlotPhrase> Phrases { get; }

    public PhraseTable Table { get; }

    /// <summary>Slot whose placeholder a token is, or null.</summary>
    public string? SlotOf(int token) => _slotOfToken[token];

    /// <summary>Place in the context that the token empties, or −1; the phrase state goes on by it.</summary>
    public int Place(ref int phraseState, int token)
    {
        phraseState = Table.Count == 0 ? 0 : Table.Next(phraseState, token);
        return _placeOfToken[token] is >= 0 and var place ? place : Table.Count > 0 && Table.PhraseAt(phraseState) is >= 0 and var phrase ? _placeOfPhrase[phrase] : -1;
    }
}
