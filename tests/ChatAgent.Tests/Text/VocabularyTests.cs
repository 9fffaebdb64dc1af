namespace ChatAgent.Text.Tests;

public sealed class VocabularyTests
{
    private static readonly string[] Running = ["a", "b", "b", "c", "c", "c", "d"];

    [Fact]
    public void Build_Words_AreNumberedByFrequency()
    {
        var vocabulary = Vocabulary.Build(Running, minimumCount: 1, maximumSize: 4);

        Assert.Equal([Vocabulary.UnknownWord, "c", "b", "a"], vocabulary.Words);
        Assert.Equal((1, Vocabulary.Unknown, "b"), (vocabulary["c"], vocabulary["d"], vocabulary[2]));
    }

    [Fact]
    public void FromWords_OfAnother_IsTheSame() =>
        Assert.Equal(2, Vocabulary.FromWords(Vocabulary.Build(Running, minimumCount: 2).Words)["b"]);

    [Fact]
    public void FromWords_WithoutTheUnknownWord_Throws() => Assert.Throws<ArgumentException>(() => Vocabulary.FromWords(["a"]));
}
