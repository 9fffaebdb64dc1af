using System.Globalization;
using System.Text.Json;

namespace ChatAgent.Nlg;

/// <summary>A line of our own files: <c>{"act", "style", "slots", "text", "lang"}</c>, of which only the act has to be there.</summary>
internal static class JsonMeaning
{
    /// <exception cref="FormatException">It is something else; the message gives file, line and what was expected.</exception>
    public static MeaningRow Parse(string line, int number, string path)
    {
        var place = string.Create(CultureInfo.InvariantCulture, $"{path}({number},1)");
        try
        {
            using var document = JsonDocument.Parse(line);
            var row = document.RootElement;
            if (row.ValueKind != JsonValueKind.Object)
            {
                throw new FormatException($"{place}: found {row.ValueKind}, expected a JSON object");
            }

            var act = Text(row, "act", place) ?? throw new FormatException($"{place}: found no \"act\", expected a text");
            var style = Text(row, "style", place) switch
            {
                "usted" or "formal" or null => ReplyStyle.Formal,
                "tu" or "informal" => ReplyStyle.Informal,
                var other => throw new FormatException($"{place}: style \"{other}\" is not known; expected \"usted\" or \"tu\""),
            };
            return new MeaningRow(number, new DialogAct(act, Slots(row, place)), style, Text(row, "lang", place), Text(row, "text", place));
        }
        catch (JsonException e)
        {
            throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{path}({number},{(e.BytePositionInLine ?? 0) + 1}): no JSON object: {e.Message}"), e);
        }
    }

    private static Dictionary<string, string> Slots(JsonElement row, string place)
    {
        var slots = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!row.TryGetProperty("slots", out var given) || given.ValueKind == JsonValueKind.Null)
        {
            return slots;
        }

        if (given.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException($"{place}: \"slots\" is {given.ValueKind}, expected an object");
        }

        foreach (var slot in given.EnumerateObject())
        {
            var value = ValueOf(slot, place);
            if (!slots.TryAdd(slot.Name, value) && slots[slot.Name] != value)
            {
                throw new FormatException($"{place}: slot \"{slot.Name}\" is both \"{slots[slot.Name]}\" and \"{value}\", expected one value");
            }
        }

        return slots;
    }

    /// <summary>A text as it is; yes or no of true and false; a list joined with commas.</summary>
    private static string ValueOf(JsonProperty slot, string place) => slot.Value.ValueKind switch
    {
        JsonValueKind.String => slot.Value.GetString()!,
        JsonValueKind.True => SlotLexicon.Yes,
        JsonValueKind.False => SlotLexicon.No,
        JsonValueKind.Array when slot.Value.GetArrayLength() > 0 && slot.Value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) =>
            string.Join(", ", slot.Value.EnumerateArray().Select(item => item.GetString())),
        _ => throw new FormatException($"{place}: slot \"{slot.Name}\" is {slot.Value.GetRawText()}, expected a string, true, false or a list of strings"),
    };

    private static string? Text(JsonElement row, string name, string place)
    {
        if (!row.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : throw new FormatException($"{place}: \"{name}\" is {value.GetRawText()}, expected a text with something in it");
    }
}
