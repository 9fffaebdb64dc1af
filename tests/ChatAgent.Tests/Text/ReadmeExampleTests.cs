using ChatAgent.Text.Corpora;

namespace ChatAgent.Text.Tests;

/// <summary>The example of src/ChatAgent.Text/README.md, line by line.</summary>
public sealed class ReadmeExampleTests
{
    [Fact]
    public void Example_OfTheReadme_HoldsWhatItSays()
    {
        var tokens = Tokenizer.Tokenize("Holaaa, xq no puedo ir el 28/04 a las 9:30? 😊");
        var words = string.Join(' ', tokens.Select(token => token.Folded));
        var typed = tokens[0].Span.In("Holaaa, xq no puedo ir el 28/04 a las 9:30? 😊");
        var kind = tokens[7].Kind;
        var key = TextNormalizer.Key("¿Dónde QUEDA?");
        var (language, confidence) = LanguageIdentifier.Identify("can I come on Monday");
        var isRut = Rut.TryParse("12.345.678-5", out var rut);
        var rows = CorpusReader.Parse("saludo\tHola", "mio.tsv", CorpusFormat.Tsv);
        var marked = CorpusReader.Parse("nlu:\n- intent: ir\n  examples: |\n    - voy el [martes](time)\n", "mio.yml", CorpusFormat.RasaYaml);
        var entity = marked[0].Entities[0];

        Assert.Equal("hola , porque no puedo ir el 28/04 a las 9:30 ? 😊", words);
        Assert.Equal(("Holaaa", TokenKind.Date, "donde queda", Language.English, "12345678-5"), (typed, kind, key, language, rut));
        Assert.True(isRut && confidence > 0.8);
        Assert.Equal(("saludo", "time", 7, 13, "martes"), (rows[0].Label, entity.Name, entity.Span.Start, entity.Span.End, entity.Value));
    }
}
