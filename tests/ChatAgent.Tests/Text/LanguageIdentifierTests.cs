namespace ChatAgent.Text.Tests;

public sealed class LanguageIdentifierTests
{
    [Theory]
    [InlineData("puedo ir otro dia", Language.Spanish)]
    [InlineData("no podre asistir", Language.Spanish)]
    [InlineData("gracias", Language.Spanish)]
    [InlineData("a qué hora abren", Language.Spanish)]
    [InlineData("me duele caleta la rodilla", Language.Spanish)]
    [InlineData("se puede pagar con tarjeta", Language.Spanish)]
    [InlineData("what time do you open", Language.English)]
    [InlineData("can we move it to Friday?", Language.English)]
    [InlineData("thanks a lot", Language.English)]
    [InlineData("I won't make it", Language.English)]
    [InlineData("my knee hurts", Language.English)]
    [InlineData("Do you take my insurance", Language.English)]
    public void Identify_Sentence_TellsTheLanguage(string text, Language expected)
    {
        var (language, confidence) = LanguageIdentifier.Identify(text);

        Assert.Equal(expected, language);
        Assert.InRange(confidence, 0.6, 1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("👍")]
    [InlineData("12345")]
    public void Identify_NoWords_IsUndecided(string text) => Assert.Equal(0.5, LanguageIdentifier.Identify(text).Confidence);

    [Fact]
    public void Train_OwnersText_IsHeard()
    {
        var own = LanguageIdentifier.Train([(Language.English, "zorgle blap zorgle blap")]);

        Assert.Equal(Language.English, own.Read(Tokenizer.Tokenize("zorgle blap")).Language);
    }
}
