namespace ChatAgent.Store;

/// <summary>Something in a store that breaks one of its promises.</summary>
/// <param name="Check">Which check found it: "file", "references", "sequences", "feed", "retries", "handled", "snapshots", "outbox", "documents".</param>
/// <param name="Message">What was found and what was expected, with ids and numbers; no words of people.</param>
public sealed record StoreFinding(string Check, string Message);
