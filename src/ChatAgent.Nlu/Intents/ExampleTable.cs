namespace ChatAgent.Nlu.Intents;

/// <summary>The rows that a model was trained on.</summary>
/// <param name="Texts">As written.</param>
/// <param name="Intents">Number of each row's intent.</param>
/// <param name="Vectors">The encoder's vector of each row, or null without the dense path.</param>
/// <param name="Exact">Hashes of word sequences that one intent alone claims, with that intent.</param>
internal sealed record ExampleTable(string[] Texts, int[] Intents, QuantizedRows? Vectors, IReadOnlyList<(ulong Key, int Intent)> Exact)
{
    public int Count => Texts.Length;

    /// <summary>FNV-1a of the words with a blank after each.</summary>
    public static ulong Key(List<string> words)
    {
        var hash = 14695981039346656037UL;
        foreach (var word in words)
        {
            foreach (var c in word)
            {
                hash = (hash ^ c) * 1099511628211;
            }

            hash = (hash ^ ' ') * 1099511628211;
        }

        return hash;
    }

    /// <summary>Keys of the rows; one that two intents claim is left out.</summary>
    public static IReadOnlyList<(ulong Key, int Intent)> ExactOf(IReadOnlyList<List<string>> rows, int[] intents)
    {
        var claims = new SortedDictionary<ulong, int>();
        for (var row = 0; row < rows.Count; row++)
        {
            // Rows cut at the limit are not known to their end.
            if (rows[row].Count is > 0 and < UtteranceWords.MaxWords)
            {
                var key = Key(rows[row]);
                claims[key] = claims.TryGetValue(key, out var other) && other != intents[row] ? -1 : intents[row];
            }
        }

        return [.. claims.Where(claim => claim.Value >= 0).Select(claim => (claim.Key, claim.Value))];
    }
}
