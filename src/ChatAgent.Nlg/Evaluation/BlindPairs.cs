using System.Globalization;

namespace ChatAgent.Nlg;

/// <summary>Two wordings of one meaning, side by side in an order drawn by chance, for readers who must not know which of the two systems said which; and the count of what they found.</summary>
/// <remarks>
/// The file for the readers has a header and columns divided by tabs: number, meaning, A, B, better. A reader writes A, B or = into the last one. The key, which they do not see, has
/// number and the letter of the first system.
/// </remarks>
public static class BlindPairs
{
    private const string Header = "number\tmeaning\tA\tB\tbetter";
    private const string KeyHeader = "number\tfirst";

    /// <summary>Draws pairs whose texts differ, and writes both files.</summary>
    /// <param name="candidates">Meaning, text of the first system, text of the second.</param>
    /// <param name="count">Pairs at most.</param>
    /// <param name="seed">Of the draw and of the sides.</param>
    /// <param name="pairs">The readers' file.</param>
    /// <param name="key">What they must not see.</param>
    /// <returns>How many pairs were written.</returns>
    public static int Write(IReadOnlyList<(string Meaning, string First, string Second)> candidates, int count, int seed, string pairs, string key)
    {
        var random = new Random(seed);
        (string Meaning, string First, string Second)[] drawn = [.. candidates.Where(pair => pair.First != pair.Second)];
        random.Shuffle(drawn);
        var (rows, letters) = (new List<string> { Header }, new List<string> { KeyHeader });
        foreach (var (number, (meaning, first, second)) in drawn.Take(count).Index())
        {
            var isFirstA = random.Next(2) == 0;
            var (a, b) = isFirstA ? (first, second) : (second, first);
            rows.Add(string.Create(CultureInfo.InvariantCulture, $"{number + 1}\t{Plain(meaning)}\t{Plain(a)}\t{Plain(b)}\t"));
            letters.Add(string.Create(CultureInfo.InvariantCulture, $"{number + 1}\t{(isFirstA ? 'A' : 'B')}"));
        }

        File.WriteAllLines(pairs, rows);
        File.WriteAllLines(key, letters);
        return rows.Count - 1;
    }

    /// <summary>Counts what readers wrote.</summary>
    /// <param name="judged">Their files; each counts for itself.</param>
    /// <param name="key">The key of all of them.</param>
    /// <returns>How often the first system was better, the second, and neither.</returns>
    /// <exception cref="FormatException">A row is not judged, or has no key; the message gives file, line and what was expected.</exception>
    public static (int Wins, int Losses, int Ties) Count(IEnumerable<string> judged, string key)
    {
        var letters = File.ReadLines(key).Skip(1).Select(line => line.Split('\t')).Where(row => row.Length == 2).ToDictionary(row => row[0], row => row[1], StringComparer.Ordinal);
        var (wins, losses, ties) = (0, 0, 0);
        foreach (var file in judged)
        {
            foreach (var (index, line) in File.ReadLines(file).Index().Skip(1).Where(line => line.Item.Length > 0))
            {
                var row = line.Split('\t');
                var verdict = row.Length > 4 ? row[4].Trim().ToUpperInvariant() : string.Empty;
                if (!letters.TryGetValue(row[0], out var first) || verdict is not ("A" or "B" or "="))
                {
                    throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{file}({index + 1},1): found pair \"{row[0]}\" judged \"{verdict}\", expected a pair of {key} judged A, B or ="));
                }

                _ = verdict == "=" ? ties++ : verdict == first ? wins++ : losses++;
            }
        }

        return (wins, losses, ties);
    }

    private static string Plain(string text) => text.Replace('\t', ' ').Replace('\n', ' ').Replace('\r', ' ');
}
