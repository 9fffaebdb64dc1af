using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using ChatAgent.Text;

namespace ChatAgent.Nlg;

/// <summary>Words a reply: each act by itself, then all of them as one paragraph. Safe for concurrent callers.</summary>
/// <remarks>
/// The seed draws openings; a beam search goes on from each with every slot required once and only runs of units that the act was taught with; the values are put
/// in, and an <see cref="IReplyChecker"/> reads each finished text back. Among what it accepts near the best that one is said which has most in common with what the
/// owner wrote for the act, unless the words are unlikely, of another tone, or another act would rather say them. Where nothing passes, the model was not taught the act with these slots, or there is no model, a written
/// wording answers and the record says so. What a search found is kept, since it does not depend on the values: that changes the time a reply takes, nothing else.
/// </remarks>
public sealed partial class ReplyGenerator
{
    /// <summary>Meanings whose searches are kept.</summary>
    private const int MaxKept = 1024;

    /// <summary>Taught texts a meaning from which on they tell how people word it.</summary>
    private const double LeastReferees = 4.0;

    private readonly WrittenWordings _wordings;
    private readonly ReplyModel? _model;
    private readonly ReplyGeneratorOptions _options;
    private readonly IReplyChecker _checker;
    private readonly ILookup<string, int>? _placeholders;
    private readonly ConcurrentDictionary<string, WordingSearch> _searches = new(StringComparer.Ordinal);

    /// <summary>A generator.</summary>
    /// <param name="wordings">The net under the model.</param>
    /// <param name="model">Null until one is trained: the written wordings answer.</param>
    /// <param name="options">Width of the search and variety.</param>
    /// <param name="checker">Reads finished texts back; may know the owner's names.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    public ReplyGenerator(WrittenWordings wordings, ReplyModel? model = null, ReplyGeneratorOptions? options = null, IReplyChecker? checker = null)
    {
        (_wordings, _model, _options, _checker) = (wordings, model, options ?? new ReplyGeneratorOptions(), checker ?? new SlotChecker());
        BeamSearchOptions.Require(_options.Search);
        if (_options is not { OpeningTokens: >= 0 and <= 8, Takes: >= 1 and <= 8, OpeningMass: > 0 and <= 1, Openings: >= 0, Variety: >= 0, Consensus: null or >= 0, Referees: null or >= 0 })
        {
            throw new ArgumentOutOfRangeException(nameof(options), options, "0 to 8 opening tokens, 1 to 8 takes, mass above 0 to 1, openings, variety, consensus and referees 0 or more");
        }

        _placeholders = model is null
            ? null
            : Enumerable.Range(0, model.Units.Count).Where(token => model.SlotOf(token) is not null).ToLookup(token => model.SlotOf(token)!, StringComparer.Ordinal);
    }

    internal ReplyModel? Model => _model;

    /// <summary>Words every act of the request; the same request gives the same text.</summary>
    /// <exception cref="ArgumentException">A slot's value is empty or longer than <see cref="Lexicalizer.MaxValueLength"/>.</exception>
    /// <exception cref="InvalidOperationException">An act has neither a generated nor a written wording.</exception>
    public GeneratedReply Generate(GenerationRequest request) => Word(request, explain: false);

    /// <summary>The same as <see cref="Generate"/>, with every act's beam filled.</summary>
    /// <inheritdoc cref="Generate"/>
    public GeneratedReply Explain(GenerationRequest request) => Word(request, explain: true);

    private GeneratedReply Word(GenerationRequest request, bool explain)
    {
        if (request.Acts.Count == 0)
        {
            return GeneratedReply.Silence;
        }

        var acts = new List<GeneratedAct>(request.Acts.Count);
        foreach (var act in request.Acts)
        {
            acts.Add(WordAct(Clean(act), request, acts, explain));
        }

        return new GeneratedReply(string.Join(' ', acts.Select(act => act.Text)), acts);
    }

