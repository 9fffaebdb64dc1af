using System.Globalization;
using ChatAgent.Nlg;

namespace ChatAgent.Benchmarks;

/// <summary>
/// BLEU, NIST and ROUGE-L of the E2E challenge's systems, from their own texts, beside the published figures (Dušek, Novikova and Rieser 2020, Computer Speech and Language 59).
/// Argument: the folder of the challenge's <c>system_outputs/primary</c>, as its evaluation repository (tuetschek/e2e-eval) has it; the references are those of the shared data.
/// </summary>
internal static class PublishedScores
{
    private static readonly (string System, double Bleu, double Nist, double RougeL)[] Published =
    [
        ("tgen", 0.6593, 8.6094, 0.6850),
        ("slug", 0.6619, 8.6130, 0.6772),
        ("tnt1", 0.6561, 8.5105, 0.6839),
        ("nle", 0.6534, 8.5300, 0.6829),
        ("tnt2", 0.6502, 8.5211, 0.6853),
        ("harv", 0.6496, 8.5268, 0.6872),
        ("zhang", 0.6545, 8.1840, 0.7083),
        ("gong", 0.6422, 8.3453, 0.6645),
        ("tr1", 0.6336, 8.1848, 0.6828),
        ("sheff1", 0.6015, 8.3075, 0.6778),
        ("dangnt", 0.5990, 7.9277, 0.6634),
        ("slug-alt", 0.6035, 8.3954, 0.5991),
        ("zhaw2", 0.6004, 8.1394, 0.6119),
        ("tuda", 0.5657, 7.4544, 0.6614),
        ("zhaw1", 0.5864, 8.0212, 0.5998),
        ("adapt", 0.5092, 7.1954, 0.5872),
        ("chen", 0.5859, 5.4383, 0.6714),
        ("forge3", 0.4599, 7.1092, 0.5611),
        ("sheff2", 0.5436, 5.7462, 0.6152),
        ("tr2", 0.4202, 6.7686, 0.5481),
        ("forge1", 0.4207, 6.5139, 0.5437),
    ];

    public static void Run(string[] args)
    {
        if (args is not [var folder])
        {
            throw new ArgumentException("name the folder of the systems' texts, system_outputs/primary", nameof(args));
        }

        var shared = Environment.GetEnvironmentVariable("CHATAGENT_DATA") is { Length: > 0 } named ? named : Path.Combine("..", "shared", "data");
        var meanings = MeaningFile.Read(Path.Combine(shared, "nlg", "e2e", "testset_w_refs.csv")).ToLookup(row => string.Join('|', row.Act.Slots.Select(slot => $"{slot.Key}={slot.Value}")), row => row.Text!);
        string[][] references = [.. meanings.Select(meaning => meaning.ToArray())];
        var equal = 0;
        Console.WriteLine("| system | BLEU, published | NIST, published | ROUGE-L, published |");
        Console.WriteLine("| --- | --- | --- | --- |");
        foreach (var (system, bleu, nist, rougeL) in Published)
        {
            var scores = GenerationScores.Of(HypothesisFile.Read(Path.Combine(folder, $"{system}.tsv")), references);
            (double Ours, double Theirs)[] pairs = [(Math.Round(scores.Bleu, 4), bleu), (Math.Round(scores.Nist, 4), nist), (Math.Round(scores.RougeL, 4), rougeL)];
            equal += pairs.Count(pair => pair.Ours == pair.Theirs);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {system} | {string.Join(" | ", pairs.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Ours:0.0000}, {pair.Theirs:0.0000}")))} |"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{equal} of {3 * Published.Length} figures are the published ones"));
    }
}
