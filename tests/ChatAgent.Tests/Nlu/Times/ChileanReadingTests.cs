using ChatAgent.Nlu.Times;
using ChatAgent.Text;
using ChatAgent.Tests;
using NodaTime.Text;

namespace ChatAgent.Nlu.Tests.Times;

public sealed class ChileanReadingTests
{
    public static TheoryData<string, string, string, string, string> Cases()
    {
        var data = new TheoryData<string, string, string, string, string>();
        string language = "es", reference = string.Empty, anchor = string.Empty;
        foreach (var line in File.ReadLines(Path.Combine(Repository.Root, "tests", "ChatAgent.Tests", "Nlu", "Times", "chile-cases.tsv")))
        {
            if (line.StartsWith('@'))
            {
                var parts = line.Split(' ');
                (language, reference, anchor) = (parts[1], parts[2], parts[3]);
            }
            else if (line.Length > 0 && !line.StartsWith('#'))
            {
                var tab = line.IndexOf('\t', StringComparison.Ordinal);
                data.Add(language, reference, anchor, line[..tab], line[(tab + 1)..]);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Parse_ChileanCase_GivesItsOneReading(string language, string reference, string anchor, string text, string expected)
    {
        Assert.True(LanguageCodes.TryParse(language, out var tongue));
        var found = TimeExpressionParser.Parse(text, new TimeParseOptions
        {
            Reference = LocalDateTimePattern.ExtendedIso.Parse(reference).Value,
            Anchor = LocalDateTimePattern.ExtendedIso.Parse(anchor).Value,
            Language = tongue,
        });

        Assert.Equal(expected, string.Join(" ; ", found.Select(e => Assert.Single(e.Values))));
        Assert.All(found, e => Assert.Equal(e.Text, e.Span.In(text)));
    }

    [Theory]
    [InlineData("¿Puede ser el martes a las 5?", "martes a las 5")]
    [InlineData("Sí, PRÓXIMO JUEVES en la tarde", "PRÓXIMO JUEVES en la tarde")]
    [InlineData("👍👍 mañana 16:30 hrs. ok", "mañana 16:30 hrs.")]
    public void Parse_SpanInTypedText_HoldsTheWordsOfTheExpression(string text, string expected)
    {
        var options = new TimeParseOptions { Reference = new(2026, 4, 25, 18, 49) };

        Assert.Equal(expected, Assert.Single(TimeExpressionParser.Parse(text, options)).Text);
    }

    [Theory]
    [InlineData(Language.Spanish)]
    [InlineData(Language.English)]
    public void Parse_RandomText_NeverThrowsAndSpansStayInside(Language language)
    {
        const int seed = 20260425;
        var random = new Random(seed);
        string[] pieces = ["lunes", "30", "/", ":", "de", "mañana", "a las", "99", "31", "febrero", "\ud83d", "\ude00", "\u0301", "\u200b", " ", "next", "the", "31st", "13", "pm", ".", "-", "hasta", "entre", "y", "٣", "Ⅷ", "½", "24", "00", "0", "12345678901234567890", "semana", "en", "year", "'"];
        for (var round = 0; round < 3000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 14)).Select(_ => pieces[random.Next(pieces.Length)] + (random.Next(3) > 0 ? " " : string.Empty)));
            var problem = Record.Exception(() =>
            {
                foreach (var e in TimeExpressionParser.Parse(text, new TimeParseOptions { Reference = new(2026, 1, 31, 23, 59), Language = language, Numbers = true }))
                {
                    Assert.Equal(e.Text, e.Span.In(text));
                }
            });

            Assert.True(problem is null, $"seed {seed}, round {round}, text {text}: {problem}");
        }
    }
}
