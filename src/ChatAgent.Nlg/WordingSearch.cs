using System.Collections.Concurrent;

namespace ChatAgent.Nlg;

/// <summary>Searches for the wordings of one meaning. A search depends on the meaning and the opening, never on the slots' values, so its result is kept. Thread-safe.</summary>
internal sealed class WordingSearch
{
    /// <summary>Openings whose result is kept; a clinic's acts have a dozen to a few dozen. Others are searched each time, with the same result.</summary>
    private const int MaxKept = 48;

    private readonly ReplyModel _model;
    private readonly ReplyMeaning _meaning;
    private readonly ReplyGeneratorOptions _options;
    private readonly ReplyDecoder _decoder;
    private readonly BeamConstraints _constraints;
    private readonly ConcurrentDictionary<string, IReadOnlyList<FoundWording>> _kept = new(StringComparer.Ordinal);

    /// <param name="model">Gives the words.</param>
    /// <param name="meaning">The model has to know it.</param>
    /// <param name="placeholders">Slot to its tokens, of all slots of the model.</param>
    /// <param name="options">Width of the search and variety.</param>
    public WordingSearch(ReplyModel model, ReplyMeaning meaning, ILookup<string, int> placeholders, ReplyGeneratorOptions options)
    {
        (_model, _meaning, _options, _decoder) = (model, meaning, options, model.Condition(meaning));
        string[] copied = [.. meaning.Slots.Where(placeholders.Contains).Order(StringComparer.Ordinal)];
        _constraints = new BeamConstraints
        {
            Continuations = model.Layout.TriplesOf(meaning) is { } triples ? ContinuationsOf(triples) : null,
            Required = [.. copied.Select(slot => placeholders[slot].ToArray())],
            Forbidden = [.. placeholders.Where(slot => !copied.Contains(slot.Key, StringComparer.Ordinal)).SelectMany(tokens => tokens)],
            Phrases = model.Tracker.Table,
            PhraseGroups = GroupsOf(model.Tracker.Phrases, meaning, copied.Length),
        };
    }

    /// <summary>A group for each worded value that was given, the phrases of slots and values that were not forbidden.</summary>
    private static int[] GroupsOf(IReadOnlyList<SlotPhrase> phrases, ReplyMeaning meaning, int first)
    {
        var groups = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var feature in phrases.Select(phrase => phrase.Feature).Distinct(StringComparer.Ordinal).Where(feature => meaning.Slots.Contains(feature, StringComparer.Ordinal)))
        {
            groups.Add(feature, first + groups.Count);
        }

        var slots = meaning.Slots.Select(SlotLexicon.SlotOf).ToHashSet(StringComparer.Ordinal);
        return [.. phrases.Select(phrase =>
            groups.TryGetValue(phrase.Feature, out var group) ? group : phrase.Alone || slots.Contains(SlotLexicon.SlotOf(phrase.Feature)) ? BeamConstraints.Never : BeamConstraints.Free)];
    }

    /// <summary>Draws the first tokens of a text.</summary>
    public IReadOnlyList<int> DrawOpening(Random random) =>
        BeamSearch.DrawOpening(_decoder, _constraints, _options.Search, random.Next(1, _options.OpeningTokens + 1), _options.OpeningMass, random);

    /// <summary>The wordings that begin with an opening, best first, every slot in each once.</summary>
    public IReadOnlyList<FoundWording> Find(IReadOnlyList<int> opening)
    {
        var key = string.Join(' ', opening);
        if (_kept.TryGetValue(key, out var kept))
        {
            return kept;
        }

        IReadOnlyList<FoundWording> found = [.. BeamSearch.Search(_decoder, _constraints with { Prefix = opening }, _options.Search).Select(hypothesis => new FoundWording(_model, _meaning, hypothesis, _options.LeastScore))];
        if (_kept.Count < MaxKept)
        {
            _kept.TryAdd(key, found);
        }

        return found;
    }

    /// <summary>Which unit may follow two others, from triples laid end to end: a model of many acts slides into a neighbour's words ("is still confirmed" for a cancellation).</summary>
    private static Dictionary<(int, int), int[]> ContinuationsOf(int[] triples) =>
        triples.Chunk(3).GroupBy(triple => (triple[0], triple[1]), triple => triple[2]).ToDictionary(group => group.Key, group => group.ToArray());
}
