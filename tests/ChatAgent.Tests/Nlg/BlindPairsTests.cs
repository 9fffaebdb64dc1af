namespace ChatAgent.Nlg.Tests;

public sealed class BlindPairsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("chatagent-pairs-").FullName;

    private string Pairs => Path.Combine(_folder, "pairs.tsv");

    private string Key => Path.Combine(_folder, "pairs.key");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Write_AsManyAsAsked_ShufflesSidesAndLeavesEqualTextsOut()
    {
        var candidates = Enumerable.Range(0, 60).Select(i => ($"greet: number={i}", $"first\t{i}", i % 6 == 0 ? $"first\t{i}" : $"second {i}")).ToList();

        Assert.Equal(40, BlindPairs.Write(candidates, 40, seed: 3, Pairs, Key));

        string[][] rows = [.. File.ReadAllLines(Pairs).Skip(1).Select(line => line.Split('\t'))];
        string[] letters = [.. File.ReadAllLines(Key).Skip(1).Select(line => line.Split('\t')[1])];
        Assert.All(rows, row => Assert.Equal(5, row.Length));
        Assert.All(rows, row => Assert.NotEqual(row[2], row[3]));
        Assert.Equal(rows.Select(row => row[2].StartsWith("first", StringComparison.Ordinal) ? "A" : "B"), letters);
        Assert.InRange(letters.Count(letter => letter == "A"), 8, 32);
        Assert.NotEqual(rows.Select(row => row[1]).Order(StringComparer.Ordinal), rows.Select(row => row[1]));
        Assert.Equal(50, BlindPairs.Write(candidates, 1000, seed: 3, Pairs, Key));
    }

    [Fact]
    public void Count_OfTwoReaders_TakesTheKeysSide()
    {
        BlindPairs.Write([("a", "x", "y"), ("b", "x", "y"), ("c", "x", "y")], 3, seed: 1, Pairs, Key);
        string[] letters = [.. File.ReadAllLines(Key).Skip(1).Select(line => line.Split('\t')[1])];
        var (one, two) = (Judge("one.tsv", letters), Judge("two.tsv", ["=", letters[1] == "A" ? "b" : "a", letters[2]]));

        Assert.Equal((4, 1, 1), BlindPairs.Count([one, two], Key));
        Assert.Contains("two.tsv(3,1): found pair \"2\" judged \"C\", expected", Assert.Throws<FormatException>(() => BlindPairs.Count([Judge("two.tsv", ["A", "C", "A"])], Key)).Message, StringComparison.Ordinal);
    }

    private string Judge(string name, string[] verdicts)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllLines(path, File.ReadAllLines(Pairs).Index().Select(line => line.Index == 0 ? line.Item : line.Item + verdicts[line.Index - 1]));
        return path;
    }
}
