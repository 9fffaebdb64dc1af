using ChatAgent.Nlu.Times;
using ChatAgent.Text;

namespace ChatAgent.Nlu.Appointments;

/// <summary>The rules of a language, read from <c>ReplyRules.es.txt</c> or <c>ReplyRules.en.txt</c>, and what they find in a reply.</summary>
/// <remarks>
/// Four symbols are looked for apart, so that a question about pain is found as a question and as pain: <c>stance</c> (towards attending), <c>source</c> (who or what wrote), <c>topic</c>
/// (what is asked) and <c>matter</c> (what a person must see). Within a symbol matches do not overlap: the leftmost, longest one stands. Immutable and thread-safe.
/// </remarks>
internal sealed class ReplyRules
{
    private static readonly Lazy<ReplyRules> _spanish = new(static () => new ReplyRules("es"));
    private static readonly Lazy<ReplyRules> _english = new(static () => new ReplyRules("en"));
    private readonly RuleGrammar _grammar = new();
    private readonly int[] _families;

    private ReplyRules(string code)
    {
        _grammar.Token("any", static t => t.IsWord ? t.Folded : null);
        _grammar.Token("siPlain", static t => t is { Folded: "si", Marked: false } ? t.Folded : null);
        _grammar.Token("siMarked", static t => t is { Folded: "si", Marked: true } ? t.Folded : null);
        if (code == "es")
        {
            _grammar.Token("digits", static t => t.Folded.Length > 0 && char.IsAsciiDigit(t.Folded[0]) ? t.Folded : null);
        }

        Load($"ReplyRules.{code}.txt");
        _grammar.Checked();
        _families = [_grammar.Id("stance"), _grammar.Id("source"), _grammar.Id("topic"), _grammar.Id("matter")];
    }

    /// <summary>The rules of a language.</summary>
    public static ReplyRules For(Language language) => (language == Language.English ? _english : _spanish).Value;

    /// <summary>Every cue of the tokens, family after family, each in the order of the text.</summary>
    public List<FoundCue> Find(RuleToken[] tokens)
    {
        var found = new List<FoundCue>();
        var reading = _grammar.Read(tokens);
        foreach (var family in _families)
        {
            for (var at = 0; at < tokens.Length;)
            {
                var end = reading.Match(family, at, out var value);
                if (end > at)
                {
                    found.Add(new FoundCue((Cue)value!, at, end));
                    at = end;
                }
                else
                {
                    at++;
                }
            }
        }

        return found;
    }

    private void Load(string name)
    {
        using var stream = typeof(ReplyRules).Assembly.GetManifestResourceStream($"ChatAgent.Nlu.{name}") ?? throw new InvalidOperationException($"Resource {name} is missing from this build.");
        using var reader = new StreamReader(stream);
        string? symbol = null;
        object? cue = null;
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
                (symbol, cue) = (line[..colon], Enum.Parse<Cue>(line[(colon + 1)..].Trim()));
            }
        }
    }
}

/// <summary>A cue and the tokens that gave it.</summary>
/// <param name="Cue">What they do.</param>
/// <param name="From">First token.</param>
/// <param name="To">After the last token.</param>
internal readonly record struct FoundCue(Cue Cue, int From, int To);
