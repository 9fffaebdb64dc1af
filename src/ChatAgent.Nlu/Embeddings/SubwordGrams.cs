using System.Text;

namespace ChatAgent.Nlu.Embeddings;

/// <summary>Character n-grams of words, hashed into cells.</summary>
/// <remarks>
/// The word stands between "&lt;" and "&gt;"; grams of <paramref name="minimum"/> to <paramref name="maximum"/> characters are taken, single marks at the ends left out. Hash: FNV-1a of 32 bits
/// over the UTF-8 bytes read as signed, as in fastText (Bojanowski et al. 2016, section 3.2), modulo <paramref name="buckets"/>.
/// </remarks>
internal sealed class SubwordGrams(int minimum, int maximum, int buckets)
{
    public int Minimum { get; } = minimum;

    public int Maximum { get; } = maximum;

    public int Buckets { get; } = buckets;

    /// <summary>Adds the cells of a word's grams, each as often as it occurs.</summary>
    public void Collect(string word, List<int> cells)
    {
        var bytes = Encoding.UTF8.GetBytes($"<{word}>");
        for (var i = 0; i < bytes.Length; i++)
        {
            if (IsContinuation(bytes[i]))
            {
                continue;
            }

            var hash = 2166136261u;
            for (int end = i, n = 1; end < bytes.Length && n <= Maximum; n++)
            {
                do
                {
                    hash = (hash ^ (uint)(sbyte)bytes[end++]) * 16777619u;
                }
                while (end < bytes.Length && IsContinuation(bytes[end]));

                if (n >= Minimum && !(n == 1 && (i == 0 || end == bytes.Length)))
                {
                    cells.Add((int)(hash % (uint)Buckets));
                }
            }
        }
    }

    private static bool IsContinuation(byte value) => (value & 0xC0) == 0x80;
}
