using System.Globalization;
using ChatAgent.Text;
using ChatAgent.Tests;
using Xunit.Abstractions;

namespace ChatAgent.Nlg.Tests;

/// <summary>The clinic's bot as it is served, with the facts of its files and with people, days and hours that no corpus holds.</summary>
public sealed class RandomFillingTests(ClinicSpeech speech, ITestOutputHelper output) : IClassFixture<ClinicSpeech>
{
    private const int Fillings = 10_000;

    /// <summary>An act is frequent when that many of its wordings were written for training in Spanish.</summary>
    private const int FrequentPairs = 20;

    [Fact]
    public void Generate_TenThousandFillings_SayEverySlotOnceAndNothingElse()
    {
        var bot = speech.Bundle.Definition;
        var fillings = new RandomFillings(bot, FrequentActs(), seed: 20_260_428);
        var witness = new ReplyWitness([.. RandomFillings.Names, .. bot.Domain.Entities["insurer"].Values.Keys, "Aromos"]);
        var (byModel, complaints) = (0, new List<string>());
        var milliseconds = new List<double>(Fillings);
        var wordings = new Dictionary<(string Act, Language Language), HashSet<string>>();
        for (var i = 0; i < Fillings; i++)
        {
            var filling = fillings.Next();
            var start = TimeProvider.System.GetTimestamp();
            var act = Assert.Single(speech.Bundle.Generator.Generate(filling.Request).Acts);
            milliseconds.Add(TimeProvider.System.GetElapsedTime(start).TotalMilliseconds);
            byModel += act.Source == WordingSource.Model ? 1 : 0;
            complaints.AddRange(witness.Complaints(act.Text, filling).Select(complaint => $"{filling.Act.Name} ({filling.Language}, {act.Source}): {complaint}: {act.Text}"));
            if (!wordings.TryGetValue((filling.Act.Name, filling.Language), out var said))
            {
                wordings[(filling.Act.Name, filling.Language)] = said = new HashSet<string>(StringComparer.Ordinal);
            }

            said.Add(ReplyWitness.Wording(act.Text, filling));
        }

        milliseconds.Sort();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{100.0 * byModel / Fillings:F1} % by the model; {milliseconds[Fillings / 2]:F2} ms median, {milliseconds[Fillings * 99 / 100]:F1} ms p99"));
        var frequent = wordings.Where(entry => fillings.IsFrequent(entry.Key.Act)).OrderBy(entry => entry.Value.Count).ToList();
        output.WriteLine(string.Join('\n', frequent.Select(entry => $"{entry.Value.Count,3} wordings of {entry.Key.Act} in {entry.Key.Language}")));
        Assert.Empty(complaints);
        Assert.InRange(byModel, Fillings * 95 / 100, Fillings);
        Assert.Equal(2 * FrequentActs().Count, frequent.Count);
        Assert.All(frequent, entry => Assert.True(entry.Value.Count >= 5, $"{entry.Key.Act} in {entry.Key.Language}: {string.Join(" · ", entry.Value)}"));
        Assert.Equal(2 * bot.Domain.Acts.Count, wordings.Count);
    }

    [Theory]
    [InlineData("Le esperamos el lunes 4 de mayo a las 1:00 con la Dra. Inés Soto en Ovalle.")]
    [InlineData("Le esperamos el lunes 4 de mayo a la 1:00 con el Dra. Inés Soto en Ovalle.")]
    [InlineData("Le esperamos el lunes 4 de mayo a la 1:00 con la Dra. Inés Soto.")]
    [InlineData("Le esperamos el lunes 4 de mayo a la 1:00 con la Dra. Inés Soto en Ovalle, Ovalle.")]
    [InlineData("Le esperamos el lunes 4 de mayo a la 1:00 con la Dra. Inés Soto en Ovalle, piso 3.")]
    [InlineData("Le esperamos el lunes 4 de mayo a la 1:00, no el martes, con la Dra. Inés Soto en Ovalle.")]
    [InlineData("Le esperamos el lunes 4 de mayo a la 1:00 con la Dra. Inés Soto en Ovalle, señora Rocío.")]
    [InlineData("Le esperamos el lunes 4 de mayo a la 1:00 con la Dra. Inés Soto en en Ovalle.")]
    [InlineData("Le esperamos el lunes 4 de mayo a la 1:00 con la Dra. Inés Soto en Ovalle y")]
    public void Complaints_OneFault_IsSeen(string text)
    {
        var act = new DialogAct("confirm_recorded", new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["date"] = "lunes 4 de mayo", ["time"] = "1:00", ["doctor"] = "Dra. Inés Soto", ["branch"] = "Ovalle",
        });
        var filling = new RandomFilling(act, Language.Spanish, ReplyStyle.Formal, 1, WomanDoctor: true);
        var witness = new ReplyWitness(RandomFillings.Names);

        Assert.Empty(witness.Complaints("Le esperamos el lunes 4 de mayo a la 1:00 con la Dra. Inés Soto en Ovalle.", filling));
        Assert.NotEmpty(witness.Complaints(text, filling));
    }

    private static HashSet<string> FrequentActs() =>
        ReplyPairReader.Read(Path.Combine(Repository.Root, "corpora", "clinic", "nlg", "es.train.jsonl"), Language.Spanish)
            .CountBy(pair => pair.Act, StringComparer.Ordinal).Where(act => act.Value >= FrequentPairs).Select(act => act.Key).ToHashSet(StringComparer.Ordinal);
}
