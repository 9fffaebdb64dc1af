using System.Text.Json;

namespace ChatAgent.Text.Corpora;

/// <summary>JSON as CLINC150 has it, and the two shapes near it.</summary>
internal static class ClincCorpus
{
    public static List<LabelledText> Parse(string content, string file, string section)
    {
        try
        {
            using var document = JsonDocument.Parse(content, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            var list = document.RootElement;
            if (list.ValueKind == JsonValueKind.Object && !list.TryGetProperty(section, out list))
            {
                var names = string.Join(", ", document.RootElement.EnumerateObject().Select(property => $"\"{property.Name}\""));
                throw new CorpusFormatException(file, 1, 1, $"sections {names}", $"a section \"{section}\"");
            }

            if (list.ValueKind != JsonValueKind.Array)
            {
                throw new CorpusFormatException(file, 1, 1, list.ValueKind.ToString(), "a list of [text, label]");
            }

            var rows = new List<LabelledText>();
            foreach (var (index, row) in list.EnumerateArray().Index())
            {
                rows.Add(Row(row, index, file));
            }

            return rows;
        }
        catch (JsonException error)
        {
            throw new CorpusFormatException(file, (int)(error.LineNumber ?? 0) + 1, (int)(error.BytePositionInLine ?? 0) + 1, $"broken JSON ({error.Message})", "JSON");
        }
    }

    private static LabelledText Row(JsonElement row, int index, string file)
    {
        if (row.ValueKind == JsonValueKind.Array && row.GetArrayLength() == 2 && row[0].ValueKind == JsonValueKind.String && row[1].ValueKind == JsonValueKind.String)
        {
            return new LabelledText(row[1].GetString()!.Trim(), row[0].GetString()!.Trim()) { File = file };
        }

        if (row.ValueKind == JsonValueKind.Object && row.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String
            && (row.TryGetProperty("intent", out var label) || row.TryGetProperty("label", out label)) && label.ValueKind == JsonValueKind.String)
        {
            return new LabelledText(label.GetString()!.Trim(), text.GetString()!.Trim()) { File = file };
        }

        // A parsed document has no places; the row's number in its list is the next best.
        throw new CorpusFormatException(file, 1, 1, $"row {index + 1} {CorpusReader.Shown(row.GetRawText())}", "[text, label] or {\"text\", \"intent\"}");
    }
}
