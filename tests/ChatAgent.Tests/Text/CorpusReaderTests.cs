using System.Text;
using ChatAgent.Text.Corpora;

namespace ChatAgent.Text.Tests;

public sealed class CorpusReaderTests
{
    private const string Rasa = """
        version: "3.1"
        nlu:
        - intent: book
          examples: |
            - una hora para el [martes](time)
            # a note
            - con la [doctora rojas](doctor:Dra. Camila Rojas Peña) el [lunes]{"entity": "time", "value": "mon"}
            - [sin marca] va igual
        - synonym: rojas
          examples: |
            - rojitas
        - intent: greet
          examples:
          - text: |
              hola
          - buenas
        """;

    [Fact]
    public void Parse_RasaYaml_ReadsEntitiesLinesAndBothShapes()
    {
        var rows = CorpusReader.Parse(Rasa, "x.yml", CorpusFormat.RasaYaml);

        Assert.Equal(["book", "book", "book", "greet", "greet"], rows.Select(row => row.Label));
        Assert.Equal(
            ["una hora para el martes", "con la doctora rojas el lunes", "[sin marca] va igual", "hola", "buenas"], rows.Select(row => row.Text));
        Assert.Equal([5, 7, 8, 15, 16], rows.Select(row => row.Line));
        Assert.Equal(new LabelledEntity("doctor", new TextSpan(7, 13), "Dra. Camila Rojas Peña"), rows[1].Entities[0]);
        Assert.Equal(("time", "mon", "lunes"), (rows[1].Entities[1].Name, rows[1].Entities[1].Value, rows[1].Entities[1].Span.In(rows[1].Text)));
    }

    [Fact]
    public void Parse_Tsv_SplitsAtTheFirstTab() =>
        Assert.Equal(new LabelledText("a", "x\ty") { File = "f", Line = 2 }, Assert.Single(CorpusReader.Parse("\r\na\tx\ty\r\n", "f", CorpusFormat.Tsv)));

    [Fact]
    public void Parse_Csv_ReadsQuotesAndHeader()
    {
        var rows = CorpusReader.Parse("id,text,category\n1,\"hi, \"\"you\"\"\nthere\",greet\n2,bye,part\n", "f.csv", CorpusFormat.Csv);

        Assert.Equal(["hi, \"you\"\nthere", "bye"], rows.Select(row => row.Text));
        Assert.Equal(["greet", "part"], rows.Select(row => row.Label));
        Assert.Equal([2, 4], rows.Select(row => row.Line));
    }

    [Theory]
    [InlineData("""{"train": [["hi", "greet"]], "test": [["bye", "part"]]}""", "test", "part")]
    [InlineData("""[["bye", "part"]]""", "train", "part")]
    [InlineData("""[{"text": "bye", "intent": "part"}]""", "train", "part")]
    public void Parse_ClincJson_ReadsItsShapes(string json, string section, string label) =>
        Assert.Equal(label, Assert.Single(CorpusReader.Parse(json, "f.json", CorpusFormat.ClincJson, section)).Label);

    [Fact]
    public void Parse_Lu_ReadsIntentsAndEntities()
    {
        var rows = CorpusReader.Parse("> note\n@ ml day\n\n# Book\n- para el {day= martes} a las {hour={day=x} 9}\n## Cancel\n* nada\n@ list city =\n- Maipú :\n", "f.lu", CorpusFormat.Lu);

        Assert.Equal(["Book", "Cancel"], rows.Select(row => row.Label));
        Assert.Equal("para el martes a las x 9", rows[0].Text);
        Assert.Equal(["martes", "x 9", "x"], rows[0].Entities.Select(entity => entity.Value));
    }

    [Fact]
    public void Parse_Qna_LabelsByTheFirstQuestion()
    {
        var rows = CorpusReader.Parse("# ? Where are you\n- your place\n\n**Filters:**\n- a = b\n\n```markdown\n- Here\n```\n## ? Who\n```\nMe\n```\n", "f.qna", CorpusFormat.Qna);

        Assert.Equal([("Where are you", "Where are you"), ("Where are you", "your place"), ("Who", "Who")], rows.Select(row => (row.Label, row.Text)));
    }

