namespace ChatAgent.Nlg;

/// <summary>Counts in a delexicalised text how often each feature is said, by the phrases of a lexicon. Thread-safe.</summary>
internal sealed class PhraseReader
{
    private readonly SlotLexicon _lexicon;
    private readonly Dictionary<string, int> _classes;
    private readonly PhraseTable _table;
    private readonly ILookup<string, SlotPhrase> _byFeature;

    public PhraseReader(SlotLexicon lexicon)
    {
        _lexicon = lexicon;
        _classes = lexicon.Phrases.SelectMany(phrase => phrase.Words).Distinct(StringComparer.Ordinal).Index().ToDictionary(word => word.Item, word => word.Index + 1, StringComparer.Ordinal);
        _table = new PhraseTable([-1, .. Enumerable.Range(0, _classes.Count)], [.. lexicon.Phrases.Select(phrase => phrase.Words.Select(word => _classes[word] - 1).ToArray())]);
        _byFeature = lexicon.Phrases.ToLookup(phrase => phrase.Feature, StringComparer.Ordinal);
    }

    /// <summary>Each feature that has a placeholder or phrases is said just once, and no other slot is; mentions that overlap are one.</summary>
    public bool SaysEachOnce(string[] units, IReadOnlyList<string> features)
    {
        var (state, counts, lastEnd, lastFeature) = (0, new Dictionary<string, int>(StringComparer.Ordinal), -1, string.Empty);
        for (var at = 0; at < units.Length; at++)
        {
            if (ReplyUnits.SlotOf(units[at]) is { } slot)
            {
                counts[slot] = counts.GetValueOrDefault(slot) + 1;
            }

            state = _table.Next(state, _classes.GetValueOrDefault(ValueFinder.Fold(units[at].Trim())));
            if (_table.PhraseAt(state) is not (>= 0 and var number))
            {
                continue;
            }

            var phrase = _lexicon.Phrases[number];
            var isGiven = features.Contains(phrase.Feature, StringComparer.Ordinal);
            if (!isGiven && !phrase.Alone && !features.Any(feature => SlotLexicon.SlotOf(feature) == SlotLexicon.SlotOf(phrase.Feature)))
            {
                continue;
            }

            if (phrase.Feature != lastFeature || at - phrase.Words.Length >= lastEnd)
            {
                counts[phrase.Feature] = counts.GetValueOrDefault(phrase.Feature) + 1;
            }

            (lastEnd, lastFeature) = (at, phrase.Feature);
        }

        return counts.All(count => count.Value == 1 && features.Contains(count.Key, StringComparer.Ordinal))
            && features.All(feature => counts.ContainsKey(feature) || (feature.Contains('=', StringComparison.Ordinal) && !_byFeature.Contains(feature)));
    }
}
