namespace ChatAgent.Store;

/// <summary>How much an export holds.</summary>
public sealed record ExportCounts(int Conversations, int Entries, int Documents);
