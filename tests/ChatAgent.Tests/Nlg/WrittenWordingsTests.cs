using ChatAgent.Text;

namespace ChatAgent.Nlg.Tests;

public sealed class WrittenWordingsTests
{
    private static readonly Dictionary<string, IReadOnlyCollection<string>> ClinicActs = new(StringComparer.Ordinal)
    {
        ["confirm_recorded"] = ["date", "time"],
        ["greet"] = [],
    };

    [Theory]
    [InlineData("confirm_recorded", "Le espero el {date} a las {hour}.", "the slot \"hour\"")]
    [InlineData("confirm_recorded", "Le espero el {date}.", "lacks the slot \"time\"")]
    [InlineData("confirm_recorded", "Le espero el {date}, {date}, a las {time}.", "a slot twice")]
    [InlineData("confirm_recorded", "Le espero el {Date} a las {time}.", "broken placeholder")]
    [InlineData("confirm_recorded", "Le espero el {date a las {time}.", "broken placeholder")]
    [InlineData("greet", "  ", "empty wording")]
    [InlineData("gret", "Hola.", "not an act of this bot")]
    public void Constructor_BrokenWording_SaysWhatAndWhere(string act, string wording, string expected)
    {
        var broken = Assert.Throws<WordingFormatException>(() => new WrittenWordings(Of(act, wording), ClinicActs));
        Assert.Contains(expected, broken.Message, StringComparison.Ordinal);
        Assert.Contains($"act \"{act}\" (es, Formal)", broken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Generate_WordingForAnotherGenderAndHour_IsBroughtIntoAgreement()
    {
        var generator = new ReplyGenerator(new WrittenWordings(Of("confirm_new_time", "Listo: el {date} a las {time} con el {doctor}.")));

        var reply = generator.Generate(Request(1, new DialogAct("confirm_new_time", Slots(("date", "martes 28 de abril"), ("time", "1:00"), ("doctor", "Dra. Camila Rojas")))));

        Assert.Equal("Listo: el martes 28 de abril a la 1:00 con la Dra. Camila Rojas.", reply.Text);
        Assert.Equal(WordingSource.Written, Assert.Single(reply.Acts).Source);
    }

    [Fact]
    public void Generate_SaidBefore_TakesAnotherWording()
    {
        var generator = new ReplyGenerator(new WrittenWordings(Of("welcome", "De nada.", "Un gusto.", "Para eso estoy.")));
        var said = new List<string>();
        for (var turn = 0; turn < 3; turn++)
        {
            said.Insert(0, generator.Generate(Request(7, new DialogAct("welcome")) with { SaidBefore = said }).Text);
        }

        Assert.Equal(3, said.Distinct(StringComparer.Ordinal).Count());
        Assert.Contains(generator.Generate(Request(7, new DialogAct("welcome")) with { SaidBefore = said }).Text, said);
    }

    [Fact]
    public void Generate_SlotWithoutValue_NamesWhatTheWordingNeeds()
    {
        var generator = new ReplyGenerator(new WrittenWordings(Of("greet_known", "Hola, {patient}.")));
        var missing = Assert.Throws<InvalidOperationException>(() => generator.Generate(Request(1, new DialogAct("greet_known"))));
        Assert.Contains("\"patient\"", missing.Message, StringComparison.Ordinal);
        Assert.Contains("act \"greet\" has no written wording in es", Assert.Throws<InvalidOperationException>(() => generator.Generate(Request(1, new DialogAct("greet")))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Generate_NoActs_IsSilence()
    {
        Assert.Same(GeneratedReply.Silence, new ReplyGenerator(WrittenWordings.None).Generate(Request(1)));
    }

    [Fact]
    public void Generate_StyleWithoutWordings_TakesTheOther()
    {
        var generator = new ReplyGenerator(new WrittenWordings(Of("welcome", "De nada.")));
        Assert.Equal("De nada.", generator.Generate(Request(1, new DialogAct("welcome")) with { Style = ReplyStyle.Informal }).Text);
    }

    private static GenerationRequest Request(ulong seed, params DialogAct[] acts) => new() { Acts = acts, Seed = seed };

    private static Dictionary<(Language, ReplyStyle, string), IReadOnlyList<string>> Of(string act, params string[] wordings) => new() { [(Language.Spanish, ReplyStyle.Formal, act)] = wordings };

    private static Dictionary<string, string> Slots(params (string Name, string Value)[] slots) => slots.ToDictionary(slot => slot.Name, slot => slot.Value, StringComparer.Ordinal);
}
