using System.Globalization;
using ChatAgent.Dialogs;
using ChatAgent.Text;
using NodaTime;
using NodaTime.Text;

namespace ChatAgent.Appointments;

/// <summary>What a file holds, with the errors found on the way.</summary>
internal sealed class AgendaContent
{
    private static readonly string[] Required = ["date", "time", "doctor", "branch"];

    private static readonly LocalDatePattern[] DatePatterns =
        [.. new[] { "uuuu-MM-dd", "d-M-uuuu", "d/M/uuuu", "uuuu/MM/dd" }.Select(LocalDatePattern.CreateWithInvariantCulture)];

    private static readonly LocalTimePattern[] TimePatterns = [.. new[] { "H:mm", "H:mm:ss", "H.mm" }.Select(LocalTimePattern.CreateWithInvariantCulture)];

    /// <summary>By id.</summary>
    public Dictionary<string, PatientRecord> Patients { get; } = new(StringComparer.Ordinal);

    /// <summary>Each patient once, with the row that names them first.</summary>
    public List<(PatientRecord Patient, int Row)> PatientRows { get; } = [];

    public List<(AppointmentRecord Appointment, int Row)> Appointments { get; } = [];

    public List<SlotRecord> Slots { get; } = [];

    public List<AgendaImportError> Errors { get; } = [];

    /// <summary>Whether a table has what a row needs; what is missing is noted as an error.</summary>
    public bool RequireColumns(int row, IReadOnlyCollection<string> columns, AgendaMapping mapping)
    {
        var found = AgendaMapping.Names.Where(name => columns.Contains(mapping.ColumnOf(name), StringComparer.OrdinalIgnoreCase)).ToList();
        var missing = Required.Except(found, StringComparer.Ordinal).Where(name => name is not ("date" or "time") || !found.Contains("start", StringComparer.Ordinal));
        foreach (var name in missing)
        {
            Errors.Add(new AgendaImportError(row, mapping.ColumnOf(name), $"the column is missing; found {string.Join(", ", columns)}"));
        }

        return Errors.Count == 0;
    }

    /// <summary>One row of a table: an appointment with its patient, or a free hour where it names none.</summary>
    /// <param name="row">For errors.</param>
    /// <param name="read">A field by its name in the file; null where the row has none.</param>
    /// <param name="mapping">From the file's names and values to ours.</param>
    public void AddRow(int row, Func<string, string?> read, AgendaMapping mapping)
    {
        string Field(string name) => mapping.ValueOf(name, read(mapping.ColumnOf(name)) ?? string.Empty);

        if (ReadStart(row, Field) is not { } start)
        {
            return;
        }

        if (Field("patient_name").Length == 0 && Field("rut").Length == 0)
        {
            AddSlot(row, start, Field("doctor"), Field("specialty"), Field("branch"));
        }
        else if (AddPatient(row, Field("patient_id"), Field("patient_name"), Field("rut"), Field("email"), Field("language")) is { } patient)
        {
            AddAppointment(row, Field("appointment_id"), patient, start, Field("doctor"), Field("specialty"), Field("branch"), Field("minutes"), Field("status"), Field("wants_earlier"));
        }
    }

    public PatientRecord? AddPatient(int row, string id, string name, string rut, string email, string language)
    {
        if (!Rut.TryParse(rut, out var value))
        {
            Errors.Add(new AgendaImportError(row, "rut", $"\"{rut}\" is not a RUT, expected one such as 12.345.678-5 with its check digit"));
            return null;
        }

        if (Require(row, "patient_name", name) is null)
        {
            return null;
        }

        if (email.Length > 0 && (email.IndexOf('@', StringComparison.Ordinal) is var at && (at <= 0 || at == email.Length - 1) || email.Contains(' ', StringComparison.Ordinal)))
        {
            Errors.Add(new AgendaImportError(row, "email", $"\"{email}\" is not an e-mail address"));
            return null;
        }

        if (language.Length > 0 && !LanguageCodes.TryParse(language.ToLowerInvariant(), out _))
        {
            Errors.Add(new AgendaImportError(row, "language", $"\"{language}\" is not a language, expected es or en"));
            return null;
        }

        var patient = new PatientRecord(id.Length > 0 ? id : value, name, value, email.Length > 0 ? email : null, language.Length > 0 ? language.ToLowerInvariant() : null);
        if (Patients.TryGetValue(patient.Id, out var other) && other != patient)
        {
            Errors.Add(new AgendaImportError(row, "patient_id", $"patient \"{patient.Id}\" stands with other data in an earlier row"));
            return null;
        }

        if (Patients.TryAdd(patient.Id, patient))
        {
            PatientRows.Add((patient, row));
        }

        return patient;
    }

