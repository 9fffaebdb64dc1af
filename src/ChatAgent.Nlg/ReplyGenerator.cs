using System.Collections.Frozen;
using System.Text.RegularExpressions;
using ChatAgent.Text;

namespace ChatAgent.Nlg;

/// <summary>Words a reply: each act by itself, then all of them as one paragraph. Immutable and safe for concurrent callers.</summary>
/// <remarks>
/// The seed draws an opening; a beam search goes on from it with every slot required once and only runs of units that the act was taught with; a
/// <see cref="SlotChecker"/> reads each finished text back. Among what it accepts near the best the seed chooses, unless the words are unlikely or another act
/// would rather say them. Where nothing passes, the model was not taught the act with these slots, or there is no model, a written
/// wording answers and the record says so.
/// </remarks>
public sealed partial class ReplyGenerator
{
    private readonly WrittenWordings _wordings;
    private readonly ReplyModel? _model;
    private readonly ReplyGeneratorOptions _options;
    private readonly SlotChecker _checker;
    private readonly ILookup<string, int>? _placeholders;
    private readonly FrozenDictionary<string, Dictionary<(int, int), int[]>> _continuations = FrozenDictionary<string, Dictionary<(int, int), int[]>>.Empty;

    /// <summary>A generator.</summary>
    /// <param name="wordings">The net under the model.</param>
    /// <param name="model">Null until one is trained: the written wordings answer.</param>
    /// <param name="options">Width of the search and variety.</param>
    /// <param name="checker">Reads finished texts back; may know the owner's names.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    public ReplyGenerator(WrittenWordings wordings, ReplyModel? model = null, ReplyGeneratorOptions? options = null, SlotChecker? checker = null)
    {
        (_wordings, _model, _options, _checker) = (wordings, model, options ?? new ReplyGeneratorOptions(), checker ?? new SlotChecker());
        BeamSearchOptions.Require(_options.Search);
        if (_options is not { OpeningTokens: >= 0 and <= 8, OpeningMass: > 0 and <= 1, Openings: >= 0 })
        {
            throw new ArgumentOutOfRangeException(nameof(options), options, "0 to 8 opening tokens, mass above 0 to 1, openings 0 or more");
        }

        if (model is not null)
        {
            _placeholders = Enumerable.Range(0, model.Units.Count).Where(token => model.SlotOf(token) is not null).ToLookup(token => model.SlotOf(token)!, StringComparer.Ordinal);
            _continuations = model.Layout.Knowledge.Triples.ToFrozenDictionary(entry => entry.Key, entry => ContinuationsOf(entry.Value), StringComparer.Ordinal);
        }
    }

    /// <summary>Words every act of the request; the same request gives the same text.</summary>
    /// <exception cref="ArgumentException">A slot's value is empty or longer than <see cref="Lexicalizer.MaxValueLength"/>.</exception>
    /// <exception cref="InvalidOperationException">An act has neither a generated nor a written wording.</exception>
    public GeneratedReply Generate(GenerationRequest request) => Word(request, explain: false);

    /// <summary>The same as <see cref="Generate"/>, with every act's beam filled.</summary>
    /// <inheritdoc cref="Generate"/>
    public GeneratedReply Explain(GenerationRequest request) => Word(request, explain: true);

    /// <summary>The finished hypotheses of one act, best first, as the search left them: for an explanation of every token.</summary>
    /// <param name="model">Whose tokens they are.</param>
    /// <param name="act">With its slots.</param>
    /// <param name="language">Of the wording.</param>
    /// <param name="style">Of the wording.</param>
    internal IReadOnlyList<BeamHypothesis> Hypotheses(ReplyModel model, DialogAct act, Language language, ReplyStyle style)
    {
        act = Clean(act);
        var meaning = ReplyMeaning.Of(act, language, style);
        return IsTaught(model, meaning)
            ? BeamSearch.Search(model.Condition(meaning), ConstraintsOf(meaning), _options.Search, tokens => _checker.Check(TextOf(model, tokens, act, language), act.Slots, language))
            : [];
    }

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
        var meaning = ReplyMeaning.Of(act, request.Language, request.Style);
        if (_model is { } model && IsTaught(model, meaning) && Generated(model, meaning, act, request, before, seed, refused, explain) is { } generated)
        {
            return generated;
        }

