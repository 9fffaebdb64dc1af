using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using ChatAgent.Neural;
using ChatAgent.Nlu.Entities;
using ChatAgent.Nlu.Intents;
using ChatAgent.Text;

namespace ChatAgent.Nlu;

/// <summary>The file that holds trained understanding.</summary>
/// <remarks>
/// offset 0    8 bytes    "CHATNLU" and a line feed
/// offset 8    int32      version of this layout
/// offset 12   int64      length of the body
/// offset 20   32 bytes   SHA-256 of the body
/// offset 52   body       strings as BinaryWriter writes them; arrays as int32 count and little-endian elements; matrices as rows, columns, a float scale a row, signed bytes
/// The body in order: labels; calibration; linear path (hashes, idf, weights) or nothing; encoder (sizes, words, W, G, parameters) or nothing;
/// examples (texts, intents, vectors or nothing, exact keys); words with counts; language weights; lexicon; words of persons' names.
/// The hash is checked before anything of a claimed size is allocated, so a damaged file cannot ask for memory.
/// </remarks>
internal static class NluFile
{
    public const string Name = "understanding.bin";
    private const int Version = 2;
    private const int HeaderBytes = 52;

    private static ReadOnlySpan<byte> Magic => "CHATNLU\n"u8;

    public static void Write(string path, IntentModel intents, LanguageIdentifier languages, EntityExtractor entities)
    {
        using var body = new MemoryStream();
        using (var writer = new BinaryWriter(body, Encoding.UTF8, leaveOpen: true))
        {
            Body(writer, intents, languages, entities);
        }

        var bytes = body.GetBuffer().AsSpan(0, (int)body.Length);

        // A half-written file must never stand under the name that the next start reads.
        var unfinished = path + ".part";
        using (var file = new BinaryWriter(File.Create(unfinished)))
        {
            file.Write(Magic);
            file.Write(Version);
            file.Write((long)bytes.Length);
            file.Write(SHA256.HashData(bytes));
            file.Write(bytes);
        }

        File.Move(unfinished, path, overwrite: true);
    }

    /// <exception cref="ModelFormatException">The file is not one of these, is of another version, or is damaged.</exception>
    public static (IntentModel Intents, LanguageIdentifier Languages, EntityExtractor Entities) Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        if (bytes.Length < HeaderBytes || !bytes.AsSpan().StartsWith(Magic))
        {
            throw new ModelFormatException(path, $"{bytes.Length} bytes that do not begin as a model of understanding; expected \"CHATNLU\". Train again.");
        }

        var version = BitConverter.ToInt32(bytes, 8);
        if (version != Version)
        {
            throw new ModelFormatException(path, $"format version {version}, this build reads {Version}. Train again or upgrade.");
        }

        var length = BitConverter.ToInt64(bytes, 12);
        if (length != bytes.Length - HeaderBytes)
        {
            throw new ModelFormatException(path, $"a body of {bytes.Length - HeaderBytes:N0} bytes, expected {length:N0}. The file was cut; train again.");
        }

        if (!SHA256.HashData(bytes.AsSpan(HeaderBytes)).AsSpan().SequenceEqual(bytes.AsSpan(20, 32)))
        {
            throw new ModelFormatException(path, "the body does not match its SHA-256. The file is damaged; train again.");
        }

