using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ChatAgent.Text;
using ChatAgent.Text.Corpora;

namespace ChatAgent.Tests.Corpora;

/// <summary>Holds what corpora/README.md says of the texts that the agent learns from.</summary>
public sealed class CorpusTests
{
    private const double MaxJaccard = 0.7;
    private static readonly string Folder = Path.Combine(Repository.Root, "corpora");

    [Fact]
    public void Sha256Sums_EveryFile_IsAsListed()
    {
        var listed = File.ReadAllLines(Path.Combine(Folder, "SHA256SUMS"))
            .Where(line => line.Length > 0)
            .ToDictionary(line => line[66..], line => line[..64], StringComparer.Ordinal);
        var present = Directory.GetDirectories(Folder).SelectMany(static folder => Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
            .Where(file => Path.GetExtension(file) is ".yml" or ".jsonl" or ".txt")
            .Select(file => Path.GetRelativePath(Folder, file).Replace('\\', '/'));

        Assert.Equal(listed.Keys.Order(StringComparer.Ordinal), present.Order(StringComparer.Ordinal));
        foreach (var (file, hash) in listed)
        {
            Assert.True(hash == Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(Folder, file)))), $"{file} has changed: run sha256sum again");
        }
    }

    [Theory]
    [InlineData("es", 2_500)]
    [InlineData("en", 600)]
    public void Utterances_CountAndIntents_ReachTheFloor(string language, int atLeast)
    {
        var rows = Splits("nlu", language, "yml").SelectMany(file => CorpusReader.Read(file)).ToList();

        Assert.InRange(rows.Count, atLeast, int.MaxValue);
        Assert.InRange(rows.Select(row => row.Label).Distinct(StringComparer.Ordinal).Count(), 35, int.MaxValue);
        Assert.All(rows, row => Assert.All(row.Entities, entity => Assert.Equal(entity.Value, entity.Span.In(row.Text))));
    }

    [Fact]
    public void Utterances_NoTextTwice_AcrossSplitsAndLanguages()
    {
        var rows = LanguageCodes.All.SelectMany(language => Splits("nlu", language.Code, "yml")).SelectMany(file => CorpusReader.Read(file)).ToList();
        var groups = rows.GroupBy(row => TextNormalizer.Key(row.Text), StringComparer.Ordinal).Where(group => group.Count() > 1).ToList();

        Assert.Empty(groups.Where(group => group.Select(row => row.Label).Distinct().Count() > 1).Select(group => group.Key));
        Assert.Empty(groups.Where(group => group.Any(row => row.File.EndsWith(".train.2.yml", StringComparison.Ordinal))).Select(group => group.Key));
    }

    [Theory]
    [InlineData("nlu", "es")]
    [InlineData("nlu", "en")]
    [InlineData("replies", "es")]
    [InlineData("replies", "en")]
    public void Test_AgainstTrainAndDev_HasNoNearRepetition(string kind, string language)
    {
        var extension = kind == "nlu" ? "yml" : "jsonl";
        var learnt = Files(kind, language, "train", extension).Concat(Files(kind, language, "dev", extension));

        AssertApart(learnt, Files(kind, language, "test", extension));
    }

    [Theory]
    [InlineData("es")]
    [InlineData("en")]
    public void SecondTrainingFile_AgainstDevAndOutOfScope_HasNoNearRepetition(string language)
    {
        var outside = Directory.GetFiles(Path.Combine(Folder, "clinic", "nlu", "out_of_scope"), $"{language}.*.yml");

        AssertApart([Path.Combine(Folder, "clinic", "nlu", $"{language}.train.2.yml")], Files("nlu", language, "dev", "yml").Concat(outside));
    }

    [Theory]
    [InlineData("es")]
    [InlineData("en")]
    public void DistancePairs_TestAgainstTheRest_HasNoNearRepetition(string language)
    {
        var files = Directory.GetFiles(Path.Combine(Folder, "distance"), $"{language}.*.jsonl");

        AssertApart(files.Where(static file => !file.Contains("test", StringComparison.Ordinal)), files.Where(static file => file.Contains("test", StringComparison.Ordinal)));
    }

    [Fact]
    public void Pairs_Frequent_HaveFiveWordingsAndSayTheirSlotsOnce()
    {
        var rows = LanguageCodes.All.SelectMany(language => Splits("nlg", language.Code, "jsonl")).SelectMany(File.ReadLines).Select(line => JsonDocument.Parse(line).RootElement).ToList();

        Assert.InRange(rows.Count, 1_500, int.MaxValue);
        foreach (var row in rows)
        {
            var text = row.GetProperty("text").GetString()!;
            foreach (var slot in row.GetProperty("slots").EnumerateObject())
            {
                var value = slot.Value.GetString()!;
                Assert.True(text.Split(value).Length == 2, $"{row.GetProperty("act")}: \"{value}\" must stand once in \"{text}\"");
            }
        }

        Assert.All(rows.GroupBy(row => row.GetProperty("act").GetString(), StringComparer.Ordinal), act => Assert.InRange(act.Count(), 5, int.MaxValue));
    }

    private static IEnumerable<string> Splits(string kind, string language, string extension) =>
        new[] { "train", "dev", "test" }.SelectMany(split => Files(kind, language, split, extension));

    /// <summary>The files of a split; train may have several: "es.train.yml", "es.train.2.yml".</summary>
    private static IEnumerable<string> Files(string kind, string language, string split, string extension) =>
        Directory.GetFiles(Path.Combine(Folder, "clinic", kind), $"{language}.{split}*.{extension}").Order(StringComparer.Ordinal);

    private static void AssertApart(IEnumerable<string> learnt, IEnumerable<string> held)
    {
        var worst = WorstPair([.. learnt.SelectMany(TextsOf)], [.. held.SelectMany(TextsOf)]);

        Assert.True(worst.Jaccard <= MaxJaccard, string.Create(CultureInfo.InvariantCulture, $"{worst.Jaccard:F3}: \"{worst.Learnt}\" and \"{worst.Held}\""));
    }

    private static IEnumerable<string> TextsOf(string file) => Path.GetExtension(file) == ".yml"
        ? CorpusReader.Read(file).Select(row => row.Text)
        : File.ReadLines(file).Select(line => JsonDocument.Parse(line).RootElement)
            .SelectMany(row => row.TryGetProperty("text", out var text) ? [text.GetString()!] : new[] { row.GetProperty("a").GetString()!, row.GetProperty("b").GetString()! });

    /// <summary>The pair with the highest Jaccard similarity of character 3-grams; an inverted index leaves out the pairs that share none.</summary>
    private static (double Jaccard, string Learnt, string Held) WorstPair(List<string> learnt, List<string> held)
    {
        var grams = learnt.Select(GramsOf).ToList();
        var rowsOf = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        for (var row = 0; row < grams.Count; row++)
        {
            foreach (var gram in grams[row])
            {
                (rowsOf.TryGetValue(gram, out var rows) ? rows : rowsOf[gram] = []).Add(row);
            }
        }

        var worst = (Jaccard: 0.0, Learnt: string.Empty, Held: string.Empty);
        var shared = new int[grams.Count];
        foreach (var text in held)
        {
            Array.Clear(shared);
            var own = GramsOf(text);
            foreach (var row in own.SelectMany(gram => rowsOf.GetValueOrDefault(gram) ?? []))
            {
                shared[row]++;
            }

            for (var row = 0; row < shared.Length; row++)
            {
                var jaccard = shared[row] / (double)(own.Count + grams[row].Count - shared[row]);
                if (jaccard > worst.Jaccard)
                {
                    worst = (jaccard, learnt[row], text);
                }
            }
        }

        return worst;
    }

    private static HashSet<string> GramsOf(string text)
    {
        var plain = new StringBuilder();
        foreach (var c in text.Normalize(NormalizationForm.FormD).ToLowerInvariant())
        {
            if (char.IsLetterOrDigit(c))
            {
                plain.Append(c);
            }
            else if (CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark && plain.Length > 0 && plain[^1] != ' ')
            {
                plain.Append(' ');
            }
        }

        var key = plain.ToString().Trim();
        var grams = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i + 3 <= key.Length; i++)
        {
            grams.Add(key.Substring(i, 3));
        }

        // A text of less than three letters (an emoji, "ok") is one gram of its own, as it was typed.
        if (grams.Count == 0)
        {
            grams.Add($"={text.Trim()}");
        }

        return grams;
    }
}
