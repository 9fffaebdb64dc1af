using System.Runtime.InteropServices;
using System.Text;
using ChatAgent.Text.Corpora;

namespace ChatAgent.Nlu.Embeddings;

/// <summary>Running text as numbers of words: what vectors are trained on.</summary>
/// <remarks>
/// A word is a run of letters and digits with inner apostrophes and hyphens, in lower case, accents kept; or, when asked for, whatever stands between blanks. A line is a context of its own:
/// no window reaches over its end, and after 1,000 words one is ended. Words are numbered by falling frequency, ties in ordinal order. Files are read once, in pieces of 64 kB: memory is
/// four bytes a word of text and the vocabulary.
/// </remarks>
public sealed class EmbeddingText
{
    /// <summary>Stands in <see cref="Tokens"/> between two lines.</summary>
    public const int LineEnd = -1;

    /// <summary>Longest word, in UTF-16 code units; what is longer is no text.</summary>
    public const int MaxWordLength = 1000;

    private const int MaxLineWords = 1000;

    private EmbeddingText(string[] words, long[] counts, int[] tokens)
    {
        (Words, Counts, Tokens) = (words, counts, tokens);
        foreach (var count in counts)
        {
            Total += count;
        }
    }

    /// <summary>V words by falling frequency.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>How often each was seen, (V).</summary>
    public IReadOnlyList<long> Counts { get; }

    /// <summary>Running words in the order of the text, with <see cref="LineEnd"/> between lines; rare words are left out.</summary>
    public ReadOnlyMemory<int> Tokens { get; }

    /// <summary>Running words that are in the vocabulary.</summary>
    public long Total { get; }

    /// <summary>Reads text files.</summary>
    /// <param name="paths">UTF-8 text.</param>
    /// <param name="minimumCount">Words seen less often are left out.</param>
    /// <param name="asItStands">Words are what stands between blanks, with their capitals.</param>
    /// <exception cref="CorpusFormatException">A file is not UTF-8 text, a word is longer than <see cref="MaxWordLength"/>, or no word is frequent enough.</exception>
    public static EmbeddingText Read(IReadOnlyList<string> paths, int minimumCount, bool asItStands = false, CancellationToken cancellation = default)
    {
        var counter = new Counter();
        foreach (var path in paths)
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
            ReadInto(counter, stream, path, asItStands, cancellation);
        }

        return counter.Build(minimumCount, paths.Count == 0 ? "text" : paths[0]);
    }

    /// <summary>Takes lines that are in memory.</summary>
    /// <exception cref="CorpusFormatException">See <see cref="Read"/>.</exception>
    public static EmbeddingText FromLines(IEnumerable<string> lines, int minimumCount)
    {
        var counter = new Counter();
        foreach (var line in lines)
        {
            using var stream = new MemoryStream(Encoding.UTF8.GetBytes(line + "\n"));
            ReadInto(counter, stream, "text", asItStands: false, CancellationToken.None);
        }

        return counter.Build(minimumCount, "text");
    }

    private static void ReadInto(Counter counter, Stream stream, string name, bool asItStands, CancellationToken cancellation)
    {
        using var reader = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: false, 1 << 16);
        var buffer = new char[1 << 16];
        var word = new char[MaxWordLength];
        var (length, line, column) = (0, 1, 0);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            int read;
            try
            {
                read = reader.Read(buffer, 0, buffer.Length);
            }
            catch (DecoderFallbackException)
            {
                throw new CorpusFormatException(name, line, column + 1, "bytes that are not UTF-8", "UTF-8 text");
            }

            if (read == 0)
            {
                break;
            }

            for (var i = 0; i < read; i++)
            {
                var c = buffer[i];
                column++;
                var joins = asItStands ? !char.IsWhiteSpace(c) : char.IsLetterOrDigit(c) || char.IsSurrogate(c) || char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.NonSpacingMark || (length > 0 && c is '\'' or '-' or '’');
                if (joins && c != '\uFEFF')
                {
                    if (length == MaxWordLength || c == '\0')
                    {
                        throw new CorpusFormatException(name, line, column, c == '\0' ? "a byte of value 0" : $"a word of more than {MaxWordLength} characters", "UTF-8 text");
                    }

                    word[length++] = asItStands ? c : char.ToLowerInvariant(c);
                    continue;
                }

                if (c == '\0')
                {
                    throw new CorpusFormatException(name, line, column, "a byte of value 0", "UTF-8 text");
                }

                length = counter.End(word.AsSpan(0, length), asItStands);
                if (c == '\n')
                {
                    counter.EndLine();
                    (line, column) = (line + 1, 0);
                }
            }
        }

        counter.End(word.AsSpan(0, length), asItStands);
        counter.EndLine();
    }

    private sealed class Counter
    {
        private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
        private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
        private readonly List<string> _words = [];
        private readonly List<long> _counts = [];
        private readonly List<int> _tokens = [];
        private int _inLine;

        public Counter() => _lookup = _numbers.GetAlternateLookup<ReadOnlySpan<char>>();

        public int End(ReadOnlySpan<char> word, bool asItStands)
        {
            word = asItStands ? word : word.TrimEnd("'-’");
            if (word.IsEmpty)
            {
                return 0;
            }

            if (!_lookup.TryGetValue(word, out var number))
            {
                number = _words.Count;
                _lookup[word] = number;
                _words.Add(word.ToString());
                _counts.Add(0);
            }

            CollectionsMarshal.AsSpan(_counts)[number]++;
            _tokens.Add(number);
            if (++_inLine == MaxLineWords)
            {
                EndLine();
            }

            return 0;
        }

        public void EndLine()
        {
            if (_inLine > 0)
            {
                _tokens.Add(LineEnd);
                _inLine = 0;
            }
        }

        public EmbeddingText Build(int minimumCount, string name)
        {
            int[] kept = [.. Enumerable.Range(0, _words.Count).Where(word => _counts[word] >= minimumCount).OrderByDescending(word => _counts[word]).ThenBy(word => _words[word], StringComparer.Ordinal)];
            if (kept.Length == 0)
            {
                throw new CorpusFormatException(name, 1, 1, _tokens.Count == 0 ? "no words" : $"{_words.Count} words, none of them {minimumCount} times", $"text with words that occur at least {minimumCount} times");
            }

            var renumbered = new int[_words.Count];
            Array.Fill(renumbered, int.MinValue);
            for (var i = 0; i < kept.Length; i++)
            {
                renumbered[kept[i]] = i;
            }

            var write = 0;
            var tokens = CollectionsMarshal.AsSpan(_tokens);
            foreach (var token in tokens)
            {
                var number = token == LineEnd ? LineEnd : renumbered[token];
                if (number != int.MinValue)
                {
                    tokens[write++] = number;
                }
            }

            return new EmbeddingText([.. kept.Select(word => _words[word])], [.. kept.Select(word => _counts[word])], tokens[..write].ToArray());
        }
    }
}
