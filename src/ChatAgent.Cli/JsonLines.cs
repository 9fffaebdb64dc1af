using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ChatAgent.Cli;

/// <summary>Files with one JSON object a line, and one such object.</summary>
internal static class JsonLines
{
    /// <summary>Letters stay letters: what is written is read by people and by programs, never by a browser.</summary>
    public static JsonWriterOptions Readable { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One JSON object.</summary>
    /// <param name="fields">Writes what is between its braces.</param>
    /// <param name="indented">Over several lines, for a person.</param>
    public static string Object(Action<Utf8JsonWriter> fields, bool indented = false)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Readable with { Indented = indented }))
        {
            writer.WriteStartObject();
            fields(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>Reads every object with its line number; empty lines are passed over.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rows">Line number from 1, object.</param>
    /// <param name="problem">"file(line,column): found, expected" when false.</param>
    public static bool TryRead(string path, out List<(int Line, JsonElement Row)> rows, out string problem)
    {
        rows = [];
        problem = string.Empty;
        if (!File.Exists(path))
        {
            problem = $"{path}: no such file.";
            return false;
        }

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
                if (document.RootElement.ValueKind != JsonValueKind.Object)
                {
                    problem = $"{path}({number},1): found {document.RootElement.ValueKind}, expected a JSON object.";
                    return false;
                }

                rows.Add((number, document.RootElement.Clone()));
            }
            catch (JsonException broken)
            {
                problem = $"{path}({number},{(broken.BytePositionInLine ?? 0) + 1}): expected a JSON object a line.";
                return false;
            }
        }

        return true;
    }
}
