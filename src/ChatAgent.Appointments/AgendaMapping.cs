using ChatAgent.Dialogs.Format;

namespace ChatAgent.Appointments;

/// <summary>How another program's agenda is read: its names for our columns, its words for our values, and where in a JSON its rows are.</summary>
/// <remarks>
/// <code>
/// rows: agenda.citas            # of a JSON: the property that holds the list; none where the file is the list itself
/// columns:                      # ours: theirs; "paciente.nombre" is a property within a property
///   patient_name: Nombre Paciente
///   start: Fecha y hora
/// values:                       # of a column of ours, theirs: ours
///   status: {Anulada: cancelled, Agendada: booked}
/// </code>
/// A column that is not named is looked for under our name. Immutable.
/// </remarks>
public sealed class AgendaMapping
{
    /// <summary>Our columns. "start" is date and time in one.</summary>
    public static readonly IReadOnlyList<string> Names =
        ["patient_id", "patient_name", "rut", "email", "language", "appointment_id", "date", "time", "start", "minutes", "doctor", "specialty", "branch", "status", "wants_earlier"];

    private readonly Dictionary<string, string> _columns;
    private readonly Dictionary<(string Column, string Value), string> _values;

    private AgendaMapping(string? rows, Dictionary<string, string> columns, Dictionary<(string Column, string Value), string> values)
    {
        (Rows, _columns, _values) = (rows, columns, values);
    }

    /// <summary>Our own names.</summary>
    public static AgendaMapping None { get; } = new(null, [], []);

    /// <summary>Path of the list within a JSON, "agenda.citas"; null for the root.</summary>
    public string? Rows { get; }

    /// <exception cref="ChatAgent.Dialogs.DialogFormatException">The file is wrong; the message names file, line and column.</exception>
    public static AgendaMapping Load(string path) => Read(YamlFile.Read(path, path));

    /// <exception cref="ChatAgent.Dialogs.DialogFormatException">It is wrong; the message names file, line and column.</exception>
    public static AgendaMapping Parse(string yaml, string name) => Read(YamlFile.Parse(yaml, name));

    /// <summary>The file's name for a column of ours.</summary>
    public string ColumnOf(string name) => _columns.GetValueOrDefault(name, name);

    /// <summary>Our word for what the file says in a column of ours.</summary>
    public string ValueOf(string name, string text) => _values.GetValueOrDefault((name, text.ToUpperInvariant()), text);

    private static AgendaMapping Read(YamlFile file)
    {
        var root = file.Map(file.Root, "rows", "columns", "values");
        var columns = new Dictionary<string, string>(StringComparer.Ordinal);
        if (root.Find("columns") is { } columnNode)
        {
            foreach (var (key, name, value) in file.Map(columnNode).Entries)
            {
                columns.Add(Known(file, key), file.Text(value));
            }
        }

        var values = new Dictionary<(string, string), string>();
        if (root.Find("values") is { } valueNode)
        {
            foreach (var (key, _, words) in file.Map(valueNode).Entries)
            {
                var column = Known(file, key);
                foreach (var (theirKey, theirs, ours) in file.Map(words).Entries)
                {
                    if (!values.TryAdd((column, theirs.ToUpperInvariant()), file.Text(ours)))
                    {
                        throw file.Error(theirKey, $"\"{theirs}\" stands twice");
                    }
                }
            }
        }

        return new AgendaMapping(root.FindText("rows"), columns, values);
    }

    private static string Known(YamlFile file, YamlDotNet.RepresentationModel.YamlNode key)
    {
        var name = file.Text(key);
        return Names.Contains(name, StringComparer.Ordinal) ? name : throw file.Error(key, $"\"{name}\" is not a column of ours; there are {string.Join(", ", Names)}");
    }
}
