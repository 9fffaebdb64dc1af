using System.Globalization;
using System.Text;

namespace ChatAgent.Text.Corpora;

/// <summary>Reads labelled text in the formats that people have.</summary>
/// <remarks>Files are UTF-8, with or without a mark; a file beyond <see cref="MaxBytes"/> is refused before it is read. Thread-safe.</remarks>
public static class CorpusReader
{
    /// <summary>Largest file that is read, in bytes: 256 MiB, beyond any hand-made corpus.</summary>
    public const long MaxBytes = 256L << 20;

    private static readonly Dictionary<string, CorpusFormat> Extensions = new(StringComparer.OrdinalIgnoreCase)
    {
        [".tsv"] = CorpusFormat.Tsv, [".txt"] = CorpusFormat.Tsv, [".csv"] = CorpusFormat.Csv, [".json"] = CorpusFormat.ClincJson,
        [".yml"] = CorpusFormat.RasaYaml, [".yaml"] = CorpusFormat.RasaYaml, [".lu"] = CorpusFormat.Lu, [".qna"] = CorpusFormat.Qna,
    };

    /// <summary>The rows of a file, or of every corpus file below a folder in ordinal order of their paths.</summary>
    /// <param name="path">A file or a folder; in a folder files with other extensions are passed over.</param>
    /// <param name="format">Null: by extension.</param>
    /// <param name="section">Of CLINC's JSON: the section to read ("train", "val", "test", "oos_test").</param>
    /// <exception cref="CorpusFormatException">A row breaks the format, the extension is not known, the file is too large, or it is not UTF-8.</exception>
    /// <exception cref="FileNotFoundException">There is no such file or folder.</exception>
    public static IReadOnlyList<LabelledText> Read(string path, CorpusFormat? format = null, string section = "train")
    {
        if (Directory.Exists(path))
        {
            return
            [
                .. Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
                    .Where(file => Extensions.ContainsKey(System.IO.Path.GetExtension(file)) && !System.IO.Path.GetExtension(file).Equals(".txt", StringComparison.OrdinalIgnoreCase))
                    .Order(StringComparer.Ordinal)
                    .SelectMany(file => Read(file, format, section)),
            ];
        }

        if (format is null && Extensions.TryGetValue(System.IO.Path.GetExtension(path), out var known))
        {
            format = known;
        }

        if (format is not { } chosen)
        {
            throw new CorpusFormatException(path, 1, 1, $"the extension \"{System.IO.Path.GetExtension(path)}\"", string.Join(", ", Extensions.Keys));
        }

        return Parse(ReadAll(path), path, chosen, section);
    }

    /// <summary>The rows of a text.</summary>
    /// <param name="file">Name for errors and for <see cref="LabelledText.File"/>.</param>
    /// <exception cref="CorpusFormatException">A row breaks the format.</exception>
    public static IReadOnlyList<LabelledText> Parse(string content, string file, CorpusFormat format, string section = "train") => format switch
    {
        CorpusFormat.Tsv => Tsv(content, file),
        CorpusFormat.Csv => CsvCorpus.Parse(content, file),
        CorpusFormat.ClincJson => ClincCorpus.Parse(content, file, section),
        CorpusFormat.RasaYaml => RasaCorpus.Parse(content, file),
        CorpusFormat.Lu => LuCorpus.Parse(content, file),
        CorpusFormat.Qna => QnaCorpus.Parse(content, file),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "not a corpus format"),
    };

    private static string ReadAll(string path)
    {
        var length = new FileInfo(path).Length;
        if (length > MaxBytes)
        {
            throw new CorpusFormatException(path, 1, 1, string.Create(CultureInfo.InvariantCulture, $"{length:N0} bytes"), string.Create(CultureInfo.InvariantCulture, $"at most {MaxBytes:N0}"));
        }

        var bytes = File.ReadAllBytes(path);
        try
        {
            var skip = bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? 3 : 0;
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes, skip, bytes.Length - skip);
        }
        catch (DecoderFallbackException error)
        {
            var before = bytes.AsSpan(0, Math.Clamp(error.Index, 0, bytes.Length));
            throw new CorpusFormatException(path, before.Count((byte)'\n') + 1, before.Length - before.LastIndexOf((byte)'\n'), "bytes that are not UTF-8", "UTF-8 text");
        }
    }

    private static List<LabelledText> Tsv(string content, string file)
    {
        var rows = new List<LabelledText>();
        foreach (var (number, line) in Lines(content))
        {
            if (line.AsSpan().Trim().IsEmpty)
            {
                continue;
            }

            var tab = line.IndexOf('\t', StringComparison.Ordinal);
            if (tab <= 0)
            {
                throw new CorpusFormatException(file, number, 1, tab == 0 ? "no label before the tab" : "a line without a tab", "label<TAB>text");
            }

            rows.Add(new LabelledText(line[..tab].Trim(), line[(tab + 1)..].Trim()) { File = file, Line = number });
        }

        return rows;
    }

    /// <summary>Lines with their numbers from 1, ends of any system taken off.</summary>
    internal static IEnumerable<(int Number, string Line)> Lines(string content)
    {
        var number = 0;
        for (var start = 0; start < content.Length;)
        {
            var end = content.IndexOf('\n', start);
            var stop = end < 0 ? content.Length : end;
            number++;
            yield return (number, content[start..stop].TrimEnd('\r'));
            start = stop + 1;
        }
    }

    /// <summary>Line and column, from 1, of an index.</summary>
    internal static (int Line, int Column) Place(string content, int index)
    {
        var before = content.AsSpan(0, index);
        return (before.Count('\n') + 1, index - before.LastIndexOf('\n'));
    }

    /// <summary>What stands at a place, short enough for an error's line.</summary>
    internal static string Shown(ReadOnlySpan<char> text) => text.Length <= 40 ? $"\"{text}\"" : $"\"{text[..40]}...\"";
}
