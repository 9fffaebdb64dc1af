using ChatAgent.Neural;
using ChatAgent.Text;
using ChatAgent.Text.Corpora;

namespace ChatAgent.Nlu.Tests;

public sealed class NluEngineTests
{
    [Theory]
    [InlineData("confirmo que voy", "confirm")]
    [InlineData("necesito cancelar la hora", "decline")]
    [InlineData("cual es el horario del sabado", "hours")]
    [InlineData("donde queda", "address")]
    [InlineData("please cancel it", "decline")]
    public void Parse_NewWording_FindsTheIntent(string text, string intent) => Assert.Equal(intent, SmallClinic.Read(text).Intents[0].Intent);

    [Theory]
    [InlineData("A QUE HORA ABREN")]
    [InlineData("a que hora abrennn")]
    [InlineData("a qué hora abren!!")]
    public void Parse_TrainingExampleTypedOtherwise_ScoresOne(string text)
    {
        var meaning = SmallClinic.Read(text);

        Assert.Equal(("hours", 1.0, true), (meaning.Intent, meaning.Confidence, meaning.IsInScope));
    }

    [Fact]
    public void Parse_ExampleThatTwoIntentsClaim_IsNotCertain()
    {
        var engine = SmallClinic.Make([.. SmallClinic.Train, new LabelledText("confirm", "ya"), new LabelledText("decline", "ya")], SmallClinic.Quick);

        Assert.True(engine.Classify("ya").Intents[0].Score < 1);
    }

    [Fact]
    public void Parse_Scores_AreSortedProbabilities()
    {
        var meaning = SmallClinic.Read("voy o no voy");

        Assert.Equal(5, meaning.Intents.Count);
        Assert.All(meaning.Intents, intent => Assert.InRange(intent.Score, 0, 1));
        Assert.Equal(meaning.Intents.OrderByDescending(intent => intent.Score), meaning.Intents);
    }

    [Fact]
    public void Parse_Nearest_AreExamplesBestFirst()
    {
        var meaning = SmallClinic.Read("a qué hora abren");

        Assert.Equal(("hours", "a qué hora abren"), (meaning.Nearest[0].Intent, meaning.Nearest[0].Text));
        Assert.InRange(meaning.Nearest[0].Similarity, 0.99, 1);
        Assert.Equal(meaning.Nearest.OrderByDescending(near => near.Similarity), meaning.Nearest);
    }

    [Fact]
    public void Parse_SeveralMessages_AreJoinedByLineFeeds()
    {
        var sentAt = new DateTimeOffset(2026, 4, 25, 12, 0, 0, TimeSpan.Zero);

        var meaning = SmallClinic.Engine.Parse([new("hola", sentAt), new("no puedo ir", sentAt), new("el martes", sentAt)], ParseContext.Empty);

        Assert.Equal("hola\nno puedo ir\nel martes", meaning.Text);
        Assert.Equal("martes", Assert.Single(meaning.Entities, entity => entity.Name == "time").Span.In(meaning.Text));
    }

    [Theory]
    [InlineData("where are you located please", Language.Spanish, Language.English)]
    [InlineData("ok", Language.English, Language.English)]
    [InlineData("ok", Language.Spanish, Language.Spanish)]
    [InlineData("quiero cancelar mi hora", Language.English, Language.Spanish)]
    public void Parse_Language_ComesFromTheWordsOrTheConversation(string text, Language spoken, Language expected) =>
        Assert.Equal(expected, SmallClinic.Read(text, new ParseContext { Language = spoken }).Language);

