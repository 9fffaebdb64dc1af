using System.Text;

namespace ChatAgent.Appointments;

/// <summary>Reads an agenda as spreadsheets write it: RFC 4180 with comma, semicolon or tab, with or without a byte order mark.</summary>
internal static class AgendaCsv
{
    private static readonly string[] Required = ["date", "time", "doctor", "branch"];

    public static AgendaContent Read(TextReader text)
    {
        var content = new AgendaContent();
        var rows = ReadRows(text.ReadToEnd().TrimStart('\uFEFF'));
        if (rows.Count == 0)
        {
            content.Errors.Add(new AgendaImportError(1, "header", $"the file is empty, expected a header with at least {string.Join(", ", Required)}"));
            return content;
        }

        var columns = rows[0].Fields.Select(column => column.Trim().ToLowerInvariant()).ToList();
        foreach (var missing in Required.Where(column => !columns.Contains(column)))
        {
            content.Errors.Add(new AgendaImportError(1, missing, $"the column is missing; found {string.Join(", ", columns)}"));
        }

        if (content.Errors.Count == 0)
        {
            foreach (var (line, fields) in rows.Skip(1).Where(row => row.Fields.Exists(field => field.Length > 0)))
            {
                ReadRow(line, column => columns.IndexOf(column) is >= 0 and var index && index < fields.Count ? fields[index].Trim() : string.Empty, content);
            }
        }

        return content;
    }

    private static void ReadRow(int row, Func<string, string> field, AgendaContent content)
    {
        if (content.ReadDate(row, "date", field("date")) is not { } date || content.ReadTime(row, "time", field("time")) is not { } time)
        {
            return;
        }

        var start = date + time;
        if (field("patient_name").Length == 0 && field("rut").Length == 0)
        {
            content.AddSlot(row, start, field("doctor"), field("specialty"), field("branch"));
        }
        else if (content.AddPatient(row, field("patient_id"), field("patient_name"), field("rut"), field("email")) is { } patient)
        {
            content.AddAppointment(row, field("appointment_id"), patient, start, field("doctor"), field("specialty"), field("branch"));
        }
    }

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
