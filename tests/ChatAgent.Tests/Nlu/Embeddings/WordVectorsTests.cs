using ChatAgent.Neural;
using ChatAgent.Nlu.Embeddings;
using ChatAgent.Text.Corpora;

namespace ChatAgent.Nlu.Tests.Embeddings;

/// <summary>Training, asking, writing and reading word vectors.</summary>
public sealed class WordVectorsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("chatagent-vectors-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(EmbeddingMethod.SkipGram)]
    [InlineData(EmbeddingMethod.Cbow)]
    [InlineData(EmbeddingMethod.Glove)]
    [InlineData(EmbeddingMethod.FastText)]
    [InlineData(EmbeddingMethod.Svd)]
    public void Train_TwoTopics_WordsOfATopicAreNearer_AndTheSeedDecides(EmbeddingMethod method)
    {
        var (first, second) = (Train(method, 1), Train(method, 1));

        Assert.True(first.Similarity("gato", "perro") > first.Similarity("gato", "lunes") + 0.05);
        Assert.Equal("lunes", first.OddOneOut(["gato", "perro", "raton", "lunes"])[0].Word);
        Assert.All(first.Words, word => Assert.True(first.VectorOf(word).SequenceEqual(second.VectorOf(word))));
    }

    [Fact]
    public void VectorOf_UnseenWord_IsMadeOfItsPieces_OrNamesTheNearestSpelling()
    {
        var fast = Train(EmbeddingMethod.FastText, 1);
        var plain = Train(EmbeddingMethod.SkipGram, 1);

        Assert.True(fast.Similarity("gatos", "gato") > fast.Similarity("gatos", "lunes"));
        Assert.Contains("raton", Assert.Throws<UnknownWordException>(() => plain.Nearest("ratom", 3)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(VectorFileFormat.Word2VecText)]
    [InlineData(VectorFileFormat.Word2VecBinary)]
    [InlineData(VectorFileFormat.Glove)]
    public void SaveLoad_EveryFormat_GivesTheSameBits(VectorFileFormat format)
    {
        var path = Path.Combine(_folder, "v.vec");
        var vectors = Train(EmbeddingMethod.FastText, 1);
        VectorFile.Save(path, vectors, format);

        var loaded = VectorFile.Load(path);

        Assert.Equal(vectors.Words, loaded.Words);
        Assert.All(vectors.Words, word => Assert.True(vectors.VectorOf(word).SequenceEqual(loaded.VectorOf(word))));
        Assert.True(vectors.VectorOf("gatitos").SequenceEqual(loaded.VectorOf("gatitos")));
    }

    [Theory]
    [InlineData("", "(1,1)")]
    [InlineData("2 3\na 1 2 3\nb 1 2\n", "(3,1)")]
    [InlineData("2 3\na 1 2 3\nb 1 2 3 4\n", "(3,1)")]
    [InlineData("a 1 2 3\nb 1 NaN 3\n", "(2,5)")]
    [InlineData("a 1 2 3\nb 1 x 3\n", "(2,5)")]
    [InlineData("2000000000 300\na 1 2 3\n", "(1,1)")]
    [InlineData("3 2\na 1 2\nb 1 2\n", "(4,1)")]
    public void Load_Broken_SaysWhere(string content, string place)
    {
        var path = Path.Combine(_folder, "broken.vec");
        File.WriteAllText(path, content);

        Assert.Contains(place, Assert.Throws<CorpusFormatException>(() => VectorFile.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_TwoGigabytesOfNothing_IsRefusedAtOnce()
    {
        var path = Path.Combine(_folder, "huge.vec");
        using (var stream = File.Create(path))
        {
            stream.SetLength(2L << 30);
        }

        Assert.Throws<CorpusFormatException>(() => VectorFile.Load(path));
        Assert.Throws<CorpusFormatException>(() => EmbeddingText.Read([path], 1));
    }

    [Fact]
    public void Analogy_Parallelogram_IsFoundBothWays()
    {
        var vectors = WordVectors.FromRows(["hombre", "mujer", "rey", "reina", "mesa"], [1, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 1, 0.5f, 0.5f, -1]);

        Assert.Equal("reina", vectors.Analogy("hombre", "mujer", "rey", 1)[0].Word);
        Assert.Equal("reina", vectors.Analogy("hombre", "mujer", "rey", 1, multiply: true)[0].Word);
        Assert.Equal("rey", vectors.Nearest("hombre", 1, VectorMetric.Euclidean)[0].Word);
        var bias = BiasReport.Of(vectors, ["mesa", "rey"], [("rey", "reina"), ("hombre", "mujer")]);
        Assert.True(bias.Words[1].Value > 0.3 && Math.Abs(bias.Words[0].Value) < 0.05 && bias.Explained > 0.9);
    }

    [Theory]
    [InlineData(ProjectionMethod.Pca)]
    [InlineData(ProjectionMethod.TSne)]
    [InlineData(ProjectionMethod.Umap)]
    public void Project_TwoHeaps_StayApart(ProjectionMethod method)
    {
        var random = new Random(3);
        var rows = Enumerable.Range(0, 60).Select(i => Enumerable.Range(0, 8).Select(k => (float)((random.NextDouble() * 0.4) + ((k < 4) == (i < 30) ? 1 : 0))).ToArray()).ToList();

        var points = Projection.Project(rows, method, 2, 1, new ProgressMeter(null, "points/s", TimeProvider.System), CancellationToken.None);
        var again = Projection.Project(rows, method, 2, 1, new ProgressMeter(null, "points/s", TimeProvider.System), CancellationToken.None);

        double Apart(int i, int j) => Math.Pow(points[i, 0] - points[j, 0], 2) + Math.Pow(points[i, 1] - points[j, 1], 2);
        var own = Enumerable.Range(0, 60).Count(i => Enumerable.Range(0, 60).Where(j => j != i).MinBy(j => Apart(i, j)) / 30 == i / 30);
        Assert.Equal(60, own);
        Assert.Equal(points.Cast<float>(), again.Cast<float>());
    }

    [Fact]
    public void Spearman_TiesAndReverse_AreAsInTheBook()
    {
        Assert.Equal(-1, VectorEvaluation.Spearman([1, 2, 3], [30, 20, 10]));
        Assert.Equal(0.9487, VectorEvaluation.Spearman([1, 2, 3, 4], [1, 2, 2, 3])!.Value, 4);
    }

    /// <summary>Two topics; one word in twelve strays into the other, because GloVe learns nothing from pairs that are never seen.</summary>
    private static WordVectors Train(EmbeddingMethod method, int seed)
    {
        var random = new Random(7);
        string[][] topics = [["gato", "perro", "raton", "come", "corre", "duerme"], ["lunes", "martes", "jueves", "hora", "agenda", "semana"]];
        var lines = Enumerable.Range(0, 600).Select(i => string.Join(' ', Enumerable.Range(0, 9).Select(k => k % 3 == 0 ? "el" : topics[(i + (random.Next(12) == 0 ? 1 : 0)) % 2][random.Next(6)])));
        var options = new EmbeddingOptions { Method = method, Dimensions = 16, MinimumCount = 1, Subsample = 0, Seed = seed, Window = 4, Epochs = method == EmbeddingMethod.FastText ? 10 : 40, LearningRate = 0.1f };
        return EmbeddingTrainer.Train(EmbeddingText.FromLines(lines, 1), options, null, TimeProvider.System, CancellationToken.None);
    }
}
