using System.Text;
using ChatAgent.Neural;
using ChatAgent.Nlg;
using ChatAgent.Text;

namespace ChatAgent.Nlg.Tests;

public sealed class ReplyModelTests(ReplyModelTests.TrainedModel trained) : IClassFixture<ReplyModelTests.TrainedModel>
{
    private static readonly string[] Days = ["martes 28 de abril", "jueves 30 de abril", "lunes 4 de mayo"];
    private static readonly string[] Hours = ["10:45", "9:00", "1:15"];

    [Fact]
    public void Train_MeaningsItSaw_AreWordedWithEverySlotOnce()
    {
        var model = trained.Model;
        foreach (var (act, slots, words) in ((string, string[], string)[])
            [("confirm_recorded", ["date", "time"], "{date}"), ("decline_recorded", ["date"], "{date}"), ("ask_new_time", [], "¿"), ("welcome", [], "De nada")])
        {
            var said = Greedy(model, new ReplyMeaning(act, slots, Language.Spanish, ReplyStyle.Formal));

            Assert.Contains(words, said, StringComparison.Ordinal);
            Assert.All(slots, slot => Assert.Equal(2, said.Split($"{{{slot}}}").Length));
            Assert.Equal(slots.Length, said.Count(c => c == '{'));
        }
    }

    [Fact]
    public void Train_StyleAndLanguage_ChangeTheWords()
    {
        var formal = Greedy(trained.Model, new ReplyMeaning("ask_new_time", [], Language.Spanish, ReplyStyle.Formal));
        var informal = Greedy(trained.Model, new ReplyMeaning("ask_new_time", [], Language.Spanish, ReplyStyle.Informal));
        var english = Greedy(trained.Model, new ReplyMeaning("ask_new_time", [], Language.English, ReplyStyle.Formal));

        Assert.Contains("acomoda", formal, StringComparison.Ordinal);
        Assert.DoesNotContain("te ", formal, StringComparison.Ordinal);
        Assert.Contains("te acomoda", informal, StringComparison.Ordinal);
        Assert.Contains("day", english, StringComparison.Ordinal);
    }

    [Fact]
    public void Step_AnyPrefix_SumsToOneAndNeverSaysStartOrUnknown()
    {
        var decoder = trained.Model.Condition(new ReplyMeaning("confirm_recorded", ["date", "time"], Language.Spanish, ReplyStyle.Formal));
        var (state, row, random) = (decoder.Start(3), new float[3 * decoder.VocabularySize], new Random(5));
        int[] tokens = [decoder.StartToken, decoder.StartToken, decoder.StartToken];
        for (var step = 0; step < 20; step++)
        {
            decoder.Step(state, tokens, row);
            for (var b = 0; b < 3; b++)
            {
                var probabilities = row.AsSpan(b * decoder.VocabularySize, decoder.VocabularySize);
                var sum = 0.0;
                foreach (var logProbability in probabilities)
                {
                    sum += Math.Exp(logProbability);
                }

                Assert.Equal(1.0, sum, 1e-4);
                Assert.Equal(float.NegativeInfinity, probabilities[decoder.StartToken]);
                Assert.Equal(float.NegativeInfinity, probabilities[Vocabulary.Unknown]);
                tokens[b] = random.Next(decoder.VocabularySize);
            }
        }
    }

    [Fact]
    public void Step_PlaceholderSaid_ChangesWhatIsStillToBeSaid()
    {
        var model = trained.Model;
        var decoder = model.Condition(new ReplyMeaning("confirm_recorded", ["date", "time"], Language.Spanish, ReplyStyle.Formal));
        var date = model.Units[" {date}"];
        var (state, row) = (decoder.Start(2), new float[2 * decoder.VocabularySize]);

        decoder.Step(state, [decoder.StartToken, date], row);

        var untouched = row[date];
        Assert.NotEqual(Vocabulary.Unknown, date);
        Assert.Equal("date", model.SlotOf(date));
        Assert.NotEqual(untouched, row[decoder.VocabularySize + date]);
    }

    [Fact]
    public void Gather_Hypotheses_GoOnLikeTheirParents()
    {
        var decoder = trained.Model.Condition(new ReplyMeaning("confirm_recorded", ["date", "time"], Language.Spanish, ReplyStyle.Formal));
        var v = decoder.VocabularySize;
        var (state, row) = (decoder.Start(2), new float[2 * v]);
        decoder.Step(state, [decoder.StartToken, trained.Model.Units[" {date}"]], row);

        var gathered = decoder.Gather(state, [1, 0, 1]);
        var three = new float[3 * v];
        decoder.Step(gathered, [7, 7, 7], three);
        decoder.Step(state, [7, 7], row);

        Assert.Equal(3, gathered.Rows);
        for (var i = 0; i < v; i++)
        {
            Assert.Equal(row[v + i], three[i], 1e-4f);
            Assert.Equal(row[i], three[v + i], 1e-4f);
            Assert.Equal(row[v + i], three[(2 * v) + i], 1e-4f);
        }
    }

