using ChatAgent.Tests;
using ChatAgent.Text;

namespace ChatAgent.Dialogs.Tests;

public sealed class DialogLoaderTests
{
    private static string Clinic => Path.Combine(Repository.Root, "dialogs", "clinic");

    [Fact]
    public void Load_Clinic_WordsEveryActInBothLanguages()
    {
        var bot = DialogLoader.Load(Clinic);

        Assert.Equal("clinic", bot.Name);
        Assert.All(bot.Domain.Acts.Keys, act => Assert.All(bot.Domain.Languages, language => Assert.NotEmpty(bot.Responses[(language, bot.Domain.Style, act)])));
    }

    [Fact]
    public void Load_Clinic_EveryIntentIsAnsweredByAFlowAnAnswerOrThePolicy()
    {
        var bot = DialogLoader.Load(Clinic);
        string[] byPolicy = ["emergency", "crisis", "ask_human", "switch_language"];

        Assert.Empty(bot.Domain.Intents.Except(bot.Answers.Keys).Except(bot.Flows.Values.SelectMany(flow => flow.StartsWith)).Except(byPolicy));
    }

    [Theory]
    [InlineData("minutes", "Ñuñoa", "15")]
    [InlineData("minutes", "Maipú", "30")]
    [InlineData("minutes", null, null)]
    [InlineData("phone", "Maipú", "+56 2 2345 6800")]
    public void Facts_Branch_DecidesTheClause(string fact, string? branch, string? expected) =>
        Assert.Equal(expected, DialogLoader.Load(Clinic).Facts.Find(fact, new FactScope(branch, null), Language.Spanish));
}
