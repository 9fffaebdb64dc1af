using System.Text.Json.Serialization;

namespace ChatAgent.Dialogs.Operators;

/// <summary>The document of an operator.</summary>
internal sealed record StoredOperator(string Name, string Hash, bool MustChange, string Stamp, DateTimeOffset ChangedAt);

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(StoredOperator))]
internal sealed partial class OperatorJson : JsonSerializerContext
{
}
