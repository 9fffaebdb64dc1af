using ChatAgent.Nlg;
using ChatAgent.Tests;
using ChatAgent.Text;

namespace ChatAgent.Nlg.Tests;

public sealed class DelexicalizerTests
{
    [Theory]
    [InlineData("Con la Dra. Rojas a las 10:45.", "doctor=Dra. Rojas;time=10:45", "Con el {doctor} a las {time}.")]
    [InlineData("La Dra. Rojas le espera a la 1:15.", "doctor=Dra. Rojas;time=1:15", "El {doctor} le espera a las {time}.")]
    [InlineData("Es la 1:15; avise a la Dra. Rojas o a la agenda de la Dra. Rojas.", "doctor=Dra. Rojas;time=1:15", "Son las {time}; avise al {doctor} o a la agenda del {doctor}.")]
    [InlineData("Con la Psic. Ana y la {sucursal}.", "professional=Psic. Ana", "Con el {professional} y la {sucursal}.")]
    [InlineData("Llegue 15 minutos antes de las 15:00.", "minutes=15", "Llegue {minutes} minutos antes de las 15:00.")]
    [InlineData("El 131 atiende; el 1311 no.", "emergency_number=131", "El {emergency_number} atiende; el 1311 no.")]
    [InlineData("Clínica Ñuñoa, sucursal Ñuñoa.", "clinic=Clínica Ñuñoa;branch=Ñuñoa", "{clinic}, sucursal {branch}.")]
    public void Delexicalize_Spanish_WritesNamesAndOneArticle(string text, string slots, string expected) =>
        Assert.Equal(expected, Delexicalizer.Delexicalize(text, Slots(slots), Language.Spanish));

    [Fact]
    public void Corpus_EveryPair_ComesBackAsItWas()
    {
        var folder = Path.Combine(Repository.Root, "corpora", "clinic", "nlg");
        var changed = new List<string>();
        var pairs = LanguageCodes.All.SelectMany(language => ((string[])["train", "dev", "test"])
            .SelectMany(split => ReplyPairReader.Read(Path.Combine(folder, $"{language.Code}.{split}.jsonl"), language.Language))).ToList();
        foreach (var pair in pairs)
        {
            var delexicalised = Delexicalizer.Delexicalize(pair.Text, pair.Slots, pair.Language);
            Assert.All(pair.Slots.Keys, slot => Assert.Contains($"{{{slot}}}", delexicalised, StringComparison.Ordinal));
            Assert.Equal(delexicalised, ReplyUnits.Join(ReplyUnits.Split(delexicalised)));
            if (Lexicalizer.Fill(delexicalised, pair.Slots, pair.Language) != pair.Text)
            {
                changed.Add($"{pair.Text} -> {Lexicalizer.Fill(delexicalised, pair.Slots, pair.Language)}");
            }
        }

        Assert.True(pairs.Count > 1_500);
        Assert.True(changed.Count == 0, string.Join('\n', changed));
    }

    [Fact]
    public void Split_Text_KeepsBlanksWithWords() =>
        Assert.Equal(["¿", "Viene", " a", " O'Higgins", ",", " {patient}", "?", " –", " ok"], ReplyUnits.Split("  ¿Viene a  O'Higgins, {patient}? – ok "));

    [Fact]
    public void Read_BrokenLine_GivesFileAndLine()
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, """{"act":"greet","text":"Hola."}""" + "\n\n" + """{"act":"greet","style":"vos","text":"Hola."}""");

        Assert.Contains("(3,1): style \"vos\"", Assert.Throws<FormatException>(() => ReplyPairReader.Read(path, Language.Spanish)).Message, StringComparison.Ordinal);
        File.WriteAllText(path, "{");
        Assert.Contains("(1,2): no JSON object", Assert.Throws<FormatException>(() => ReplyPairReader.Read(path, Language.Spanish)).Message, StringComparison.Ordinal);
        File.WriteAllText(path, """{"act":"greet"}""");
        Assert.Contains("(1,1): found no \"text\"", Assert.Throws<FormatException>(() => ReplyPairReader.Read(path, Language.Spanish)).Message, StringComparison.Ordinal);
        File.Delete(path);
    }

    private static Dictionary<string, string> Slots(string text) =>
        text.Split(';').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
}
