using ChatAgent.Nlu.Times;
using ChatAgent.Text;
using NodaTime;

namespace ChatAgent.Nlu.Entities;

/// <summary>All entities of a message: names of the lexicon, numbers with a form of their own, people, times.</summary>
/// <remarks>Where two overlap the longer stays, and of equal ones the surer. Immutable and thread-safe.</remarks>
internal sealed class EntityExtractor(NluLexicon lexicon, IReadOnlyList<string> personWords)
{
    private readonly LexiconMatcher _lexicon = new(lexicon);
    private readonly PersonNames _persons = new(personWords);

    /// <summary>What the extractor was made from, for files.</summary>
    public NluLexicon Lexicon { get; } = lexicon;

    public IReadOnlyList<string> PersonWords { get; } = personWords;

    /// <summary>The entities in the order of the text.</summary>
    /// <param name="tokens">Of <paramref name="text"/>.</param>
    public IReadOnlyList<Entity> Extract(string text, IReadOnlyList<Token> tokens, DateTimeOffset sentAt, ParseContext context, Language language)
    {
        var asked = context.OpenQuestion is "ask_identity";
        var found = new List<Entity>();
        found.AddRange(_lexicon.Find(text, tokens));
        found.AddRange(Numbers(text, tokens, asked));
        found.AddRange(_persons.Find(text, tokens, asked));
        found.AddRange(Times(text, sentAt, context, language));
        var kept = new List<Entity>(found.Count);
        foreach (var entity in found.OrderByDescending(entity => entity.Span.Length).ThenByDescending(entity => entity.Confidence).ThenBy(entity => entity.Span.Start))
        {
            if (!kept.Exists(other => other.Span.Overlaps(entity.Span)))
            {
                kept.Add(entity);
            }
        }

        kept.Sort((a, b) => a.Span.Start.CompareTo(b.Span.Start));
        return kept;
    }

    private static IEnumerable<Entity> Numbers(string text, IReadOnlyList<Token> tokens, bool asked)
    {
        for (var i = 0; i < tokens.Count; i++)
        {
            var token = tokens[i];
            var typed = token.Span.In(text);
            switch (token.Kind)
            {
                case TokenKind.Rut when Rut.TryParse(token.Text, out var rut):
                    yield return new Entity("rut", token.Span, typed, rut, 0.99);
                    break;
                case TokenKind.Phone:
                case TokenKind.Number:
                {
                    var digits = new string([.. token.Text.Where(char.IsAsciiDigit)]);
                    var saidRut = asked || (i > 0 && tokens.Take(i).Reverse().Take(3).Any(before => before.Folded is "rut" or "run" or "cedula" or "id"));

                    // "rut 12345678 k": the check character may stand apart.
                    var apart = i + 1 < tokens.Count && tokens[i + 1].Text is "k" or "K";
                    if ((saidRut || (token.Kind == TokenKind.Number && digits.Length is 8 or 9 && digits[0] != '0')) && Rut.TryParse(apart ? token.Text + "k" : token.Text, out var bare)
                        && bare.Length == digits.Length + 1 + (apart ? 1 : 0))
                    {
                        var span = apart ? new TextSpan(token.Span.Start, tokens[i + 1].Span.End - token.Span.Start) : token.Span;
                        yield return new Entity("rut", span, span.In(text), bare, saidRut ? 0.95 : 0.75);
                    }
                    else if (token.Kind == TokenKind.Phone)
                    {
                        yield return new Entity("phone", token.Span, typed, (token.Text[0] == '+' ? "+" : string.Empty) + digits, 0.95);
                    }
                    else if (digits.Length == 6 && token.Text.Length == 6)
                    {
                        yield return new Entity("code", token.Span, typed, digits, 0.9);
                    }

                    break;
                }

                case TokenKind.Email:
                    yield return new Entity("email", token.Span, typed, token.Text.ToLowerInvariant(), 0.99);
                    break;
                default:
                    break;
            }
        }
    }

    private static IEnumerable<Entity> Times(string text, DateTimeOffset sentAt, ParseContext context, Language language)
    {
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(context.Zone) ?? DateTimeZone.Utc;
        var options = new TimeParseOptions { Reference = Instant.FromDateTimeOffset(sentAt).InZone(zone).LocalDateTime, Anchor = context.Appointment?.Start, Language = language };
        return TimeExpressionParser.Parse(text, options)
            .Where(time => time.Kind is TimeKind.Instant or TimeKind.Date or TimeKind.Time or TimeKind.Period or TimeKind.Recurrence && time.Values.Count > 0)
            .Select(time => new Entity("time", time.Span, time.Text, time.Values[0], 0.9));
    }
}
