using System.Text;
using ChatAgent.Tests;

namespace ChatAgent.Email.Tests;

/// <summary>Mails that are put into a folder: taken once, let go of only when they are safe.</summary>
public sealed class FolderInboxTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("chatagent-inbox-").FullName;
    private readonly List<string> _taken = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Take_Maildir_MovesFromNewToCur()
    {
        Write("new/1700000002.b.host", "dos");
        Write("new/1700000001.a.host", "uno");
        Write("tmp/1700000003.c.host", "half");
        Write("new/.hidden", "no mail");

        Assert.Equal(2, await TakeAsync());

        Assert.Equal(["uno", "dos"], _taken);
        Assert.Equal(["cur/1700000001.a.host:2,S", "cur/1700000002.b.host:2,S", "new/.hidden", "tmp/1700000003.c.host"], Files());
        Assert.Equal(0, await TakeAsync());
    }

    [Fact]
    public async Task Take_DroppedFile_WaitsUntilItRests()
    {
        Write("a.eml", "uno");
        Write("notes.txt", "no mail");
        Write("b.eml", "dos");
        File.SetLastWriteTimeUtc(Path.Combine(_folder, "b.eml"), DateTime.UtcNow.AddSeconds(100));

        Assert.Equal(1, await TakeAsync());

        Assert.Equal(["uno"], _taken);
        Assert.Equal(["b.eml", "notes.txt", "taken/a.eml"], Files());
    }

    [Fact]
    public async Task Take_NotTakenNow_StaysAndComesAgain()
    {
        Write("new/1", "uno");
        Write("new/2", "dos");
        var isFull = true;

        await Assert.ThrowsAsync<IOException>(() => TakeAsync(_ => isFull ? throw new IOException("full") : Task.CompletedTask));
        Assert.Equal(["new/1", "new/2"], Files());

        isFull = false;
        Assert.Equal(2, await TakeAsync(_ => Task.CompletedTask));
        Assert.Equal(["cur/1:2,S", "cur/2:2,S"], Files());
    }

    [Fact]
    public async Task Take_CannotEverBeTaken_IsPutAsideAndTheRestGoesOn()
    {
        Write("new/1", "poison");
        Write("new/2", "dos");
        Write("new/3", new string('x', 3000));

        Assert.Equal(1, await TakeAsync(text => text == "poison" ? throw new InvalidOperationException() : Task.CompletedTask));

        Assert.Equal(["cur/2:2,S", "failed/1", "failed/3"], Files());
    }

    [Fact]
    public async Task Take_FolderIsMissing_IsMade()
    {
        var folder = new FolderInbox(Path.Combine(_folder, "x", "y"), TimeProvider.System);
        Assert.Equal(0, await folder.TakeAsync((_, _) => Task.CompletedTask, (_, _) => { }, CancellationToken.None));
        Assert.True(Directory.Exists(Path.Combine(_folder, "x", "y")));
    }

    private Task<int> TakeAsync(Func<string, Task>? take = null)
    {
        var inbox = new FolderInbox(_folder, new ManualTimeProvider(DateTimeOffset.UtcNow.AddSeconds(10))) { MaxBytes = 2000 };
        return inbox.TakeAsync(
            async (mail, _) =>
            {
                var text = Encoding.UTF8.GetString(mail.Raw.Span);
                await (take?.Invoke(text) ?? Task.CompletedTask);
                _taken.Add(text);
            },
            (_, _) => { },
            CancellationToken.None);
    }

    private void Write(string name, string text)
    {
        var file = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    private IEnumerable<string> Files() => Directory.GetFiles(_folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_folder, file)).Order(StringComparer.Ordinal);
}
