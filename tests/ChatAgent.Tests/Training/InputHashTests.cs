namespace ChatAgent.Training.Tests;

public sealed class InputHashTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hash").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Take_SameInputs_SameHash() => Assert.Equal(HashOf(("a", "1")), HashOf(("a", "1")));

    [Fact]
    public void Take_ValuesThatRunTogether_Differ() => Assert.NotEqual(HashOf(("a", "bc")), HashOf(("ab", "c")));

    [Fact]
    public void AddFiles_ContentNameOrCountChanges_ChangesTheHash()
    {
        File.WriteAllText(Path.Combine(_folder, "x.yml"), "1");
        var first = HashOfFolder();
        File.WriteAllText(Path.Combine(_folder, "x.yml"), "2");
        var changed = HashOfFolder();
        File.Move(Path.Combine(_folder, "x.yml"), Path.Combine(_folder, "y.yml"));
        var moved = HashOfFolder();
        File.WriteAllText(Path.Combine(_folder, "z.yml"), string.Empty);
        var added = HashOfFolder();
        File.WriteAllText(Path.Combine(_folder, "notes.txt"), "not a part of it");

        Assert.Equal(4, new[] { first, changed, moved, added }.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(added, HashOfFolder());
    }

    private string HashOfFolder()
    {
        using var hash = new InputHash();
        return hash.AddFiles(_folder, "*.yml").Take();
    }

    private static string HashOf(params (string Name, string Value)[] settings)
    {
        using var hash = new InputHash();
        foreach (var (name, value) in settings)
        {
            hash.Add(name, value);
        }

        return hash.Take();
    }
}
