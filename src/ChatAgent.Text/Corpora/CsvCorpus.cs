using System.Text;

namespace ChatAgent.Text.Corpora;

/// <summary>CSV by RFC 4180 with a header: a text column and a label column, others ignored.</summary>
internal static class CsvCorpus
{
    private static readonly string[] LabelNames = ["category", "intent", "label"];

    public static List<LabelledText> Parse(string content, string file)
    {
        var rows = new List<LabelledText>();
        var textColumn = -1;
        var labelColumn = -1;
        foreach (var (line, fields) in Records(content, file))
        {
            if (textColumn < 0)
            {
                textColumn = fields.FindIndex(name => name.Trim().Equals("text", StringComparison.OrdinalIgnoreCase));
                labelColumn = fields.FindIndex(name => LabelNames.Contains(name.Trim(), StringComparer.OrdinalIgnoreCase));
                if (textColumn < 0 || labelColumn < 0)
                {
                    throw new CorpusFormatException(file, line, 1, $"the header {CorpusReader.Shown(string.Join(',', fields))}", "columns \"text\" and one of \"category\", \"intent\", \"label\"");
                }

                continue;
            }

            if (fields.Count == 1 && fields[0].Length == 0)
            {
                continue;
            }

            if (fields.Count <= Math.Max(textColumn, labelColumn) || fields[labelColumn].Trim().Length == 0)
            {
                throw new CorpusFormatException(file, line, 1, $"{fields.Count} fields, or an empty label", $"a label and a text in columns {labelColumn + 1} and {textColumn + 1}");
            }

            rows.Add(new LabelledText(fields[labelColumn].Trim(), fields[textColumn].Trim()) { File = file, Line = line });
        }

        return rows;
    }

    private static IEnumerable<(int Line, List<string> Fields)> Records(string content, string file)
    {
        var field = new StringBuilder();
        var fields = new List<string>();
        var line = 1;
        var firstLine = 1;
        for (var i = 0; i < content.Length;)
        {
            if (content[i] == '"' && field.Length == 0)
            {
                var opened = i++;
                while (true)
                {
                    if (i >= content.Length)
                    {
                        var (row, column) = CorpusReader.Place(content, opened);
                        throw new CorpusFormatException(file, row, column, "a quote that is not closed", "a closing quote");
                    }

                    if (content[i] == '"' && (i + 1 >= content.Length || content[i + 1] != '"'))
                    {
                        i++;
                        break;
                    }

                    i += content[i] == '"' ? 1 : 0;
                    line += content[i] == '\n' ? 1 : 0;
                    field.Append(content[i++]);
                }
            }
            else if (content[i] is ',' or '\n')
            {
                fields.Add(field.ToString());
                field.Clear();
                if (content[i] == '\n')
                {
                    yield return (firstLine, fields);
                    fields = [];
                    firstLine = ++line;
                }

                i++;
            }
            else
            {
                if (content[i] != '\r')
                {
                    field.Append(content[i]);
                }

                i++;
            }
        }

        if (field.Length > 0 || fields.Count > 0)
        {
            fields.Add(field.ToString());
            yield return (firstLine, fields);
        }
    }
}
