namespace ChatAgent.Text.Tests;

public sealed class TextNormalizerTests
{
    [Theory]
    [InlineData("Ñuñoa, ¿Dónde?", "nunoa, ¿donde?")]
    [InlineData("holaaaaa", "hola")]
    [InlineData("SIIII", "si")]
    [InlineData("leer llamar", "leer llamar")]
    [InlineData("jajajajaja", "jaja")]
    [InlineData("ﬁn ＡＢＣ", "fin abc")]
    [InlineData("15000", "15000")]
    public void Fold_Text_ComparesAsWritten(string text, string expected) => Assert.Equal(expected, TextNormalizer.Fold(text));

    [Theory]
    [InlineData("cafe\u0301 ya", 5, 2, 6, 2)]
    [InlineData("a\u200B\u200Bb", 1, 1, 3, 1)]
    public void Compose_Spans_LeadBackToTyped(string typed, int start, int length, int typedStart, int typedLength)
    {
        var view = TextNormalizer.Compose(typed);

        Assert.Equal(new TextSpan(typedStart, typedLength), view.ToTyped(new TextSpan(start, length)));
    }

    [Fact]
    public void FoldView_StretchedLetters_SpanCoversAllOfThem()
    {
        var view = TextNormalizer.FoldView("Holaaaa jajajaja Ñandú");

        Assert.Equal("hola jaja nandu", view.Text);
        Assert.Equal("Holaaaa", view.ToTyped(new TextSpan(0, 4)).In("Holaaaa jajajaja Ñandú"));
        Assert.Equal("jajajaja", view.ToTyped(new TextSpan(5, 4)).In("Holaaaa jajajaja Ñandú"));
        Assert.Equal("Ñandú", view.ToTyped(new TextSpan(10, 5)).In("Holaaaa jajajaja Ñandú"));
    }

    [Fact]
    public void Compose_UnpairedSurrogate_BecomesReplacementCharacter() => Assert.Equal("a\uFFFDb\uFFFD", TextNormalizer.Compose("a\uD83Db\uDE00").Text);

    [Fact]
    public void Compose_QuotesSpacesAndDirectionMarks_ArePlain() => Assert.Equal("\"it's\" ok", TextNormalizer.Compose("\u202E“it’s”\u00A0ok\u200F").Text);

    [Theory]
    [InlineData("¡Hola!   Qué tal??", "hola que tal")]
    [InlineData("👍🏽", "👍")]
    [InlineData("...", "")]
    public void Key_Text_HasWordsOnly(string typed, string key) => Assert.StartsWith(key, TextNormalizer.Key(typed), StringComparison.Ordinal);

    [Fact]
    public void Views_RandomText_SpansStayInsideAndInOrder()
    {
        const int seed = 20260428;
        var random = new Random(seed);
        string[] pieces = ["a", "É", "ñ", "e\u0301", "\u200D", "😀", "\uD83D", "\uDE00", "aaaa", "jajaja", " ", "\n", "ﬃ", "\u0301\u0301", "ש", "漢", "½", "\0"];
        for (var round = 0; round < 500; round++)
        {
            var typed = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => pieces[random.Next(pieces.Length)]));
            foreach (var view in new[] { TextNormalizer.Compose(typed), TextNormalizer.FoldView(typed) })
            {
                var last = 0;
                for (var i = 0; i < view.Text.Length; i++)
                {
                    var span = view.ToTyped(new TextSpan(i, 1));
                    Assert.True(span.Start >= last && span.Length > 0 && span.End <= typed.Length, $"seed {seed}, round {round}, at {i}: {span}");
                    last = span.Start;
                }
            }
        }
    }
}
