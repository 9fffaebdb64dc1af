using System.Text.Json;
using System.Text.Json.Serialization;

namespace ChatAgent.Training;

/// <summary>The JSON that lies beside trained parts.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(Manifest))]
internal sealed partial class TrainingJson : JsonSerializerContext
{
}
