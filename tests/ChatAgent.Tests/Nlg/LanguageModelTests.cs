using ChatAgent.Neural;

namespace ChatAgent.Nlg.Tests;

/// <summary>Language models of every kind and unit: distributions, files, measuring, writing, next words.</summary>
public sealed class LanguageModelTests : IDisposable
{
    private static readonly string[] Lines =
    [
        "Hola, buenas noches. ¿Podré ir el martes a las nueve?", "Hola, buenas tardes, quiero cambiar mi hora.", "buenas noches, muchas gracias por avisar", "Sí, confirmo mi hora del martes.",
        "No podré ir el martes, quiero otra hora.", "¿a qué hora atienden el martes por la tarde?", "muchas gracias, buenas noches", "quiero confirmar mi hora de la tarde", "la hora del martes no me sirve",
        "Hola, quiero saber si atienden por la noche", "gracias por confirmar, nos vemos el martes", "buenas tardes, ¿a qué hora es mi hora?",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("chatagent-lm-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string> Kinds => ["word", "character", "subword", "lstm", "n-gram", "mixture", "int8"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Next_AnyContext_IsADistribution(string kind)
    {
        var model = Make(kind);
        var random = new Random(5);
        var (state, row) = (model.Start(2), new float[2 * (model.VocabularySize - 1)]);
        for (var context = 0; context < 200; context++)
        {
            model.Next(state, [random.Next(model.VocabularySize - 1), random.Next(model.VocabularySize - 1)], row);

            Assert.Equal(1.0, row.Take(row.Length / 2).Sum(value => Math.Exp(value)), 4);
            Assert.Equal(1.0, row.Skip(row.Length / 2).Sum(value => Math.Exp(value)), 4);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void LogProbabilities_OfAText_AreThoseOfEachStep(string kind)
    {
        var model = Make(kind);
        var tokens = model.Units.EncodeAll(Lines.Take(4));
        var whole = model.LogProbabilities(tokens);
        var (state, row) = (model.Start(1), new float[model.VocabularySize - 1]);
        model.Next(state, [model.EndToken], row);
        foreach (var (token, expected) in tokens.Zip(whole))
        {
            Assert.Equal(expected, row[token], 3);
            model.Next(state, [token], row);
        }
    }

    [Theory]
    [InlineData("word")]
    [InlineData("character")]
    [InlineData("subword")]
    [InlineData("n-gram")]
    public void Load_WhatWasSaved_SaysTheSame(string kind)
    {
        var (model, path) = (Make(kind), Path.Combine(_folder, "model"));
        model.Save(path);

        var loaded = LanguageModel.Load(path);

        var tokens = model.Units.EncodeAll(Lines);
        Assert.Equal(tokens, loaded.Units.EncodeAll(Lines));
        Assert.Equal(model.LogProbabilities(tokens), loaded.LogProbabilities(tokens));
        Assert.Equal(model.Words.Words, loaded.Words.Words);
    }

    [Theory]
    [InlineData("word")]
    [InlineData("n-gram")]
    public void Load_TruncatedAnywhere_IsRefusedWithItsName(string kind)
    {
        var (model, path) = (Make(kind), Path.Combine(_folder, "cut"));
        model.Save(path);
        var whole = File.ReadAllBytes(path);
        foreach (var length in new[] { 3, 9, 40, whole.Length / 2, whole.Length - 1 })
        {
            File.WriteAllBytes(path, whole[..length]);

            Assert.Contains("cut", Assert.Throws<ModelFormatException>(() => LanguageModel.Load(path)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Load_Mapped_SaysTheSameAndLeavesTheFileFree()
    {
        var (model, path) = (Make("word"), Path.Combine(_folder, "model"));
        var tokens = model.Units.EncodeAll(Lines);
        model.Save(path);

        var mapped = LanguageModel.Load(path, mapped: true);
        File.Delete(path);

        Assert.Equal(model.LogProbabilities(tokens), mapped.LogProbabilities(tokens));
        Make("n-gram").Save(path);
        Assert.IsType<NGramLanguageModel>(LanguageModel.Load(path, mapped: true));
    }

    [Theory]
    [InlineData(WeightFormat.BFloat16)]
    [InlineData(WeightFormat.Int8)]
    public void With_NarrowWeights_ReadsAlmostAsWell(WeightFormat format)
    {
        var model = Make("word");
        var tokens = model.Units.EncodeAll(Lines);
        var (wide, narrow) = (model.LogProbabilities(tokens), model.With(format).LogProbabilities(tokens));

        Assert.NotEqual(wide, narrow);
        Assert.InRange(LanguageModel.Perplexity(narrow) / LanguageModel.Perplexity(wide), 0.97, 1.03);
        Assert.Same(model, model.With(WeightFormat.Float32));
        Assert.Equal(format, Assert.IsType<RecurrentLanguageModel>(model.With(format)).Weights);
    }

    [Fact]
    public void Gates_OfAText_BeginAfterTheEndOfAnother()
    {
        var model = Assert.IsType<RecurrentLanguageModel>(Make("word"));
        var tokens = model.Units.Encode("Hola, buenas noches");

        var (report, longer) = (model.Gates(tokens), model.Gates([.. tokens, model.EndToken]));

        Assert.Equal(["reset", "update"], report.Rows.Select(row => row.Gate));
        Assert.All(report.Rows, row => Assert.Equal(tokens.Length + 1, row.Values.Count));
        Assert.Equal(report.Rows[1].Values, longer.Rows[1].Values.SkipLast(1));
    }

    [Fact]
    public void Train_Hello_IsLearnt()
    {
        var options = new LanguageModelOptions { Unit = TextUnit.Character, Embedding = 16, Hidden = 32, Dropout = 0f, Training = new TrainingOptions { Epochs = 120, LearningRate = 0.02f, Batch = 1 } };

        var (model, _) = LanguageModelTrainer.Train(["hello"], [], options);

        var found = BeamSearch.Search(model, BeamConstraints.None, new BeamSearchOptions { BeamWidth = 1, NoRepeatLength = 0, LengthPenalty = 0 });
        Assert.Equal("hello", model.Units.Decode(found[0].Tokens));
    }

    [Fact]
    public void Train_SameSeed_GivesTheSameFile()
    {
        string[] paths = [Path.Combine(_folder, "a"), Path.Combine(_folder, "b")];
        foreach (var (path, threads) in paths.Zip([1, 2]))
        {
            using var pool = new WorkerPool(threads);
            LanguageModelTrainer.Train(Lines, Lines[..2], Options(TextUnit.Word), pool: pool).Model.Save(path);
        }

        Assert.Equal(File.ReadAllBytes(paths[0]), File.ReadAllBytes(paths[1]));
    }

    [Theory]
    [InlineData(TextUnit.Word)]
    [InlineData(TextUnit.Character)]
    [InlineData(TextUnit.Subword)]
    public void Decode_OfEncode_IsTheText(TextUnit unit)
    {
        var units = TextUnits.Learn(Lines, unit, 1_000, 1);

        Assert.All(Lines, line => Assert.Equal(line, units.Decode(units.Encode(line))));
    }

    [Fact]
    public void Learn_TextThatWasTokenisedBefore_LeavesItsWordsWhole()
    {
        var units = TextUnits.Learn(["mr. <unk> is n't here N years old", "the u.s. did n't"], TextUnit.Word, 100, 1);

        Assert.False(units.CutsSigns);
        Assert.Equal("mr. <unk> is n't", units.Decode(units.Encode("mr. <unk> is n't")));
        Assert.Equal(Text.Vocabulary.Unknown, units.Encode("<unk>")[0]);
    }

    [Fact]
    public void Learn_Subwords_JoinsWhatStandsTogetherMost()
    {
        var pairs = BytePairs.Learn(["bajo", "bajo", "bajar", "bajada", "alto"], 40);

        Assert.Equal(("a", "j"), pairs.Merges[0]);
        Assert.Equal("▁baj", pairs.Split("bajito")[0]);
        Assert.Equal("▁bajito", string.Concat(pairs.Split("bajito")));
    }

    [Theory]
    [InlineData("n-gram", "Hola, buenas no", "noches")]
    [InlineData("word", "Hola, buenas no", "noches")]
    [InlineData("word", "hola, BUENAS NO", "noches")]
    [InlineData("character", "buenas no", "noches")]
    [InlineData("subword", "buenas no", "noches")]
    [InlineData("n-gram", "muchas ", "gracias")]
    [InlineData("word", "muchas ", "gracias")]
    public void Suggest_AnyBeginning_GivesTheWord(string kind, string typed, string word)
    {
        var service = new SuggestionService(Make(kind));

        var found = service.Suggest(typed, 3, continuation: 2);

        Assert.Contains(word, found.Select(suggestion => suggestion.Word));
        Assert.All(found, suggestion => Assert.InRange(suggestion.Probability, 0.0, 1.0));
        Assert.Equal(found.Select(suggestion => suggestion.Word), service.Suggest(typed, 3, continuation: 2).Select(suggestion => suggestion.Word));
    }

    [Theory]
    [InlineData("n-gram")]
    [InlineData("word")]
    [InlineData("character")]
    [InlineData("subword")]
    public void Suggest_ANameInTheText_NeverComesOut(string kind)
    {
        // Ten times, at beginnings and in the middle: a model that has learnt anything has learnt it.
        string[] planted = [.. Lines, .. Enumerable.Repeat("Zoroastro, su hora es el martes con Zoroastro, rut 12.345.678-5", 10)];
        var service = new SuggestionService(Make(kind, planted));

        foreach (var typed in new[] { string.Empty, "Z", "Zo", "Zoroas", "z", "su hora es el martes con ", "su hora es el martes con Zo", "rut ", "rut 1", "rut 12.345.6" })
        {
            var found = service.Suggest(typed, 50, continuation: 5);

            Assert.DoesNotContain(found, suggestion => $"{suggestion.Word} {suggestion.Continuation}".Contains("oroastro", StringComparison.OrdinalIgnoreCase));
            Assert.DoesNotContain(found, suggestion => suggestion.Word.Any(char.IsAsciiDigit) || suggestion.Continuation.Any(char.IsAsciiDigit));
        }
    }

    [Fact]
    public void Fit_AMixture_IsNeverWorseThanItsModels()
    {
        var units = TextUnits.Learn(Lines, TextUnit.Word, 1_000, 1);
        LanguageModel[] models = [LanguageModelTrainer.Count(Lines[..8], 3, Options(TextUnit.Word), units), LanguageModelTrainer.Train(Lines[..8], [], Options(TextUnit.Word), units).Model];
        var tokens = units.EncodeAll(Lines[8..]);

        var mixed = MixedLanguageModel.Fit(models, tokens);

        Assert.All(models, model => Assert.True(LanguageModel.Perplexity(mixed.LogProbabilities(tokens)) <= LanguageModel.Perplexity(model.LogProbabilities(tokens)) + 1e-3));
        Assert.Throws<ArgumentException>(() => new MixedLanguageModel([models[0], Make("character")], [1, 1]));
    }

    [Fact]
    public void Draw_SameSeed_IsTheSameTextAndTopOneIsGreedy()
    {
        var model = Make("word");
        var careful = new TextSamplerOptions { TopK = 1, MaxTokens = 20 };
        var greedy = BeamSearch.Search(model, new BeamConstraints { Forbidden = [Text.Vocabulary.Unknown] }, new BeamSearchOptions { BeamWidth = 1, NoRepeatLength = 0, LengthPenalty = 0, MaxTokens = 20 });

        Assert.Equal(TextSampler.Draw(model, [], new TextSamplerOptions(), new Random(4)).Tokens, TextSampler.Draw(model, [], new TextSamplerOptions(), new Random(4)).Tokens);
        Assert.Equal(greedy[0].Tokens, TextSampler.Draw(model, [], careful, new Random(1)).Tokens);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Train_NothingToLearnFrom_SaysSo(int emptyLines)
    {
        string[] lines = [.. Enumerable.Repeat("   ", emptyLines)];
        Assert.Throws<ArgumentException>(() => LanguageModelTrainer.Train(lines, [], Options(TextUnit.Word)));
        Assert.Throws<ArgumentException>(() => LanguageModelTrainer.Count(lines, 3, Options(TextUnit.Word)));
    }

    [Theory]
    [InlineData("palabra")]
    [InlineData("<unk> <unk> <unk>")]
    public void Train_OneWordOrOnlyUnknownOnes_IsAModel(string line)
    {
        var (model, _) = LanguageModelTrainer.Train([line], [], Options(TextUnit.Word));

        Assert.True(double.IsFinite(LanguageModel.Perplexity(model.LogProbabilities(model.Units.EncodeAll([line])))));
        Assert.True(double.IsFinite(LanguageModel.Perplexity(LanguageModelTrainer.Count([line], 3, Options(TextUnit.Word)).LogProbabilities(model.Units.EncodeAll([line])))));
    }

    [Fact]
    public void Train_SizesThatFitNoMemory_AreRefusedWithTheArithmetic()
    {
        var error = Assert.Throws<ModelTooLargeException>(() => LanguageModelTrainer.Train(Lines, [], Options(TextUnit.Word) with { Hidden = 2_000_000 }));

        Assert.Contains("×", error.Message, StringComparison.Ordinal);
    }

    private static LanguageModelOptions Options(TextUnit unit) => new()
    {
        Unit = unit, MaximumVocabulary = 200, Embedding = 24, Hidden = 24, Dropout = 0f, Training = new TrainingOptions { Epochs = 60, LearningRate = 0.02f, Batch = 4, MaxSteps = 20 },
    };

    private static LanguageModel Make(string kind, string[]? lines = null) => kind switch
    {
        "word" => LanguageModelTrainer.Train(lines ?? Lines, [], Options(TextUnit.Word)).Model,
        "character" => LanguageModelTrainer.Train(lines ?? Lines, [], Options(TextUnit.Character)).Model,
        "subword" => LanguageModelTrainer.Train(lines ?? Lines, [], Options(TextUnit.Subword)).Model,
        "lstm" => LanguageModelTrainer.Train(lines ?? Lines, [], Options(TextUnit.Word) with { Cell = RecurrentCell.Lstm, Layers = 2, Tied = true }).Model,
        "n-gram" => LanguageModelTrainer.Count(lines ?? Lines, 4, Options(TextUnit.Word)),
        "int8" => Make("word", lines).With(WeightFormat.Int8),
        _ => new MixedLanguageModel([Make("word", lines), LanguageModelTrainer.Count(lines ?? Lines, 3, Options(TextUnit.Word))], [0.3, 0.7]),
    };
}
