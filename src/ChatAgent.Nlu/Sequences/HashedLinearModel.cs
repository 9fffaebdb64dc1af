using ChatAgent.Neural;

namespace ChatAgent.Nlu;

/// <summary>Logistic regression over hashed words and pairs of words: what single words say, beside what a recurrent network reads. Not thread-safe while training.</summary>
/// <remarks>
/// P(c) = softmax(W x + b), x_i = 1/√n for each of the n features of a row; trained by AdaGrad (Duchi et al. 2011). Features fall into 2^17 places by hash (Weinberger et al.
/// 2009, arXiv:0902.2206), fewer where there are many classes, so that W stays below 16 million numbers.
/// </remarks>
internal sealed class HashedLinearModel
{
    private const int MostPlaces = 1 << 17;
    private const int MostNumbers = 1 << 24;
    private const float Rate = 0.5f;
    private const float L2 = 1e-6f;

    public HashedLinearModel(int classes, float[]? weights = null)
    {
        Classes = classes;
        Places = MostPlaces;
        while ((long)Places * classes > MostNumbers)
        {
            Places /= 2;
        }

        Weights = weights ?? new float[(Places + 1) * classes];
    }

    public int Classes { get; }

    public int Places { get; }

    /// <summary>(places + 1, classes): the last row is the bias.</summary>
    public float[] Weights { get; }

    public void Train(IReadOnlyList<IReadOnlyList<string>> rows, IReadOnlyList<int> labels, int epochs, int seed, CancellationToken cancellationToken)
    {
        int[][] features = [.. rows.Select(FeaturesOf)];
        var squares = new float[Weights.Length];
        var (order, random, scores) = (Enumerable.Range(0, rows.Count).ToArray(), new Random(seed), new float[Classes]);
        for (var epoch = 0; epoch < epochs; epoch++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            random.Shuffle(order);
            foreach (var row in order)
            {
                Score(features[row], scores);
                Kernels.Softmax(scores);
                scores[labels[row]] -= 1f;
                var scale = 1f / MathF.Sqrt(Math.Max(1, features[row].Length));
                foreach (var place in features[row].Append(Places))
                {
                    var value = place == Places ? 1f : scale;
                    for (var c = 0; c < Classes; c++)
                    {
                        var at = (place * Classes) + c;
                        var gradient = (scores[c] * value) + (L2 * Weights[at]);
                        squares[at] += gradient * gradient;
                        Weights[at] -= Rate * gradient / (1e-6f + MathF.Sqrt(squares[at]));
                    }
                }
            }
        }
    }

    /// <summary>Probabilities of the classes.</summary>
    public void Predict(IReadOnlyList<string> words, Span<float> probabilities)
    {
        Score(FeaturesOf(words), probabilities);
        Kernels.Softmax(probabilities);
    }

    private void Score(int[] features, Span<float> scores)
    {
        Weights.AsSpan(Places * Classes, Classes).CopyTo(scores);
        var scale = 1f / MathF.Sqrt(Math.Max(1, features.Length));
        foreach (var place in features)
        {
            Kernels.Axpy(scale, Weights.AsSpan(place * Classes, Classes), scores);
        }
    }

    private int[] FeaturesOf(IReadOnlyList<string> words)
    {
        var places = new HashSet<int>();
        for (var i = 0; i < words.Count; i++)
        {
            places.Add(Place(words[i]));
            if (i > 0)
            {
                places.Add(Place($"{words[i - 1]} {words[i]}"));
            }

            if (i > 1)
            {
                places.Add(Place($"{words[i - 2]} {words[i - 1]} {words[i]}"));
            }
        }

        return [.. places];
    }

    private int Place(string feature) => (int)(SequenceFeatures.Hash(feature) & (uint)(Places - 1));
}
