using System.Runtime.InteropServices;
using System.Text;
using ChatAgent.Neural;

namespace ChatAgent.Nlg;

/// <summary>An <see cref="NGramModel"/> with its tokens, and its file. Immutable and thread-safe.</summary>
/// <remarks>
/// <code>
/// "CAngram1"                   8 bytes
/// header                       int32 length, JSON of LanguageModelHeader in UTF-8
/// order, vocabulary, end       int32 each
/// p(w)                         float32 × vocabulary
/// for each order from 2 on     int32 contexts + 1, int32 n-grams, int32 × starts, int32 × words, float32 × weights, float32 × contexts gammas
/// </code>
/// Little-endian; nothing follows.
/// </remarks>
public sealed class NGramLanguageModel : LanguageModel
{
    /// <summary>The file begins with this.</summary>
    internal static ReadOnlySpan<byte> Magic => "CAngram1"u8;

    private readonly NGramModel _model;

    /// <param name="model">Over the numbers of <paramref name="units"/>.</param>
    /// <param name="units">The tokens.</param>
    /// <param name="words">What may be suggested.</param>
    public NGramLanguageModel(NGramModel model, TextUnits units, PublicWords words)
        : base(units, words)
    {
        if (model.VocabularySize != units.Vocabulary.Count || model.EndToken != units.End)
        {
            throw new ArgumentException($"a model of {model.VocabularySize} tokens with {units.Vocabulary.Count} words", nameof(units));
        }

        _model = model;
    }

    /// <summary>n.</summary>
    public int Order => _model.Order;

    /// <inheritdoc/>
    public override long ParameterCount => _model.Count;

    /// <inheritdoc/>
    public override LanguageState Start(int rows) => new State([.. Enumerable.Range(0, rows).Select(_ => _model.Start())]);

    /// <inheritdoc/>
    public override LanguageState Gather(LanguageState state, ReadOnlySpan<int> parents)
    {
        var (from, gathered) = (((State)state).Contexts, new int[parents.Length][]);
        for (var row = 0; row < gathered.Length; row++)
        {
            gathered[row] = [.. from[parents[row]]];
        }

        return new State(gathered);
    }

    /// <inheritdoc/>
    public override void Next(LanguageState state, ReadOnlySpan<int> tokens, Span<float> logProbabilities)
    {
        var contexts = ((State)state).Contexts;
        for (var row = 0; row < tokens.Length; row++)
        {
            var distribution = logProbabilities.Slice(row * _model.VocabularySize, _model.VocabularySize);
            _model.Advance(contexts[row], tokens[row]);
            _model.Distribution(contexts[row], distribution);
            for (var i = 0; i < distribution.Length; i++)
            {
                distribution[i] = MathF.Log(distribution[i]);
            }
        }
    }

    /// <inheritdoc/>
    public override float[] LogProbabilities(ReadOnlySpan<int> tokens, CancellationToken cancellationToken = default)
    {
        var (context, result) = (_model.Start(), new float[tokens.Length]);
        for (var i = 0; i < tokens.Length; i++)
        {
            result[i] = (float)Math.Log(_model.Probability(context, tokens[i]));
            _model.Advance(context, tokens[i]);
        }

        return result;
    }

    /// <inheritdoc/>
    public override void Save(string path)
    {
        var temporary = path + ".part";
        try
        {
            using (var writer = new BinaryWriter(new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 16), Encoding.UTF8))
            {
                writer.Write(Magic);
                var header = Encoding.UTF8.GetBytes(LanguageModelHeader.Of(this).ToJson());
                writer.Write(header.Length);
                writer.Write(header);
                writer.Write(_model.Order);
                writer.Write(_model.VocabularySize);
                writer.Write(_model.EndToken);
                writer.Write(MemoryMarshal.AsBytes<float>(_model.Unigrams));
                foreach (var level in _model.Levels)
                {
                    writer.Write(level.Starts.Length);
                    writer.Write(level.Words.Length);
                    writer.Write(MemoryMarshal.AsBytes<int>(level.Starts));
                    writer.Write(MemoryMarshal.AsBytes<int>(level.Words));
                    writer.Write(MemoryMarshal.AsBytes<float>(level.Weights));
                    writer.Write(MemoryMarshal.AsBytes<float>(level.Gammas));
                }
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    internal static NGramLanguageModel LoadFile(string path)
    {
        var name = Path.GetFileName(path);
        using var reader = new BinaryReader(File.OpenRead(path), Encoding.UTF8);
        try
        {
            reader.ReadBytes(Magic.Length);
            var header = LanguageModelHeader.FromJson(Encoding.UTF8.GetString(Bytes(reader, reader.ReadInt32())), name);
            var (order, vocabulary, end) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32());
            if (order is < 1 or > KneserNey.MaxOrder || vocabulary != header.Tokens.Count || end < 0 || end >= vocabulary)
            {
                throw new ModelFormatException(name, $"order {order}, {vocabulary} tokens, end {end}: they do not fit the {header.Tokens.Count} tokens of the header");
            }

            var unigrams = Numbers<float>(reader, vocabulary);
            var levels = new NGramModel.Level[order - 1];
            var below = vocabulary;
            for (var n = 0; n < levels.Length; n++)
            {
                var (starts, words) = (reader.ReadInt32(), reader.ReadInt32());
                if (starts != below + 1 || words < 0)
                {
                    throw new ModelFormatException(name, $"order {n + 2} has {starts} starts and {words} n-grams; expected {below + 1} starts");
                }

                levels[n] = new NGramModel.Level(Numbers<int>(reader, starts), Numbers<int>(reader, words), Numbers<float>(reader, words), Numbers<float>(reader, starts - 1));
                if (levels[n].Starts[^1] != words || levels[n].Words.Any(word => (uint)word >= (uint)vocabulary) || !IsAscending(levels[n].Starts))
                {
                    throw new ModelFormatException(name, $"order {n + 2}: its n-grams do not lie as their starts say");
                }

                below = words;
            }

            return reader.BaseStream.Position == reader.BaseStream.Length
                ? new NGramLanguageModel(new NGramModel(unigrams, levels, end), header.ToUnits(name), PublicWords.FromWords(header.Words))
                : throw new ModelFormatException(name, $"{reader.BaseStream.Length - reader.BaseStream.Position} bytes follow the model");
        }
        catch (EndOfStreamException e)
        {
            throw new ModelFormatException(name, $"ends after {reader.BaseStream.Length} bytes, in the middle of the model", e);
        }
    }

    private static bool IsAscending(int[] starts)
    {
        for (var i = 1; i < starts.Length; i++)
        {
            if (starts[i] < starts[i - 1])
            {
                return false;
            }
        }

        return starts[0] == 0;
    }

    private static byte[] Bytes(BinaryReader reader, long length)
    {
        // Never more than there is: a broken length must not allocate.
        if (length < 0 || length > reader.BaseStream.Length - reader.BaseStream.Position)
        {
            throw new EndOfStreamException();
        }

        return reader.ReadBytes((int)length);
    }

    private static T[] Numbers<T>(BinaryReader reader, int count)
        where T : unmanaged
    {
        if (count < 0 || (long)count * 4 > reader.BaseStream.Length - reader.BaseStream.Position)
        {
            throw new EndOfStreamException();
        }

        var numbers = new T[count];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(numbers.AsSpan()));
        return numbers;
    }

    private sealed class State(int[][] contexts) : LanguageState
    {
        public int[][] Contexts => contexts;

        public override int Rows => contexts.Length;
    }
}
