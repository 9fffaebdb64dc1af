using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ChatAgent.Nlg;

/// <summary>Reads meanings, with their texts where it has them, from the three kinds of file there are.</summary>
/// <remarks>
/// .csv    E2E (Novikova et al. 2017): columns mr and ref, or one column MR; a meaning is "name[Blue Spice], eatType[pub]".
/// .json   RNNLG (Wen et al. 2016): lines that begin with "#", then a list of [meaning, text, text of a baseline]; a meaning is "inform(name='red door';area=soma)".
/// else    our JSON, one object a line: {"act", "style", "slots", "text", "lang"}.
/// Names of slots become lower case with underscores ("customer rating" is "customer_rating", "eatType" is "eat_type"); a slot that stands twice in a meaning is "name"
/// and "name_2". What RNNLG writes as true, false, none, dont_care, or without a value is "yes", "no", "none", "dontcare", "?".
/// </remarks>
public static partial class MeaningFile
{
    /// <summary>The act of a file whose meanings name none.</summary>
    public const string PlainAct = "inform";

    /// <summary>Every row of a file, in its order.</summary>
    /// <exception cref="FormatException">A row is not what it should be; the message gives file, line and what was expected.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<MeaningRow> Read(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".csv" => ReadCsv(path),
        ".json" => ReadRnnlg(path),
        _ => ReadLines(path),
    };

    /// <summary>The values of an E2E meaning.</summary>
    /// <exception cref="FormatException">It is not "slot[value], slot[value]"; the message begins with <paramref name="place"/>.</exception>
    internal static DialogAct ParseE2E(string meaning, string place)
    {
        var slots = new Dictionary<string, string>(StringComparer.Ordinal);
        var at = 0;
        foreach (Match match in E2ESlot().Matches(meaning))
        {
            if (match.Index != at)
            {
                break;
            }

            Add(slots, match.Groups["slot"].Value, match.Groups["value"].Value, place);
            at += match.Length;
        }

        return at == meaning.Length && slots.Count > 0
            ? new DialogAct(PlainAct, slots)
            : throw new FormatException($"{place}: found \"{Shortened(meaning)}\", expected slot[value], slot[value] and nothing else");
    }

    /// <summary>The act and values of an RNNLG meaning.</summary>
    /// <exception cref="FormatException">It is not "act(slot=value;slot='value')"; the message begins with <paramref name="place"/>.</exception>
    internal static DialogAct ParseRnnlg(string meaning, string place)
    {
        var open = meaning.IndexOf('(', StringComparison.Ordinal);
        if (open < 1 || meaning[^1] != ')')
        {
            throw new FormatException($"{place}: found \"{Shortened(meaning)}\", expected act(slot=value;slot='value')");
        }

        var slots = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in meaning[(open + 1)..^1].Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var name = (equals < 0 ? part : part[..equals]).Trim(' ', '\'', '"').Replace("_", string.Empty, StringComparison.Ordinal).Replace(" ", string.Empty, StringComparison.Ordinal);
            var value = equals < 0 ? "?" : part[(equals + 1)..].Trim(' ', '\'', '"');
            Add(slots, name, Special(value), place);
        }

        return new DialogAct(meaning[..open], slots);
    }

    private static List<MeaningRow> ReadCsv(string path)
    {
        var rows = new List<MeaningRow>();
        string[]? header = null;
        foreach (var (line, fields) in CsvRows.Read(path))
        {
            if (header is null)
            {
                header = [.. fields.Select(field => field.Trim().TrimStart('\uFEFF').ToLowerInvariant())];
                if (header[0] != "mr" || header.Length > 2 || (header.Length == 2 && header[1] is not ("ref" or "text")))
                {
                    throw new FormatException($"{path}({line},1): found the columns {string.Join(", ", fields)}, expected mr and ref, or mr alone");
                }

                continue;
            }

            if (fields.Count != header.Length)
            {
                throw new FormatException($"{path}({line},1): found {fields.Count} columns, expected {header.Length}");
            }

            var act = ParseE2E(fields[0].Trim(), $"{path}({line},1)");
            var text = header.Length == 2 ? fields[1].Trim() : null;
            rows.Add(text is { Length: 0 } ? throw new FormatException($"{path}({line},1): the text is empty") : new MeaningRow(line, act, ReplyStyle.Formal, null, text));
        }

        return header is null ? throw new FormatException($"{path}(1,1): found nothing, expected a header with mr and ref, or mr alone") : rows;
    }

    private static List<MeaningRow> ReadRnnlg(string path)
    {
        // Lines stay in place, so that an error's line is the file's.
        var json = string.Join('\n', File.ReadLines(path).Select(line => line.StartsWith('#') ? string.Empty : line));
        JsonElement root;
        try
        {
            using var document = JsonDocument.Parse(json);
            root = document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{path}({e.LineNumber + 1},{(e.BytePositionInLine ?? 0) + 1}): no JSON list of [meaning, text, baseline]: {e.Message}"), e);
        }

        if (root.ValueKind != JsonValueKind.Array)
        {
            throw new FormatException($"{path}(1,1): found {root.ValueKind}, expected a list of [meaning, text, baseline]");
        }

        var rows = new List<MeaningRow>(root.GetArrayLength());
        foreach (var entry in root.EnumerateArray())
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"{path}: entry {rows.Count + 1}");
            if (entry.ValueKind != JsonValueKind.Array || entry.GetArrayLength() is < 1 or > 3 || entry.EnumerateArray().Any(part => part.ValueKind != JsonValueKind.String))
            {
                throw new FormatException($"{place}: expected [meaning, text, baseline], all texts");
            }

            var text = entry.GetArrayLength() > 1 ? RnnlgText.Normalize(entry[1].GetString()!) : null;
            rows.Add(new MeaningRow(rows.Count + 1, ParseRnnlg(entry[0].GetString()!.Trim(), place), ReplyStyle.Formal, null, text));
        }

        return rows;
    }

    private static List<MeaningRow> ReadLines(string path)
    {
        var rows = new List<MeaningRow>();
        foreach (var (index, line) in File.ReadLines(path).Index())
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                rows.Add(JsonMeaning.Parse(line, index + 1, path));
            }
        }

        return rows;
    }

    private static void Add(Dictionary<string, string> slots, string name, string value, string place)
    {
        var plain = Humps().Replace(name.Trim(), "_").Replace(' ', '_').ToLowerInvariant();
        if (plain.Length == 0 || !char.IsAsciiLetter(plain[0]) || plain.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '_'))
        {
            throw new FormatException($"{place}: slot \"{name}\" is no name, expected letters, digits and blanks");
        }

        if (string.IsNullOrWhiteSpace(value))
        {
            throw new FormatException($"{place}: slot \"{name}\" is empty, expected a value");
        }

        var key = plain;
        for (var number = 2; !slots.TryAdd(key, value.Trim()); number++)
        {
            key = string.Create(CultureInfo.InvariantCulture, $"{plain}_{number}");
        }
    }

    private static string Special(string value) => value.ToLowerInvariant() switch
    {
        "true" or "yes" => SlotLexicon.Yes,
        "false" or "no" => SlotLexicon.No,
        "dontcare" or "dont_care" => SlotLexicon.DoNotCare,
        "none" => SlotLexicon.None,
        _ => value,
    };

    private static string Shortened(string text) => text.Length <= 80 ? text : text[..80] + "…";

    [GeneratedRegex(@"\G(?:,\s*)?(?<slot>[^\[\],]+)\[(?<value>[^\[\]]*)\]\s*", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex E2ESlot();

    [GeneratedRegex(@"(?<=[a-z0-9])(?=[A-Z])", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Humps();
}