    [Theory]
    [InlineData(CorpusFormat.Tsv, "a\tb\nno tab\n", "f(2,1): found a line without a tab")]
    [InlineData(CorpusFormat.Csv, "a,b\n", "f(1,1): found the header")]
    [InlineData(CorpusFormat.Csv, "text,intent\n\"open,x\n", "f(2,1): found a quote that is not closed")]
    [InlineData(CorpusFormat.Csv, "text,intent\nonly\n", "f(2,1): found 1 fields")]
    [InlineData(CorpusFormat.ClincJson, "{\"test\": []}", "f(1,1): found sections \"test\", expected a section \"train\"")]
    [InlineData(CorpusFormat.ClincJson, "[\n[1,2]]", "f(1,1): found row 1")]
    [InlineData(CorpusFormat.ClincJson, "[\n  nope]", "f(2,4): found broken JSON")]
    [InlineData(CorpusFormat.RasaYaml, "nlu:\n- intent: a\n  examples: |\n    - ok\n    - ver [el](time\n", "f(5,15): found \"(time\"")]
    [InlineData(CorpusFormat.RasaYaml, "nlu:\n- intent: a\n  examples: |\n    loose\n", "f(4,1): found \"loose\"")]
    [InlineData(CorpusFormat.RasaYaml, "nlu: [a: b: c\n", "f(1,")]
    [InlineData(CorpusFormat.RasaYaml, "nlu:\n- examples: |\n    - x\n", "f(2,3): found an entry without a name")]
    [InlineData(CorpusFormat.Lu, "- early\n", "f(1,1): found \"- early\"")]
    [InlineData(CorpusFormat.Lu, "# a\n- x {b=c\n", "f(2,")]
    [InlineData(CorpusFormat.Qna, "# ? a\n```\nopen\n", "f(2,1): found a fence")]
    public void Parse_BrokenFile_NamesThePlace(CorpusFormat format, string content, string message)
    {
        var error = Assert.Throws<CorpusFormatException>(() => CorpusReader.Parse(content, "f", format));

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.Contains("expected", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CorpusFormat.Tsv)]
    [InlineData(CorpusFormat.Csv)]
    [InlineData(CorpusFormat.RasaYaml)]
    [InlineData(CorpusFormat.Lu)]
    [InlineData(CorpusFormat.Qna)]
    public void Parse_EmptyFile_HasNoRows(CorpusFormat format) => Assert.Empty(CorpusReader.Parse(string.Empty, "f", format));

    [Fact]
    public void Read_BytesThatAreNotUtf8_NamesThePlace()
    {
        using var file = new ScratchFile(".tsv", [.. "a\tb\nc\t"u8, 0xFF, 0xFE]);

        var error = Assert.Throws<CorpusFormatException>(() => CorpusReader.Read(file.Path));

        Assert.Equal((2, 3), (error.Line, error.Column));
    }

    [Fact]
    public void Read_FileBeyondTheLimit_IsRefusedBeforeReading()
    {
        using var file = new ScratchFile(".tsv", []);
        using (var stream = File.OpenWrite(file.Path))
        {
            stream.SetLength(2L << 30); // sparse: no block is written
        }

        Assert.Contains("at most 268,435,456", Assert.Throws<CorpusFormatException>(() => CorpusReader.Read(file.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_UnknownExtension_ListsTheKnownOnes()
    {
        using var file = new ScratchFile(".docx", []);

        Assert.Contains(".yml", Assert.Throws<CorpusFormatException>(() => CorpusReader.Read(file.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_FileWithByteOrderMark_DropsIt()
    {
        using var file = new ScratchFile(".tsv", [.. Encoding.UTF8.Preamble, .. "a\tb"u8]);

        Assert.Equal("a", Assert.Single(CorpusReader.Read(file.Path)).Label);
    }

    private sealed class ScratchFile : IDisposable
    {
        public ScratchFile(string extension, byte[] bytes)
        {
            Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"chatagent-{Guid.NewGuid():N}{extension}");
            File.WriteAllBytes(Path, bytes);
        }

        public string Path { get; }

        public void Dispose() => File.Delete(Path);
    }
}
