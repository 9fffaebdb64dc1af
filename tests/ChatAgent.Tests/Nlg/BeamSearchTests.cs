namespace ChatAgent.Nlg.Tests;

public sealed class BeamSearchTests
{
    [Fact]
    public void Search_WidthOfEveryText_FindsTheBestOfAll()
    {
        for (var seed = 0; seed < 30; seed++)
        {
            var model = new RandomModel(vocabulary: 5, seed);
            var options = new BeamSearchOptions { BeamWidth = 64, MaxTokens = 3, NoRepeatLength = 0, Count = 6 };

            var found = BeamSearch.Search(model, BeamConstraints.None, options);
            var all = AllTexts(model, 3).Select(tokens => Score(model, tokens, options)).OrderDescending().Take(6).ToArray();

            Assert.Equal(all, found.Select(hypothesis => hypothesis.Score), new Near());
        }
    }

    [Fact]
    public void Search_StoppingEarly_ChangesNothing()
    {
        var saved = 0;
        for (var seed = 0; seed < 100; seed++)
        {
            var (counted, exhaustive) = (new RandomModel(8, seed, endShare: 0.35f), new RandomModel(8, seed, endShare: 0.35f));
            var options = new BeamSearchOptions { BeamWidth = 4, MaxTokens = 20, NoRepeatLength = 0, Count = 3 };

            var found = BeamSearch.Search(counted, BeamConstraints.None, options);
            var everything = BeamSearch.Search(exhaustive, BeamConstraints.None, options with { Count = 64 });

            Assert.Equal(everything.Take(3).Select(hypothesis => hypothesis.Score), found.Select(hypothesis => hypothesis.Score), new Near());
            saved += exhaustive.Steps - counted.Steps;
        }

        Assert.True(saved > 200, $"only {saved} steps were saved in 100 searches");
    }

    [Fact]
    public void Search_StopAtCount_EndsSoonerWithTextsOfTheWholeSearch()
    {
        var saved = 0;
        for (var seed = 0; seed < 50; seed++)
        {
            var (hasty, patient) = (new RandomModel(8, seed, endShare: 0.35f), new RandomModel(8, seed, endShare: 0.35f));
            var options = new BeamSearchOptions { BeamWidth = 4, MaxTokens = 20, NoRepeatLength = 0, Count = 3 };

            var found = BeamSearch.Search(hasty, BeamConstraints.None, options with { StopAtCount = true });
            var everything = BeamSearch.Search(patient, BeamConstraints.None, options with { Count = 64 });

            Assert.Equal(3, found.Count);
            Assert.All(found, text => Assert.Contains(everything, other => other.Tokens.SequenceEqual(text.Tokens)));
            saved += patient.Steps - hasty.Steps;
        }

        Assert.True(saved > 200, $"only {saved} steps were saved in 50 searches");
    }

    [Fact]
    public void Search_WidthOne_IsGreedy()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var model = new RandomModel(6, seed, endShare: 0.3f);
            var found = Assert.Single(BeamSearch.Search(model, BeamConstraints.None, new BeamSearchOptions { BeamWidth = 1, NoRepeatLength = 0, MaxTokens = 50 }));
            var greedy = new List<int>();
            for (int token; (token = model.Likeliest(greedy)) != model.EndToken;)
            {
                greedy.Add(token);
            }

