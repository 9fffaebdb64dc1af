using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace ChatAgent.Server;

/// <summary>The JSON of the host's own endpoints.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(Channels.ConversationReferenceData))]
[JsonSerializable(typeof(Channels.DirectLineSession))]
[JsonSerializable(typeof(Channels.WidgetSession))]
[JsonSerializable(typeof(Channels.WidgetSessionRequest))]
[JsonSerializable(typeof(Channels.WidgetStatus))]
internal sealed partial class ServerJson : JsonSerializerContext
{
}
