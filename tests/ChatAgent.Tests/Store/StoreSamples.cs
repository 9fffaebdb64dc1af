namespace ChatAgent.Store.Tests;

/// <summary>Activities and turns that tests hand to a store.</summary>
internal static class StoreSamples
{
    public static readonly DateTimeOffset Start = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    public static IncomingActivity Message(string conversation, string? externalId = null, string text = "hola", string account = "ana") => new()
    {
        Channel = "directline",
        Account = account,
        ConversationId = conversation,
        ExternalId = externalId,
        Entry = new NewEntry { Audience = Audience.Everyone, Author = Author.Client, Kind = "message", Text = text, IsInput = true },
    };

    public static NewEntry Reply(string text, bool deliver = false) =>
        new() { Audience = Audience.Client | Audience.Operator, Author = Author.Bot, Kind = "message", Text = text, Deliver = deliver };

    public static NewEntry Event(string kind, Audience audience = Audience.Internal) =>
        new() { Audience = audience, Author = Author.System, Kind = kind, Payload = "{}" };

    public static TurnCommit Turn(params NewEntry[] entries) => new() { Snapshot = """{"turns":1}""", Entries = entries };

    public static DocumentWrite Document(string id, string? expectedETag = null, string? json = "{}", string[]? keys = null, string[]? indexes = null) => new()
    {
        Collection = "appointments",
        Id = id,
        Json = json,
        ExpectedETag = expectedETag,
        Keys = keys ?? [],
        Indexes = indexes ?? [],
    };
}
