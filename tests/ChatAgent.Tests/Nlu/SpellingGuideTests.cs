using ChatAgent.Nlu.Intents;

namespace ChatAgent.Nlu.Tests;

public sealed class SpellingGuideTests
{
    private static readonly SpellingGuide Guide = SpellingGuide.Build(
        [["quiero", "cancelar", "la", "hora"], ["quiero", "cancelar", "todo"], ["donde", "queda", "la", "clinica"], ["cual", "es", "la", "cuenta"], ["cuanto", "es"], ["cuanta", "gente"], ["cuanta", "gente"]]);

    [Theory]
    [InlineData("cancealr", "cancelar")]
    [InlineData("canclar", "cancelar")]
    [InlineData("cancellar", "cancelar")]
    [InlineData("cancekar", "cancelar")]
    [InlineData("ucanto", "cuanto")]
    public void Correct_OneTypingError_FindsTheWord(string typed, string meant) => Assert.Equal([meant], Guide.Correct([typed], null));

    [Theory]
    [InlineData("cancelar")]
    [InlineData("canecalr")]
    [InlineData("hra")]
    [InlineData("bancelar")]
    [InlineData("12345")]
    [InlineData("<time>")]
    public void Correct_KnownShortOrFarWord_Stands(string typed) => Assert.Equal([typed], Guide.Correct([typed], null));

    [Fact]
    public void Correct_SeveralWordsNear_TakesTheOneSeenBesideItsNeighbour()
    {
        List<string> words = ["cuantx", "es"];

        Assert.Equal(["cuanta", "es"], Guide.Correct(words, null));
        Assert.Equal(["cuanto", "es"], Guide.Correct(words, (first, second) => (first, second) == ("cuanto", "es")));
        Assert.Equal(["cuantx", "es"], words);
    }

    [Fact]
    public void Correct_WordOf100000Letters_Stands()
    {
        List<string> words = [new string('a', 100_000)];

        Assert.Same(words, Guide.Correct(words, null));
    }
}
