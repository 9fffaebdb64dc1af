using ChatAgent.Dialogs;
using ChatAgent.Text;
using NodaTime;
using NodaTime.Text;

namespace ChatAgent.Appointments;

/// <summary>What a file holds, with the errors found on the way.</summary>
internal sealed class AgendaContent
{
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

    public PatientRecord? AddPatient(int row, string id, string name, string rut, string email)
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

        var patient = new PatientRecord(id.Length > 0 ? id : value, name, value, email.Length > 0 ? email : null);
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

    public void AddAppointment(int row, string id, PatientRecord patient, LocalDateTime start, string doctor, string specialty, string branch)
    {
        if (Require(row, "doctor", doctor) is null || Require(row, "branch", branch) is null)
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
                Status = AppointmentStatus.Booked,
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
