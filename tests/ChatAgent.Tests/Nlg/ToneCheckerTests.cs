using ChatAgent.Tests;
using ChatAgent.Text;

namespace ChatAgent.Nlg.Tests;

public sealed class ToneCheckerTests
{
    [Theory]
    [InlineData("¿vienes el {date} a las {time}?", "other_style")]
    [InlineData("Cuéntame qué prefieres con su hora del {date}.", "other_style")]
    [InlineData("¿Asistirás el {date}?", "other_style")]
    [InlineData("¿Viene el {date} a las {time}?", null)]
    [InlineData("El correo llega en un momento; tráigalo, por favor.", null)]
    [InlineData("Puede dejar el auto atrás del edificio.", null)]
    [InlineData("Do you confirm your appointment on {date} at {time}?", "other_language")]
    [InlineData("{clinic}: {hours}.", null)]
    public void Check_FormalSpanish_RefusesWhatIsNot(string words, string? expected) =>
        Assert.Equal(expected, ToneChecker.Check(words, Language.Spanish, ReplyStyle.Formal));

    [Theory]
    [InlineData("¿Usted viene el {date}?", "other_style")]
    [InlineData("¿Vienes el {date}?", null)]
    public void Check_InformalSpanish_RefusesUsted(string words, string? expected) =>
        Assert.Equal(expected, ToneChecker.Check(words, Language.Spanish, ReplyStyle.Informal));

    /// <summary>What was written for a style has to pass: a check that refuses its own corpus is no check.</summary>
    [Theory]
    [InlineData("es.train.jsonl", Language.Spanish)]
    [InlineData("es.test.jsonl", Language.Spanish)]
    [InlineData("en.train.jsonl", Language.English)]
    public void Check_WordingsOfTheCorpus_PassInTheirOwnStyle(string file, Language language)
    {
        var refused = ReplyPairReader.Read(Path.Combine(Repository.Root, "corpora", "clinic", "nlg", file), language)
            .Where(pair => ToneChecker.Check(Delexicalizer.Delexicalize(pair), language, pair.Style) is not null)
            .Select(pair => $"{pair.Style} {pair.Text}")
            .ToList();

        Assert.True(refused.Count == 0, string.Join(Environment.NewLine, refused));
    }
}
