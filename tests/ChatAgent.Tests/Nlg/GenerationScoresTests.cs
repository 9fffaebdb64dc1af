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

    /// <summary>
    /// Words a, b, c stand twice in all references, the others once, and tell log2 of all words over that; a longer run tells nothing beyond its beginning. The references' length is that of all
    /// over their mean number a meaning, here 1.5: 6 of 9 words, so that six said are enough, and 8 of 12, so that six are three quarters.
    /// </summary>
    [Fact]
    public void Of_NistWithUnevenReferences_TakesTheLengthOfAllOverTheirMeanNumber()
    {
        var even = GenerationScores.Of(["a b c", "d e f"], [["a b c", "a b c"], ["d e f"]]);
        var uneven = GenerationScores.Of(["a b c", "d e f"], [["a b c", "a b c"], ["d e f g h i"]]);

        var beta = Math.Log(0.5) / Math.Pow(Math.Log(1.5), 2);
        var factor = Math.Exp(beta * Math.Pow(Math.Log(6.0 / 8), 2));
        Assert.Equal(((3 * Math.Log2(9.0 / 2)) + (3 * Math.Log2(9.0))) / 6, even.Nist, 1e-12);
        Assert.Equal(factor * ((3 * Math.Log2(12.0 / 2)) + (3 * Math.Log2(12.0))) / 6, uneven.Nist, 1e-12);
    }

    /// <summary>Stops and commas do not count, contractions are two words: six words in common, of six said and eight expected.</summary>
    [Fact]
    public void Of_RougeL_CountsTheWordsOfTheCaptionTools()
    {
        var scores = GenerationScores.Of(["It's near the river, cheap."], [["It is cheap.", "It's near the river; it's cheap!"]]);
        Assert.Equal((1 + 1.44) * 1.0 * (6.0 / 8) / ((6.0 / 8) + 1.44), scores.RougeL, 1e-12);
    }

    [Theory]
    [InlineData("It isn't in \"The Mill\", can't cost £20-25 (cheap).", "it is n't in the mill ca n't cost £ 20-25 ( cheap )")]
    [InlineData("A family-friendly pub -- you'll cannot; Browns' café's 5 out of 5...", "a family-friendly pub you 'll can not browns café 's 5 out of 5")]
    public void CaptionTokens_AsTheCaptionTools(string text, string expected) => Assert.Equal(expected, string.Join(' ', CaptionTokens.Of(text)));

    [Theory]
    [InlineData("It's 5-10, at 10.30; O.K.", "it's 5 - 10 , at 10.30 ; o . k .")]
    [InlineData("Price: £20-25 (moderate)", "price : £20 - 25 ( moderate )")]
    public void Tokens_AsMteval(string text, string expected) => Assert.Equal(expected, string.Join(' ', GenerationScores.Tokens(text)));

    [Fact]
    public void Of_NumbersDiffer_Throws() => Assert.Throws<ArgumentException>(() => GenerationScores.Of(["a"], []));
}