    private GeneratedAct WordAct(DialogAct act, GenerationRequest request, List<GeneratedAct> before, bool explain)
    {
        var seed = Seeds.Of(request.Seed, before.Count);
        var refused = new List<RefusedHypothesis>();
        if (_model is { } model && model.MeaningOf(act, request.Language, request.Style) is var meaning && model.Layout.CanWord(meaning)
            && Generated(model, meaning, act, request, before, seed, refused, explain) is { } generated)
        {
            return generated;
        }

        if (_options.SayRefused && !_wordings.TryFind(request.Language, request.Style, act.Name, out _) && refused.MaxBy(one => one.Score) is { } least)
        {
            return new GeneratedAct { Act = act, Text = least.Text, Source = WordingSource.Model, Score = least.Score, Refused = refused };
        }

        var texts = _wordings.Texts(act, request.Language, request.Style, seed).ToList();
        var text = texts.Find(candidate => InConversation(candidate, request, before) is null) ?? texts[0];
        return new GeneratedAct { Act = act, Text = text, Source = WordingSource.Written, Refused = refused, Beam = explain ? [.. refused.Select(one => new BeamEntry(one.Text, 0.0, one.Score, $"refused:{one.Check}"))] : [] };
    }

    private GeneratedAct? Generated(
        ReplyModel model, ReplyMeaning meaning, DialogAct act, GenerationRequest request, List<GeneratedAct> before, ulong seed, List<RefusedHypothesis> refused, bool explain)
    {
        var search = SearchOf(model, meaning);
        var random = new Random(unchecked((int)(seed ^ (seed >> 32))));
        for (var attempt = 0; attempt <= _options.Openings; attempt++)
        {
            var read = Read(attempt < _options.Openings && _options.OpeningTokens > 0 ? Found(search, random) : search.Find([]), model, act, request, before);
            var accepted = Ranked(read, model, meaning);
            if (_options.Variety > 0)
            {
                var near = accepted.AsSpan(0, accepted.Count(reading => reading.Score >= accepted[0].Score - _options.Variety));
                if (_options.Typical)
                {
                    near.Sort(static (one, other) => other.Wording.Likeness.CompareTo(one.Wording.Likeness));
                }
                else
                {
                    random.Shuffle(near);
                }
            }

            // The dearest check comes last, and only to what would be said.
            var chosen = Array.Find(accepted, reading => reading.Wording.OtherAct is null);
            var passedBy = chosen is null ? accepted : accepted.TakeWhile(reading => reading != chosen);
            refused.AddRange(passedBy.Select(reading => new RefusedHypothesis(reading.Text, $"other_act:{reading.Wording.OtherAct}", reading.Score)));

            // What lies below the chosen text was not in its way.
            refused.AddRange(read.Where(reading => reading.Problem is not null && (chosen is null || reading.Score > chosen.Score))
                .Select(reading => new RefusedHypothesis(reading.Text, reading.Problem!, reading.Score)));
            if (chosen is not null)
            {
                return new GeneratedAct
                {
                    Act = act,
                    Text = chosen.Text,
                    Source = WordingSource.Model,
                    Score = chosen.Score,
                    Refused = refused,
                    Beam = explain ? [.. read.Select(reading => reading.Entry(chosen, refused, model))] : [],
                    Nearest = explain ? model.Taught.MostLike(model, act.Name, chosen.Wording.Hypothesis.Tokens) : null,
                };
            }
        }

        return null;
    }

    /// <summary>The wordings that begin with one of some drawn openings, best first.</summary>
    private IReadOnlyList<FoundWording> Found(WordingSearch search, Random random)
    {
        var found = search.Find(search.DrawOpening(random));
        for (var take = 1; take < _options.Takes; take++)
        {
            found = [.. found.Concat(search.Find(search.DrawOpening(random))).DistinctBy(wording => wording.Text, StringComparer.Ordinal).OrderByDescending(wording => wording.Hypothesis.Score)];
        }

        return found;
    }

    /// <summary>The accepted texts of one act, best first: what a benchmark asks for that scores several texts a meaning.</summary>
    /// <exception cref="ArgumentException">A slot's value is empty or too long, or there is no model that knows the act with these slots.</exception>
    public IReadOnlyList<string> Several(DialogAct act, Language language, ReplyStyle style, int count)
    {
        act = Clean(act);
        if (_model is not { } model || model.MeaningOf(act, language, style) is var meaning && !model.Layout.CanWord(meaning))
        {
            throw new ArgumentException($"no model that was taught act \"{act.Name}\" with these slots", nameof(act));
        }

        var read = Read(SearchOf(model, meaning).Find([]), model, act, new GenerationRequest { Acts = [act], Language = language, Style = style }, []);
        return [.. Ranked(read, model, meaning).Concat(read.Where(reading => reading.Problem is not null).OrderByDescending(reading => reading.Score)).Select(reading => reading.Text).Distinct(StringComparer.Ordinal).Take(count)];
    }

