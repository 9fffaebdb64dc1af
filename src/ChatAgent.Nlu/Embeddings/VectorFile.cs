using System.Globalization;
using System.Text;
using ChatAgent.Neural;
using ChatAgent.Text.Corpora;

namespace ChatAgent.Nlu.Embeddings;

/// <summary>Reads and writes files of word vectors: word2vec text and binary, GloVe, and fastText's .vec.</summary>
/// <remarks>
/// text      a first line "V D" (word2vec, fastText; GloVe has none), then lines "word x1 ... xD"
/// binary    the line "V D", then V times: the word, a blank, D floats little endian, and in most files a line feed
/// Vectors trained with subwords keep these beside the file, in FILE.subwords (safetensors); it is read when it is there and fits.
/// Reading is in one pass and holds only the vectors; what a header claims is checked against the file's length first.
/// </remarks>
public static class VectorFile
{
    private const string SubwordsExtension = ".subwords";
    private const int LongestLine = 1 << 20;

    /// <summary>Reads a file, its format told by its first line and bytes.</summary>
    /// <exception cref="CorpusFormatException">Empty, a line of the wrong width, a value that is no number or not finite, a header that cannot be true.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static WordVectors Load(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        var first = ReadLine(stream, path, 1);
        if (first is null || first.Length == 0)
        {
            throw new CorpusFormatException(path, 1, 1, first is null ? "an empty file" : "an empty line", "a line \"V D\" or \"word x1 ... xD\"");
        }

