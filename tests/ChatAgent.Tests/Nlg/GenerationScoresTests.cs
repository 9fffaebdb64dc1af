namespace ChatAgent.Nlg.Tests;

public sealed class GenerationScoresTests
{
    [Fact]
    public void Of_TextThatIsItsReference_IsPerfect()
    {
        var scores = GenerationScores.Of(["The cat sat on the mat."], [["The cat sat on the mat."]]);
        Assert.Equal((1.0, 1.0), (scores.Bleu, Math.Round(scores.RougeL, 12)));
    }

    /// <summary>Worked by hand: 6 of 7, 4 of 6, 2 of 5 and 1 of 4 n-grams match, and the lengths are equal.</summary>
    [Fact]
    public void Of_PartOfTheWords_IsTheGeometricMean()
    {
        var scores = GenerationScores.Of(["a b c d x f g"], [["a b c d e f g"]]);
        Assert.Equal(Math.Pow(6.0 / 7 * (4.0 / 6) * (2.0 / 5) * (1.0 / 4), 0.25), scores.Bleu, 1e-12);
        Assert.Equal(6.0 / 7, scores.RougeL, 1e-12);
    }

    [Fact]
    public void Of_ShorterThanTheClosestReference_IsPenalised()
    {
        var scores = GenerationScores.Of(["a b c d e"], [["a b c d e f g", "a b c d e f g h i j k"]]);
        Assert.Equal(Math.Exp(1 - (7.0 / 5)), scores.Bleu, 1e-12);
    }

    /// <summary>Four words, each once: a word tells log2(4/1) = 2 bits, a pair log2(1/1) = 0 beyond its first word.</summary>
    [Fact]
    public void Of_Nist_WeighsByInformation()
    {
        var scores = GenerationScores.Of(["a b", "c d"], [["a b"], ["c d"]]);
        Assert.Equal(2.0, scores.Nist, 1e-12);
    }

    [Theory]
    [InlineData("It's 5-10, at 10.30; O.K.", "it's 5 - 10 , at 10.30 ; o . k .")]
    [InlineData("Price: £20-25 (moderate)", "price : £20 - 25 ( moderate )")]
    public void Tokens_AsMteval(string text, string expected) => Assert.Equal(expected, string.Join(' ', GenerationScores.Tokens(text)));

    [Fact]
    public void Of_NumbersDiffer_Throws() => Assert.Throws<ArgumentException>(() => GenerationScores.Of(["a"], []));
}
