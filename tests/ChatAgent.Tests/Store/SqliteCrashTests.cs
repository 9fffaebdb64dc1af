using System.Globalization;
using ChatAgent.Tests;
using static ChatAgent.Store.Tests.StoreSamples;

namespace ChatAgent.Store.Tests;

/// <summary>What is on disk after SIGKILL.</summary>
public sealed class SqliteCrashTests
{
    [Fact]
    public async Task Kill_InTheMiddleOfAcceptsAndTurns_LosesNothingAndDoublesNothing()
    {
        using var folder = new StoreFolder();
        var acknowledged = new List<string>();
        // Each round goes on with the database that the last kill left.
        for (var round = 0; round < 4; round++)
        {
            acknowledged.AddRange(await RunUntilKilledAsync(folder.File, round, lines: 40 + (137 * round)));

            Assert.Empty(await StoreVerifier.VerifyAsync(folder.File, CancellationToken.None));
            await using var store = await SqliteConversationStore.OpenAsync(new SqliteStoreOptions { File = folder.File }, TimeProvider.System, CancellationToken.None);
            await CheckAsync(store, acknowledged);
        }
    }

    /// <summary>Starts the writer, kills it after so many lines, and returns all whole lines that it had printed.</summary>
    private static async Task<IReadOnlyList<string>> RunUntilKilledAsync(string file, int round, int lines)
    {
        using var child = HelperProcess.Start(CrashingWriter.Name, file, $"r{round}");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var printed = new List<string>();
        try
        {
            while (printed.Count < lines && await child.StandardOutput.ReadLineAsync(patience.Token) is { } line)
            {
                printed.Add(line);
            }
        }
        finally
        {
            child.Kill(); // SIGKILL
        }

        var rest = await child.StandardOutput.ReadToEndAsync(patience.Token);
        await child.WaitForExitAsync(patience.Token);
        printed.AddRange(rest[..(rest.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.True(printed.Count >= lines, $"the writer ended by itself after {printed.Count} lines");
        Assert.Contains(printed, line => line.StartsWith("answered", StringComparison.Ordinal));
        return printed;
    }

    private static async Task CheckAsync(SqliteConversationStore store, IReadOnlyList<string> acknowledged)
    {
        var feed = await store.ReadFeedAsync(0, int.MaxValue, CancellationToken.None);
        var rows = feed.ToDictionary(entry => (entry.ConversationId, entry.Sequence));
        foreach (var words in acknowledged.Select(line => line.Split(' ')))
        {
            if (words is ["accepted", var conversation, var id, var sequence])
            {
                var at = long.Parse(sequence, CultureInfo.InvariantCulture);
                Assert.Equal(id, rows[(conversation, at)].ExternalId);
                Assert.Equal(new Accepted(conversation, at, IsRetry: true), await store.AcceptAsync(Message(conversation, id, text: id), CancellationToken.None));
            }
            else
            {
                Assert.Equal(Author.Bot, rows[(words[1], long.Parse(words[2], CultureInfo.InvariantCulture))].Author);
            }
        }

        Assert.Equal(feed.Count, (await store.ReadFeedAsync(0, int.MaxValue, CancellationToken.None)).Count);
        for (var c = 0; c < CrashingWriter.Conversations; c++)
        {
            var conversation = await store.FindConversationAsync($"c{c}", CancellationToken.None);
            if (conversation is null)
            {
                continue;
            }

            // Each input up to the handled mark has exactly one reply, each after it none; and a turn's document was written with its replies.
            var log = feed.Where(entry => entry.ConversationId == conversation.Id).ToList();
            var inputs = log.Where(entry => entry.Author == Author.Client).ToList();
            var replies = log.Where(entry => entry.Author == Author.Bot).ToList();
            Assert.Equal(inputs.Count, inputs.Select(entry => entry.ExternalId).Distinct().Count());
            Assert.Equal(inputs.Where(entry => entry.Sequence <= conversation.HandledSequence).Select(entry => $"re {entry.Text}"), replies.Select(entry => entry.Text));
            var turns = replies.Count == 0 ? 0 : 1 + log.Zip(log.Skip(1)).Count(pair => pair is { First.Author: Author.Bot, Second.Author: Author.Client })
                - (log[^1].Author == Author.Client ? 1 : 0);
            var document = await store.FindDocumentAsync("turns", conversation.Id, CancellationToken.None);
            Assert.Equal(turns, int.Parse(document?.Json ?? "0", CultureInfo.InvariantCulture));
        }
    }
}