    private Reading[] Read(IReadOnlyList<FoundWording> found, ReplyModel model, DialogAct act, GenerationRequest request, List<GeneratedAct> before)
    {
        var read = new Reading[found.Count];
        for (var i = 0; i < read.Length; i++)
        {
            var text = Lexicalizer.Fill(found[i].Text, act.Slots, request.Language, model.Layout.Knowledge.Capitals);
            read[i] = new Reading(found[i], text, found[i].Problem ?? _checker.Check(text, act.Slots, request.Language) ?? InConversation(text, request, before));
        }

        return read;
    }

    /// <summary>Those that nothing speaks against: by score, by what they have in common, or by what they share with people's texts.</summary>
    private Reading[] Ranked(Reading[] read, ReplyModel model, ReplyMeaning meaning)
    {
        Reading[] accepted = [.. read.Where(reading => reading.Problem is null)];
        if (_options.Referees is { } weight && model.Layout.Knowledge.PerMeaning >= LeastReferees && accepted.Length > 1)
        {
            var shares = model.Taught.SharesOf(meaning);
            return [.. accepted.OrderByDescending(reading => shares.Gain(reading.Wording.Hypothesis.Tokens, model.Layout.Knowledge.PerMeaning) + (weight * reading.Score))];
        }

        return _options.Consensus is { } sharpness
            ? [.. Consensus.Rank([.. accepted.Select(reading => ReplyUnits.Split(reading.Wording.Text))], [.. accepted.Select(reading => reading.Wording.Hypothesis.LogProbability)], sharpness).Select(i => accepted[i])]
            : accepted;
    }

    /// <summary>Searches are kept: a bot has a few dozen meanings. Where slots combine freely there are more than memory should hold.</summary>
    private WordingSearch SearchOf(ReplyModel model, ReplyMeaning meaning)
    {
        var key = $"{meaning.Act}/{meaning.Language}/{meaning.Style}{(model.IsOpen ? "/" + string.Join('/', meaning.Slots) : string.Empty)}";
        if (_searches.TryGetValue(key, out var kept))
        {
            return kept;
        }

        var search = new WordingSearch(model, meaning, _placeholders!, _options);
        return _searches.Count < MaxKept ? _searches.GetOrAdd(key, search) : search;
    }

    /// <summary>Why a text, right in itself, does not fit what was said before it; null when it does.</summary>
    private static string? InConversation(string text, GenerationRequest request, List<GeneratedAct> before)
    {
        if (request.SaidBefore.Any(said => said.Contains(text, StringComparison.Ordinal)))
        {
            return "said_before";
        }

        if (before.Count == 0)
        {
            return null;
        }

        if (Greeting().IsMatch(text) && before.Exists(act => Greeting().IsMatch(act.Text)))
        {
            return "doubled:greeting";
        }

        var opening = OpeningWord().Match(text).Value;
        return opening.Length > 3 && string.Equals(opening, OpeningWord().Match(before[^1].Text).Value, StringComparison.OrdinalIgnoreCase) ? "doubled:opening" : null;
    }

    private static DialogAct Clean(DialogAct act) =>
        new(act.Name, act.Slots.ToDictionary(slot => slot.Key, slot => Lexicalizer.Clean(act.Name, slot.Key, slot.Value), StringComparer.Ordinal));

    /// <param name="Wording">As it was found.</param>
    /// <param name="Text">With its values.</param>
    /// <param name="Problem">What the checks of this text refuse it for, or null.</param>
    private sealed record Reading(FoundWording Wording, string Text, string? Problem)
    {
        public double Score => Wording.Hypothesis.Score;

        public BeamEntry Entry(Reading chosen, List<RefusedHypothesis> refused, ReplyModel model)
        {
            var reason = Problem ?? refused.Find(one => one.Text == Text)?.Check;
            return new BeamEntry(Text, Wording.Hypothesis.LogProbability, Score, this == chosen ? "chosen" : reason is null ? "not needed" : $"refused:{reason}") { Units = model.UnitsOf(Wording.Hypothesis) };
        }
    }

    [GeneratedRegex(@"^¡?(hola|buenas|buenos días|bienvenid|le saludo|te saludo|saludos|qué gusto|un gusto|hello|hi\b|hey|welcome|good (morning|afternoon|evening)|nice to see)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Greeting();

    [GeneratedRegex(@"\p{L}+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OpeningWord();
}
