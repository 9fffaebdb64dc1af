using System.Text.Json;
using System.Text.Json.Serialization;

namespace ChatAgent.BotProtocol;

/// <summary>The JSON of this boundary: camel case, absent instead of null, names read in any case (Microsoft's own samples send <c>{"User":…}</c>).</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    PropertyNameCaseInsensitive = true,
    MaxDepth = 64)]
[JsonSerializable(typeof(Activity))]
[JsonSerializable(typeof(ActivitySet))]
[JsonSerializable(typeof(ResourceResponse))]
[JsonSerializable(typeof(ErrorResponse))]
[JsonSerializable(typeof(DirectLineParameters))]
[JsonSerializable(typeof(DirectLineConversation))]
[JsonSerializable(typeof(DirectLineClaims))]
public sealed partial class BotProtocolJson : JsonSerializerContext
{
}
