using ChatAgent.Neural;

namespace ChatAgent.Nlu.Embeddings;

/// <summary>How far words lean along a direction that pairs of words span, as "él" and "ella" do.</summary>
/// <param name="Pairs">The pairs behind the direction, each with how much of its own difference lies along it (cosine, 1 is all).</param>
/// <param name="Words">Each asked word with its cosine to the direction: above 0 towards the first words of the pairs, below towards the second.</param>
/// <param name="Explained">Share of the squared length of the pairs' differences that the direction explains, 0 to 1: low means that the pairs do not agree and the lean says little.</param>
/// <remarks>
/// The direction is the first principal axis of the differences of unit vectors, turned towards the pairs' first words (Bolukbasi et al. 2016, arXiv:1607.06520, section 5). In Spanish
/// grammatical gender lies along it too: "enfermera" leans by its form alone, so pairs such as doctor/doctora show how far the form carries.
/// </remarks>
public sealed record BiasReport(IReadOnlyList<(string First, string Second, double Agreement)> Pairs, IReadOnlyList<Neighbour> Words, double Explained)
{
    /// <summary>Measures words.</summary>
    /// <param name="pairs">Pairs of which at least one has vectors.</param>
    /// <exception cref="UnknownWordException">A word has no vector, or no pair has.</exception>
    public static BiasReport Of(WordVectors vectors, IReadOnlyList<string> words, IReadOnlyList<(string First, string Second)> pairs)
    {
        var known = pairs.Where(pair => vectors.TryNumber(pair.First, out _) && vectors.TryNumber(pair.Second, out _)).ToList();
        if (known.Count == 0)
        {
            throw new UnknownWordException(pairs.Count == 0 ? string.Empty : $"{pairs[0].First}/{pairs[0].Second}", []);
        }

        var differences = known.Select(pair => Difference(vectors.Unit(pair.First), vectors.Unit(pair.Second))).ToList();
        var n = differences.Count;
        var gram = new double[n, n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                gram[i, j] = Kernels.Dot(differences[i], differences[j]);
            }
        }

        var total = Enumerable.Range(0, n).Sum(i => gram[i, i]);
        var (values, axes) = SymmetricEigen.Decompose(gram);
        var direction = new float[vectors.Dimensions];
        for (var i = 0; i < n; i++)
        {
            Kernels.Axpy((float)axes[i, 0], differences[i], direction);
        }

        if (differences.Sum(difference => Kernels.Dot(difference, direction)) < 0)
        {
            Kernels.Scale(-1f, direction);
        }

        return new BiasReport(
            [.. known.Select((pair, i) => (pair.First, pair.Second, WordVectors.Cosine(differences[i], direction)))],
            [.. words.Select(word => new Neighbour(word, WordVectors.Cosine(vectors.VectorOf(word), direction)))],
            total <= 0 ? 0 : values[0] / total);
    }

    private static float[] Difference(float[] a, float[] b)
    {
        Kernels.Axpy(-1f, b, a);
        return a;
    }
}
