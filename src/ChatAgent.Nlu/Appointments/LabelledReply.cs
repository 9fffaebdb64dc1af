using System.Text.Json;
using ChatAgent.Text;
using NodaTime;
using NodaTime.Text;

namespace ChatAgent.Nlu.Appointments;

/// <summary>A reply to an appointment's question with the label that a person gave it; a row of <c>corpora/clinic/replies</c>.</summary>
/// <param name="Id">Name of the row.</param>
/// <param name="Language">The language of the reply.</param>
/// <param name="SentAt">When it was sent.</param>
/// <param name="Appointment">The appointment asked about.</param>
/// <param name="Others">Further appointments of the same patient.</param>
/// <param name="Text">The raw body.</param>
/// <param name="KnownFacts">What the agent can answer by itself.</param>
/// <param name="Intent">The label; null when the row only asks to be read.</param>
/// <param name="Proposed">Slots in the guide's notation.</param>
/// <param name="NeedsHuman">Whether a person must see it.</param>
public sealed record LabelledReply(
    string Id,
    Language Language,
    DateTimeOffset SentAt,
    AppointmentContext Appointment,
    IReadOnlyList<AppointmentContext> Others,
    string Text,
    KnownFacts KnownFacts,
    AppointmentIntent? Intent,
    IReadOnlyList<string> Proposed,
    bool NeedsHuman)
{
    private static readonly LocalTimePattern _clock = LocalTimePattern.CreateWithInvariantCulture("HH:mm");

    /// <summary>The intents as the guide writes them, in its order.</summary>
    public static IReadOnlyList<string> IntentNames { get; } = ["auto_reply", "wrong_person", "reschedule", "decline", "conditional", "confirm", "question", "unrelated"];

    /// <summary>The guide's name of an intent.</summary>
    public static string NameOf(AppointmentIntent intent) => IntentNames[(int)intent];

    /// <summary>Reads the rows of a JSONL file.</summary>
    /// <exception cref="FormatException">A row is not as the guide says: "file(line,1): found, expected".</exception>
    public static IReadOnlyList<LabelledReply> ReadFile(string path)
    {
        var rows = new List<LabelledReply>();
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            try
            {
                using var document = JsonDocument.Parse(line);
                rows.Add(Read(document.RootElement));
            }
            catch (Exception broken) when (broken is JsonException or FormatException or KeyNotFoundException or InvalidOperationException or UnparsableValueException)
            {
                throw new FormatException($"{path}({number},1): {broken.Message}", broken);
            }
        }

        return rows;
    }

    /// <summary>Reads one row.</summary>
    /// <exception cref="FormatException">A field is missing or not as the guide says.</exception>
    public static LabelledReply Read(JsonElement row)
    {
        var intent = Maybe(row, "intent") is { ValueKind: JsonValueKind.String } label ? (AppointmentIntent?)IndexOf(label.GetString()!) : null;
        var others = Maybe(row, "other_appointments") is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray().Select(ReadAppointment).ToArray() : [];
        var proposed = Maybe(row, "proposed") is { ValueKind: JsonValueKind.Array } slots ? slots.EnumerateArray().Select(static s => s.GetString() ?? string.Empty).ToArray() : [];
        return new LabelledReply(
            Maybe(row, "id") is { ValueKind: JsonValueKind.String } id ? id.GetString()! : string.Empty,
            Maybe(row, "lang") is { } lang && LanguageCodes.TryParse(lang.GetString(), out var language) ? language : Language.Spanish,
            DateTimeOffset.Parse(Required(row, "sent_at"), System.Globalization.CultureInfo.InvariantCulture),
            ReadAppointment(Maybe(row, "appointment") ?? throw new FormatException("found no \"appointment\", expected {\"date\",\"time\",\"doctor\",\"place\",\"patient\"}.")),
            others,
            Required(row, "text"),
            Maybe(row, "known_facts") is { ValueKind: JsonValueKind.Array } facts ? new KnownFacts(facts.EnumerateArray().Select(static f => f.GetString() ?? string.Empty).ToHashSet(StringComparer.Ordinal)) : KnownFacts.Default,
            intent,
            proposed,
            Maybe(row, "needs_human") is { ValueKind: JsonValueKind.True });
    }

    private static AppointmentContext ReadAppointment(JsonElement row)
    {
        // The guide writes "Paula Leiva Araya, Medicina General" in one field.
        var doctor = Maybe(row, "doctor")?.GetString() ?? string.Empty;
        var comma = doctor.IndexOf(", ", StringComparison.Ordinal);
        var start = LocalDatePattern.Iso.Parse(Required(row, "date")).GetValueOrThrow() + _clock.Parse(Required(row, "time")).GetValueOrThrow();
        return new AppointmentContext(
            Maybe(row, "id")?.ToString() ?? string.Empty,
            start,
            comma < 0 ? doctor : doctor[..comma],
            comma < 0 ? string.Empty : doctor[(comma + 2)..],
            Maybe(row, "place")?.GetString() ?? string.Empty,
            Maybe(row, "patient")?.GetString() ?? string.Empty);
    }

    private static int IndexOf(string label)
    {
        for (var i = 0; i < IntentNames.Count; i++)
        {
            if (IntentNames[i] == label)
            {
                return i;
            }
        }

        throw new FormatException($"\"intent\" is \"{label}\", expected one of {string.Join(", ", IntentNames)}.");
    }

    private static JsonElement? Maybe(JsonElement row, string name) => row.TryGetProperty(name, out var value) ? value : null;

    private static string Required(JsonElement row, string name) =>
        Maybe(row, name) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : throw new FormatException($"found no \"{name}\", expected a string.");
}