    [Fact]
    public void Load_WhatWasSaved_GivesTheSameDistribution()
    {
        var folder = Directory.CreateTempSubdirectory("chatagent-bundle-").FullName;
        var meaning = new ReplyMeaning("decline_recorded", ["date"], Language.Spanish, ReplyStyle.Formal);
        const string text = "Listo, anulé su hora del {date}.";
        trained.Model.Save(folder);

        var loaded = ReplyModel.Load(folder);

        Assert.Equal(trained.Model.Score(meaning, text), loaded.Score(meaning, text));
        Assert.Equal(trained.Model.Units.Words, loaded.Units.Words);
        Assert.True(loaded.Knows(meaning));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Load_BrokenFile_SaysWhatIsWrong()
    {
        var folder = Directory.CreateTempSubdirectory("chatagent-bundle-").FullName;
        var path = Path.Combine(folder, ReplyModel.FileName);
        trained.Model.Save(folder);
        var bytes = File.ReadAllBytes(path);
        var sane = Encoding.Latin1.GetString(bytes);

        foreach (var (from, to, says) in ((string, string, string)[])
            [("reply model 3", "reply model 9", "Train again"), ("\\u0022hidden\\u0022:48", "\\u0022hidden\\u0022:47", "shape"), ("\\u0022layers\\u0022:1", "\\u0022layers\\u0022:9", "gru.8")])
        {
            Assert.Contains(from, sane, StringComparison.Ordinal);
            File.WriteAllBytes(path, Encoding.Latin1.GetBytes(sane.Replace(from, to, StringComparison.Ordinal)));
            Assert.Contains(says, Assert.Throws<ModelFormatException>(() => ReplyModel.Load(folder)).Message, StringComparison.Ordinal);
        }

        File.WriteAllBytes(path, bytes[..(bytes.Length / 2)]);
        Assert.Throws<ModelFormatException>(() => ReplyModel.Load(folder));
        File.Delete(path);
        Assert.Throws<FileNotFoundException>(() => ReplyModel.Load(folder));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Knows_ActOrSlotNeverTaught_IsFalse()
    {
        Assert.True(trained.Model.Knows(new ReplyMeaning("decline_recorded", ["date"], Language.Spanish, ReplyStyle.Formal)));
        Assert.False(trained.Model.Knows(new ReplyMeaning("decline_recorded", ["time"], Language.Spanish, ReplyStyle.Formal)));
        Assert.False(trained.Model.Knows(new ReplyMeaning("decline_recorded", ["date"], Language.English, ReplyStyle.Formal)));
        Assert.False(trained.Model.Knows(new ReplyMeaning("joke", [], Language.Spanish, ReplyStyle.Formal)));
        Assert.Throws<ArgumentException>(() => trained.Model.Condition(new ReplyMeaning("joke", [], Language.Spanish, ReplyStyle.Formal)));
    }

    [Fact]
    public void ScoreByAct_WordingOfAnotherAct_IsLikelierThere()
    {
        var own = trained.Model.ScoreByAct(new ReplyMeaning("ask_new_time", [], Language.Spanish, ReplyStyle.Formal), "¿Qué día le acomoda?");
        var other = trained.Model.ScoreByAct(new ReplyMeaning("ask_new_time", [], Language.Spanish, ReplyStyle.Formal), "De nada, para eso estamos.");

        Assert.Equal(["ask_new_time", "welcome"], own.Select(score => score.Act));
        Assert.True(own[0].LogProbability > own[1].LogProbability + 1);
        Assert.True(other[1].LogProbability > other[0].LogProbability + 1);
        Assert.Equal(trained.Model.Score(new ReplyMeaning("ask_new_time", [], Language.Spanish, ReplyStyle.Formal), "¿Qué día le acomoda?").LogProbability, own[0].LogProbability, 1e-3);
        Assert.Single(trained.Model.ScoreByAct(new ReplyMeaning("decline_recorded", ["date"], Language.Spanish, ReplyStyle.Formal), "Listo, anulé su hora del {date}."));
    }

    [Theory]
    [InlineData("¿Qué día le acomoda?")]
    [InlineData("De nada, para eso estamos.")]
    [InlineData("De nada, ¿qué día le acomoda?")]
    public void RivalOf_AnyWording_IsTheActThatScoresAboveItsOwn(string wording)
    {
        int[] tokens = [.. ReplyUnits.Split(wording).Select(unit => trained.Model.Units[unit])];
        foreach (var act in new[] { "ask_new_time", "welcome" })
        {
            var meaning = new ReplyMeaning(act, [], Language.Spanish, ReplyStyle.Formal);
            var scores = trained.Model.ScoreByAct(meaning, wording);
            var expected = scores[1].LogProbability > scores[0].LogProbability ? scores[1].Act : null;

            Assert.Equal(expected, trained.Model.RivalOf(meaning, tokens, scores[0].LogProbability));
        }
    }

    [Fact]
    public void Condition_StyleNeverTaughtForTheAct_SpeaksInTheTaughtOne() => Assert.Equal(
        Greedy(trained.Model, new ReplyMeaning("decline_recorded", ["date"], Language.Spanish, ReplyStyle.Formal)),
        Greedy(trained.Model, new ReplyMeaning("decline_recorded", ["date"], Language.Spanish, ReplyStyle.Informal)));

    [Fact]
    public void Train_SameSeedAtTwoThreads_GivesTheSameFile()
    {
        var folder = Directory.CreateTempSubdirectory("chatagent-bundle-").FullName;
        byte[] Bytes(int threads)
        {
            ReplyModelTrainer.Train(Pairs(), [], new ReplyModelOptions { Embedding = 40, Hidden = 64, Epochs = 2, Threads = threads }).Save(folder);
            return File.ReadAllBytes(Path.Combine(folder, ReplyModel.FileName));
        }

        Assert.Equal(Bytes(1), Bytes(2));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Train_Progress_EndsAtOneWithTheHeldOutLoss()
    {
        var reports = new List<TrainingProgress>();
        var pairs = Pairs();

        ReplyModelTrainer.Train(pairs, pairs[..3], new ReplyModelOptions { Embedding = 8, Hidden = 8, Epochs = 2, Threads = 1 }, new Recorder(reports));

        Assert.Equal(1.0, reports[^1].Fraction);
        Assert.Equal("tokens/s", reports[^1].SpeedUnit);
        Assert.True(reports[^1] is { Loss: > 0, Speed: > 0 });
        Assert.Equal(reports.Select(report => report.Fraction).Order(), reports.Select(report => report.Fraction));
    }

    [Fact]
    public void Train_Cancelled_Stops()
    {
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();

        Assert.Throws<OperationCanceledException>(() => ReplyModelTrainer.Train(Pairs(), [], new ReplyModelOptions { Threads = 1 }, cancellationToken: cancellation.Token));
    }

    [Fact]
    public void Train_FirstEmbeddingsGiven_AreWhereItBegins()
    {
        var asked = new List<string>();
        ReplyModelTrainer.Train(Pairs(), [], new ReplyModelOptions { Embedding = 4, Hidden = 4, Epochs = 1, Threads = 1 }, embeddingOf: word =>
        {
            asked.Add(word);
            return word == "hora" ? [1, 2, 3, 4] : null;
        });

        Assert.Contains("hora", asked);
        Assert.Throws<ArgumentException>(() => ReplyModelTrainer.Train(Pairs(), [], new ReplyModelOptions { Embedding = 4, Hidden = 4 }, embeddingOf: _ => new float[3]));
        Assert.Throws<ArgumentException>(() => ReplyModelTrainer.Train([], [], new ReplyModelOptions()));
    }

    private static string Greedy(ReplyModel model, ReplyMeaning meaning)
    {
        var decoder = model.Condition(meaning);
        var (state, row, said, token) = (decoder.Start(1), new float[decoder.VocabularySize], new List<int>(), decoder.StartToken);
        while (said.Count < 40)
        {
            decoder.Step(state, [token], row);
            token = Array.IndexOf(row, row.Max());
            if (token == decoder.EndToken)
            {
                break;
            }

            said.Add(token);
        }

        return model.TextOf([.. said]);
    }

    private static List<ReplyPair> Pairs()
    {
        var pairs = new List<ReplyPair>();
        for (var i = 0; i < 9; i++)
        {
            var (date, time) = (Days[i % 3], Hours[i / 3]);
            Add("confirm_recorded", ReplyStyle.Formal, Language.Spanish, $"Perfecto, le esperamos el {date} a la{(time == "1:15" ? string.Empty : "s")} {time}.", ("date", date), ("time", time));
            Add("confirm_recorded", ReplyStyle.Formal, Language.Spanish, $"Su hora del {date}, {time}, quedó confirmada.", ("date", date), ("time", time));
            Add("decline_recorded", ReplyStyle.Formal, Language.Spanish, $"Listo, anulé su hora del {date}.", ("date", date));
        }

        for (var i = 0; i < 4; i++)
        {
            Add("ask_new_time", ReplyStyle.Formal, Language.Spanish, "¿Qué día le acomoda?");
            Add("ask_new_time", ReplyStyle.Informal, Language.Spanish, "¿Qué día te acomoda?");
            Add("ask_new_time", ReplyStyle.Formal, Language.English, "Which day suits you?");
            Add("welcome", ReplyStyle.Formal, Language.Spanish, "De nada, para eso estamos.");
        }

        return pairs;

        void Add(string act, ReplyStyle style, Language language, string text, params (string Name, string Value)[] slots) =>
            pairs.Add(new ReplyPair(act, language, style, slots.ToDictionary(slot => slot.Name, slot => slot.Value, StringComparer.Ordinal), text));
    }

    private sealed class Recorder(List<TrainingProgress> reports) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => reports.Add(value);
    }

    public sealed class TrainedModel
    {
        public ReplyModel Model { get; } = ReplyModelTrainer.Train(
            Pairs(), [], new ReplyModelOptions { Embedding = 24, Hidden = 48, Epochs = 60, Batch = 8, Dropout = 0.1f, LearningRate = 0.01f, Threads = 1 });
    }
}
