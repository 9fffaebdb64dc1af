using ChatAgent.Neural;

namespace ChatAgent.Neural.Tests;

public sealed class SequenceNetworkTests
{
    [Theory]
    [InlineData(RecurrentCell.Gru, SequencePooling.Attention)]
    [InlineData(RecurrentCell.Lstm, SequencePooling.Last)]
    [InlineData(RecurrentCell.Rnn, SequencePooling.Mean)]
    [InlineData(RecurrentCell.Gru, SequencePooling.Max)]
    public void Classifier_TokenThatDecides_IsFoundWhereverItStands(RecurrentCell cell, SequencePooling pooling)
    {
        // Class 1 where token 3 stands before token 4, class 0 where after it.
        var (train, test) = (Orders(1, 400), Orders(2, 100));
        var network = new SequenceClassifier(new SequenceNetworkOptions { Features = 9, Classes = 2, Cell = cell, Embedding = 8, Hidden = 16, Pooling = pooling, Dropout = 0f }, new Random(1));

        SequenceClassifierTrainer.Train(network, new AdamW(network.Parameters), train, [], new TrainingOptions { Epochs = 12, LearningRate = 0.02f });
        network.Freeze();

        var (tape, probabilities) = (network.CreateTape(16, 1), new float[2]);
        var right = test.Count(row =>
        {
            network.Predict(tape, [row.Sequence], probabilities);
            Assert.Equal(1f, probabilities[0] + probabilities[1], 1e-5f);
            return (probabilities[1] > 0.5f ? 1 : 0) == row.Class;
        });
        Assert.True(right >= 97, $"{right} of 100 right");
    }

    [Fact]
    public void Tagger_LabelThatDependsOnWhatFollows_IsFoundWithCrf()
    {
        // BIO: token 5 opens a name that goes on over the tokens 6; a 6 without a 5 before it is O, and so is a 5 before a 7.
        var isAllowed = (int from, int to) => to != 2 || from is 1 or 2;
        var (train, test) = (Names(1, 500), Names(2, 100));
        var network = new SequenceTagger(
            new SequenceNetworkOptions { Features = 8, Classes = 3, Embedding = 8, Hidden = 16, Dropout = 0.1f, RecurrentDropout = 0.1f }, new Random(1), isAllowed);

        SequenceTaggerTrainer.Train(network, new AdamW(network.Parameters), train, test, new TrainingOptions { Epochs = 12, LearningRate = 0.02f, Patience = 5 });
        network.Freeze();

        var tape = network.CreateTape(16, 1);
        Assert.True(test.Count(row => network.Tag(tape, row.Sequence).SequenceEqual(row.Labels)) >= 97);
        var probabilities = network.Probabilities(tape, test[0].Sequence);
        Assert.All(test[0].Labels.Select((label, t) => probabilities[(t * 3) + label]), p => Assert.True(p > 0.5f));
        Assert.Empty(network.Tag(tape, FeatureSequence.OfTokens([])));
        Assert.Equal(40, network.Tag(tape, FeatureSequence.OfTokens([.. Enumerable.Repeat(5, 40)])).Length);
    }

    [Fact]
    public void Tagger_WithoutCrf_LearnsAligned()
    {
        var train = Names(1, 300);
        var network = new SequenceTagger(new SequenceNetworkOptions { Features = 8, Classes = 3, Embedding = 8, Hidden = 16, Crf = false, Layers = 2, Residual = true, Dropout = 0f }, new Random(1));

        var result = SequenceTaggerTrainer.Train(network, new AdamW(network.Parameters), train, [], new TrainingOptions { Epochs = 12, LearningRate = 0.02f, Accumulate = 2, Batch = 16 });

        Assert.True(result.Loss < 0.1, $"loss {result.Loss}");
    }

    [Fact]
    public void Classifier_Pieces_AreReadBesideAnUnknownWord()
    {
        // The word is always unknown; its second piece decides.
        var random = new Random(3);
        (FeatureSequence Sequence, int Class)[] train = [.. Enumerable.Range(0, 200).Select(_ => random.Next(2)).Select(c => (FeatureSequence.Of([[0, 3, 1 + c]]), c))];
        var network = new SequenceClassifier(new SequenceNetworkOptions { Features = 5, Classes = 2, Embedding = 4, Hidden = 8, WordDropout = 0.5f, Dropout = 0f }, new Random(1));

        SequenceClassifierTrainer.Train(network, new AdamW(network.Parameters), train, [], new TrainingOptions { Epochs = 10, LearningRate = 0.05f });

        var probabilities = new float[4];
        network.Predict(network.CreateTape(4, 2), [FeatureSequence.Of([[0, 1]]), FeatureSequence.Of([[4, 2]])], probabilities);
        Assert.True(probabilities[0] > 0.9f && probabilities[3] > 0.9f, string.Join(' ', probabilities));
        Assert.Throws<ArgumentOutOfRangeException>(() => network.Predict(network.CreateTape(4, 1), [FeatureSequence.Of([[0, 5]])], probabilities));
        Assert.Throws<ArgumentException>(() => FeatureSequence.Of([[1], []]));
    }

