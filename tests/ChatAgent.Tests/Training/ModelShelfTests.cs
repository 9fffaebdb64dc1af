using ChatAgent.Neural;

namespace ChatAgent.Training.Tests;

public sealed class ModelShelfTests : IDisposable
{
    private static readonly string Hash = new('a', 64);
    private readonly string _folder = Directory.CreateTempSubdirectory("shelf").FullName;
    private readonly ModelShelf _shelf;

    public ModelShelfTests() => _shelf = new ModelShelf(_folder);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void TryFind_NothingKept_IsFalse() => Assert.False(_shelf.TryFind("nlu", Hash, out _));

    [Fact]
    public void Keep_ThenFind_GivesTheFiles()
    {
        KeepOne();

        Assert.True(_shelf.TryFind("nlu", Hash, out var folder));
        Assert.Equal("weights", File.ReadAllText(Path.Combine(folder, "deep", "w.bin")));
    }

    [Fact]
    public void Keep_SaveThrows_LeavesNothing()
    {
        Assert.Throws<IOException>(() => _shelf.Keep("nlu", Hash, folder =>
        {
            File.WriteAllText(Path.Combine(folder, "w.bin"), "half");
            throw new IOException("disk full");
        }));

        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void Keep_Twice_KeepsTheFirst()
    {
        KeepOne();
        _shelf.Keep("nlu", Hash, folder => File.WriteAllText(Path.Combine(folder, "other.bin"), "second"));

        Assert.True(_shelf.TryFind("nlu", Hash, out var kept));
        Assert.False(File.Exists(Path.Combine(kept, "other.bin")));
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("changed")]
    [InlineData("deleted")]
    [InlineData("no manifest")]
    [InlineData("broken manifest")]
    [InlineData("another hash")]
    public void TryFind_Broken_NamesTheFile(string damage)
    {
        var folder = KeepOne();
        var weights = Path.Combine(folder, "deep", "w.bin");
        var manifest = Path.Combine(folder, "manifest.json");
        switch (damage)
        {
            case "cut": File.WriteAllText(weights, "wei"); break;
            case "changed": File.WriteAllText(weights, "wEights"); break;
            case "deleted": File.Delete(weights); break;
            case "no manifest": File.Delete(manifest); break;
            case "broken manifest": File.WriteAllText(manifest, "{"); break;
            case "another hash": File.WriteAllText(manifest, File.ReadAllText(manifest).Replace("aaaa", "bbbb", StringComparison.Ordinal)); break;
        }

        var exception = Assert.Throws<ModelFormatException>(() => _shelf.TryFind("nlu", Hash, out _));
        Assert.Contains(damage.Contains("manifest", StringComparison.Ordinal) || damage == "another hash" ? "manifest.json" : "w.bin", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keep_ManyHashes_LeavesTheLastUsed()
    {
        foreach (var digit in "bcdef")
        {
            _shelf.Keep("nlu", new string(digit, 64), folder => File.WriteAllText(Path.Combine(folder, "w.bin"), "x"));
        }

        Assert.Equal(3, Directory.GetDirectories(_folder).Length);
        Assert.True(_shelf.TryFind("nlu", new string('f', 64), out _));
    }

    private string KeepOne() => _shelf.Keep("nlu", Hash, folder =>
    {
        Directory.CreateDirectory(Path.Combine(folder, "deep"));
        File.WriteAllText(Path.Combine(folder, "deep", "w.bin"), "weights");
    });
}
