using ChatAgent.Neural;

namespace ChatAgent.Neural.Tests;

public sealed class TrainingLoopTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("chatagent-training-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "run.checkpoint");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(17)]
    public void Train_StoppedAndGoneOn_GivesTheSameBytes(int stopAfter)
    {
        var whole = Network();
        var expected = Train(whole, new TrainingOptions(), null, CancellationToken.None);
        using var cancellation = new CancellationTokenSource();
        var stopped = Network();
        Assert.Throws<OperationCanceledException>(() => Train(stopped, new TrainingOptions { Checkpoint = Path }, new Stopper(stopAfter, cancellation), cancellation.Token));

        var goneOn = Network();
        var actual = Train(goneOn, new TrainingOptions { Checkpoint = Path }, null, CancellationToken.None);

        Assert.NotEqual(whole.Parameters.Values.ToArray(), stopped.Parameters.Values.ToArray());
        Assert.Equal(whole.Parameters.Values.ToArray(), goneOn.Parameters.Values.ToArray());
        Assert.Equal((expected.Loss, expected.Validation, expected.BestEpoch), (actual.Loss, actual.Validation, actual.BestEpoch));
    }

    [Fact]
    public void Train_EndedRunWithMoreEpochs_GoesOn()
    {
        var (once, twice) = (Network(), Network());
        Train(once, new TrainingOptions(), null, CancellationToken.None, epochs: 4);

        Train(twice, new TrainingOptions { Checkpoint = Path }, null, CancellationToken.None, epochs: 2);
        Train(twice, new TrainingOptions { Checkpoint = Path }, null, CancellationToken.None, epochs: 4);

        Assert.Equal(once.Parameters.Values.ToArray(), twice.Parameters.Values.ToArray());
    }

    [Fact]
    public void Train_NumberBreaks_KeepsTheLastGoodCheckpointAndNamesIt()
    {
        var network = Network();
        var breaker = new Breaker(network, after: 10);

        var thrown = Assert.Throws<TrainingDivergedException>(() => Train(network, new TrainingOptions { Checkpoint = Path, CheckpointEvery = 3 }, breaker, CancellationToken.None));

        Assert.Equal("output of gru.1", thrown.Layer);
        Assert.Equal(Path, thrown.Checkpoint);
        Assert.Contains("step 10", thrown.Message, StringComparison.Ordinal);
        var kept = Network();
        Checkpoint.Load(Path, kept.Parameters, new AdamW(kept.Parameters));
        Assert.True(Kernels.AllFinite(kept.Parameters.Values));
    }

    [Fact]
    public void Train_CheckpointCutOrOfAnotherRun_IsRefused()
    {
        Train(Network(), new TrainingOptions { Checkpoint = Path }, null, CancellationToken.None, epochs: 1);
        var bytes = File.ReadAllBytes(Path);
        File.WriteAllBytes(Path, bytes[..^100]);
        Assert.Throws<ModelFormatException>(() => Train(Network(), new TrainingOptions { Checkpoint = Path }, null, CancellationToken.None));

        File.WriteAllBytes(Path, bytes);
        var other = new TokenNetwork(new TokenNetworkOptions { Vocabulary = 11, Embedding = 9, Hidden = 16 }, new Random(1));
        Assert.Throws<ModelFormatException>(() => TokenTrainer.Train(other, new AdamW(other.Parameters), Text(1), new TrainingOptions { Checkpoint = Path }));
    }

    [Fact]
    public void Train_TimeIsUp_StopsWithACheckpoint()
    {
        var network = Network();

        var result = Train(network, new TrainingOptions { Checkpoint = Path, TimeLimit = TimeSpan.FromSeconds(7) }, null, CancellationToken.None);

        Assert.True(result.IsUnfinished);
        Assert.True(File.Exists(Path));
    }

    [Fact]
    public void Train_Reports_ShowPerplexityAndEveryLayersGradients()
    {
        var last = new Last();

        Train(Network(), new TrainingOptions(), last, CancellationToken.None);

        Assert.Equal(Math.Exp(last.Value!.Loss!.Value), last.Value.Perplexity!.Value, 1e-9);
        Assert.Equal(["embedding", "gru.0", "gru.1", "output"], last.Value.Gradients.Select(layer => layer.Layer));
        Assert.All(last.Value.Gradients, layer => Assert.True(layer.Norm > 0));
        Assert.Null(last.Value.Diagnosis);
    }

    [Fact]
    public void GradientReport_PlainLayersThatSaturate_SayVanishing()
    {
        var network = new TokenNetwork(new TokenNetworkOptions { Cell = RecurrentCell.Rnn, Vocabulary = 11, Embedding = 8, Hidden = 16, Layers = 4 }, new Random(1));
        foreach (var layer in network.Recurrent.Skip(1))
        {
            Kernels.Scale(0.02f, layer.W.Values);
        }

        Assert.Contains("gradients vanish in rnn.0", Diagnosis(network, 5f), StringComparison.Ordinal);
    }

    [Fact]
    public void GradientReport_WildRecurrence_SaysExploding()
    {
        var network = new TokenNetwork(new TokenNetworkOptions { Cell = RecurrentCell.Rnn, Vocabulary = 11, Embedding = 8, Hidden = 16 }, new Random(1));
        Kernels.Scale(0.01f, network.Recurrent[0].W.Values);
        Kernels.Scale(8f, network.Recurrent[0].U.Values);
        network.Recurrent[0].B.Values.Clear();
        network.Recurrent[0].C.Values.Clear();

        Assert.Contains("gradients explode", Diagnosis(network, 0.05f), StringComparison.Ordinal);
    }

    [Fact]
    public void Schedules_OverSteps_GiveTheRatesTheyName()
    {
        var decay = new DecaySchedule(0.5f, after: 2);
        Assert.Equal([1f, 1f, 1f, 0.5f, 0.25f], Enumerable.Range(0, 5).Select(epoch => decay.Factor(0, epoch + 0.5)));
        var warm = new WarmUpSchedule(4, decay);
        Assert.Equal([0.25f, 0.5f, 0.75f, 1f, 1f], Enumerable.Range(0, 5).Select(step => warm.Factor(step, 0)));
        var plateau = new PlateauSchedule(0.5f, patience: 2);
        foreach (var loss in (double[])[3, 2, 2.1, 2.2])
        {
            plateau.Validated(loss);
        }

        Assert.Equal(0.5f, plateau.Factor(0, 0));
        var again = new PlateauSchedule(0.5f, patience: 2);
        again.Resume(plateau.State);
        again.Validated(1.9);
        again.Validated(1.95);
        Assert.Equal(0.5f, again.Factor(0, 0));
        again.Validated(1.95);
        Assert.Equal(0.25f, again.Factor(0, 0));
        Assert.Equal(1f, new CosineSchedule(10).Factor(0, 0), 1e-6f);
        Assert.Equal(0.02f, new CosineSchedule(10).Factor(0, 10), 1e-6f);
    }

    [Fact]
    public void AveragedSgd_FromAStepOn_HoldsTheMeanOfTheParameters()
    {
        var set = new ParameterSet();
        var w = set.Add("w", 1);
        var optimizer = new AveragedSgd(set, averageFrom: 1);
        foreach (var gradient in (float[])[1f, -2f, 4f])
        {
            w.Gradients[0] = gradient;
            optimizer.Step(1f);
        }

        // −1, then the mean of 1 and −3.
        Assert.Equal(-3f, w.Values[0]);
        optimizer.Swap();
        Assert.Equal(-1f, w.Values[0]);
        optimizer.Swap();
        Assert.Equal(-3f, w.Values[0]);
    }

    [Fact]
    public void Adam_WithDecay_PutsItIntoTheGradient()
    {
        var (coupled, plain) = (new ParameterSet(), new ParameterSet());
        var (a, b) = (coupled.Add("w", 1), plain.Add("w", 1));
        (a.Values[0], a.Gradients[0], b.Values[0], b.Gradients[0]) = (2f, 0.3f, 2f, 0.5f);

        new Adam(coupled, new AdamWOptions { WeightDecay = 0.1f }).Step(0.1f);
        new AdamW(plain).Step(0.1f);

        Assert.Equal(b.Values[0], a.Values[0]);
    }

    [Fact]
    public void Train_Accumulating_StepsByTheMeanGradientOfItsBatches()
    {
        var (accumulated, byHand) = (new TokenNetwork(Plain, new Random(1)), new TokenNetwork(Plain, new Random(1)));
        var text = Text(1);
        TokenTrainer.Train(accumulated, new Sgd(accumulated.Parameters), text, new TrainingOptions { Epochs = 1, Accumulate = text.Chunks, LearningRate = 0.5f, Clip = float.PositiveInfinity });

        var (tape, inputs, targets) = (byHand.CreateTape(12, 4, new Random(1)), new int[48], new int[48]);
        for (var chunk = 0; chunk < text.Chunks; chunk++)
        {
            var steps = text.Fill(chunk, inputs, targets);
            byHand.ForwardBackward(tape, inputs, [], targets, steps, 0);
        }

        Kernels.Scale(1f / text.Chunks, byHand.Parameters.Gradients);
        new Sgd(byHand.Parameters).Step(0.5f);

        Assert.True(text.Chunks > 3);
        Assert.Equal(byHand.Parameters.Values.ToArray(), accumulated.Parameters.Values.ToArray());
    }

    [Fact]
    public void Train_ValidationGrowsWorse_StopsAfterItsPatienceWithTheBestParameters()
    {
        var network = new TokenNetwork(Plain, new Random(1));
        var text = Text(1);
        var random = new Random(9);
        var noise = new TokenStreams([.. Enumerable.Range(0, 400).Select(_ => random.Next(11))], 4, 12);

        var result = TokenTrainer.Train(network, new AdamW(network.Parameters), text, new TrainingOptions { Epochs = 60, Patience = 3, LearningRate = 0.02f }, noise);

        Assert.True(result.Epochs < 60, $"{result.Epochs} epochs");
        Assert.Equal(result.BestEpoch + 3, result.Epochs);
        Assert.Equal(result.Validation!.Value, TokenTrainer.Evaluate(network, noise), 1e-9);
    }

    private static TokenNetworkOptions Plain { get; } = new() { Vocabulary = 11, Embedding = 8, Hidden = 16 };

    private static string Diagnosis(TokenNetwork network, float clip)
    {
        var (tape, report) = (network.CreateTape(12, 4, new Random(1)), new GradientReport(network.Parameters, clip));
        var (inputs, targets) = (new int[48], new int[48]);
        for (var look = 0; look < 3; look++)
        {
            network.Parameters.ClearGradients();
            Text(1).Fill(look, inputs, targets);
            network.ForwardBackward(tape, inputs, [], targets, 12, 0);
            report.Look();
        }

        return report.Diagnosis ?? "none";
    }

    private static TokenNetwork Network() => new(
        new TokenNetworkOptions { Vocabulary = 11, Embedding = 8, Hidden = 16, Layers = 2, Dropout = 0.2f, RecurrentDropout = 0.2f, Variational = true, Residual = true }, new Random(1));

    private static TokenStreams Text(int seed)
    {
        var random = new Random(seed);
        return new TokenStreams([.. Enumerable.Range(0, 4 * 90).Select(i => i % 3 == 0 ? random.Next(11) : i % 11)], 4, 12);
    }

    private static TrainingResult Train(TokenNetwork network, TrainingOptions options, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken, int epochs = 3) => TokenTrainer.Train(
        network, new AdamW(network.Parameters), Text(1), options with { Epochs = epochs, Accumulate = 1, LearningRate = 0.01f, Schedule = new WarmUpSchedule(5, new PlateauSchedule()) }, Text(2),
        progress, new EachLookASecond(), cancellationToken);

    /// <summary>Every look at the clock takes a second, so that every batch is reported.</summary>
    private sealed class EachLookASecond : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => _ticks++;
    }

    private sealed class Stopper(int after, CancellationTokenSource cancellation) : IProgress<TrainingProgress>
    {
        private int _reports;

        public void Report(TrainingProgress value)
        {
            if (++_reports == after)
            {
                cancellation.Cancel();
            }
        }
    }

    private sealed class Breaker(TokenNetwork network, int after) : IProgress<TrainingProgress>
    {
        private int _reports;

        public void Report(TrainingProgress value)
        {
            if (++_reports == after)
            {
                network.Recurrent[1].U.Values[3] = float.NaN;
            }
        }
    }

    private sealed class Last : IProgress<TrainingProgress>
    {
        public TrainingProgress? Value { get; private set; }

        public void Report(TrainingProgress value) => Value = value;
    }
}
