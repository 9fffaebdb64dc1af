using System.Text.Json;
using System.Text.Json.Serialization;
using ChatAgent.Text;

namespace ChatAgent.Nlg;

/// <summary>Reads <c>{"act","style","slots","text"}</c> lines, as corpora/*/nlg/*.jsonl hold them.</summary>
public static partial class ReplyPairReader
{
    /// <summary>Every pair of a file, in its order; blank lines are passed over.</summary>
    /// <param name="path">UTF-8, one JSON object a line.</param>
    /// <param name="language">Of its texts; the lines do not tell.</param>
    /// <exception cref="FormatException">A line is not what it should be; the message gives file and line.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<ReplyPair> Read(string path, Language language)
    {
        var pairs = new List<ReplyPair>();
        foreach (var (index, line) in File.ReadLines(path).Index())
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                pairs.Add(Parse(line, language, $"{path}({index + 1})"));
            }
        }

        return pairs;
    }

    private static ReplyPair Parse(string line, Language language, string place)
    {
        Row? row;
        try
        {
            row = JsonSerializer.Deserialize(line, RowContext.Default.Row);
        }
        catch (JsonException e)
        {
            throw new FormatException($"{place}: not a JSON object of a pair: {e.Message}", e);
        }

        if (row is not { Act.Length: > 0, Text.Length: > 0 })
        {
            throw new FormatException($"{place}: expected \"act\" and \"text\", both with something in them");
        }

        var style = row.Style switch
        {
            "usted" or "formal" or null => ReplyStyle.Formal,
            "tu" or "informal" => ReplyStyle.Informal,
            _ => throw new FormatException($"{place}: style \"{row.Style}\" is not known; expected \"usted\" or \"tu\""),
        };
        return new ReplyPair(row.Act, language, style, row.Slots ?? [], row.Text);
    }

    private sealed record Row(string? Act, string? Style, Dictionary<string, string>? Slots, string? Text);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(Row))]
    private sealed partial class RowContext : JsonSerializerContext;
}