    [Fact]
    public void Save_Load_AnswersTheSameToTheLastBit()
    {
        using var folder = new ScratchFolder();
        SmallClinic.Engine.Save(folder.Path);

        var loaded = NluEngine.Load(folder.Path);

        foreach (var text in new[] { "voy", "a que hora abren", "zzz qqq", "soy Ana Rojas, con la dra camila", "12.345.678-5" })
        {
            var (before, after) = (SmallClinic.Read(text), loaded.Parse([new Utterance(text, new DateTimeOffset(2026, 4, 25, 18, 49, 0, TimeSpan.FromHours(-4)))], ParseContext.Empty));
            Assert.Equal(before.Intents, after.Intents);
            Assert.Equal(before.Entities, after.Entities);
            Assert.Equal(before.Nearest, after.Nearest);
            Assert.Equal((before.Language, before.IsInScope, before.Urgency), (after.Language, after.IsInScope, after.Urgency));
        }
    }

    [Fact]
    public void Train_SameSeed_SameFile_AnotherSeed_AnotherFile()
    {
        using var folder = new ScratchFolder();
        byte[] Bytes(int seed)
        {
            SmallClinic.Make(SmallClinic.Train, SmallClinic.Quick with { Seed = seed, Epochs = 2 }).Save(folder.Path);
            return File.ReadAllBytes(Path.Combine(folder.Path, "understanding.bin"));
        }

        Assert.Equal(Bytes(1), Bytes(1));
        Assert.NotEqual(Bytes(1), Bytes(2));
    }

