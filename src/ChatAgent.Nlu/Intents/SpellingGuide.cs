using System.Runtime.InteropServices;

namespace ChatAgent.Nlu.Intents;

/// <summary>Puts right a word that nobody wrote in the training rows when it lies one typing error away from one that somebody did.</summary>
/// <remarks>
/// A missing, doubled, wrong or swapped letter in a word of four letters or more; the first letter stands unless it changed places. Among several words the one that was seen
/// next to its neighbours wins, then the more frequent one. Candidates are found by the words with one letter left out (symmetric deletion, after W. Garbe's SymSpell),
/// so that a look-up costs as many hashes as the word has letters. Immutable and thread-safe.
/// </remarks>
internal sealed class SpellingGuide
{
    private const int ShortestWord = 4;
    private const int LongestWord = 30;

    private readonly Dictionary<string, int> _counts;
    private readonly Dictionary<ulong, int[]> _byDeletion;

    /// <param name="words">Words with how often they were seen, in an order that is always the same.</param>
    public SpellingGuide(IReadOnlyList<(string Word, int Count)> words)
    {
        Words = words;
        _counts = new Dictionary<string, int>(words.Count, StringComparer.Ordinal);
        var lists = new Dictionary<ulong, List<int>>();
        for (var i = 0; i < words.Count; i++)
        {
            var word = words[i].Word;
            _counts[word] = words[i].Count;
            if (word.Length is < ShortestWord or > LongestWord)
            {
                continue;
            }

            for (var without = -1; without < word.Length; without++)
            {
                (CollectionsMarshal.GetValueRefOrAddDefault(lists, Hash(word, without), out _) ??= []).Add(i);
            }
        }

        _byDeletion = lists.ToDictionary(entry => entry.Key, entry => (int[])[.. entry.Value.Distinct()]);
    }

    public IReadOnlyList<(string Word, int Count)> Words { get; }

    public static SpellingGuide Build(IReadOnlyList<List<string>> rows) => new(
    [
        .. rows.SelectMany(row => row).Where(word => !UtteranceWords.IsKind(word)).CountBy(word => word, StringComparer.Ordinal)
            .OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => (entry.Key, entry.Value)),
    ]);

    /// <summary>The words with unknown ones put right; the same list when there is nothing to change.</summary>
    /// <param name="isPair">Whether two words were seen next to each other; null when nothing is known of that.</param>
    public List<string> Correct(List<string> words, Func<string, string, bool>? isPair)
    {
        List<string>? corrected = null;
        for (var i = 0; i < words.Count; i++)
        {
            var word = words[i];
            if (word.Length is < ShortestWord or > LongestWord || _counts.ContainsKey(word) || !word.All(char.IsLetter))
            {
                continue;
            }

            var found = Nearest(word, i == 0 ? null : (corrected ?? words)[i - 1], i + 1 == words.Count ? null : words[i + 1], isPair);
            if (found is not null)
            {
                (corrected ??= [.. words])[i] = found;
            }
        }

        return corrected ?? words;
    }

    private string? Nearest(string word, string? before, string? after, Func<string, string, bool>? isPair)
    {
        var (best, bestValue) = (-1, double.NegativeInfinity);
        for (var without = -1; without < word.Length; without++)
        {
            foreach (var candidate in _byDeletion.GetValueOrDefault(Hash(word, without), []))
            {
                var (known, count) = Words[candidate];
                if (candidate == best || !IsOneError(word, known))
                {
                    continue;
                }

                var value = Math.Log(count);
                if (isPair is not null)
                {
                    value += before is not null && isPair(before, known) ? PairBonus : 0;
                    value += after is not null && isPair(known, after) ? PairBonus : 0;
                }

                if (value > bestValue || (value == bestValue && candidate < best))
                {
                    (best, bestValue) = (candidate, value);
                }
            }
        }

        return best < 0 ? null : Words[best].Word;
    }

    // As much as twenty times the frequency.
    private const double PairBonus = 3;

    /// <summary>Whether one letter is missing, too many, another, or two neighbours changed places.</summary>
    private static bool IsOneError(ReadOnlySpan<char> typed, ReadOnlySpan<char> known)
    {
        var same = typed.CommonPrefixLength(known);
        var a = typed[same..];
        var b = known[same..];
        if (a.Length >= 2 && b.Length == a.Length && a[0] == b[1] && a[1] == b[0] && a[2..].SequenceEqual(b[2..]))
        {
            return true;
        }

        if (same == 0)
        {
            return false;
        }

        return (a.Length - b.Length) switch
        {
            0 => a.Length > 0 && a[1..].SequenceEqual(b[1..]),
            1 => a[1..].SequenceEqual(b),
            -1 => a.SequenceEqual(b[1..]),
            _ => false,
        };
    }

    private static ulong Hash(string word, int without)
    {
        var hash = 14695981039346656037UL;
        for (var i = 0; i < word.Length; i++)
        {
            hash = i == without ? hash : (hash ^ word[i]) * 1099511628211;
        }

        return hash;
    }
}
