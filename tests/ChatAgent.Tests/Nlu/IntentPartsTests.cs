namespace ChatAgent.Nlu.Tests;

public sealed class IntentPartsTests
{
    [Theory]
    [InlineData("sí voy, y ¿dónde es?", "confirm:sí voy|address:¿dónde es?")]
    [InlineData("no podré asistir. a qué hora abren", "decline:no podré asistir.|hours:a qué hora abren")]
    [InlineData("confirmo mi hora\ndónde están ubicados", "confirm:confirmo mi hora|address:dónde están ubicados")]
    [InlineData("I confirm and where are you", "confirm:I confirm|address:where are you")]
    [InlineData("a qué hora abren, dónde es y, por favor, cancele mi hora", "hours:a qué hora abren|address:dónde es|decline:por favor, cancele mi hora")]
    public void Parse_SeveralIntents_ComeInOrderWithTheirSpans(string text, string expected) => Assert.Equal(expected, Parts(SmallClinic.Read(text)));

    [Theory]
    [InlineData("no puedo ir", "decline:no puedo ir")]
    [InlineData("no voy a ir, no podré asistir", "decline:no voy a ir, no podré asistir")]
    [InlineData("Sí, asistiré", "confirm:Sí, asistiré")]
    [InlineData("", "")]
    [InlineData("👍👍", "")]
    public void Parse_OneIntentOrNone_IsNotCut(string text, string expected) => Assert.Equal(expected, Parts(SmallClinic.Read(text)));

    [Fact]
    public void Parse_DeniedEmergency_IsNoPart()
    {
        var meaning = SmallClinic.Read("no es una emergencia, cancele mi hora");

        Assert.DoesNotContain(meaning.Parts, part => part.Intent == "emergency");
    }

    [Theory]
    [InlineData("sí voy, ", 5000)]
    [InlineData("¿", 20_000)]
    [InlineData("y ", 10_000)]
    [InlineData("voy y no puedo ir.\n", 1000)]
    [InlineData("\u200B,\u202E?\n", 5000)]
    public void Parse_ManyClauses_AreBoundedAndInside(string piece, int times)
    {
        var meaning = SmallClinic.Read(string.Concat(Enumerable.Repeat(piece, times)));

        Assert.InRange(meaning.Parts.Count, 0, 12);
        Assert.All(meaning.Parts, part => Assert.InRange(part.Span.End, part.Span.Start + 1, meaning.Text.Length));
        Assert.All(meaning.Parts.Zip(meaning.Parts.Skip(1)), pair => Assert.True(pair.First.Span.End <= pair.Second.Span.Start));
    }

    private static string Parts(Meaning meaning) => string.Join('|', meaning.Parts.Select(part => $"{part.Intent}:{part.Span.In(meaning.Text)}"));
}
