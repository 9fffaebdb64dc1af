namespace ChatAgent.Dialogs;

/// <summary>An entity and its list.</summary>
/// <param name="Name">"doctor".</param>
/// <param name="Values">By canonical value; empty for an entity that rules find (a time, a RUT).</param>
public sealed record EntityDefinition(string Name, IReadOnlyDictionary<string, EntityValue> Values);
