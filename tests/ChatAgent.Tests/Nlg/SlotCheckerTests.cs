using ChatAgent.Text;

namespace ChatAgent.Nlg.Tests;

public sealed class SlotCheckerTests
{
    private static readonly Dictionary<string, string> Given = new(StringComparer.Ordinal)
    {
        ["date"] = "martes 28 de abril",
        ["time"] = "1:00",
        ["doctor"] = "Dra. Francisca O'Ryan Tapia",
    };

    [Theory]
    [InlineData("Listo, el martes 28 de abril a la 1:00 con la Dra. Francisca O'Ryan Tapia.", null)]
    [InlineData("Martes 28 de abril, a la 1:00: le ve la Dra. Francisca O'Ryan Tapia. ¿Viene?", null)]
    [InlineData("Listo, a la 1:00 con la Dra. Francisca O'Ryan Tapia.", "missing:date")]
    [InlineData("Listo, el martes 28 de abril a las 11:00 con la Dra. Francisca O'Ryan Tapia.", "missing:time")]
    [InlineData("El martes 28 de abril a la 1:00, sí, a la 1:00, con la Dra. Francisca O'Ryan Tapia.", "repeated:time")]
    [InlineData("El martes 28 de abril a la 1:00 con la Dra. Francisca O'Ryan Tapia, mañana.", "invented:date")]
    [InlineData("El martes 28 de abril a la 1:00 o a las 9:00 con la Dra. Francisca O'Ryan Tapia.", "invented:time")]
    [InlineData("El martes 28 de abril a la 1:00 con la Dra. Francisca O'Ryan Tapia, quince minutos antes.", "invented:number")]
    [InlineData("El martes 28 de abril a la 1:00 con la Dra. Francisca O'Ryan Tapia en 3 salas.", "invented:number")]
    [InlineData("El martes 28 de abril a la 1:00 con la Dra. Francisca O'Ryan Tapia; llame al +56 2 2345 6700.", "invented:phone")]
    [InlineData("El martes 28 de abril a la 1:00 con la Dra. Francisca O'Ryan Tapia por $5.000.", "invented:money")]
    [InlineData("El martes 28 de abril a la 1:00 con la Dra. Francisca O'Ryan Tapia, vea otra.example/x.", "invented:url")]
    [InlineData("El martes 28 de abril a la 1:00 con la Dra. Francisca O'Ryan Tapia y el Dr. Soto.", "invented:person")]
    [InlineData("El martes 28 de abril a la 1:00 con la Dra. Francisca O'Ryan Tapia en Maipú.", "invented:name")]
    [InlineData("Temuco: el martes 28 de abril a la 1:00 con la Dra. Francisca O'Ryan Tapia.", "invented:name")]
    [InlineData("El martes 28 de abril a las 1:00 con la Dra. Francisca O'Ryan Tapia.", "agreement:time")]
    [InlineData("El martes 28 de abril a la 1:00 con el Dra. Francisca O'Ryan Tapia.", "agreement:doctor")]
    [InlineData("El martes 28 de abril a la 1:00 de el mes con la Dra. Francisca O'Ryan Tapia.", "agreement:article")]
    [InlineData("El martes 28 de abril a la 1:00 con la Dra. Francisca O'Ryan Tapia en {branch}.", "unreadable:placeholder")]
    [InlineData("El martes 28 de abril a la 1:00 con con la Dra. Francisca O'Ryan Tapia.", "unreadable:doubled")]
    [InlineData("El martes 28 de abril a la 1:00 con la Dra. Francisca O'Ryan Tapia", "unreadable:cut")]
    [InlineData("El martes 28 de abril (a la 1:00 con la Dra. Francisca O'Ryan Tapia.", "unreadable:brackets")]
    [InlineData("¿El martes 28 de abril a la 1:00 con la Dra. Francisca O'Ryan Tapia.", "unreadable:marks")]
    [InlineData("listo, el martes 28 de abril a la 1:00 con la Dra. Francisca O'Ryan Tapia.", "unreadable:case")]
    public void Check_Spanish_NamesWhatIsWrong(string text, string? expected)
    {
        Assert.Equal(expected, new SlotChecker(["Temuco"]).Check(text, Given, Language.Spanish));
    }

    [Theory]
    [InlineData("You may come on Tuesday 5 May at 9:00.", null)]
    [InlineData("You may come on Tuesday 5 May at 9:00 tomorrow.", "invented:date")]
    [InlineData("You may come on Tuesday 5 May at 19:00.", "missing:time")]
    [InlineData("You may come on Tuesday 5 May at 9:00 with Ana.", "invented:name")]
    [InlineData("You may come on Tuesday 5 May at 9:00, I'm sure.", null)]
    [InlineData("Could you come on Tuesday 5 May at 9:00?", null)]
    [InlineData("Could you come on Tuesday 5 May at 9:00. Will you?", "unreadable:marks")]
    public void Check_English_NamesWhatIsWrong(string text, string? expected)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal) { ["date"] = "Tuesday 5 May", ["time"] = "9:00" };
        Assert.Equal(expected, new SlotChecker().Check(text, given, Language.English));
    }

    [Fact]
    public void Check_EveryTextOfTheCorpus_IsReadBack()
    {
        var checker = new SlotChecker();
        var refused = new[] { "train", "dev", "test" }.SelectMany(ClinicSpeech.Read).Select(pair => (pair.Text, Problem: checker.Check(pair.Text, pair.Slots, pair.Language))).Where(pair => pair.Problem is not null).ToArray();
        Assert.True(refused.Length == 0, string.Join('\n', refused));
    }
}