        var texts = _wordings.Texts(act, request.Language, request.Style, seed).ToList();
        var text = texts.Find(candidate => InConversation(candidate, request, before) is null) ?? texts[0];
        return new GeneratedAct { Act = act, Text = text, Source = WordingSource.Written, Refused = refused, Beam = explain ? BeamOf([], refused, null) : [] };
    }

    private GeneratedAct? Generated(
        ReplyModel model, ReplyMeaning meaning, DialogAct act, GenerationRequest request, List<GeneratedAct> before, ulong seed, List<RefusedHypothesis> refused, bool explain)
    {
        var decoder = model.Condition(meaning);
        var constraints = ConstraintsOf(meaning);
        var random = new Random(unchecked((int)(seed ^ (seed >> 32))));
        for (var attempt = 0; attempt <= _options.Openings; attempt++)
        {
            var opened = attempt < _options.Openings && _options.OpeningTokens > 0
                ? constraints with { Prefix = BeamSearch.DrawOpening(decoder, constraints, _options.Search, random.Next(1, _options.OpeningTokens + 1), _options.OpeningMass, random) }
                : constraints;
            var texts = new Dictionary<BeamHypothesis, string>(ReferenceEqualityComparer.Instance);
            var found = BeamSearch.Search(decoder, opened, _options.Search, tokens =>
            {
                var text = TextOf(model, tokens, act, request.Language);
                return _checker.Check(text, act.Slots, request.Language)
                    ?? ToneChecker.Check(model.TextOf(tokens as int[] ?? [.. tokens]), request.Language, meaning.Style)
                    ?? InConversation(text, request, before);
            });
            foreach (var hypothesis in found)
            {
                texts[hypothesis] = TextOf(model, hypothesis.Tokens, act, request.Language);
            }

            BeamHypothesis? chosen = null;
            BeamHypothesis[] accepted = [.. found.Where(hypothesis => hypothesis.Refused is null)];
            random.Shuffle(accepted);
            foreach (var candidate in accepted)
            {
                if (Doubt(model, meaning, candidate) is not { } doubt)
                {
                    chosen = candidate;
                    break;
                }

                refused.Add(new RefusedHypothesis(texts[candidate], doubt, candidate.Score));
            }

            // What lies below the chosen text was not in its way.
            refused.AddRange(found.Where(hypothesis => hypothesis.Refused is not null && (chosen is null || hypothesis.Score > chosen.Score))
                .Select(hypothesis => new RefusedHypothesis(texts[hypothesis], hypothesis.Refused!, hypothesis.Score)));
            if (chosen is not null)
            {
                return new GeneratedAct
                {
                    Act = act,
                    Text = texts[chosen],
                    Source = WordingSource.Model,
                    Score = chosen.Score,
                    Refused = refused,
                    Beam = explain ? BeamOf([.. found.Select(hypothesis => (texts[hypothesis], hypothesis))], [], chosen) : [],
                };
            }
        }

        return null;
    }

    /// <summary>Whether the model was taught the act with exactly these slots: with fewer it would have learnt no wording, and with more it could not say them.</summary>
    private static bool IsTaught(ReplyModel model, ReplyMeaning meaning) =>
        model.Knows(meaning) && model.Layout.Knowledge.Taught[ReplyKnowledge.Key(meaning.Act, meaning.Language)].Length == meaning.Slots.Count;

    /// <summary>Why the model itself should not stand by its words, or null: they are unlikely, or another act would rather say them.</summary>
    /// <remarks>Slots alone cannot tell "you are coming" from "you cancelled", and a splice of two wordings can say what neither does.</remarks>
    private string? Doubt(ReplyModel model, ReplyMeaning meaning, BeamHypothesis hypothesis)
    {
        if (hypothesis.Score < _options.LeastScore)
        {
            return "unlikely";
        }

        var words = model.TextOf(hypothesis.Tokens as int[] ?? [.. hypothesis.Tokens]);
        var scores = model.ScoreByAct(meaning, words);
        return scores.Count > 1 && scores[1].LogProbability > scores[0].LogProbability ? $"other_act:{scores[1].Act}" : null;
    }

    /// <summary>Which unit may follow two others, from triples laid end to end.</summary>
    private static Dictionary<(int, int), int[]> ContinuationsOf(int[] triples) =>
        triples.Chunk(3).GroupBy(triple => (triple[0], triple[1]), triple => triple[2]).ToDictionary(group => group.Key, group => group.ToArray());

    /// <summary>Each slot once, no other, and no three units in a row that no wording of the act in this style has: a model of many acts slides into a neighbour's words ("is still confirmed" for a cancellation).</summary>
    private BeamConstraints ConstraintsOf(ReplyMeaning meaning) => new()
    {
        // An act that was taught in one style only is said in that one, as the model itself does.
        Continuations = _continuations.GetValueOrDefault(ReplyKnowledge.Key(meaning.Act, meaning.Language, meaning.Style))
            ?? _continuations[ReplyKnowledge.Key(meaning.Act, meaning.Language, meaning.Style == ReplyStyle.Formal ? ReplyStyle.Informal : ReplyStyle.Formal)],
        Required = [.. meaning.Slots.Order(StringComparer.Ordinal).Select(slot => _placeholders![slot].ToArray())],
        Forbidden = [.. _placeholders!.Where(slot => !meaning.Slots.Contains(slot.Key, StringComparer.Ordinal)).SelectMany(tokens => tokens)],
    };

    private static string TextOf(ReplyModel model, IReadOnlyList<int> tokens, DialogAct act, Language language) =>
        Lexicalizer.Fill(model.TextOf(tokens as int[] ?? [.. tokens]), act.Slots, language);

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

    private static IReadOnlyList<BeamEntry> BeamOf(IReadOnlyList<(string Text, BeamHypothesis Hypothesis)> found, IReadOnlyList<RefusedHypothesis> refused, BeamHypothesis? chosen) =>
        chosen is null
            ? [.. refused.Select(one => new BeamEntry(one.Text, 0.0, one.Score, $"refused:{one.Check}"))]
            : [.. found.Select(one => new BeamEntry(
                one.Text,
                one.Hypothesis.LogProbability,
                one.Hypothesis.Score,
                ReferenceEquals(one.Hypothesis, chosen) ? "chosen" : one.Hypothesis.Refused is { } reason ? $"refused:{reason}" : "not needed"))];

    [GeneratedRegex(@"^¡?(hola|buenas|buenos días|bienvenid|le saludo|te saludo|saludos|qué gusto|un gusto|hello|hi\b|hey|welcome|good (morning|afternoon|evening)|nice to see)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Greeting();

    [GeneratedRegex(@"\p{L}+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OpeningWord();
}
