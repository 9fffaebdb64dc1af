using System.Text;

namespace ChatAgent.Appointments;

/// <summary>Reads an agenda as spreadsheets write it: RFC 4180 with comma, semicolon or tab, with or without a byte order mark.</summary>
internal static class AgendaCsv
{
    public static AgendaContent Read(TextReader text, AgendaMapping mapping)
    {
        var content = new AgendaContent();
        var rows = ReadRows(text.ReadToEnd().TrimStart('\uFEFF'));
        if (rows.Count == 0)
        {
            content.Errors.Add(new AgendaImportError(1, "header", "the file is empty, expected a header"));
            return content;
        }

        var columns = rows[0].Fields.Select(column => column.Trim()).ToList();
        if (!content.RequireColumns(1, columns, mapping))
        {
            return content;
        }

        foreach (var (line, fields) in rows.Skip(1).Where(row => row.Fields.Exists(field => field.Length > 0)))
        {
            content.AddRow(line, name => IndexOf(columns, name) is >= 0 and var index && index < fields.Count ? fields[index].Trim() : null, mapping);
        }

        return content;
    }

    private static int IndexOf(List<string> columns, string name) => columns.FindIndex(column => column.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Rows with the line on which each begins, from 1; a quoted field may hold separators, doubled quotes and line ends.</summary>
    private static List<(int Line, List<string> Fields)> ReadRows(string text)
    {
        var header = text.AsSpan(0, text.IndexOf('\n', StringComparison.Ordinal) is >= 0 and var end ? end : text.Length);
        var separator = header.Count(';') > header.Count(',') ? ';' : header.Count('\t') > header.Count(',') ? '\t' : ',';
        var rows = new List<(int, List<string>)>();
        var fields = new List<string>();
        var field = new StringBuilder();
        var (line, rowLine, isQuoted) = (1, 1, false);
        for (var i = 0; i <= text.Length; i++)
        {
            var c = i < text.Length ? text[i] : '\n';
            line += i < text.Length && c == '\n' ? 1 : 0;
            if (isQuoted && i < text.Length)
            {
                if (c != '"')
                {
                    field.Append(c);
                }
                else if (i + 1 < text.Length && text[i + 1] == '"')
                {
                    field.Append('"');
                    i++;
                }
                else
                {
                    isQuoted = false;
                }
            }
            else if (c == '"' && field.Length == 0)
            {
                isQuoted = true;
            }
            else if (c == separator)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else if (c == '\n')
            {
                if (fields.Count > 0 || field.Length > 0)
                {
                    fields.Add(field.ToString());
                    rows.Add((rowLine, fields));
                    fields = [];
                    field.Clear();
                }

                rowLine = line;
            }
            else if (c != '\r')
            {
                field.Append(c);
            }
        }

        return rows;
    }
}