    public void AddAppointment(int row, string id, PatientRecord patient, LocalDateTime start, string doctor, string specialty, string branch, string minutes, string status, string wantsEarlier)
    {
        if (Require(row, "doctor", doctor) is null || Require(row, "specialty", specialty) is null || Require(row, "branch", branch) is null || ReadMinutes(row, minutes) is not { } length || ReadStatus(row, status) is not { } state || ReadYes(row, "wants_earlier", wantsEarlier) is not { } waits)
        {
            return;
        }

        Appointments.Add((
            new AppointmentRecord
            {
                Id = id.Length > 0 ? id : $"{SlotRecord.IdOf(doctor, start)}:{patient.Rut}",
                PatientId = patient.Id,
                Patient = patient.Name,
                Start = start,
                ImportedStart = start,
                Doctor = doctor,
                Specialty = specialty,
                Branch = branch,
                Status = state,
                Minutes = length,

                // When it is first imported so, the importer writes the time in.
                WaitsSince = waits ? DateTimeOffset.MaxValue : null,
            },
            row));
    }

    public void AddSlot(int row, LocalDateTime start, string doctor, string specialty, string branch)
    {
        if (Require(row, "doctor", doctor) is not null && Require(row, "branch", branch) is not null)
        {
            Slots.Add(new SlotRecord(doctor, specialty, branch, start));
        }
    }

    public LocalDate? ReadDate(int row, string column, string text)
    {
        foreach (var pattern in DatePatterns)
        {
            if (pattern.Parse(text) is { Success: true } parsed)
            {
                return parsed.Value;
            }
        }

        Errors.Add(new AgendaImportError(row, column, $"\"{text}\" is not a date, expected 2026-04-28 or 28-04-2026"));
        return null;
    }

    public LocalTime? ReadTime(int row, string column, string text)
    {
        foreach (var pattern in TimePatterns)
        {
            if (pattern.Parse(text) is { Success: true } parsed)
            {
                return parsed.Value;
            }
        }

        Errors.Add(new AgendaImportError(row, column, $"\"{text}\" is not a time, expected 9:30 or 16:45"));
        return null;
    }

    /// <summary>Date and time in two columns, or both in one: "2026-05-04T09:00", "04-05-2026 9:00".</summary>
    private LocalDateTime? ReadStart(int row, Func<string, string> field)
    {
        if (field("start") is { Length: > 0 } both)
        {
            var parts = both.Split([' ', 'T'], 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (parts.Length == 2)
            {
                return ReadDate(row, "start", parts[0]) is { } day && ReadTime(row, "start", parts[1]) is { } hour ? day + hour : null;
            }

            Errors.Add(new AgendaImportError(row, "start", $"\"{both}\" is not a date with a time, expected 2026-04-28 9:30"));
            return null;
        }

        return ReadDate(row, "date", field("date")) is { } date && ReadTime(row, "time", field("time")) is { } time ? date + time : null;
    }

    private AppointmentStatus? ReadStatus(int row, string text)
    {
        switch (text.ToLowerInvariant())
        {
            case "" or "booked":
                return AppointmentStatus.Booked;
            case "confirmed":
                return AppointmentStatus.Confirmed;
            case "cancelled":
                return AppointmentStatus.Declined;
            default:
                Errors.Add(new AgendaImportError(row, "status", $"\"{text}\" is not a state, expected booked, confirmed or cancelled; a mapping file gives the words of another program"));
                return null;
        }
    }

    private bool? ReadYes(int row, string column, string text)
    {
        switch (text.ToLowerInvariant())
        {
            case "" or "no" or "0" or "false":
                return false;
            case "yes" or "sí" or "si" or "1" or "true" or "x":
                return true;
            default:
                Errors.Add(new AgendaImportError(row, column, $"\"{text}\" is neither yes nor no"));
                return null;
        }
    }

    private int? ReadMinutes(int row, string text)
    {
        if (text.Length == 0)
        {
            return AppointmentRecord.UsualMinutes;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) && minutes is >= 5 and <= 480)
        {
            return minutes;
        }

        Errors.Add(new AgendaImportError(row, "minutes", $"\"{text}\" is not a length, expected 5 to 480 minutes"));
        return null;
    }

    private string? Require(int row, string column, string text)
    {
        if (text.Length > 0)
        {
            return text;
        }

        Errors.Add(new AgendaImportError(row, column, "is empty"));
        return null;
    }
}
