using System.Runtime.InteropServices;
using ChatAgent.Neural;

namespace ChatAgent.Neural.Tests;

public sealed class TrainingTests
{
    [Theory]
    [InlineData(RecurrentCell.Gru)]
    [InlineData(RecurrentCell.Lstm)]
    [InlineData(RecurrentCell.Rnn)]
    public void Train_HelloByCharacters_IsLearntInASecond(RecurrentCell cell)
    {
        const string text = "hello";
        char[] letters = ['\n', 'h', 'e', 'l', 'o'];
        int[] tokens = [.. string.Concat(Enumerable.Repeat("\n" + text, 60)).Select(letter => Array.IndexOf(letters, letter))];
        var network = Network(letters.Length, cell);
        var started = TimeProvider.System.GetTimestamp();

        var loss = TokenTrainer.Train(network, new AdamW(network.Parameters), new TokenStreams(tokens, 4, 12), new TrainingOptions { Epochs = 20, LearningRate = 0.01f }).Loss;

        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(5), "took more than 5 s, expected about one on a free core");
        Assert.True(loss < 0.1, $"mean loss {loss}");
        Assert.Equal(text + "\n", Continue(new TokenDecoder(network), letters, start: 0, length: 6));
    }

    [Fact]
    public void Train_SameSeedTwice_GivesTheSameBytes()
    {
        var (first, second) = (TrainBriefly(threads: 1), TrainBriefly(threads: 1));

        Assert.Equal(MemoryMarshal.AsBytes<float>(first).ToArray(), MemoryMarshal.AsBytes<float>(second).ToArray());
    }

    [Fact]
    public void Train_AnyNumberOfThreads_GivesTheSameBytes() => Assert.Equal(TrainBriefly(threads: 1), TrainBriefly(threads: 2));

    [Fact]
    public void Train_NumberBecomesNaN_NamesLayerAndStep()
    {
        var network = Network(7);
        network.Recurrent[0].U.Values[5] = float.NaN;
        var optimizer = new AdamW(network.Parameters);
        optimizer.Resume(41);

        var thrown = Assert.Throws<TrainingDivergedException>(() =>
            TokenTrainer.Train(network, optimizer, new TokenStreams(Text(7, 200), 4, 5), new TrainingOptions()));

        Assert.Equal("output of gru.0", thrown.Layer);
        Assert.Equal(41, thrown.Step);
    }

    [Fact]
    public void ThrowIfGradientsBroken_OneGradientInfinite_NamesItsParameter()
    {
        var set = new ParameterSet();
        set.Add("first", 3);
        set.Add("second", 4).Gradients[2] = float.PositiveInfinity;

        Assert.False(double.IsFinite(GradientClipping.ByNorm(set, 1f)));
        Assert.Equal("gradient of second", Assert.Throws<TrainingDivergedException>(() => TrainingDivergedException.ThrowIfGradientsBroken(set, 3)).Layer);
    }

    [Fact]
    public void ByNorm_LongGradient_IsScaledToTheMaximum()
    {
        var set = new ParameterSet();
        var parameter = set.Add("w", 2);
        (parameter.Gradients[0], parameter.Gradients[1]) = (3f, 4f);

        Assert.Equal(5.0, GradientClipping.ByNorm(set, 1f), 1e-6);
        Assert.Equal([0.6f, 0.8f], parameter.Gradients.ToArray());
        Assert.Equal(1.0, GradientClipping.ByNorm(set, 2f), 1e-6);
        Assert.Equal([0.6f, 0.8f], parameter.Gradients.ToArray());
    }

    [Fact]
    public void Sgd_Step_FollowsTheGradientAndDecays()
    {
        var set = new ParameterSet();
        var parameter = set.Add("w", 1);
        (parameter.Values[0], parameter.Gradients[0]) = (2f, 1f);

        new Sgd(set, weightDecay: 0.1f).Step(0.5f);

        Assert.Equal((2f * 0.95f) - 0.5f, parameter.Values[0], 1e-6f);
    }

    [Fact]
    public void Train_Cancelled_StopsBetweenChunks()
    {
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        var network = Network(7);

        Assert.Throws<OperationCanceledException>(() => TokenTrainer.Train(
            network, new AdamW(network.Parameters), new TokenStreams(Text(7, 200), 4, 5), new TrainingOptions(), cancellationToken: cancellation.Token));
    }

    [Fact]
    public void Train_Progress_EndsAtOneWithLossAndSpeed()
    {
        var reports = new List<TrainingProgress>();
        var network = Network(7);

        TokenTrainer.Train(
            network, new AdamW(network.Parameters), new TokenStreams(Text(7, 500), 4, 5), new TrainingOptions { Epochs = 2, Stage = "test" }, progress: new Recorder(reports));

        var last = reports[^1];
        Assert.Equal(1.0, last.Fraction);
        Assert.Equal("test, epoch 2 of 2", last.Stage);
        Assert.Equal("tokens/s", last.SpeedUnit);
        Assert.Equal(TimeSpan.Zero, last.TimeLeft);
        Assert.True(last is { Speed: > 0, Loss: > 0 });
    }

    [Theory]
    [InlineData(RecurrentCell.Gru)]
    [InlineData(RecurrentCell.Lstm)]
    [InlineData(RecurrentCell.Rnn)]
    public void Evaluate_StreamsOfOneText_AgreeWithTheDecoder(RecurrentCell cell)
    {
        var network = new TokenNetwork(new TokenNetworkOptions { Cell = cell, Vocabulary = 9, Embedding = 6, Hidden = 21, Layers = 2 }, new Random(4));
        var text = Text(9, 30);
        var decoder = new TokenDecoder(network);
        var (state, logits, expected) = (decoder.Start(1), new float[9], 0.0);
        for (var i = 0; i < text.Length - 1; i++)
        {
            decoder.Step(state, [text[i]], logits);
            Kernels.LogSoftmax(logits);
            expected -= logits[text[i + 1]];
        }

        Assert.Equal(expected / (text.Length - 1), TokenTrainer.Evaluate(network, new TokenStreams(text, 1, 7)), 1e-5);
    }

    [Theory]
    [InlineData(RecurrentCell.Gru)]
    [InlineData(RecurrentCell.Lstm)]
    [InlineData(RecurrentCell.Rnn)]
    public void Gather_Rows_AreCopiesOfTheirParents(RecurrentCell cell)
    {
        var network = new TokenNetwork(new TokenNetworkOptions { Cell = cell, Vocabulary = 9, Embedding = 6, Context = 2, Hidden = 21 }, new Random(4));
        var decoder = new TokenDecoder(network);
        var state = decoder.Start(3);
        state.Context(2)[1] = 1f;
        var (logits, single) = (new float[27], new float[9]);
        decoder.Step(state, [1, 2, 3], logits);

        var gathered = state.Gather([2, 0]);
        var two = new float[18];
        decoder.Step(gathered, [5, 5], two);
        var alone = decoder.Start(1);
        alone.Context(0)[1] = 1f;
        decoder.Step(alone, [3], single);
        decoder.Step(alone, [5], single);

        Assert.True(Numbers.WorstRelativeError(Numbers.ToDouble(single), two.AsSpan(0, 9)) < 1e-5);
        Assert.NotEqual(two.AsSpan(0, 9).ToArray(), two.AsSpan(9).ToArray());
    }

    [Fact]
    public void TokenStreams_EveryChunk_CoversEachPairOnce()
    {
        var streams = new TokenStreams([.. Enumerable.Range(0, 23)], 2, 4);
        var (inputs, targets, seen) = (new int[8], new int[8], new List<int>());
        for (var chunk = 0; chunk < streams.Chunks; chunk++)
        {
            var steps = streams.Fill(chunk, inputs, targets);
            for (var i = 0; i < steps * 2; i++)
            {
                Assert.Equal(inputs[i] + 1, targets[i]);
                seen.Add(inputs[i]);
            }
        }

        Assert.Equal([.. Enumerable.Range(0, 10), .. Enumerable.Range(11, 10)], seen.Order());
        Assert.Equal(streams.Predictions, seen.Count);
        Assert.Throws<ArgumentException>(() => new TokenStreams([1, 2, 3], 2, 4));
    }

    private static float[] TrainBriefly(int threads)
    {
        using var pool = new WorkerPool(threads);
        var network = new TokenNetwork(new TokenNetworkOptions { Vocabulary = 300, Embedding = 40, Hidden = 64, Dropout = 0.2f }, new Random(3), pool);
        TokenTrainer.Train(network, new AdamW(network.Parameters), new TokenStreams(Text(300, 2_000), 16, 20), new TrainingOptions { Epochs = 2 });
        return network.Parameters.Values.ToArray();
    }

    private static TokenNetwork Network(int vocabulary, RecurrentCell cell = RecurrentCell.Gru) =>
        new(new TokenNetworkOptions { Cell = cell, Vocabulary = vocabulary, Embedding = 8, Hidden = 32 }, new Random(1));

    private static int[] Text(int vocabulary, int length)
    {
        var random = new Random(2);
        return [.. Enumerable.Range(0, length).Select(_ => random.Next(vocabulary))];
    }

    private static string Continue(TokenDecoder decoder, char[] letters, int start, int length)
    {
        var (state, logits, token, text) = (decoder.Start(1), new float[letters.Length], start, string.Empty);
        for (var i = 0; i < length; i++)
        {
            decoder.Step(state, [token], logits);
            token = Array.IndexOf(logits, logits.Max());
            text += letters[token];
        }

        return text;
    }

    private sealed class Recorder(List<TrainingProgress> reports) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => reports.Add(value);
    }
}
