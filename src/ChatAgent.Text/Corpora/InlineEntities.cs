using System.Text;
using System.Text.Json;

namespace ChatAgent.Text.Corpora;

/// <summary>Rasa's marks inside an example: <c>[words](name)</c>, <c>[words](name:value)</c>, <c>[words]{"entity": "name", "value": "value"}</c>.</summary>
internal static class InlineEntities
{
    /// <summary>Takes the marks out. A bracket that no mark follows is text.</summary>
    /// <param name="line">Of the example, from 1.</param>
    /// <param name="indent">Code units of the line before <paramref name="marked"/>.</param>
    public static LabelledText Parse(string label, string marked, string file, int line, int indent)
    {
        if (!marked.Contains('[', StringComparison.Ordinal))
        {
            return new LabelledText(label, marked) { File = file, Line = line };
        }

        var text = new StringBuilder(marked.Length);
        var entities = new List<LabelledEntity>();
        for (var i = 0; i < marked.Length;)
        {
            var close = marked[i] == '[' ? marked.IndexOf(']', i) : -1;
            var opener = close > 0 && close + 1 < marked.Length ? marked[close + 1] : ' ';
            if (opener is not ('(' or '{'))
            {
                text.Append(marked[i++]);
                continue;
            }

            var end = marked.IndexOf(opener == '(' ? ')' : '}', close);
            if (end < 0)
            {
                throw new CorpusFormatException(file, line, indent + close + 2, CorpusReader.Shown(marked.AsSpan(close + 1)), opener == '(' ? "a closing \")\"" : "a closing \"}\"");
            }

            var words = marked[(i + 1)..close];
            var (name, value) = opener == '('
                ? Short(marked[(close + 2)..end])
                : Long(marked[(close + 1)..(end + 1)], file, line, indent + close + 2);
            if (name.Length == 0 || words.Length == 0)
            {
                throw new CorpusFormatException(file, line, indent + i + 1, CorpusReader.Shown(marked.AsSpan(i, end + 1 - i)), "[words](entity)");
            }

            entities.Add(new LabelledEntity(name, new TextSpan(text.Length, words.Length), value ?? words));
            text.Append(words);
            i = end + 1;
        }

        return new LabelledText(label, text.ToString()) { Entities = entities, File = file, Line = line };
    }

    private static (string Name, string? Value) Short(string mark)
    {
        var colon = mark.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (mark.Trim(), null) : (mark[..colon].Trim(), mark[(colon + 1)..].Trim());
    }

    private static (string Name, string? Value) Long(string json, string file, int line, int column)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var name = document.RootElement.TryGetProperty("entity", out var entity) ? entity.GetString() : null;
            var value = document.RootElement.TryGetProperty("value", out var given) ? given.GetString() : null;
            return (name ?? throw new CorpusFormatException(file, line, column, CorpusReader.Shown(json), "\"entity\" with a name"), value);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new CorpusFormatException(file, line, column, CorpusReader.Shown(json), "{\"entity\": \"name\", \"value\": \"value\"}");
        }
    }
}
