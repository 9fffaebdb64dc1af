using ChatAgent.Text;

namespace ChatAgent.Nlg.Tests;

/// <summary>The second example of src/ChatAgent.Nlg/README.md, line by line.</summary>
public sealed class ReadmeExampleTests
{
    [Fact]
    public void Example_OfTheReadme_HoldsWhatItSays()
    {
        var wordings = new WrittenWordings(new Dictionary<(Language, ReplyStyle, string), IReadOnlyList<string>>
        {
            [(Language.Spanish, ReplyStyle.Formal, "confirm_new_time")] = ["Listo: le espera el {doctor} el {date} a las {time}."],
        });
        var generator = new ReplyGenerator(wordings, model: null);
        var slots = new Dictionary<string, string> { ["date"] = "martes 28 de abril", ["time"] = "1:00", ["doctor"] = "Dra. Camila Rojas" };
        var reply = generator.Generate(new GenerationRequest { Acts = [new DialogAct("confirm_new_time", slots)], Seed = 7 });
        var text = reply.Text;
        var source = reply.Acts[0].Source;

        Assert.Equal(("Listo: le espera la Dra. Camila Rojas el martes 28 de abril a la 1:00.", WordingSource.Written), (text, source));
    }
}
