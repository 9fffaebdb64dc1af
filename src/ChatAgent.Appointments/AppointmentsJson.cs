using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using ChatAgent.Dialogs;

namespace ChatAgent.Appointments;

/// <summary>JSON of the agenda's documents and of agenda files.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    UseStringEnumConverter = true,
    Converters = [typeof(LocalDateTimeConverter)])]
[JsonSerializable(typeof(PatientRecord))]
[JsonSerializable(typeof(AppointmentRecord))]
[JsonSerializable(typeof(SlotRecord))]
[JsonSerializable(typeof(FreedHour))]
[JsonSerializable(typeof(CodeChallenge))]
[JsonSerializable(typeof(CodeRequests))]
internal sealed partial class AppointmentsJson : JsonSerializerContext
{
    /// <summary>Accented letters as they are.</summary>
    public static AppointmentsJson Compact => field ??= new AppointmentsJson(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) });
}
