using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using NodaTime;
using NodaTime.Text;

namespace ChatAgent.Dialogs;

/// <summary>JSON of snapshots, records and events: camelCase, enums by name, local times as ISO without a zone.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    Converters = [typeof(LocalDateTimeConverter)])]
[JsonSerializable(typeof(ConversationState))]
[JsonSerializable(typeof(TurnRecord))]
[JsonSerializable(typeof(IdentifiedPerson))]
[JsonSerializable(typeof(StartedEvent))]
[JsonSerializable(typeof(HandoverEvent))]
[JsonSerializable(typeof(OperatorEvent))]
[JsonSerializable(typeof(AppointmentEvent))]
[JsonSerializable(typeof(ChosenAnswer))]
[JsonSerializable(typeof(HourFreedEvent))]
[JsonSerializable(typeof(MessagePayload))]
[JsonSerializable(typeof(InputOrigin))]
internal sealed partial class DialogJson : JsonSerializerContext
{
    /// <summary>Accented letters as they are: escaped they would take six bytes each, and records are short by contract.</summary>
    public static DialogJson Compact => field ??= new DialogJson(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) });
}

/// <summary>"2026-04-28T10:45".</summary>
public sealed class LocalDateTimeConverter : JsonConverter<LocalDateTime>
{
    private static readonly LocalDateTimePattern Pattern = LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm");

    public override LocalDateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Pattern.Parse(reader.GetString() ?? string.Empty) is { Success: true } parsed
            ? parsed.Value
            : throw new JsonException($"\"{reader.GetString()}\" is not a local time such as 2026-04-28T10:45");

    public override void Write(Utf8JsonWriter writer, LocalDateTime value, JsonSerializerOptions options) => writer.WriteStringValue(Pattern.Format(value));
}
