using System.Text.Json.Serialization;

namespace ChatAgent.Store.Sqlite;

/// <summary>The lists of a document row (keys, index values) as JSON.</summary>
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class StoreJson : JsonSerializerContext;