        try
        {
            using var reader = new BinaryReader(new MemoryStream(bytes, HeaderBytes, bytes.Length - HeaderBytes), Encoding.UTF8);
            return Body(reader);
        }
        catch (Exception error) when (error is EndOfStreamException or ArgumentException or OverflowException or IndexOutOfRangeException)
        {
            throw new ModelFormatException(path, "the body's parts do not fit together. Train again.", error);
        }
    }

    private static void Body(BinaryWriter writer, IntentModel intents, LanguageIdentifier languages, EntityExtractor entities)
    {
        Strings(writer, intents.Labels);
        var calibration = intents.Calibration;
        foreach (var value in (float[])[calibration.LinearWeight, calibration.DenseWeight, calibration.Height, calibration.Offset, calibration.Threshold])
        {
            writer.Write(value);
        }

        writer.Write(intents.Linear is not null);
        if (intents.Linear is { } linear)
        {
            Array(writer, linear.Features.Hashes);
            Array(writer, linear.Features.Idf);
            Matrix(writer, linear.Stored);
        }

        writer.Write(intents.Encoder is not null);
        if (intents.Encoder is { } encoder)
        {
            foreach (var size in (int[])[encoder.Shape.Embedding, encoder.Shape.Hidden, encoder.Shape.Vector, encoder.Shape.PieceBuckets])
            {
                writer.Write(size);
            }

            Strings(writer, encoder.Vocabulary.Words);
            Matrix(writer, QuantizedRows.From(encoder.WordVectors, encoder.Vocabulary.Count, encoder.Shape.Embedding));
            Matrix(writer, QuantizedRows.From(encoder.PieceVectors, encoder.Shape.PieceBuckets, encoder.Shape.Embedding));
            Array<float>(writer, encoder.Parameters.Values);
        }

        Strings(writer, intents.Examples.Texts);
        Array<int>(writer, intents.Examples.Intents);
        writer.Write(intents.Examples.Vectors is not null);
        if (intents.Examples.Vectors is { } vectors)
        {
            Matrix(writer, vectors);
        }

        Array<ulong>(writer, (ulong[])[.. intents.Examples.Exact.Select(exact => exact.Key)]);
        Array<int>(writer, (int[])[.. intents.Examples.Exact.Select(exact => exact.Intent)]);
        Strings(writer, [.. intents.Spelling.Words.Select(entry => entry.Word)]);
        Array<int>(writer, (int[])[.. intents.Spelling.Words.Select(entry => entry.Count)]);
        var weights = languages.Weights.OrderBy(entry => entry.Key, StringComparer.Ordinal).ToArray();
        Strings(writer, [.. weights.Select(entry => entry.Key)]);
        Array<float>(writer, (float[])[.. weights.Select(entry => entry.Value)]);
        writer.Write(entities.Lexicon.Entries.Count);
        foreach (var entry in entities.Lexicon.Entries)
        {
            writer.Write(entry.Entity);
            writer.Write(entry.Value);
            Strings(writer, entry.Synonyms);
        }

        Strings(writer, entities.PersonWords);
    }

    private static (IntentModel, LanguageIdentifier, EntityExtractor) Body(BinaryReader reader)
    {
        var labels = Strings(reader);
        var calibration = new IntentCalibration
        {
            LinearWeight = reader.ReadSingle(), DenseWeight = reader.ReadSingle(), Height = reader.ReadSingle(), Offset = reader.ReadSingle(), Threshold = reader.ReadSingle(),
        };
        LinearPath? linear = null;
        if (reader.ReadBoolean())
        {
            linear = new LinearPath(new NgramFeatures(Array<ulong>(reader), Array<float>(reader)), Matrix(reader));
        }

        EncoderNetwork? encoder = null;
        if (reader.ReadBoolean())
        {
            var shape = new EncoderShape { Embedding = reader.ReadInt32(), Hidden = reader.ReadInt32(), Vector = reader.ReadInt32(), PieceBuckets = reader.ReadInt32() };
            encoder = new EncoderNetwork(shape, Vocabulary.FromWords(Strings(reader)), labels.Length);
            Matrix(reader).ToFloats(shape.Embedding).CopyTo(encoder.WordVectors, 0);
            Matrix(reader).ToFloats(shape.Embedding).CopyTo(encoder.PieceVectors, 0);
            Array<float>(reader).CopyTo(encoder.Parameters.Values);
            encoder.Prepare(forTraining: false);
        }

        var examples = new ExampleTable(Strings(reader), Array<int>(reader), reader.ReadBoolean() ? Matrix(reader) : null, [.. Array<ulong>(reader).Zip(Array<int>(reader))]);
        var spelling = new SpellingGuide([.. Strings(reader).Zip(Array<int>(reader))]);
        var languages = LanguageIdentifier.FromWeights(Strings(reader).Zip(Array<float>(reader), KeyValuePair.Create));
        var lexicon = new LexiconEntry[reader.ReadInt32()];
        for (var i = 0; i < lexicon.Length; i++)
        {
            lexicon[i] = new LexiconEntry(reader.ReadString(), reader.ReadString(), Strings(reader));
        }

        return (new IntentModel(labels, linear, encoder, spelling, calibration, examples), languages, new EntityExtractor(new NluLexicon(lexicon), Strings(reader)));
    }

    private static void Strings(BinaryWriter writer, IReadOnlyList<string> values)
    {
        writer.Write(values.Count);
        foreach (var value in values)
        {
            writer.Write(value);
        }
    }

    private static string[] Strings(BinaryReader reader)
    {
        var values = new string[reader.ReadInt32()];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = reader.ReadString();
        }

        return values;
    }

    private static void Array<T>(BinaryWriter writer, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        writer.Write(values.Length);
        writer.Write(MemoryMarshal.AsBytes(values));
    }

    private static T[] Array<T>(BinaryReader reader)
        where T : unmanaged
    {
        var values = new T[reader.ReadInt32()];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    private static void Matrix(BinaryWriter writer, QuantizedRows matrix)
    {
        writer.Write(matrix.Rows);
        writer.Write(matrix.Columns);
        writer.Write(MemoryMarshal.AsBytes<float>(matrix.Scales));
        writer.Write(MemoryMarshal.AsBytes<sbyte>(matrix.Values));
    }

    private static QuantizedRows Matrix(BinaryReader reader)
    {
        var (rows, columns) = (reader.ReadInt32(), reader.ReadInt32());
        var (scales, values) = (new float[rows], new sbyte[checked(rows * columns)]);
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(scales.AsSpan()));
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return new QuantizedRows(rows, columns, scales, values);
    }
}
