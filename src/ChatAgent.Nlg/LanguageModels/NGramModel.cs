using ChatAgent.Neural;

namespace ChatAgent.Nlg;

/// <summary>An n-gram language model as interpolated weights: the plain baseline of the recurrent ones, and a fast partner to mix with them.</summary>
/// <remarks>
/// p(w | c) = α(c w) + γ(c) · p(w | c')      c   the last words, at most n − 1; c' the same without the first of them
/// p(w)     = α(w) + γ / V                   α   discounted share of w after c, 0 where c w was not seen
///                                           γ   what the discounts of c left over; 1 where c was not seen
/// n-grams lie in a trie, one run of arrays an order: the children of context i are the places starts[i] to starts[i + 1], by ascending word. A text's end
/// is also its beginning: contexts never reach over it. Immutable and thread-safe; <see cref="KneserNey"/> makes it.
/// </remarks>
public sealed class NGramModel
{
    private readonly float[] _unigrams;
    private readonly Level[] _levels;

    /// <param name="unigrams">p(w), (V).</param>
    /// <param name="levels">Of order 2 and up.</param>
    /// <param name="endToken">Ends a text.</param>
    internal NGramModel(float[] unigrams, Level[] levels, int endToken)
    {
        (_unigrams, _levels, EndToken) = (unigrams, levels, endToken);
    }

    /// <summary>p(w), (V): what a file keeps.</summary>
    internal float[] Unigrams => _unigrams;

    /// <summary>Of order 2 and up: what a file keeps.</summary>
    internal IReadOnlyList<Level> Levels => _levels;

    /// <summary>V.</summary>
    public int VocabularySize => _unigrams.Length;

    /// <summary>n.</summary>
    public int Order => _levels.Length + 1;

    /// <summary>Id of the token that ends a text, and stands before its first.</summary>
    public int EndToken { get; }

    /// <summary>n-grams kept, of all orders.</summary>
    public long Count => _unigrams.Length + _levels.Sum(level => (long)level.Words.Length);

    /// <summary>The context at the beginning of a text: places in the trie of the last 1, 2, … n − 1 words, −1 where there is none; (n − 1).</summary>
    public int[] Start()
    {
        var context = new int[_levels.Length];
        Begin(context);
        return context;
    }

    /// <summary>p(word | context).</summary>
    /// <param name="context">From <see cref="Start"/> and <see cref="Advance"/>.</param>
    /// <param name="word">Id below V.</param>
    public double Probability(ReadOnlySpan<int> context, int word)
    {
        double probability = _unigrams[word];
        for (var length = 0; length < context.Length && context[length] >= 0; length++)
        {
            var level = _levels[length];
            if (level.HasChildren(context[length]))
            {
                var place = level.Find(context[length], word);
                probability = (level.Gammas[context[length]] * probability) + (place < 0 ? 0f : level.Weights[place]);
            }
        }

        return probability;
    }

    /// <summary>The whole distribution of the next word.</summary>
    /// <param name="context">From <see cref="Start"/> and <see cref="Advance"/>.</param>
    /// <param name="probabilities">Written, (V); they sum to 1.</param>
    public void Distribution(ReadOnlySpan<int> context, Span<float> probabilities)
    {
        _unigrams.CopyTo(probabilities);
        for (var length = 0; length < context.Length && context[length] >= 0; length++)
        {
            var level = _levels[length];
            if (!level.HasChildren(context[length]))
            {
                continue;
            }

            Kernels.Scale(level.Gammas[context[length]], probabilities[..VocabularySize]);
            for (var place = level.Starts[context[length]]; place < level.Starts[context[length] + 1]; place++)
            {
                probabilities[level.Words[place]] += level.Weights[place];
            }
        }
    }

    /// <summary>Puts a word behind the context, in place.</summary>
    public void Advance(Span<int> context, int word)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)word, (uint)VocabularySize, nameof(word));
        if (word == EndToken)
        {
            Begin(context);
            return;
        }

        for (var length = context.Length - 1; length > 0; length--)
        {
            context[length] = context[length - 1] < 0 ? -1 : _levels[length - 1].Find(context[length - 1], word);
        }

        if (context.Length > 0)
        {
            context[0] = word;
        }
    }

    private void Begin(Span<int> context)
    {
        context.Fill(-1);
        if (context.Length > 0)
        {
            context[0] = EndToken;
        }
    }

    /// <summary>The n-grams of one order.</summary>
    /// <param name="Starts">First child of each context; contexts are the places of the order below, and one more entry closes the last.</param>
    /// <param name="Words">Last word of each n-gram.</param>
    /// <param name="Weights">α of each n-gram.</param>
    /// <param name="Gammas">γ of each context.</param>
    internal sealed record Level(int[] Starts, int[] Words, float[] Weights, float[] Gammas)
    {
        public bool HasChildren(int context) => Starts[context] < Starts[context + 1];

        /// <summary>The place of an n-gram, or −1.</summary>
        public int Find(int context, int word)
        {
            var (start, end) = (Starts[context], Starts[context + 1]);
            var place = Array.BinarySearch(Words, start, end - start, word);
            return place < 0 ? -1 : place;
        }
    }
}
