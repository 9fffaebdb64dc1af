using ChatAgent.Neural;

namespace ChatAgent.Nlg;

/// <summary>A language model of any kind with its tokens: recurrent, n-gram or a mixture. Immutable and thread-safe; buffers belong to the state.</summary>
/// <remarks>
/// A text begins after the end of another, as in training. For the search, which needs a beginning that is never said, number V stands for it and has no
/// probability; distributions are over the V tokens, the end among them.
/// </remarks>
public abstract class LanguageModel : INextTokenModel<LanguageState>
{
    /// <param name="units">The tokens.</param>
    /// <param name="words">What may be suggested to a person who types; see <see cref="PublicWords"/>.</param>
    protected LanguageModel(TextUnits units, PublicWords words)
    {
        (Units, Words) = (units, words);
    }

    /// <summary>The tokens.</summary>
    public TextUnits Units { get; }

    /// <summary>Words of the training text that name nobody.</summary>
    public PublicWords Words { get; }

    /// <summary>Numbers that the model holds.</summary>
    public abstract long ParameterCount { get; }

    /// <inheritdoc/>
    public int VocabularySize => Units.Vocabulary.Count + 1;

    /// <inheritdoc/>
    public int StartToken => Units.Vocabulary.Count;

    /// <inheritdoc/>
    public int EndToken => Units.End;

    /// <inheritdoc/>
    public abstract LanguageState Start(int rows);

    /// <inheritdoc/>
    public void Step(LanguageState state, ReadOnlySpan<int> tokens, Span<float> logProbabilities)
    {
        var known = VocabularySize - 1;
        Span<int> fed = tokens.Length <= 256 ? stackalloc int[tokens.Length] : new int[tokens.Length];
        for (var row = 0; row < tokens.Length; row++)
        {
            fed[row] = tokens[row] == StartToken ? EndToken : tokens[row];
        }

        // The kinds write rows of V; spread from the last row on they make room for the beginning's own number.
        Next(state, fed, logProbabilities[..(tokens.Length * known)]);
        for (var row = tokens.Length - 1; row >= 0; row--)
        {
            var from = logProbabilities.Slice(row * known, known);
            from.CopyTo(logProbabilities.Slice(row * VocabularySize, known));
            logProbabilities[(row * VocabularySize) + known] = float.NegativeInfinity;
        }
    }

    /// <inheritdoc/>
    public abstract LanguageState Gather(LanguageState state, ReadOnlySpan<int> parents);

    /// <summary>Feeds a token to each row and writes the distribution of the next.</summary>
    /// <param name="state">Changed in place.</param>
    /// <param name="tokens">(B), below V.</param>
    /// <param name="logProbabilities">(B, V), natural logarithm; each row's exponentials sum to 1.</param>
    public abstract void Next(LanguageState state, ReadOnlySpan<int> tokens, Span<float> logProbabilities);

    /// <summary>log p of each token of a text in running order, the end of each text included, natural logarithm.</summary>
    /// <param name="tokens">Texts one after another, each closed by the end; the first follows an end.</param>
    /// <param name="cancellationToken">Asked now and then.</param>
    public virtual float[] LogProbabilities(ReadOnlySpan<int> tokens, CancellationToken cancellationToken = default)
    {
        var (state, row, result) = (Start(1), new float[VocabularySize - 1], new float[tokens.Length]);
        Span<int> last = [EndToken];
        for (var i = 0; i < tokens.Length; i++)
        {
            if ((i & 0xFFF) == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            Next(state, last, row);
            result[i] = row[tokens[i]];
            last[0] = tokens[i];
        }

        return result;
    }

    /// <summary>Writes the model so that <see cref="Load"/> reads it.</summary>
    /// <exception cref="IOException">It cannot be written; a file that was there is as it was.</exception>
    /// <exception cref="NotSupportedException">A mixture has no file of its own.</exception>
    public abstract void Save(string path);

    /// <summary>The same model with weights of another width while decoding: narrow ones are faster and cost a little of the perplexity. What has no such weights stays as it is.</summary>
    public virtual LanguageModel With(WeightFormat weights) => this;

    /// <summary>Reads a model of any kind.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="mapped">A recurrent model's file is mapped into memory instead of read, which saves a copy of it; see <see cref="ModelFile.Map"/>, and what must not be done to the file meanwhile.</param>
    /// <exception cref="ModelFormatException">The file is broken, of another kind or of another version.</exception>
    /// <exception cref="IOException">It is missing or cannot be read.</exception>
    public static LanguageModel Load(string path, bool mapped = false)
    {
        Span<byte> start = stackalloc byte[NGramLanguageModel.Magic.Length];
        using (var stream = File.OpenRead(path))
        {
            start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        }

        return start.SequenceEqual(NGramLanguageModel.Magic) ? NGramLanguageModel.LoadFile(path) : RecurrentLanguageModel.LoadFile(path, mapped);
    }

    /// <summary>exp of minus the mean log p.</summary>
    public static double Perplexity(IReadOnlyCollection<float> logProbabilities) => Math.Exp(-logProbabilities.Sum(value => (double)value) / logProbabilities.Count);
}
