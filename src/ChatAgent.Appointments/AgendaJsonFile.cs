using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using NodaTime;

namespace ChatAgent.Appointments;

/// <summary>Reads an agenda from JSON, with working hours instead of single ones.</summary>
internal static class AgendaJsonFile
{
    private static readonly string[] Weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    public static AgendaContent Read(string json, LocalDate today)
    {
        var content = new AgendaContent();
        AgendaFile? file;
        try
        {
            file = JsonSerializer.Deserialize(json, AgendaFileJson.Default.AgendaFile);
        }
        catch (JsonException e)
        {
            content.Errors.Add(new AgendaImportError((int)(e.LineNumber ?? 0) + 1, e.Path ?? "$", e.Message));
            return content;
        }

        foreach (var (row, patient) in Numbered(file?.Patients))
        {
            content.AddPatient(row, patient.Id ?? string.Empty, patient.Name ?? string.Empty, patient.Rut ?? string.Empty, patient.Email ?? string.Empty, patient.Language ?? string.Empty);
        }

        foreach (var (row, hours) in Numbered(file?.Hours))
        {
            AddHours(content, row, hours, today);
        }

        foreach (var (row, appointment) in Numbered(file?.Appointments))
        {
            AddAppointment(content, row, appointment, today);
        }

        return content;
    }

    private static void AddAppointment(AgendaContent content, int row, AgendaFileAppointment appointment, LocalDate today)
    {
        if (!content.Patients.TryGetValue(appointment.Patient ?? string.Empty, out var patient))
        {
            content.Errors.Add(new AgendaImportError(row, "patient", $"\"{appointment.Patient}\" is not among the patients"));
        }
        else if (ReadDay(content, row, appointment.Day ?? string.Empty, today) is { } day && content.ReadTime(row, "time", appointment.Time ?? string.Empty) is { } time)
        {
            content.AddAppointment(row, appointment.Id ?? string.Empty, patient, day + time, appointment.Doctor ?? string.Empty, appointment.Specialty ?? string.Empty, appointment.Branch ?? string.Empty, appointment.Minutes?.ToString(CultureInfo.InvariantCulture) ?? string.Empty, string.Empty, appointment.WantsEarlier is true ? "yes" : string.Empty);
        }
    }

    /// <summary>A date, or "+3": days from today, moved on to Monday from a weekend.</summary>
    private static LocalDate? ReadDay(AgendaContent content, int row, string text, LocalDate today)
    {
        if (!text.StartsWith('+') || !int.TryParse(text.AsSpan(1), CultureInfo.InvariantCulture, out var days))
        {
            return content.ReadDate(row, "day", text);
        }

        var day = today.PlusDays(days);
        return day.DayOfWeek switch
        {
            IsoDayOfWeek.Saturday => day.PlusDays(2),
            IsoDayOfWeek.Sunday => day.PlusDays(1),
            _ => day,
        };
    }

    private static void AddHours(AgendaContent content, int row, AgendaFileHours hours, LocalDate today)
    {
        if (content.ReadTime(row, "from", hours.From ?? string.Empty) is not { } from || content.ReadTime(row, "to", hours.To ?? string.Empty) is not { } to)
        {
            return;
        }

        if (hours.Minutes is < 5 or > 240 || hours.Weeks is < 1 or > 52)
        {
            content.Errors.Add(new AgendaImportError(row, "minutes", $"{hours.Minutes} minutes over {hours.Weeks} weeks; expected 5 to 240 minutes and 1 to 52 weeks"));
            return;
        }

        foreach (var name in hours.Weekdays ?? [])
        {
            var weekday = Array.IndexOf(Weekdays, name);
            if (weekday < 0)
            {
                content.Errors.Add(new AgendaImportError(row, "weekdays", $"\"{name}\" is not a day, expected {string.Join(", ", Weekdays)}"));
                continue;
            }

            for (var day = today; day < today.PlusWeeks(hours.Weeks); day = day.PlusDays(1))
            {
                if ((int)day.DayOfWeek - 1 != weekday)
                {
                    continue;
                }

                for (var start = day + from; start < day + to; start = start.PlusMinutes(hours.Minutes))
                {
                    content.AddSlot(row, start, hours.Doctor ?? string.Empty, hours.Specialty ?? string.Empty, hours.Branch ?? string.Empty);
                }
            }
        }
    }

    private static IEnumerable<(int Row, T Item)> Numbered<T>(IEnumerable<T>? items) => (items ?? []).Select((item, index) => (index + 1, item));
}

internal sealed record AgendaFile(IReadOnlyList<AgendaFilePatient>? Patients, IReadOnlyList<AgendaFileAppointment>? Appointments, IReadOnlyList<AgendaFileHours>? Hours);

internal sealed record AgendaFilePatient(string? Id, string? Name, string? Rut, string? Email, string? Language);

internal sealed record AgendaFileAppointment(string? Id, string? Patient, string? Day, string? Time, string? Doctor, string? Specialty, string? Branch, int? Minutes, bool? WantsEarlier);

internal sealed record AgendaFileHours(string? Doctor, string? Specialty, string? Branch, IReadOnlyList<string>? Weekdays, string? From, string? To, int Minutes, int Weeks);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true)]
[JsonSerializable(typeof(AgendaFile))]
internal sealed partial class AgendaFileJson : JsonSerializerContext;
