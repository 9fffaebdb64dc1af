using System.Text.Json;

namespace ChatAgent.Appointments;

/// <summary>Reads an agenda from JSON as other programs give it: a list of objects, a row each.</summary>
internal static class AgendaJsonRows
{
    public static AgendaContent Read(string json, AgendaMapping mapping)
    {
        var content = new AgendaContent();
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
        }
        catch (JsonException error)
        {
            content.Errors.Add(new AgendaImportError((int)(error.LineNumber ?? 0) + 1, "$", error.Message));
            return content;
        }

        using (document)
        {
            var list = mapping.Rows is { } path ? Find(document.RootElement, path) : document.RootElement;
            if (list is not { ValueKind: JsonValueKind.Array } rows)
            {
                content.Errors.Add(new AgendaImportError(1, mapping.Rows ?? "$", "is not a list of rows; a mapping file says with \"rows\" where the list is"));
                return content;
            }

            var row = 0;
            foreach (var item in rows.EnumerateArray())
            {
                row++;
                if (item.ValueKind != JsonValueKind.Object)
                {
                    content.Errors.Add(new AgendaImportError(row, "$", $"is {item.ValueKind}, expected an object"));
                    continue;
                }

                content.AddRow(row, name => Find(item, name) is { } value ? Text(value) : null, mapping);
            }
        }

        return content;
    }

    /// <summary>A property by its name, or along a path of names with dots.</summary>
    private static JsonElement? Find(JsonElement from, string path)
    {
        var at = from;
        foreach (var name in path.Split('.'))
        {
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at))
            {
                return null;
            }
        }

        return at;
    }

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        JsonValueKind.String => value.GetString()!.Trim(),
        _ => value.GetRawText(),
    };
}