            Assert.Equal(greedy, found.Tokens);
        }
    }

    [Fact]
    public void Search_RequiredGroups_SaysEachOnceWhateverTheModelPrefers()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var model = new RandomModel(12, seed, endShare: 0.5f);
            var constraints = new BeamConstraints { Required = [[3, 4], [5], [6, 7]], Forbidden = [8, 9] };
            var found = BeamSearch.Search(model, constraints, new BeamSearchOptions { MaxTokens = 12, Count = 5 });

            Assert.NotEmpty(found);
            Assert.All(found, hypothesis =>
            {
                Assert.Equal([1, 1, 1], constraints.Required.Select(group => hypothesis.Tokens.Count(group.Contains)));
                Assert.DoesNotContain(hypothesis.Tokens, constraints.Forbidden.Contains);
                Assert.Equal(hypothesis.LogProbability, hypothesis.TokenLogProbabilities.Sum(value => (double)value), 1e-4);
            });
        }
    }

    [Fact]
    public void Search_Prefix_BeginsEveryText()
    {
        var found = BeamSearch.Search(new RandomModel(9, 3), new BeamConstraints { Prefix = [4, 2, 7] }, new BeamSearchOptions { MaxTokens = 9, Count = 5 });
        Assert.NotEmpty(found);
        Assert.All(found, hypothesis => Assert.Equal([4, 2, 7], hypothesis.Tokens.Take(3)));
    }

    [Fact]
    public void Search_NoRepeatLength_NoRunStandsTwice()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var found = BeamSearch.Search(new RandomModel(4, seed, endShare: 0.02f), BeamConstraints.None, new BeamSearchOptions { MaxTokens = 8, NoRepeatLength = 2, Count = 5 });
            Assert.All(found, hypothesis =>
            {
                var pairs = hypothesis.Tokens.Zip(hypothesis.Tokens.Skip(1)).ToList();
                Assert.Equal(pairs.Count, pairs.Distinct().Count());
                Assert.DoesNotContain(pairs, pair => pair.First == pair.Second);
            });
        }
    }

    [Fact]
    public void Search_CheckRefuses_LooksForOthersAndKeepsTheReason()
    {
        var model = new RandomModel(7, 5, endShare: 0.3f);
        var options = new BeamSearchOptions { MaxTokens = 10 };
        var best = BeamSearch.Search(model, BeamConstraints.None, options)[0];

        var found = BeamSearch.Search(model, BeamConstraints.None, options, tokens => tokens.SequenceEqual(best.Tokens) ? "said_before" : null);

        Assert.Equal("said_before", found[0].Refused);
        Assert.Single(found, hypothesis => hypothesis.Refused is null);
    }

    [Fact]
    public void Search_NothingCanHold_IsEmpty()
    {
        Assert.Empty(BeamSearch.Search(new RandomModel(6, 1), new BeamConstraints { Required = [[3], [4], [5]] }, new BeamSearchOptions { MaxTokens = 2 }));
    }

    [Fact]
    public void Search_Margin_KeepsOnlyWhatIsNear()
    {
        var several = 0;
        for (var seed = 0; seed < 40; seed++)
        {
            var options = new BeamSearchOptions { MaxTokens = 8, Count = 20, BeamWidth = 8 };
            var all = BeamSearch.Search(new RandomModel(9, seed, endShare: 0.3f), BeamConstraints.None, options);

            var near = BeamSearch.Search(new RandomModel(9, seed, endShare: 0.3f), BeamConstraints.None, options with { Margin = 1.5 });

            Assert.Equal(all.Where(hypothesis => hypothesis.Score >= all[0].Score - 1.5).Select(hypothesis => hypothesis.Score), near.Select(hypothesis => hypothesis.Score), new Near());
            several += near.Count > 1 && near.Count < all.Count ? 1 : 0;
        }

        Assert.True(several > 10, $"only {several} of 40 searches had texts on both sides of the margin");
    }

    [Fact]
    public void DrawOpening_ManySeeds_DrawsByTheModelsShares()
    {
        var model = new RandomModel(5, 11, endShare: 0.01f);
        var drawn = Enumerable.Range(0, 4000).Select(seed => BeamSearch.DrawOpening(model, BeamConstraints.None, new BeamSearchOptions(), 1, 1.0, new Random(seed))).Where(tokens => tokens.Count > 0).CountBy(tokens => tokens[0]).ToDictionary();
        var row = model.Row([]);
        var said = 1.0 - Math.Exp(row[model.StartToken]);
        foreach (var (token, count) in drawn)
        {
            Assert.Equal(Math.Exp(row[token]) / said, count / 4000.0, 0.05);
        }
    }

    [Fact]
    public void Search_OneGroup_IsTheSearchWithoutDiversity()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var options = new BeamSearchOptions { BeamWidth = 4, MaxTokens = 12, NoRepeatLength = 0, Count = 4 };
            var plain = BeamSearch.Search(new RandomModel(8, seed), BeamConstraints.None, options);

            // Groups that do not mind each other are so many searches of their share of the width: each finds what the first finds, once.
            var first = BeamSearch.Search(new RandomModel(8, seed), BeamConstraints.None, options with { BeamWidth = 2 });
            var indifferent = BeamSearch.Search(new RandomModel(8, seed), BeamConstraints.None, options with { Groups = 2, Diversity = 0 });

            Assert.Equal(plain.Select(text => text.Tokens), BeamSearch.Search(new RandomModel(8, seed), BeamConstraints.None, options with { Diversity = 9 }).Select(text => text.Tokens));
            Assert.Equal(first.Select(text => text.Tokens), indifferent.Select(text => text.Tokens));
        }
    }

    [Fact]
    public void Search_GroupsThatKeepApart_BeginDifferentlyAndKeepTrueScores()
    {
        var (plainBeginnings, diverseBeginnings) = (0, 0);
        for (var seed = 0; seed < 40; seed++)
        {
            var model = new RandomModel(30, seed, endShare: 0.2f);
            var options = new BeamSearchOptions { BeamWidth = 6, MaxTokens = 10, NoRepeatLength = 0, Count = 6 };

            var plain = BeamSearch.Search(model, BeamConstraints.None, options);
            var diverse = BeamSearch.Search(model, BeamConstraints.None, options with { Groups = 3, Diversity = 50 });

            // So dear a token is never taken twice at one place: three groups, three first tokens (the end among them).
            Assert.True(Beginnings(diverse) >= 3, $"seed {seed}: {Beginnings(diverse)} beginnings");
            Assert.All(diverse, text => Assert.Equal(Score(model, [.. text.Tokens], options), text.Score, 1e-5));
            Assert.Equal(diverse.Count, diverse.Select(text => string.Join(' ', text.Tokens)).Distinct().Count());
            (plainBeginnings, diverseBeginnings) = (plainBeginnings + Beginnings(plain), diverseBeginnings + Beginnings(diverse));
        }

        Assert.True(diverseBeginnings > plainBeginnings, $"{diverseBeginnings} beginnings with groups, {plainBeginnings} without");

        static int Beginnings(IReadOnlyList<BeamHypothesis> texts) => texts.Select(text => text.Tokens.Count > 0 ? text.Tokens[0] : -1).Distinct().Count();
    }

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(4, 0.5)]
    [InlineData(2, -1)]
    [InlineData(2, double.NaN)]
    public void Search_GroupsOutOfRange_Throw(int groups, double diversity) => Assert.Throws<ArgumentOutOfRangeException>(() =>
        BeamSearch.Search(new RandomModel(4, 1), BeamConstraints.None, new BeamSearchOptions { BeamWidth = 6, Groups = groups, Diversity = diversity }));

    [Theory]
    [InlineData(0)]
    [InlineData(65)]
    public void Search_WidthOutOfRange_Throws(int width)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => BeamSearch.Search(new RandomModel(4, 1), BeamConstraints.None, new BeamSearchOptions { BeamWidth = width }));
    }

    private static IEnumerable<int[]> AllTexts(RandomModel model, int longest)
    {
        IEnumerable<int[]> texts = [[]];
        for (var length = 0; length <= longest; length++)
        {
            foreach (var text in texts)
            {
                yield return text;
            }

            texts = texts.SelectMany(text => Enumerable.Range(0, model.VocabularySize).Where(token => token != model.StartToken && token != model.EndToken).Select(token => text.Append(token).ToArray())).ToArray();
        }
    }

    private static double Score(RandomModel model, int[] tokens, BeamSearchOptions options)
    {
        var sum = 0.0;
        for (var length = 0; length <= tokens.Length; length++)
        {
            sum += model.Row(tokens[..length])[length < tokens.Length ? tokens[length] : model.EndToken];
        }

        return sum / Math.Pow((5 + tokens.Length + 1) / 6.0, options.LengthPenalty);
    }

    private sealed class Near : IEqualityComparer<double>
    {
        public bool Equals(double x, double y) => Math.Abs(x - y) < 1e-5;

        public int GetHashCode(double obj) => 0;
    }

    /// <summary>A distribution drawn anew for every run of tokens: its state is the run itself. Token 0 starts, token 1 ends.</summary>
    private sealed class RandomModel(int vocabulary, int seed, float endShare = 0.1f) : INextTokenModel<List<int>[]>
    {
        public int VocabularySize => vocabulary;

        public int StartToken => 0;

        public int EndToken => 1;

        public int Steps { get; private set; }

        public List<int>[] Start(int rows) => [.. Enumerable.Range(0, rows).Select(_ => new List<int>())];

        public void Step(List<int>[] state, ReadOnlySpan<int> tokens, Span<float> logProbabilities)
        {
            Steps++;
            for (var row = 0; row < state.Length; row++)
            {
                state[row].Add(tokens[row]);
                Row(state[row].Skip(1)).CopyTo(logProbabilities[(row * vocabulary)..]);
            }
        }

        public List<int>[] Gather(List<int>[] state, ReadOnlySpan<int> parents)
        {
            var rows = new List<int>[parents.Length];
            for (var row = 0; row < rows.Length; row++)
            {
                rows[row] = [.. state[parents[row]]];
            }

            return rows;
        }

        public float[] Row(IEnumerable<int> tokens)
        {
            var random = new Random(tokens.Aggregate(seed + 17, (hash, token) => unchecked((hash * 31) + token + 1)));
            var shares = Enumerable.Range(0, vocabulary).Select(_ => Math.Pow(random.NextDouble(), 3) + 1e-3).ToArray();
            shares[1] = 0;
            var sum = shares.Sum();
            return [.. shares.Select((share, token) => (float)Math.Log(token == 1 ? endShare : share / sum * (1 - endShare)))];
        }

        public int Likeliest(List<int> tokens) => Row(tokens).Index().Where(entry => entry.Index != StartToken).MaxBy(entry => entry.Item).Index;
    }
}
