using ChatAgent.Neural;
using ChatAgent.Text;

namespace ChatAgent.Nlu;

/// <summary>Words and their pieces as rows of an embedding. Immutable and thread-safe.</summary>
/// <remarks>
/// Rows 0 to V − 1 are words, folded, number 0 the unknown one; V to V + P − 1 are pieces: the 3- and 4-character runs of the bordered word, by hash, so that a word that was
/// mistyped or never seen still looks like its kin. One more row tells capitals: whether a word begins with one.
/// </remarks>
internal sealed class SequenceFeatures
{
    private const int ShortestPiece = 3;
    private const int LongestPiece = 4;
    private const int MaxPieces = 40;

    public SequenceFeatures(Vocabulary words, int pieces, bool readsCapitals)
    {
        (Words, Pieces, ReadsCapitals) = (words, pieces, readsCapitals);
    }

    public Vocabulary Words { get; }

    /// <summary>P.</summary>
    public int Pieces { get; }

    public bool ReadsCapitals { get; }

    /// <summary>Rows of the embedding.</summary>
    public int Count => Words.Count + Pieces + 1;

    public static SequenceFeatures Build(IEnumerable<IReadOnlyList<string>> rows, int minimumCount, int pieces, bool readsCapitals) =>
        new(Vocabulary.Build(rows.SelectMany(row => row).Select(Fold), minimumCount), pieces, readsCapitals);

    public FeatureSequence Of(IReadOnlyList<string> words) => FeatureSequence.Of([.. words.Select(RowsOf)]);

    private static string Fold(string word) => TextNormalizer.Fold(word);

    private int[] RowsOf(string word)
    {
        var folded = Fold(word);
        var rows = new List<int> { Words[folded] };
        var bordered = $"<{folded}>";
        for (var length = ShortestPiece; length <= LongestPiece && Pieces > 0; length++)
        {
            for (var start = 0; start + length <= bordered.Length && rows.Count < MaxPieces; start++)
            {
                rows.Add(Words.Count + (int)(Hash(bordered.AsSpan(start, length)) % (uint)Pieces));
            }
        }

        if (ReadsCapitals && word.Length > 0 && char.IsUpper(word[0]))
        {
            rows.Add(Count - 1);
        }

        return [.. rows];
    }

    /// <summary>FNV-1a over UTF-16 units: the same on every machine.</summary>
    internal static uint Hash(ReadOnlySpan<char> text)
    {
        var hash = 2166136261u;
        foreach (var letter in text)
        {
            hash = (hash ^ letter) * 16777619u;
        }

        return hash ^ (hash >> 15);
    }
}
