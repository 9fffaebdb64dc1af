using System.Globalization;
using ChatAgent.Tests;
using ChatAgent.Text;
using Xunit.Abstractions;

namespace ChatAgent.Nlg.Tests;

/// <summary>corpora/clinic/meanings: two hundred Spanish meanings with three references each, which nothing learns from.</summary>
public sealed class HeldOutMeaningsTests(ClinicSpeech speech, ITestOutputHelper output) : IClassFixture<ClinicSpeech>
{
    private static readonly string File = Path.Combine(Repository.Root, "corpora", "clinic", "meanings", "es.jsonl");

    private static IReadOnlyList<MeaningRow[]> Meanings() => [.. MeaningFile.Read(File).Chunk(3)];

    [Fact]
    public void File_EveryMeaning_HasThreeReferencesThatSayIt()
    {
        Assert.Equal(200, Meanings().Count);
        foreach (var references in Meanings())
        {
            Assert.Single(references.Select(row => $"{row.Act.Name} {row.Style} {string.Join('|', row.Act.Slots.Select(slot => $"{slot.Key}={slot.Value}"))}").Distinct(StringComparer.Ordinal));
            Assert.All(references, row => Assert.Empty(Witness().Complaints(row.Text!, Filling(row))));
        }
    }

    [Fact]
    public void Generate_EveryMeaning_SaysItsSlotsAndNothingElse()
    {
        var likeliest = new ReplyGenerator(new WrittenWordings(speech.Bundle.Definition.Responses), speech.Model, new ReplyGeneratorOptions { Variety = 0, OpeningTokens = 0, Openings = 0 });
        var written = new ReplyGenerator(new WrittenWordings(speech.Bundle.Definition.Responses));
        var (byModel, ofModel, modelErrors) = Measure(speech.Bundle.Generator);
        var (_, ofWritten, writtenErrors) = Measure(written);
        var (_, ofLikeliest, likeliestErrors) = Measure(likeliest);
        Print("by the model, varied", ofModel, modelErrors);
        Print("by the model, likeliest", ofLikeliest, likeliestErrors);
        Print("written wordings", ofWritten, writtenErrors);

        Assert.InRange(byModel, Meanings().Count * 9 / 10, Meanings().Count);
        Assert.Empty(modelErrors.Concat(likeliestErrors));
        Assert.InRange(ofModel.Bleu, 0.5, 1.0);
    }

    private static (int ByModel, GenerationScores Scores, List<string> Errors) Measure(ReplyGenerator generator)
    {
        var (byModel, texts, errors) = (0, new List<string>(), new List<string>());
        foreach (var (number, references) in Meanings().Index())
        {
            var filling = Filling(references[0]);
            var act = Assert.Single(generator.Generate(filling.Request with { Seed = (ulong)number }).Acts);
            byModel += act.Source == WordingSource.Model ? 1 : 0;
            errors.AddRange(Witness().Complaints(act.Text, filling).Select(complaint => $"{act.Act.Name}: {complaint}: {act.Text}"));
            texts.Add(act.Text);
        }

        return (byModel, GenerationScores.Of(texts, [.. Meanings().Select(references => references.Select(row => row.Text!).ToArray())]), errors);
    }

    private void Print(string name, GenerationScores scores, List<string> errors)
    {
        var slots = Meanings().Sum(references => references[0].Act.Slots.Count);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{name}: BLEU {100 * scores.Bleu:F1}, NIST {scores.Nist:F2}, ROUGE-L {100 * scores.RougeL:F1}, slot errors {errors.Count} of {slots} ({100.0 * errors.Count / slots:F1} %)"));
        errors.ForEach(output.WriteLine);
    }

    private static ReplyWitness Witness() => new(RandomFillings.Names);

    private static RandomFilling Filling(MeaningRow row) => new(
        row.Act, Language.Spanish, row.Style, 0, WomanDoctor: row.Act.Slots.GetValueOrDefault("doctor")?.Split('.')[0] is not ("Dr" or "Klgo"));
}
