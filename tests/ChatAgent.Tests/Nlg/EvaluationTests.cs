using ChatAgent.Nlg;
using ChatAgent.Tests;

namespace ChatAgent.Nlg.Tests;

public sealed class EvaluationTests
{
    private static readonly Dictionary<string, string> Inn = new()
    {
        ["name"] = "The Bell", ["eat_type"] = "pub", ["food"] = "French", ["price_range"] = "less than £20", ["customer_rating"] = "5 out of 5", ["area"] = "riverside", ["family_friendly"] = "no", ["near"] = "Café Norte",
    };

    [Theory]
    [InlineData("The Bell is a cheap French pub by the river near Cafe Norte, highly rated and not family-friendly.")]
    [InlineData("Near Café Norte on the riverside, The Bell pub serves French food for less than £20. It has 5 out of 5 stars. No kids.")]
    [InlineData("the bell, a pub with French food under £20 near café norte, riverside; customer rating of 5 out of 5, adults only.")]
    public void Problems_TextThatSaysAll_HasNone(string text) => Assert.Empty(E2ESlotReader.Problems(text, Inn));

    [Theory]
    [InlineData("The Bell is a cheap pub by the river near Cafe Norte, highly rated and not family-friendly.", "missing:food")]
    [InlineData("The Bell is a cheap Italian pub by the river near Cafe Norte, highly rated and not family-friendly.", "wrong:food")]
    [InlineData("The Bell is a cheap French pub by the river near Cafe Norte, highly rated and family-friendly.", "wrong:family_friendly")]
    [InlineData("The Bell is an expensive French pub by the river near Cafe Norte, highly rated and not family-friendly.", "wrong:price_range")]
    [InlineData("The Bell is a cheap French pub in the city centre near Cafe Norte, highly rated and not family-friendly.", "wrong:area")]
    [InlineData("The Bell is a cheap French pub by the river near Cafe Norte, rated 1 out of 5 and not family-friendly.", "wrong:customer_rating")]
    [InlineData("The Bell is a cheap French pub by the river, highly rated and not family-friendly.", "missing:near")]
    public void Problems_OneThingIsOff_IsNamed(string text, string expected) => Assert.Equal([expected], E2ESlotReader.Problems(text, Inn));

    [Fact]
    public void Problems_SlotThatNobodyGave_IsAdded() =>
        Assert.Equal(["added:area"], E2ESlotReader.Problems("The Bell is a restaurant by the river.", new Dictionary<string, string> { ["name"] = "The Bell" }));

    [SkippableFact]
    public void Problems_PeoplesReferencesOfE2E_HaveErrorsAsPublished()
    {
        var path = Path.Combine(Repository.SharedData ?? string.Empty, "nlg", "e2e", "devset.csv");
        Requirement.Have(File.Exists(path), "the E2E data under $CHATAGENT_DATA");

        var rows = MeaningFile.Read(path);
        var share = rows.Sum(row => E2ESlotReader.Errors(row.Text!, row.Act.Slots)) / (double)rows.Sum(row => row.Act.Slots.Count);

        Assert.InRange(share, 0.05, 0.13);
    }

