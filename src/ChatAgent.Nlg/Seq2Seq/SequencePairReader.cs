using ChatAgent.Text.Corpora;

namespace ChatAgent.Nlg;

/// <summary>Reads files of <c>source TAB target</c> lines.</summary>
public static class SequencePairReader
{
    /// <summary>Every pair of a file, in its order; blank lines are passed over, either side may be empty.</summary>
    /// <param name="path">UTF-8, one pair a line.</param>
    /// <exception cref="CorpusFormatException">A line has no tab, or more than one; the message gives file, line and column.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<SequencePair> Read(string path)
    {
        var pairs = new List<SequencePair>();
        foreach (var (index, line) in File.ReadLines(path).Index())
        {
            if (line.Length == 0)
            {
                continue;
            }

            var tab = line.IndexOf('\t', StringComparison.Ordinal);
            if (tab < 0 || line.IndexOf('\t', tab + 1) is >= 0)
            {
                throw new CorpusFormatException(
                    path, index + 1, tab < 0 ? line.Length + 1 : line.IndexOf('\t', tab + 1) + 1, tab < 0 ? "no tab" : "a second tab", "one tab between source and target");
            }

            pairs.Add(new SequencePair(line[..tab], line[(tab + 1)..]));
        }

        return pairs;
    }
}
