using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using ChatAgent.Store;
using NodaTime;

namespace ChatAgent.Appointments;

/// <summary>Writes the agenda out, as <see cref="AgendaImporter"/> reads it. Thread-safe.</summary>
public sealed class AgendaExporter(IConversationStore store)
{
    private const int PageRows = 500;

    private static readonly string[] Columns =
        ["patient_id", "patient_name", "rut", "email", "language", "appointment_id", "date", "time", "minutes", "doctor", "specialty", "branch", "status", "wants_earlier"];

    private static readonly SearchValues<char> ToQuote = SearchValues.Create("\",;\t\r\n");

    private static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    /// <summary>One row an appointment, those that were given up included.</summary>
    /// <param name="writer">Where to; lines end in CR LF (RFC 4180).</param>
    /// <param name="from">First day; null for all.</param>
    /// <param name="to">Last day; null for all.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>Rows without the header.</returns>
    public async Task<int> WriteCsvAsync(TextWriter writer, LocalDate? from, LocalDate? to, CancellationToken cancellationToken)
    {
        await WriteRowAsync(writer, Columns);
        var rows = 0;
        await foreach (var (appointment, patient) in ReadAsync(from, to, cancellationToken))
        {
            await WriteRowAsync(writer, Fields(appointment, patient));
            rows++;
        }

        return rows;
    }

    /// <summary>The same as a list of objects, each with its history.</summary>
    public async Task<int> WriteJsonAsync(Stream stream, LocalDate? from, LocalDate? to, CancellationToken cancellationToken)
    {
        var rows = 0;
        await using var json = new Utf8JsonWriter(stream, Readable);
        json.WriteStartArray();
        await foreach (var (appointment, patient) in ReadAsync(from, to, cancellationToken))
        {
            json.WriteStartObject();
            foreach (var (column, field) in Columns.Zip(Fields(appointment, patient)))
            {
                json.WriteString(column, field);
            }

            json.WriteStartArray("history");
            foreach (var entry in appointment.History)
            {
                json.WriteStartObject();
                json.WriteString("at", entry.At);
                json.WriteString("status", StatusOf(entry.Status));
                json.WriteString("start", entry.Start.ToString("uuuu'-'MM'-'dd'T'HH':'mm", CultureInfo.InvariantCulture));
                json.WriteString("by", entry.By);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
            rows++;
        }

        json.WriteEndArray();
        await json.FlushAsync(cancellationToken);
        return rows;
    }

    private async IAsyncEnumerable<(AppointmentRecord Appointment, PatientRecord? Patient)> ReadAsync(
        LocalDate? from, LocalDate? to, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IReadOnlyList<Document> page = [];
        do
        {
            page = await store.ListDocumentsAsync(AppointmentRecord.Collection, index: null, page.Count > 0 ? page[^1].Id : null, PageRows, cancellationToken);
            foreach (var appointment in page.Select(AgendaDocuments.ReadAppointment).Where(appointment => !(appointment.Start.Date < from) && !(appointment.Start.Date > to)))
            {
                var patient = await store.FindDocumentAsync(PatientRecord.Collection, appointment.PatientId, cancellationToken);
                yield return (appointment, patient is null ? null : JsonSerializer.Deserialize(patient.Json, AppointmentsJson.Compact.PatientRecord));
            }
        }
        while (page.Count == PageRows);
    }

    private static string[] Fields(AppointmentRecord appointment, PatientRecord? patient) =>
    [
        appointment.PatientId, appointment.Patient, patient?.Rut ?? string.Empty, patient?.Email ?? string.Empty, patient?.Language ?? string.Empty, appointment.Id,
        appointment.Start.Date.ToString("uuuu'-'MM'-'dd", CultureInfo.InvariantCulture), appointment.Start.TimeOfDay.ToString("HH':'mm", CultureInfo.InvariantCulture),
        appointment.Minutes.ToString(CultureInfo.InvariantCulture), appointment.Doctor, appointment.Specialty, appointment.Branch, StatusOf(appointment.Status),
        appointment.WaitsSince is null ? string.Empty : "yes",
    ];

    private static string StatusOf(Dialogs.AppointmentStatus status) => status switch
    {
        Dialogs.AppointmentStatus.Confirmed => "confirmed",
        Dialogs.AppointmentStatus.Declined => "cancelled",
        _ => "booked",
    };

    private static Task WriteRowAsync(TextWriter writer, string[] fields)
    {
        var row = new StringBuilder();
        for (var i = 0; i < fields.Length; i++)
        {
            var field = fields[i];
            row.Append(i > 0 ? "," : string.Empty).Append(field.AsSpan().IndexOfAny(ToQuote) < 0 ? field : $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"");
        }

        return writer.WriteAsync(row.Append("\r\n"));
    }
}
