namespace ChatAgent.Nlg.Tests;

public sealed class KneserNeyTests
{
    private const int End = 0;

    /// <summary>Words that are near each other follow one another, texts of 5 to 24 words.</summary>
    private static int[] Text(int texts, int vocabulary, int seed)
    {
        var random = new Random(seed);
        var tokens = new List<int>();
        for (var text = 0; text < texts; text++)
        {
            var word = random.Next(1, vocabulary);
            for (var length = random.Next(5, 25); length > 0; length--)
            {
                tokens.Add(word);
                word = random.Next(4) == 0 ? random.Next(1, vocabulary) : 1 + ((word + random.Next(3)) % (vocabulary - 1));
            }

            tokens.Add(End);
        }

        return [.. tokens];
    }

    private static double Perplexity(NGramModel model, int[] tokens)
    {
        var (context, sum) = (model.Start(), 0.0);
        foreach (var token in tokens)
        {
            sum -= Math.Log(model.Probability(context, token));
            model.Advance(context, token);
        }

        return Math.Exp(sum / tokens.Length);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void Distribution_AfterAnyContext_SumsToOneAndIsTheProbability(int order)
    {
        var model = KneserNey.Train(Text(200, 60, seed: 1), vocabulary: 60, End, order);
        var context = model.Start();
        var distribution = new float[60];
        foreach (var token in Text(20, 60, seed: 2))
        {
            model.Distribution(context, distribution);

            Assert.Equal(1.0, distribution.Sum(probability => (double)probability), 1e-5);
            Assert.All(distribution, probability => Assert.True(probability > 0f));
            Assert.Equal(model.Probability(context, token), distribution[token], 1e-6);
            model.Advance(context, token);
        }
    }

    /// <summary>a = "1 2 1 2 3 end 1 2 end", worked by hand for the bigrams.</summary>
    [Fact]
    public void Train_ThreeWords_GivesTheWeightsOfTheDefinition()
    {
        var model = KneserNey.Train([1, 2, 1, 2, 3, End, 1, 2, End], vocabulary: 4, End, order: 2);

        // Bigrams: (end 1) 2, (1 2) 3, (2 1) 1, (2 3) 1, (3 end) 1, (2 end) 1: n_1 = 4, n_2 = 1, n_3 = 1, n_4 = 0.
        // Y = 4/6; D1 = 1 − 2 Y 1/4 = 2/3; D2 = 2 − 3 Y 1/1 = 0; D3 has no n_4: 3/2.
        // Before how many words: 1: end and 2, so 2; 2: 1; 3: 1; end: 2 and 3, so 2. n_1 = 2, n_2 = 2: Y = 1/3; D1 = 1 − 2/3 = 1/3; D2 has no n_3: 1.
        // Left over: 1 + 1/3 + 1/3 + 1 = 8/3 of 6, 1/9 for each word: p(3) = (2/3)/6 + 1/9.
        var context = model.Start();
        model.Advance(context, 1);
        model.Advance(context, 2);
        const double OfThree = (2.0 / 3 / 6) + (1.0 / 9);

        // After 2 stand 1, 3 and end, once each: γ = 3 · 2/3 / 3.
        Assert.Equal((1.0 / 3 / 3) + (2.0 / 3 * OfThree), model.Probability(context, 3), 1e-6);
    }

    [Fact]
    public void Probability_HigherOrders_ReadANewTextBetter()
    {
        var (train, test) = (Text(3000, 60, seed: 3), Text(300, 60, seed: 4));

        var unigram = Perplexity(KneserNey.Train(train, 60, End, 1), test);
        var bigram = Perplexity(KneserNey.Train(train, 60, End, 2), test);
        var trigram = Perplexity(KneserNey.Train(train, 60, End, 3), test);

        Assert.True(bigram < 0.6 * unigram, $"{bigram} after {unigram}");
        Assert.True(trigram < 1.1 * bigram, $"{trigram} after {bigram}");
    }

    [Fact]
    public void Advance_OverTheEndOfAText_ForgetsWhatStoodBefore()
    {
        var model = KneserNey.Train(Text(100, 30, seed: 5), 30, End, 4);
        var context = model.Start();
        foreach (var token in (int[])[3, 4, 5, End])
        {
            model.Advance(context, token);
        }

        Assert.Equal(model.Start(), context);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(9, 1)]
    public void Train_OneTokenOrOneWord_IsADistribution(int order, int word)
    {
        if (order > KneserNey.MaxOrder)
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => KneserNey.Train([word], 2, End, order));
            return;
        }

        var model = KneserNey.Train([End], vocabulary: 1, End, order);

        Assert.Equal(1.0, model.Probability(model.Start(), word), 1e-6);
    }

    [Fact]
    public void Train_NothingOrAStrangeToken_Throws()
    {
        Assert.Throws<ArgumentException>(() => KneserNey.Train([], 10, End, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => KneserNey.Train([1, 10], 10, End, 3));
    }
}
