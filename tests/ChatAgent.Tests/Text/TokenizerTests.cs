namespace ChatAgent.Text.Tests;

public sealed class TokenizerTests
{
    [Theory]
    [InlineData("10:30", TokenKind.Time)]
    [InlineData("9am", TokenKind.Time)]
    [InlineData("9 p.m.", TokenKind.Time)]
    [InlineData("15:00 hrs", TokenKind.Time)]
    [InlineData("10.30 hrs", TokenKind.Time)]
    [InlineData("8h", TokenKind.Time)]
    [InlineData("28/04", TokenKind.Date)]
    [InlineData("28-04-2026", TokenKind.Date)]
    [InlineData("2026-04-28", TokenKind.Date)]
    [InlineData("12.345.678-5", TokenKind.Rut)]
    [InlineData("12345678-k", TokenKind.Rut)]
    [InlineData("+56 9 1234 5678", TokenKind.Phone)]
    [InlineData("+56 2 2345 6700", TokenKind.Phone)]
    [InlineData("912345678", TokenKind.Phone)]
    [InlineData("600 360 7777", TokenKind.Phone)]
    [InlineData("15.000", TokenKind.Number)]
    [InlineData("482913", TokenKind.Number)]
    [InlineData("3,5", TokenKind.Number)]
    [InlineData("https://losaromos.example/bonos?x=1", TokenKind.Url)]
    [InlineData("losaromos.example/bonos", TokenKind.Url)]
    [InlineData("www.algo.cl", TokenKind.Url)]
    [InlineData("ana.rojas+cita@losaromos.example", TokenKind.Email)]
    [InlineData("don't", TokenKind.Word)]
    [InlineData("O'Ryan", TokenKind.Word)]
    [InlineData("4to", TokenKind.Word)]
    [InlineData("👍🏽", TokenKind.Emoji)]
    [InlineData("🇨🇱", TokenKind.Emoji)]
    [InlineData(":)", TokenKind.Emoji)]
    [InlineData("{time}", TokenKind.Placeholder)]
    [InlineData("¿", TokenKind.Punctuation)]
    public void Tokenize_OneThing_IsOneToken(string text, TokenKind kind)
    {
        var token = Assert.Single(Tokenizer.Tokenize(text));

        Assert.Equal((kind, new TextSpan(0, text.Length)), (token.Kind, token.Span));
    }

    [Theory]
    [InlineData("xq no tb q dsp", "porque no tambien que despues")]
    [InlineData("Holaaa,como estai", "hola , como estai")]
    [InlineData("mi rut es 12.345.678-5.", "mi rut es 12.345.678-5 .")]
    [InlineData("voy a las 10.", "voy a las 10 .")]
    [InlineData("gracias.nos vemos", "gracias . nos vemos")]
    [InlineData("escríbame a ana@correo.cl, gracias", "escribame a ana@correo.cl , gracias")]
    [InlineData("Pérez-Cotapos", "perez - cotapos")]
    [InlineData("de 3 a 5", "de 3 a 5")]
    [InlineData("😀😀ok", "😀 😀 ok")]
    [InlineData("si👍", "si 👍")]
    [InlineData("a las 9:30hrs", "a las 9:30hrs")]
    [InlineData("Texto", "texto")]
    public void Tokenize_Message_FoldsAndExpands(string text, string folded) =>
        Assert.Equal(folded, string.Join(' ', Tokenizer.Tokenize(text).Select(token => token.Folded)));

    [Fact]
    public void Tokenize_AccentedByMarks_SpansCountWhatWasTyped()
    {
        const string typed = "cafe\u0301 man\u0303ana";

        Assert.Equal(["cafe\u0301", "man\u0303ana"], Tokenizer.Tokenize(typed).Select(token => token.Span.In(typed)));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("a")]
    [InlineData("a@")]
    [InlineData("9.")]
    [InlineData("\uD83D")]
    [InlineData("\u200B")]
    [InlineData("שלום ")]
    [InlineData("😀")]
    [InlineData("a.")]
    [InlineData("+5")]
    public void Tokenize_HundredKilobytesOfOneThing_EndsSoonAndCoversIt(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, 100_000 / piece.Length));
        var clock = System.Diagnostics.Stopwatch.StartNew();

        var tokens = Tokenizer.Tokenize(text);

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"took {clock.Elapsed}");
        Assert.All(tokens.Zip(tokens.Skip(1)), pair => Assert.True(pair.First.Span.End <= pair.Second.Span.Start));
    }

    [Fact]
    public void Tokenize_Empty_HasNoTokens() => Assert.Empty(Tokenizer.Tokenize(" \n\u200B\t"));
}
