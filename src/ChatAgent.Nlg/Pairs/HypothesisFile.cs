namespace ChatAgent.Nlg;

/// <summary>Reads what a system said, one text a meaning.</summary>
/// <remarks>
/// .tsv    as the E2E challenge keeps its systems' texts: a header, then meaning and text divided by a tab, either of them in single or double quotes or in none
/// else    one text a line
/// </remarks>
public static class HypothesisFile
{
    /// <summary>The texts in the order of the file.</summary>
    /// <exception cref="FormatException">A row of a .tsv has no tab; the message gives file, line and what was expected.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static string[] Read(string path)
    {
        if (!path.EndsWith(".tsv", StringComparison.OrdinalIgnoreCase))
        {
            return File.ReadAllLines(path);
        }

        // A carriage return alone stands within a text of one system.
        string[] lines = [.. File.ReadAllText(path).Split('\n').Select(line => line.Trim('\r'))];
        return [.. lines.Index().Skip(1).Where(line => line.Item.Length > 0).Select(line => TextOf(line.Item, $"{path}({line.Index + 1},1)"))];
    }

    private static string TextOf(string line, string place)
    {
        var tab = line.IndexOf('\t', StringComparison.Ordinal);
        if (tab < 0)
        {
            throw new FormatException($"{place}: found no tab, expected a meaning and a text divided by one");
        }

        var text = line[(tab + 1)..].Trim();
        return text.Length > 1 && text[0] == text[^1] && text[0] is '"' or '\'' ? text[1..^1].Replace($"{text[0]}{text[0]}", $"{text[0]}", StringComparison.Ordinal) : text;
    }
}
