using System.Globalization;
using static ChatAgent.Store.Tests.StoreSamples;

namespace ChatAgent.Store.Tests;

/// <summary>A process that accepts and answers without end and says what was acknowledged, until it is killed.</summary>
internal static class CrashingWriter
{
    public const string Name = "store-crashing-writer";
    public const int Conversations = 12;

    /// <summary>
    /// Prints <c>accepted CONVERSATION EXTERNAL_ID SEQUENCE</c> after each accept and <c>answered CONVERSATION SEQUENCE</c> after each turn. A turn writes one
    /// reply "re ID" an input, puts each into the outbox, and counts itself in the document <c>turns/CONVERSATION</c>.
    /// </summary>
    public static async Task<int> RunAsync(string file, string round)
    {
        await using var store = await SqliteConversationStore.OpenAsync(new SqliteStoreOptions { File = file }, TimeProvider.System, CancellationToken.None);
        await Task.WhenAll(Enumerable.Range(0, Conversations).Select(c => Task.Run(async () =>
        {
            var conversation = string.Create(CultureInfo.InvariantCulture, $"c{c}");
            for (var i = 0; ; i++)
            {
                var id = string.Create(CultureInfo.InvariantCulture, $"{round}-{c}-{i}");
                var accepted = await store.AcceptAsync(Message(conversation, id, text: id), CancellationToken.None);
                Say($"accepted {conversation} {id} {accepted.Sequence}");
                if (i % 2 == 1 && await store.ClaimAsync(conversation, Lease, CancellationToken.None) is { } claim)
                {
                    var turns = await store.FindDocumentAsync("turns", conversation, CancellationToken.None);
                    var count = int.Parse(turns?.Json ?? "0", CultureInfo.InvariantCulture) + 1;
                    var last = await store.CommitTurnAsync(
                        claim,
                        Turn([.. claim.Inputs.Select(input => Reply($"re {input.Text}", deliver: true))]) with
                        {
                            Documents =
                            [
                                new DocumentWrite
                                {
                                    Collection = "turns",
                                    Id = conversation,
                                    Json = count.ToString(CultureInfo.InvariantCulture),
                                    ExpectedETag = turns?.ETag ?? "",
                                    Keys = [string.Create(CultureInfo.InvariantCulture, $"turn:{conversation}:{count}")],
                                },
                            ],
                        },
                        CancellationToken.None);
                    Say($"answered {conversation} {last}");
                }
            }
        })));
        return 0;
    }

    private static void Say(FormattableString line)
    {
        lock (Name)
        {
            System.Console.Out.WriteLine(line.ToString(CultureInfo.InvariantCulture));
            System.Console.Out.Flush();
        }
    }
}
