using System.Globalization;
using System.Text;

namespace ChatAgent.Nlg;

/// <summary>Rows of a CSV file as RFC 4180 writes them: commas, quotes doubled inside quotes, line breaks inside quotes.</summary>
internal static class CsvRows
{
    /// <summary>Each row with the line where it begins, from 1; empty lines are passed over.</summary>
    /// <exception cref="FormatException">A quote is not closed, or something stands behind a closing quote.</exception>
    public static IEnumerable<(int Line, IReadOnlyList<string> Fields)> Read(string path)
    {
        var text = File.ReadAllText(path);
        var (line, at) = (1, 0);
        while (at < text.Length)
        {
            var (begin, fields) = (line, new List<string>());
            while (true)
            {
                fields.Add(Field(text, ref at, ref line, path));
                if (at < text.Length && text[at] == ',')
                {
                    at++;
                    continue;
                }

                break;
            }

            if (at < text.Length && text[at] == '\r')
            {
                at++;
            }

            if (at < text.Length && text[at] == '\n')
            {
                at++;
                line++;
            }
            else if (at < text.Length && text[at - 1] == '\r')
            {
                line++;
            }
            else if (at < text.Length)
            {
                throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{path}({line},1): something stands behind a closing quote, expected a comma or the line's end"));
            }

            if (fields.Count > 1 || fields[0].Length > 0)
            {
                yield return (begin, fields);
            }
        }
    }

    private static string Field(string text, ref int at, ref int line, string path)
    {
        if (at >= text.Length || text[at] != '"')
        {
            var start = at;
            while (at < text.Length && text[at] is not (',' or '\r' or '\n'))
            {
                at++;
            }

            return text[start..at];
        }

        var (opened, field) = (line, new StringBuilder());
        for (at++; at < text.Length; at++)
        {
            if (text[at] == '"')
            {
                if (at + 1 < text.Length && text[at + 1] == '"')
                {
                    at++;
                }
                else
                {
                    at++;
                    return field.ToString();
                }
            }

            line += text[at] == '\n' ? 1 : 0;
            field.Append(text[at]);
        }

        throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{path}({opened},1): a quote is opened and never closed"));
    }
}
