using System.Security.Cryptography;
using System.Text;
using ChatAgent.Nlu.Times;
using ChatAgent.Text;

namespace ChatAgent.Nlu.Appointments;

/// <summary>The rules of a language, read from <c>ReplyRules.es.txt</c> or <c>ReplyRules.en.txt</c>, and what they find in a reply.</summary>
/// <remarks>
/// First <c>aside</c> is looked for: religious formulas, courtesies, concessions. They are masked before the stance is read, so that "si Dios quiere" is no condition. Then four symbols apart, so that a question about pain is found as a question and as pain: <c>stance</c> (towards attending), <c>source</c> (who or what wrote), <c>topic</c>
/// (what is asked), <c>matter</c> (what a person must see) and <c>fact</c> (which topic of the facts is meant). Within a symbol matches do not overlap: the leftmost, longest one stands. Immutable and thread-safe.
/// </remarks>
internal sealed class ReplyRules
{
    /// <summary>Stands for words that decide nothing (a religious formula, a courtesy, a concession) when the stance is read.</summary>
    private const string Aside = "◦";

    private static readonly Lazy<ReplyRules> _spanish = new(static () => new ReplyRules("es"));
    private static readonly Lazy<ReplyRules> _english = new(static () => new ReplyRules("en"));
    private readonly RuleGrammar _grammar = new();
    private readonly int[] _families;
    private readonly int _aside;
    private readonly int _fact;

    private ReplyRules(string code)
    {
        _grammar.Token("any", static t => t.IsWord ? t.Folded : null);
        _grammar.Token("siPlain", static t => t is { Folded: "si", Marked: false } ? t.Folded : null);
        _grammar.Token("siMarked", static t => t is { Folded: "si", Marked: true } ? t.Folded : null);
        _grammar.Token("seMarked", static t => t is { Folded: "se", Marked: true } ? t.Folded : null);
        if (code == "es")
        {
            _grammar.Token("digits", static t => t.Folded.Length > 0 && char.IsAsciiDigit(t.Folded[0]) ? t.Folded : null);
        }

        Load($"ReplyRules.{code}.txt");
        _grammar.Checked();
        _families = [_grammar.Id("stance"), _grammar.Id("source"), _grammar.Id("topic"), _grammar.Id("matter")];
        _aside = _grammar.Id("aside");
        _fact = _grammar.Id("fact");
    }

    /// <summary>Changes with every change of the rule files.</summary>
    public static string Fingerprint { get; } = Convert.ToHexStringLower(SHA256.HashData([.. new[] { "es", "en" }.SelectMany(static code => Encoding.UTF8.GetBytes(NluResource.Open($"ReplyRules.{code}.txt").ReadToEnd()))]))[..16];

    /// <summary>The rules of a language.</summary>
    public static ReplyRules For(Language language) => (language == Language.English ? _english : _spanish).Value;

    /// <summary>Every cue of the tokens, family after family, each in the order of the text.</summary>
    public List<FoundCue> Find(RuleToken[] tokens)
    {
        var found = new List<FoundCue>();
        Collect(_grammar.Read(tokens), _aside, found);
        var bare = (RuleToken[])tokens.Clone();
        foreach (var aside in found)
        {
            Array.Fill(bare, new RuleToken(Aside, default, -1, true), aside.From, aside.To - aside.From);
        }

        Collect(_grammar.Read(Joined(bare, out var places)), _families[0], found, places);
        var reading = _grammar.Read(tokens);
        for (var family = 1; family < _families.Length; family++)
        {
            Collect(reading, _families[family], found);
        }

        return found;
    }

    /// <summary>Names of <see cref="FactTopics"/> that the tokens mention, with their places, in the order of the text.</summary>
    public List<(string Topic, int At)> FindTopics(RuleToken[] tokens)
    {
        var found = new List<(string, int)>();
        var reading = _grammar.Read(tokens);
        for (var at = 0; at < tokens.Length;)
        {
            var end = reading.Match(_fact, at, out var value);
            if (end > at)
            {
                found.Add(((string)value!, at));
            }

            at = Math.Max(end, at + 1);
        }

        return found;
    }

    /// <summary>Runs of masked tokens become one; <paramref name="places"/> says where each token that is left stood.</summary>
    private static RuleToken[] Joined(RuleToken[] tokens, out int[] places)
    {
        var kept = Enumerable.Range(0, tokens.Length).Where(i => tokens[i].Folded != Aside || i == 0 || tokens[i - 1].Folded != Aside).ToArray();
        places = [.. kept, tokens.Length];
        return [.. kept.Select(i => tokens[i])];
    }

    private static void Collect(RuleGrammar.Reading reading, int family, List<FoundCue> found, int[]? places = null)
    {
        for (var at = 0; at < reading.Tokens.Length;)
        {
            var end = reading.Match(family, at, out var value);
            if (end > at)
            {
                // A promise right behind a "no" that no longer pattern took is none: "mañana no creo voy", "I do not really come".
                if (value is Cue.Attend or Cue.Yes && at > 0 && reading.Tokens[at - 1].Folded is "no" or "ni" or "nunca" or "tampoco" or "jamas" or "not" or "never")
                {
                    value = Cue.Fragment;
                }

                found.Add(places is null ? new FoundCue((Cue)value!, at, end) : new FoundCue((Cue)value!, places[at], places[end - 1] + 1));
                at = end;
            }
            else
            {
                at++;
            }
        }
    }

    private void Load(string name)
    {
        using var reader = NluResource.Open(name);
        string? symbol = null;
        object? cue = null; // a Cue, or the name of a topic, or nothing for a set of words
        var number = 0;
        while (reader.ReadLine() is { } line)
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            if (line[0] == ' ')
            {
                foreach (var pattern in line.Trim().Split(" | "))
                {
                    try
                    {
                        var value = cue ?? true;
                        _grammar.Rule(symbol ?? throw new InvalidOperationException("a pattern before the first heading"), pattern, _ => value);
                    }
                    catch (InvalidOperationException broken)
                    {
                        throw new InvalidOperationException($"{name}({number}): {broken.Message}", broken);
                    }
                }
            }
            else if (line[0] == '{')
            {
                (symbol, cue) = (line.Trim('{', '}'), null);
            }
            else
            {
                var colon = line.IndexOf(':', StringComparison.Ordinal);
                symbol = line[..colon];
                var label = line[(colon + 1)..].Trim();
                cue = symbol == "fact" ? label : Enum.Parse<Cue>(label);
            }
        }
    }
}

/// <summary>A cue and the tokens that gave it.</summary>
/// <param name="Cue">What they do.</param>
/// <param name="From">First token.</param>
/// <param name="To">After the last token.</param>
internal readonly record struct FoundCue(Cue Cue, int From, int To);