    [Theory]
    [InlineData(0, "expected \"CHATNLU\"")]
    [InlineData(8, "format version")]
    [InlineData(12, "expected")]
    [InlineData(5000, "SHA-256")]
    public void Load_DamagedByte_SaysWhat(int offset, string message)
    {
        using var folder = new ScratchFolder();
        SmallClinic.Engine.Save(folder.Path);
        var file = Path.Combine(folder.Path, "understanding.bin");
        var bytes = File.ReadAllBytes(file);
        bytes[offset] ^= 0x55;
        File.WriteAllBytes(file, bytes);

        var error = Assert.Throws<ModelFormatException>(() => NluEngine.Load(folder.Path));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains("understanding.bin", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(30)]
    [InlineData(100_000)]
    public void Load_CutFile_IsRefused(int length)
    {
        using var folder = new ScratchFolder();
        SmallClinic.Engine.Save(folder.Path);
        using (var stream = new FileStream(Path.Combine(folder.Path, "understanding.bin"), FileMode.Open))
        {
            stream.SetLength(length);
        }

        Assert.Throws<ModelFormatException>(() => NluEngine.Load(folder.Path));
    }

    [Fact]
    public void Load_EmptyFolder_Throws()
    {
        using var folder = new ScratchFolder();

        Assert.Throws<FileNotFoundException>(() => NluEngine.Load(folder.Path));
    }

    public static TheoryData<string> Strange => new(
        "", " \n\t", "👍", "👍👍👍🏽😀", "\u200B\u200D\uFEFF", "שלום מה שלומך", "漢字かな交じり文", "\uD83D", "a\uDE00b\uD800", "?", "...", "\0\0\0", "e\u0301\u0301\u0301\u0301", "\u202Eoleuv",
        new string('a', 100_000), string.Concat(Enumerable.Repeat("no puedo ir ", 9000)), string.Concat(Enumerable.Repeat("😀", 50_000)), new string('?', 100_000),
        string.Concat(Enumerable.Repeat("9.", 50_000)), string.Concat(Enumerable.Repeat("soy ", 25_000)), string.Concat(Enumerable.Repeat("dra camila ", 9_000)));

    [Theory]
    [MemberData(nameof(Strange))]
    public void Parse_StrangeText_IsAnsweredSoon(string text)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();

        var meaning = SmallClinic.Read(text);

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"took {clock.Elapsed}");
        Assert.All(meaning.Entities, entity => Assert.Equal(entity.Text, entity.Span.In(meaning.Text)));
        Assert.All(meaning.Intents, intent => Assert.True(double.IsFinite(intent.Score)));
        Assert.True(meaning.Intents.Count > 0 || !meaning.IsInScope);
    }

    [Fact]
    public void Parse_NoUtterance_IsEmpty()
    {
        var meaning = SmallClinic.Engine.Parse([], ParseContext.Empty);

        Assert.Equal((string.Empty, null, 0.0), (meaning.Text, meaning.Intent, meaning.Confidence));
    }

    [Fact]
    public void Parse_ManyThreads_AnswerAlike()
    {
        string[] texts = ["voy", "no puedo ir mañana", "a qué hora abren", "dónde queda"];
        var expected = texts.Select(text => SmallClinic.Read(text).Intents.ToArray()).ToArray();

        Parallel.For(0, 200, i => Assert.Equal(expected[i % 4], SmallClinic.Read(texts[i % 4]).Intents));
    }

    [Fact]
    public void Train_NoRows_Throws() => Assert.Throws<ArgumentException>(() => SmallClinic.Make([], SmallClinic.Quick));

    [Fact]
    public void Train_OptionOutsideItsRange_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => SmallClinic.Make(SmallClinic.Train, SmallClinic.Quick with { Epochs = 0 }));

    [Theory]
    [InlineData(IntentPaths.Mixed)]
    [InlineData(IntentPaths.Linear)]
    [InlineData(IntentPaths.Dense)]
    public void Train_OneLabelOneRow_StillAnswers(IntentPaths paths)
    {
        var engine = SmallClinic.Make([new LabelledText("only", "hola")], SmallClinic.Quick with { Paths = paths });

        Assert.Equal("only", engine.Classify("hola").Intents[0].Intent);
        Assert.Equal("only", engine.Classify("otra cosa").Intents[0].Intent);
    }

    [Theory]
    [InlineData(IntentPaths.Linear)]
    [InlineData(IntentPaths.Dense)]
    public void Train_OnePathAlone_Understands(IntentPaths paths)
    {
        var engine = SmallClinic.Make(SmallClinic.Train, SmallClinic.Quick with { Paths = paths, Epochs = 12 });

        Assert.Equal("hours", engine.Classify("cuál es el horario").Intents[0].Intent);
        Assert.Equal(paths == IntentPaths.Dense, engine.Encode("hola").Length > 0);
    }

    [Fact]
    public void Train_EmptyAndUnknownTexts_AreCarried()
    {
        var engine = SmallClinic.Make([.. SmallClinic.Train, new LabelledText("hours", ""), new LabelledText("hours", "...")], SmallClinic.Quick with { Epochs = 2 });

        Assert.True(engine.Classify(string.Empty).Intents[0].Score <= 1);
    }

    [Fact]
    public void Train_Cancelled_Throws()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.Throws<OperationCanceledException>(() => NluTrainer.Train(new NluTrainingData { Train = SmallClinic.Train }, SmallClinic.Quick, null, cancelled.Token));
    }

    [Fact]
    public void Train_Progress_RisesToTheEnd()
    {
        var seen = new List<double>();

        NluTrainer.Train(new NluTrainingData { Train = SmallClinic.Train }, SmallClinic.Quick with { Epochs = 1 }, new Recorder(seen), CancellationToken.None);

        Assert.Equal(1, seen[^1]);
        Assert.Equal(seen.Order(), seen);
    }

    [Fact]
    public void Train_OutOfScopeRows_AreRefusedAfterwards()
    {
        string[] strangers = ["quién ganó el partido", "cómo se hace el pan", "va a llover hoy", "capital de Francia", "who won the game", "best pizza in town"];
        var engine = NluTrainer.Train(
            new NluTrainingData { Train = SmallClinic.Train, OutOfScopeValidation = strangers }, SmallClinic.Quick with { Epochs = 12 }, null, CancellationToken.None);

        Assert.True(strangers.Count(text => engine.Classify(text).IsInScope) <= 3);
        Assert.True(engine.Classify("a qué hora abren").IsInScope);
    }

    private sealed class Recorder(List<double> seen) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            lock (seen)
            {
                seen.Add(value.Fraction);
            }
        }
    }

    private sealed class ScratchFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("chatagent-nlu-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