    /// <summary>The systems of the E2E challenge with BLEU, NIST and ROUGE-L as published (Dušek, Novikova and Rieser 2020, Computer Speech and Language 59).</summary>
    [SkippableTheory]
    [InlineData("tgen", 0.6593, 8.6094, 0.6850)]
    [InlineData("slug", 0.6619, 8.6130, 0.6772)]
    [InlineData("tnt1", 0.6561, 8.5105, 0.6839)]
    [InlineData("nle", 0.6534, 8.5300, 0.6829)]
    [InlineData("tnt2", 0.6502, 8.5211, 0.6853)]
    [InlineData("harv", 0.6496, 8.5268, 0.6872)]
    [InlineData("zhang", 0.6545, 8.1840, 0.7083)]
    [InlineData("gong", 0.6422, 8.3453, 0.6645)]
    [InlineData("tr1", 0.6336, 8.1848, 0.6828)]
    [InlineData("sheff1", 0.6015, 8.3075, 0.6778)]
    [InlineData("dangnt", 0.5990, 7.9277, 0.6634)]
    [InlineData("slug-alt", 0.6035, 8.3954, 0.5991)]
    [InlineData("zhaw2", 0.6004, 8.1394, 0.6119)]
    [InlineData("tuda", 0.5657, 7.4544, 0.6614)]
    [InlineData("zhaw1", 0.5864, 8.0212, 0.5998)]
    [InlineData("adapt", 0.5092, 7.1954, 0.5872)]
    [InlineData("chen", 0.5859, 5.4383, 0.6714)]
    [InlineData("forge3", 0.4599, 7.1092, 0.5611)]
    [InlineData("sheff2", 0.5436, 5.7462, 0.6152)]
    [InlineData("tr2", 0.4202, 6.7686, 0.5481)]
    [InlineData("forge1", 0.4207, 6.5139, 0.5437)]
    public void Of_PublishedTexts_GivesThePublishedFigures(string system, double bleu, double nist, double rougeL)
    {
        var folder = Path.Combine(Repository.SharedData ?? string.Empty, "nlg", "e2e");
        var (references, texts) = (Path.Combine(folder, "testset_w_refs.csv"), Path.Combine(folder, "system_outputs", "primary", $"{system}.tsv"));
        Requirement.Have(File.Exists(references) && File.Exists(texts), "the E2E data with the challenge's system_outputs under $CHATAGENT_DATA/nlg/e2e");

        var meanings = MeaningFile.Read(references).ToLookup(row => string.Join('|', row.Act.Slots.Select(slot => $"{slot.Key}={slot.Value}")), row => row.Text!);
        var scores = GenerationScores.Of(HypothesisFile.Read(texts), [.. meanings.Select(meaning => meaning.ToArray())]);

        Assert.Equal((bleu, nist, rougeL), (Math.Round(scores.Bleu, 4), Math.Round(scores.Nist, 4), Math.Round(scores.RougeL, 4)));
    }

    [Fact]
    public void RnnlgScores_ByHand_CountSlotsAndReferencesOfTheSkeleton()
    {
        MeaningRow[] rows = [Row("inform(name=alpha;food=thai;kidsallowed=no)", "alpha serves thai food and does not allow kids"), Row("inform(name=beta;food=basque;kidsallowed=no)", "no children at beta , it has basque food")];

        var own = RnnlgScores.Of(rows, [["alpha serves thai food and does not allow kid -s"], ["beta serves basque food and does not allow kids"]]);
        var missing = RnnlgScores.Of(rows, [["alpha serves food and does not allow kids"], ["beta serves basque food , basque , and no child or kid"]]);

        Assert.Equal((1.0, 0.0), (Math.Round(own.Bleu, 4), own.SlotErrorRate));
        Assert.Equal(2.0 / 6, missing.SlotErrorRate, 1e-9);
    }

    [SkippableFact]
    public void RnnlgScores_BaselineOfTheRestaurantTest_IsThePublishedFigure()
    {
        var path = Path.Combine(Repository.SharedData ?? string.Empty, "nlg", "rnnlg", "restaurant", "test.json");
        Requirement.Have(File.Exists(path), "the RNNLG data under $CHATAGENT_DATA");

        var rows = MeaningFile.Read(path);
        using var file = System.Text.Json.JsonDocument.Parse(string.Join('\n', File.ReadLines(path).Where(line => !line.StartsWith('#'))));
        string[][] baseline = [.. file.RootElement.EnumerateArray().Select(row => (string[])[row[2].GetString()!])];

        // hdc, the benchmark's hand-written generator: 0.4260 in its table of results.
        Assert.Equal(0.4260, RnnlgScores.Of(rows, baseline).Bleu, 0.003);
    }

    [Fact]
    public void Variety_ByHand_CountsRunsAndRepetition()
    {
        var variety = TextVariety.Of(["a b c d", "a b c d e", "x y z w"], ["A b c d"]);

        Assert.Equal(9.0 / 13, variety.Distinct1, 1e-9);
        Assert.Equal(7.0 / 10, variety.Distinct2, 1e-9);
        Assert.Equal(0.5 / 3, variety.SelfRepetition, 1e-9);
        Assert.Equal(1.0 / 3, variety.Sameness!.Value, 1e-9);
        Assert.Equal(1.5 / 3, variety.SharedRuns!.Value, 1e-9);
    }

    private static MeaningRow Row(string meaning, string text) => new(1, MeaningFile.ParseRnnlg(meaning, "test"), ReplyStyle.Formal, null, RnnlgText.Normalize(text));
}