        var (words, rows) = Header(first) is var (count, width) && width > 0 ? Known(stream, path, count, width) : Unknown(stream, path, first);
        var subwords = path + SubwordsExtension;
        return new WordVectors(words, rows, File.Exists(subwords) ? LoadSubwords(subwords, rows.Columns) : null);
    }

    /// <summary>Writes vectors; a file that stood there is replaced when all is written.</summary>
    /// <exception cref="IOException">It cannot be written; the old file is as it was.</exception>
    public static void Save(string path, WordVectors vectors, VectorFileFormat format)
    {
        var temporary = path + ".part";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16))
            {
                Write(stream, vectors, format);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        if (vectors.Subwords is { } subwords)
        {
            SaveSubwords(path + SubwordsExtension, subwords);
        }
        else
        {
            File.Delete(path + SubwordsExtension);
        }
    }

    private static void Write(FileStream stream, WordVectors vectors, VectorFileFormat format)
    {
        var culture = CultureInfo.InvariantCulture;
        var line = new StringBuilder();
        Span<byte> bytes = stackalloc byte[sizeof(float)];
        if (format != VectorFileFormat.Glove)
        {
            stream.Write(Encoding.UTF8.GetBytes(string.Create(culture, $"{vectors.Count} {vectors.Dimensions}\n")));
        }

        for (var i = 0; i < vectors.Count; i++)
        {
            line.Clear().Append(vectors.Words[i]);
            if (format == VectorFileFormat.Word2VecBinary)
            {
                stream.Write(Encoding.UTF8.GetBytes(line.Append(' ').ToString()));
                foreach (var value in vectors.Rows[i])
                {
                    System.Buffers.Binary.BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
                    stream.Write(bytes);
                }

                stream.WriteByte((byte)'\n');
                continue;
            }

            foreach (var value in vectors.Rows[i])
            {
                line.Append(' ').Append(value.ToString("R", culture));
            }

            stream.Write(Encoding.UTF8.GetBytes(line.Append('\n').ToString()));
        }
    }

    /// <summary>"V D" or nothing.</summary>
    private static (int Count, int Width)? Header(byte[] line)
    {
        var parts = Encoding.UTF8.GetString(line).Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return parts.Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var count) && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var width) && width > 0
            ? (count, width)
            : null;
    }

    private static (string[] Words, RowMatrix Rows) Known(FileStream stream, string path, int count, int width)
    {
        // A word and a float take at least two bytes a number as text.
        if (count < 1 || (long)count * width * 2 > stream.Length || (long)count * width > Array.MaxLength - 64L)
        {
            throw new CorpusFormatException(path, 1, 1, string.Create(CultureInfo.InvariantCulture, $"a header of {count} words of {width} numbers in a file of {stream.Length} bytes"), "a header that the file's length allows");
        }

        var begin = stream.Position;
        var line = ReadLine(stream, path, 2, orNull: true);
        var isText = line is not null && Encoding.UTF8.GetString(line).TrimEnd().Split(' ') is { Length: > 1 } parts && parts[1..].All(part => float.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out _));
        stream.Position = begin;
        var rows = new RowMatrix(count, width);
        var words = new string[count];
        for (var i = 0; i < count; i++)
        {
            words[i] = isText ? TextRow(path, i + 2, ReadLine(stream, path, i + 2), rows[i]) : BinaryRow(path, stream, i, rows[i]);
        }

        if (isText && ReadLine(stream, path, count + 2) is { Length: > 0 })
        {
            throw new CorpusFormatException(path, count + 2, 1, "another line", $"the end after the {count} words of the header");
        }

        return (words, rows);
    }

    private static (string[] Words, RowMatrix Rows) Unknown(FileStream stream, string path, byte[] first)
    {
        var width = Encoding.UTF8.GetString(first).TrimEnd().Split(' ').Length - 1;
        if (width < 1)
        {
            throw new CorpusFormatException(path, 1, 1, "one word alone", "a line \"V D\" or \"word x1 ... xD\"");
        }

        var (words, values, row) = (new List<string>(), new List<float[]>(), first);
        for (var line = 1; row is not null; row = ReadLine(stream, path, ++line))
        {
            if (row.Length > 0)
            {
                var vector = new float[width];
                words.Add(TextRow(path, line, row, vector));
                values.Add(vector);
            }
        }

        var rows = new RowMatrix(words.Count, width);
        for (var i = 0; i < words.Count; i++)
        {
            values[i].CopyTo(rows[i]);
        }

        return ([.. words], rows);
    }

    private static string TextRow(string path, int line, byte[]? bytes, Span<float> row)
    {
        if (bytes is null)
        {
            throw new CorpusFormatException(path, line, 1, "the end of the file", "as many words as the header says");
        }

        // Words of some files hold blanks: the last D fields are the numbers.
        var text = Encoding.UTF8.GetString(bytes).TrimEnd();
        var end = text.Length;
        for (var k = row.Length - 1; k >= 0; k--)
        {
            var blank = end <= 0 ? -1 : text.LastIndexOf(' ', end - 1);
            if (blank < 1)
            {
                throw new CorpusFormatException(path, line, 1, $"{text.Split(' ').Length - 1} numbers", $"{row.Length}");
            }

            var field = text.AsSpan(blank + 1, end - blank - 1);
            if (!float.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out row[k]) || !float.IsFinite(row[k]))
            {
                throw new CorpusFormatException(path, line, blank + 2, $"\"{field}\"", "a finite number");
            }

            end = blank;
        }

        // A number left before the vector: the line is too wide, not the word long.
        var word = text[..end];
        var rest = word.Split(' ');
        return rest.Length > 1 && rest[1..].All(part => float.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
            ? throw new CorpusFormatException(path, line, 1, $"{row.Length + rest.Length - 1} numbers", $"{row.Length}")
            : word;
    }

    private static string BinaryRow(string path, FileStream stream, int index, Span<float> row)
    {
        var word = new List<byte>();
        for (var b = stream.ReadByte(); b != ' '; b = stream.ReadByte())
        {
            if (b < 0 || word.Count > EmbeddingText.MaxWordLength * 4)
            {
                throw new CorpusFormatException(path, index + 2, 1, b < 0 ? "the end of the file" : "a word that does not end", "as many binary words as the header says");
            }

            if (b != '\n')
            {
                word.Add((byte)b);
            }
        }

        var bytes = new byte[row.Length * sizeof(float)];
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
        {
            throw new CorpusFormatException(path, index + 2, 1, "the end of the file", $"{row.Length} floats");
        }

        for (var k = 0; k < row.Length; k++)
        {
            row[k] = System.Buffers.Binary.BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(k * sizeof(float)));
        }

        return Kernels.AllFinite(row) ? Encoding.UTF8.GetString([.. word]) : throw new CorpusFormatException(path, index + 2, 1, "a number that is not finite", "finite numbers");
    }

    /// <summary>Bytes up to a line feed, or null at the end.</summary>
    private static byte[]? ReadLine(FileStream stream, string path, int number, bool orNull = false)
    {
        var line = new List<byte>();
        int b;
        while ((b = stream.ReadByte()) >= 0 && b != '\n')
        {
            if (line.Count == LongestLine)
            {
                return orNull ? null : throw new CorpusFormatException(path, number, 1, $"a line of more than {LongestLine} bytes", "lines of words with their numbers");
            }

            line.Add((byte)b);
        }

        return b < 0 && line.Count == 0 ? null : line is [.., (byte)'\r'] ? [.. line[..^1]] : [.. line];
    }

    private static void SaveSubwords(string path, SubwordVectors subwords)
    {
        int[] cells = [.. subwords.RowOfCell.OrderBy(cell => cell.Value).Select(cell => cell.Key)];
        var values = new float[cells.Length * subwords.Rows.Columns];
        for (var i = 0; i < cells.Length; i++)
        {
            subwords.Rows[i].CopyTo(values.AsSpan(i * subwords.Rows.Columns));
        }

        var metadata = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["minimum"] = subwords.Grams.Minimum.ToString(CultureInfo.InvariantCulture),
            ["maximum"] = subwords.Grams.Maximum.ToString(CultureInfo.InvariantCulture),
            ["buckets"] = subwords.Grams.Buckets.ToString(CultureInfo.InvariantCulture),
            ["cells"] = string.Join(' ', cells.Select(cell => cell.ToString(CultureInfo.InvariantCulture))),
        };
        ModelFile.Save(path, metadata, [new ModelTensor("subwords", [cells.Length, subwords.Rows.Columns], values)]);
    }

    private static SubwordVectors LoadSubwords(string path, int width)
    {
        var file = ModelFile.Load(path);
        int Number(string key) => int.TryParse(file.RequireText(key), NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0
            ? value
            : throw new ModelFormatException(Path.GetFileName(path), $"\"{key}\" is \"{file.RequireText(key)}\", expected a number above 0");
        var cells = file.RequireText("cells").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var values = new float[cells.Length * width];
        file.CopyTo("subwords", [cells.Length, width], values);
        var rows = new RowMatrix(cells.Length, width);
        var rowOfCell = new Dictionary<int, int>(cells.Length);
        for (var i = 0; i < cells.Length; i++)
        {
            if (!int.TryParse(cells[i], NumberStyles.None, CultureInfo.InvariantCulture, out var cell) || !rowOfCell.TryAdd(cell, i))
            {
                throw new ModelFormatException(Path.GetFileName(path), $"cell {i} is \"{cells[i]}\", expected a number that stands once");
            }

            values.AsSpan(i * width, width).CopyTo(rows[i]);
        }

        return new SubwordVectors(new SubwordGrams(Number("minimum"), Number("maximum"), Number("buckets")), rowOfCell, rows);
    }
}
