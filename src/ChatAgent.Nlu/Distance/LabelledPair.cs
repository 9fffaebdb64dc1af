using System.Text.Json;
using ChatAgent.Text;

namespace ChatAgent.Nlu.Distance;

/// <summary>Two texts and whether a person finds that they say the same; a row of <c>corpora/distance</c>.</summary>
/// <param name="Id">Name of the row.</param>
/// <param name="Language">The language of both texts.</param>
/// <param name="Kind">What the pair is about: paraphrase, role_swap, negation, number, order, homonym, or a name of the owner's.</param>
/// <param name="Group">Pairs that share a sentence bear the same; they are learnt from or held out together.</param>
/// <param name="IsEquivalent">The label.</param>
/// <param name="A">The first text.</param>
/// <param name="B">The second text.</param>
public sealed record LabelledPair(string Id, Language Language, string Kind, string Group, bool IsEquivalent, string A, string B)
{
    /// <summary>Reads the rows of a JSONL file: <c>{"id","lang","kind","group","equivalent","a","b"}</c>.</summary>
    /// <exception cref="FormatException">A row is not of this form: "file(line,column): found, expected".</exception>
    public static IReadOnlyList<LabelledPair> ReadFile(string path)
    {
        var rows = new List<LabelledPair>();
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            try
            {
                using var document = JsonDocument.Parse(line);
                rows.Add(Read(document.RootElement, number));
            }
            catch (JsonException broken)
            {
                throw new FormatException($"{path}({number},{(broken.BytePositionInLine ?? 0) + 1}): expected a JSON object a line.", broken);
            }
            catch (FormatException broken)
            {
                throw new FormatException($"{path}({number},1): {broken.Message}", broken);
            }
        }

        return rows;
    }

    private static LabelledPair Read(JsonElement row, int number)
    {
        if (row.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException($"found {row.ValueKind}, expected a JSON object.");
        }

        var equivalent = row.TryGetProperty("equivalent", out var label) && label.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? label.GetBoolean()
            : throw new FormatException("found no \"equivalent\", expected true or false.");
        var language = Language.Spanish;
        if (Maybe(row, "lang") is { } code && !LanguageCodes.TryParse(code, out language))
        {
            throw new FormatException($"\"lang\" is \"{code}\", expected es or en.");
        }

        var id = Maybe(row, "id") ?? $"{number}";
        return new LabelledPair(id, language, Maybe(row, "kind") ?? "pair", Maybe(row, "group") ?? id, equivalent, Required(row, "a"), Required(row, "b"));
    }

    private static string? Maybe(JsonElement row, string name) => row.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Required(JsonElement row, string name) => Maybe(row, name) is { Length: > 0 } value ? value : throw new FormatException($"found no \"{name}\", expected a text.");
}
