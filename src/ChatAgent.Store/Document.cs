namespace ChatAgent.Store;

/// <summary>A stored document.</summary>
/// <param name="Collection">"appointments", "slots", "patients", "operators", "settings".</param>
/// <param name="Id">Unique within the collection.</param>
/// <param name="Json">Its content.</param>
/// <param name="ETag">Changes with every write.</param>
/// <param name="Keys">Values that no other document of the store may hold at the same time (<c>slot:{doctor}:{start}</c>).</param>
/// <param name="Indexes">Values that documents are found by; may be shared (<c>patient:17</c>).</param>
public sealed record Document(string Collection, string Id, string Json, string ETag, IReadOnlyList<string> Keys, IReadOnlyList<string> Indexes);
