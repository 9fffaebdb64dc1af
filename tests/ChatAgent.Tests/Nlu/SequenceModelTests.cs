using ChatAgent.Neural;
using ChatAgent.Text;
using ChatAgent.Text.Corpora;

namespace ChatAgent.Nlu.Tests;

/// <summary>Classifier and tagger: what they learn, their files, the formats that they read, how they are scored.</summary>
public sealed class SequenceModelTests : IDisposable
{
    private static readonly SequenceTrainingOptions Small = new() { Embedding = 16, Hidden = 12, Dropout = 0.1f, Epochs = 25, Batch = 8, LearningRate = 0.02f };

    private readonly string _folder = Directory.CreateTempSubdirectory("chatagent-sequences-").FullName;

    private static readonly LabelledText[] Moods =
    [
        .. new[] { "excelente atención, muy amables", "todo muy bueno, gracias", "feliz con la doctora", "me encantó, súper rápido", "muy buena experiencia", "gracias, quedé contenta" }.Select(text => new LabelledText("positive", text)),
        .. new[] { "pésimo servicio, nadie contesta", "llevo dos horas esperando, qué mal", "muy mala atención", "estoy harto de esperar", "nunca más vuelvo, horrible", "qué mal, me cobraron dos veces" }.Select(text => new LabelledText("negative", text)),
    ];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(RecurrentCell.Gru)]
    [InlineData(RecurrentCell.Lstm)]
    [InlineData(RecurrentCell.Rnn)]
    public void Classify_WhatWasTaught_IsKnownAlsoFromTheFile(RecurrentCell cell)
    {
        var model = TextClassifier.Train(Moods, [], Small with { Cell = cell });
        var path = Path.Combine(_folder, "moods");
        model.Save(path);

        var loaded = TextClassifier.Load(path);

        Assert.All(Moods, row => Assert.Equal(row.Label, model.Classify(row.Text)[0].Intent));
        Assert.All(Moods, row => Assert.Equal(model.Classify(row.Text), loaded.Classify(row.Text)));
        Assert.Equal(1.0, loaded.Classify("una frase cualquiera").Sum(score => score.Score), 5);
        Assert.Equal("negative", loaded.Classify("qué mala atención, pésima")[0].Intent);
    }

    [Theory]
    [InlineData("")]
    [InlineData("🙂🙂🙂")]
    [InlineData("   \u200b ")]
    public void Classify_NothingThatItKnows_IsADistribution(string text) =>
        Assert.Equal(1.0, TextClassifier.Train(Moods, [], Small with { Epochs = 2 }).Classify(text).Sum(score => score.Score), 5);

    [Fact]
    public void Classify_AVeryLongText_EndsInTime() => Assert.Equal(2, TextClassifier.Train(Moods, [], Small with { Epochs = 2 }).Classify(string.Concat(Enumerable.Repeat("mala atención ", 7_000))).Count);

    [Fact]
    public void Train_NoRows_SaysSo() => Assert.Throws<ArgumentException>(() => TextClassifier.Train([], [], Small));

    [Fact]
    public void Train_OneLabel_AlwaysSaysIt() => Assert.Equal("a", TextClassifier.Train([new LabelledText("a", "hola")], [], Small with { Epochs = 1 }).Classify("chao")[0].Intent);

    [Fact]
    public void Load_AnotherKindOfModel_IsRefused()
    {
        var path = Path.Combine(_folder, "tagger");
        SlotTagger.Train(Places(), [], Small with { Epochs = 1 }).Save(path);

        Assert.Contains("slot-tagger 1", Assert.Throws<ModelFormatException>(() => TextClassifier.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tag_WhatWasTaught_IsFoundAlsoFromTheFile()
    {
        var rows = Places();
        var model = SlotTagger.Train(rows, rows, Small with { Epochs = 40, Batch = 2 });
        var path = Path.Combine(_folder, "places");
        model.Save(path);

        var loaded = SlotTagger.Load(path);

        Assert.Equal(1.0, SlotScores.Of(rows, row => loaded.Tag(row.Words)).F1, 3);
        Assert.Equal(["O", "O", "B-branch"], loaded.Tag(["voy", "a", "Maipú"]));
        Assert.Empty(loaded.Tag([]));
        Assert.Equal(400, loaded.Tag([.. Enumerable.Repeat("a", 400)]).Count);
    }

    [Fact]
    public void Stretches_OfTags_AreThoseOfConlleval() => Assert.Equal(
        [("a", 0, 2), ("b", 2, 3), ("a", 3, 4), ("a", 5, 6)],
        TaggedText.Stretches(["B-a", "I-a", "B-b", "I-a", "O", "I-a"]));

    [Fact]
    public void Of_HalfRight_CountsWholeStretches()
    {
        TaggedText[] rows = [new(["a", "b", "c"], ["B-x", "I-x", "B-y"])];

        var scores = SlotScores.Of(rows, _ => ["B-x", "O", "B-y"]);

        Assert.Equal((0.5, 0.5, 0.5, 0.0), (scores.Precision, scores.Recall, scores.F1, scores.WholeRows));
    }

    [Fact]
    public void Read_PairOfFiles_GivesWordsWithTags()
    {
        File.WriteAllText(Path.Combine(_folder, "seq.in"), "play jazz\n\nbook a table\n");
        File.WriteAllText(Path.Combine(_folder, "seq.out"), "O B-genre\n\nO O O\n");

        var rows = TaggedText.Read(_folder);

        Assert.Equal(2, rows.Count);
        Assert.Equal(["O", "B-genre"], rows[0].Tags);
    }

    [Theory]
    [InlineData("O B-genre B-x", "3 tags for 2 words")]
    [InlineData("O genre", "the tag \"genre\"")]
    public void Read_TagsThatDoNotFit_NameThePlace(string tags, string expected)
    {
        File.WriteAllText(Path.Combine(_folder, "seq.in"), "play jazz\n");
        File.WriteAllText(Path.Combine(_folder, "seq.out"), tags);

        var error = Assert.Throws<CorpusFormatException>(() => TaggedText.Read(_folder));

        Assert.Contains("seq.out(1,1)", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_InlineEntities_BecomeTags()
    {
        var row = CorpusReader.Parse("nlu:\n- intent: x\n  examples: |\n    - voy a [Viña del Mar](branch) mañana\n", "x.yml", CorpusFormat.RasaYaml)[0];

        var tagged = TaggedText.Of(row);

        Assert.Equal(["O", "O", "B-branch", "I-branch", "I-branch", "O"], tagged.Tags);
    }

    private static TaggedText[] Places() =>
    [
        new(["voy", "a", "Maipú"], ["O", "O", "B-branch"]), new(["mejor", "en", "Viña", "del", "Mar"], ["O", "O", "B-branch", "I-branch", "I-branch"]), new(["no", "voy"], ["O", "O"]),
        new(["puedo", "en", "Ñuñoa", "mañana"], ["O", "O", "B-branch", "O"]), new(["a", "Ñuñoa", "no", "llego"], ["O", "B-branch", "O", "O"]), new(["quiero", "una", "hora"], ["O", "O", "O"]),
    ];
}
