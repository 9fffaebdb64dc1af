using System.Collections.Frozen;

namespace ChatAgent.Text;

/// <summary>Words with their numbers, most frequent first. Number 0 is the unknown word.</summary>
/// <remarks>Immutable and thread-safe. Ties in frequency are broken by ordinal order, so that the same corpus gives the same numbers.</remarks>
public sealed class Vocabulary
{
    /// <summary>Number of a word that is not in the list.</summary>
    public const int Unknown = 0;

    /// <summary>How number 0 is written.</summary>
    public const string UnknownWord = "<unk>";

    private readonly string[] _words;
    private readonly FrozenDictionary<string, int> _numbers;

    private Vocabulary(string[] words)
    {
        _words = words;
        _numbers = words.Index().ToFrozenDictionary(entry => entry.Item, entry => entry.Index, StringComparer.Ordinal);
    }

    /// <summary>Number of words, the unknown one included.</summary>
    public int Count => _words.Length;

    /// <summary>The words in the order of their numbers.</summary>
    public IReadOnlyList<string> Words => _words;

    /// <summary>The number of a word, or <see cref="Unknown"/>.</summary>
    public int this[string word] => _numbers.GetValueOrDefault(word, Unknown);

    /// <summary>The word of a number.</summary>
    /// <exception cref="IndexOutOfRangeException">No such number.</exception>
    public string this[int number] => _words[number];

    /// <summary>Counts words and keeps those seen often enough.</summary>
    /// <param name="words">Running words; those equal to <see cref="UnknownWord"/> are not counted.</param>
    /// <param name="minimumCount">Least number of times a kept word was seen, 1 or more.</param>
    /// <param name="maximumSize">Most words kept, the unknown one included, 1 or more.</param>
    public static Vocabulary Build(IEnumerable<string> words, int minimumCount = 1, int maximumSize = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(minimumCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumSize, 1);
        var counts = words.CountBy(word => word, StringComparer.Ordinal);
        return new Vocabulary(
        [
            UnknownWord,
            .. counts
                .Where(entry => entry.Value >= minimumCount && entry.Key != UnknownWord)
                .OrderByDescending(entry => entry.Value)
                .ThenBy(entry => entry.Key, StringComparer.Ordinal)
                .Take(maximumSize - 1)
                .Select(entry => entry.Key),
        ]);
    }

    /// <summary>Restores a list that <see cref="Words"/> gave.</summary>
    /// <exception cref="ArgumentException">It does not begin with <see cref="UnknownWord"/>, or a word stands in it twice.</exception>
    public static Vocabulary FromWords(IEnumerable<string> words)
    {
        string[] all = [.. words];
        if (all.Length == 0 || all[0] != UnknownWord)
        {
            throw new ArgumentException($"the list begins with \"{(all.Length == 0 ? "nothing" : all[0])}\", expected \"{UnknownWord}\"", nameof(words));
        }

        return new Vocabulary(all);
    }
}