    [Fact]
    public void Train_SameSeedAnyThreads_GivesTheSameBytes()
    {
        float[] Trained(int threads)
        {
            using var pool = new WorkerPool(threads);
            var network = new SequenceTagger(
                new SequenceNetworkOptions { Features = 8, Classes = 3, Embedding = 40, Hidden = 64, Layers = 2, RecurrentDropout = 0.2f, WordDropout = 0.1f }, new Random(1), pool: pool);
            SequenceTaggerTrainer.Train(network, new AdamW(network.Parameters), Names(1, 100), Names(2, 20), new TrainingOptions { Epochs = 2 });
            return network.Parameters.Values.ToArray();
        }

        Assert.Equal(Trained(1), Trained(2));
    }

    [Fact]
    public void Predict_FromManyThreads_GivesWhatOneGives()
    {
        var network = new SequenceClassifier(new SequenceNetworkOptions { Features = 9, Classes = 2, Embedding = 24, Hidden = 48, Layers = 2 }, new Random(1));
        network.Freeze();
        var rows = Orders(5, 200);
        float[] Of(FeatureSequence sequence, SequenceTape tape)
        {
            var probabilities = new float[2];
            network.Predict(tape, [sequence], probabilities);
            return probabilities;
        }

        var one = network.CreateTape(16, 1);
        float[][] expected = [.. rows.Select(row => Of(row.Sequence, one))];
        var actual = new float[rows.Count][];
        Parallel.For(0, rows.Count, () => network.CreateTape(16, 1), (i, _, tape) => { actual[i] = Of(rows[i].Sequence, tape); return tape; }, _ => { });

        Assert.Equal(expected, actual);
    }

    [Fact]
    public void TokenNetwork_SizesThatFitNoMemory_AreRefusedWithTheArithmetic()
    {
        var parameters = Assert.Throws<ModelTooLargeException>(() => new TokenNetwork(new TokenNetworkOptions { Vocabulary = 2_000_000_000, Embedding = 1_000_000 }, new Random(1)));
        Assert.Contains("2000000000 × 1000000 numbers × 4 bytes × 2 = 1.6E+07 GB", parameters.Message, StringComparison.Ordinal);
        var network = new TokenNetwork(new TokenNetworkOptions { Vocabulary = 50_000, Embedding = 4, Hidden = 4 }, new Random(1));
        Assert.Contains("1000 × 1000 × 50000", Assert.Throws<ModelTooLargeException>(() => network.CreateTape(1000, 1000, new Random(1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TokenNetwork_VocabularyOfOne_LearnsThatNothingElseComes()
    {
        var network = new TokenNetwork(new TokenNetworkOptions { Vocabulary = 1, Embedding = 2, Hidden = 2 }, new Random(1));

        Assert.Equal(0.0, TokenTrainer.Train(network, new AdamW(network.Parameters), new TokenStreams([0, 0, 0], 1, 5), new TrainingOptions { Epochs = 1 }).Loss, 1e-6);
        Assert.Throws<ArgumentException>(() => new TokenStreams([0], 1, 5));
        Assert.Throws<ArgumentException>(() => new TokenStreams([], 1, 5));
    }

    private static List<(FeatureSequence Sequence, int Class)> Orders(int seed, int count)
    {
        var (random, rows) = (new Random(seed), new List<(FeatureSequence, int)>());
        for (var i = 0; i < count; i++)
        {
            int[] tokens = [.. Enumerable.Range(0, random.Next(4, 13)).Select(_ => random.Next(5, 9))];
            var (first, second) = (random.Next(tokens.Length / 2), random.Next(tokens.Length / 2, tokens.Length));
            (tokens[first], tokens[second]) = i % 2 == 0 ? (4, 3) : (3, 4);
            rows.Add((FeatureSequence.OfTokens(tokens), i % 2));
        }

        return rows;
    }

    private static List<(FeatureSequence Sequence, int[] Labels)> Names(int seed, int count)
    {
        var (random, rows) = (new Random(seed), new List<(FeatureSequence, int[])>());
        for (var i = 0; i < count; i++)
        {
            int[] tokens = [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => random.Next(4, 8))];
            var labels = new int[tokens.Length];
            for (var t = 0; t < tokens.Length; t++)
            {
                labels[t] = tokens[t] == 5 && (t + 1 == tokens.Length || tokens[t + 1] != 7) ? 1 : tokens[t] == 6 && t > 0 && labels[t - 1] > 0 ? 2 : 0;
            }

            rows.Add((FeatureSequence.OfTokens(tokens), labels));
        }

        return rows;
    }
}
