using System.Runtime.CompilerServices;
using ChatAgent.Tests;

namespace ChatAgent.Store.Tests;

/// <summary>The example of src/ChatAgent.Store/README.md, line by line.</summary>
public sealed class ReadmeExampleTests
{
    [Fact]
    public async Task Example_OfTheReadme_HoldsWhatItSays()
    {
        using var folder = new StoreFolder();
        var file = folder.File;
        var cancellationToken = CancellationToken.None;

        await using var store = await SqliteConversationStore.OpenAsync(new SqliteStoreOptions { File = file }, TimeProvider.System, cancellationToken);
        var hello = new NewEntry { Audience = Audience.Everyone, Author = Author.Client, Kind = "message", Text = "hola", IsInput = true };
        var activity = new IncomingActivity { Channel = "terminal", Account = "ana", ExternalId = "m1", ConversationId = "c1", Entry = hello };
        var accepted = await store.AcceptAsync(activity, cancellationToken);   // on disk
        var retry = await store.AcceptAsync(activity, cancellationToken);      // the same sequence, nothing written
        var claim = await store.ClaimAsync("c1", TimeSpan.FromSeconds(30), cancellationToken);
        var reply = new NewEntry { Audience = Audience.Client | Audience.Operator, Author = Author.Bot, Kind = "message", Text = $"re: {claim!.Inputs[0].Text}" };
        var last = await store.CommitTurnAsync(claim, new TurnCommit { Snapshot = "{}", Entries = [reply] }, cancellationToken);   // all or nothing
        var log = await store.ReadLogAsync("c1", afterSequence: 0, Audience.Client, limit: 100, cancellationToken);
        var findings = await StoreVerifier.VerifyAsync(file, cancellationToken);   // empty: every promise holds

        Assert.Equal((1, true, 2), (accepted.Sequence, retry.IsRetry, last));
        Assert.Equal(["hola", "re: hola"], log.Select(entry => entry.Text));
        Assert.Empty(findings);
    }

    [Fact]
    public void Example_OfTheReadme_IsTheOneThatIsTested()
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "src", "ChatAgent.Store", "README.md"));
        var example = readme.Split("```csharp\n")[1].Split("```")[0].Split('\n', StringSplitOptions.RemoveEmptyEntries);

        var tested = File.ReadAllLines(ThisFile()).Select(line => line.Trim()).ToHashSet(StringComparer.Ordinal);

        Assert.Equal(10, example.Length);
        Assert.All(example, line => Assert.Contains(line, tested));
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
