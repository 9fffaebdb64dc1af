using System.Diagnostics;
using ChatAgent.Text;
using Xunit.Abstractions;

namespace ChatAgent.Nlg.Tests;

public sealed class ReplyGeneratorTests(ClinicSpeech speech, ITestOutputHelper output) : IClassFixture<ClinicSpeech>
{
    /// <summary>Acts of nearly every conversation.</summary>
    private static readonly string[] Frequent =
        ["greet", "greet_known", "ask_attendance", "confirm_recorded", "decline_recorded", "offer_slots", "confirm_new_time", "ask_new_time", "ask_back_condition", "ask_yes_or_no", "handover", "not_understood", "goodbye", "welcome"];

    [Fact]
    public void Generate_TwoThousandRandomFillings_MostlyByTheModelAndNeverAWrongSlot()
    {
        const int Fillings = 2000;
        var (fillings, witness) = (new SlotFillings(seed: 20261), new FillingWitness(speech.Train));
        var meanings = speech.Train.DistinctBy(pair => (pair.Act, pair.Language)).ToArray();
        var (byModel, wrong, refusals, start) = (0, new List<string>(), new List<string>(), Stopwatch.GetTimestamp());
        var times = new List<double>();
        for (var number = 0; number < Fillings; number++)
        {
            var meaning = meanings[number % meanings.Length];
            var style = number % 5 == 4 ? ReplyStyle.Informal : ReplyStyle.Formal;
            var slots = fillings.Fill(meaning.Slots.Keys, meaning.Language);
            var began = Stopwatch.GetTimestamp();
            var act = Assert.Single(speech.Generator.Generate(new GenerationRequest { Acts = [new DialogAct(meaning.Act, slots)], Language = meaning.Language, Style = style, Seed = (ulong)number }).Acts);
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            refusals.AddRange(act.Refused.Select(one => one.Check));
            if (act.Source == WordingSource.Model)
            {
                byModel++;
                if (witness.Problem(act.Text, slots, meaning.Language) is { } problem)
                {
                    wrong.Add($"{number} {meaning.Act}: {problem}: {act.Text}");
                }

                if (number % 10 == 0)
                {
                    output.WriteLine($"{meaning.Act,-20} {act.Text}");
                }
            }
            else
            {
                output.WriteLine($"WRITTEN {meaning.Act} {meaning.Language} {style}: {string.Join("; ", act.Refused.Select(one => $"{one.Check} {one.Text}"))}");
            }
        }

        times.Sort();
        output.WriteLine($"{byModel} of {Fillings} by the model; median {times[times.Count / 2]:N2} ms, p99 {times[times.Count * 99 / 100]:N2} ms; refused {string.Join(", ", refusals.CountBy(code => code).OrderByDescending(code => code.Value))}");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(20)));
        Assert.True(byModel >= Fillings * 0.9, $"{byModel} of {Fillings} by the model");
    }

    [Theory]
    [InlineData(Language.Spanish)]
    [InlineData(Language.English)]
    public void Generate_FrequentActs_HaveFiveWordingsAndMore(Language language)
    {
        foreach (var name in Frequent)
        {
            var pair = speech.Train.First(other => other.Act == name && other.Language == language);
            var texts = Enumerable.Range(0, 60).Select(seed => speech.Generator.Generate(Request(pair, (ulong)seed))).Where(reply => reply.Acts[0].Source == WordingSource.Model).Select(reply => reply.Text).ToHashSet(StringComparer.Ordinal);
            output.WriteLine($"{name}: {texts.Count} wordings of 60 seeds");
            Assert.True(texts.Count >= 5, $"{name} in {language}: {string.Join(" / ", texts)}");
        }
    }

    [Fact]
    public void Generate_SameRequest_SameText()
    {
        var pair = speech.Train.First(other => other.Act == "ask_attendance");
        Assert.Equal(speech.Generator.Generate(Request(pair, 4)).Text, speech.Generator.Generate(Request(pair, 4)).Text);
    }

    [Fact]
    public void Generate_SaidBefore_SaysItOtherwise()
    {
        var pair = speech.Train.First(other => other.Act == "not_understood" && other.Language == Language.Spanish);
        var said = new List<string>();
        for (var turn = 0; turn < 6; turn++)
        {
            said.Insert(0, speech.Generator.Generate(Request(pair, 1) with { SaidBefore = said }).Text);
        }

        Assert.Equal(6, said.Distinct(StringComparer.Ordinal).Count());
    }

    [Theory]
    [InlineData("{date}")]
    [InlineData("<b>Ana</b>")]
    [InlineData("Ana {patient} </s>")]
    [InlineData("1:00")]
    [InlineData("Ana. Llame al 999")]
    public void Generate_HostileValue_IsSaidOnceOrWritten(string value)
    {
        var reply = speech.Generator.Generate(new GenerationRequest { Acts = [new DialogAct("greet_known", new Dictionary<string, string>(StringComparer.Ordinal) { ["patient"] = value })], Seed = 3 });
        Assert.Equal(2, reply.Text.Split(reply.Acts[0].Act.Slots["patient"]).Length);
        Assert.False(reply.Text.AsSpan().ContainsAny('{', '}', '<'));
    }

    [Fact]
    public void Generate_ActThatTheModelWasNotTaught_IsWritten()
    {
        var wordings = new WrittenWordings(new Dictionary<(Language, ReplyStyle, string), IReadOnlyList<string>> { [(Language.Spanish, ReplyStyle.Formal, "sing")] = ["La la, {song}."] });
        var reply = new ReplyGenerator(wordings, speech.Model).Generate(new GenerationRequest { Acts = [new DialogAct("sing", new Dictionary<string, string>(StringComparer.Ordinal) { ["song"] = "ay" })] });
        Assert.Equal(("La la, ay.", WordingSource.Written), (reply.Text, reply.Acts[0].Source));
    }

    [Fact]
    public void Generate_CheckRefusesEverything_WritesAndNamesTheChecks()
    {
        var pair = speech.Train.First(other => other.Act == "welcome" && other.Language == Language.Spanish);
        var everyWord = speech.Train.Where(other => other.Act == pair.Act && other.Language == pair.Language).SelectMany(other => other.Text.Split(' ', '.', ',', ';'));
        var narrow = new ReplyGenerator(speech.Written, speech.Model, checker: new SlotChecker(everyWord));
        var act = narrow.Explain(Request(pair, 1)).Acts[0];
        Assert.Equal(WordingSource.Written, act.Source);
        Assert.All(act.Refused, refused => Assert.Equal("invented:name", refused.Check));
        Assert.NotEmpty(act.Refused);
    }

    [Fact]
    public void Explain_AnyRequest_SaysWhatGenerateSaysAndShowsTheBeam()
    {
        var pair = speech.Train.First(other => other.Act == "confirm_recorded" && other.Language == Language.Spanish);
        for (var seed = 0UL; seed < 10; seed++)
        {
            var (said, explained) = (speech.Generator.Generate(Request(pair, seed)), speech.Generator.Explain(Request(pair, seed)));
            Assert.Equal(said.Text, explained.Text);
            Assert.Empty(said.Acts[0].Beam);
            Assert.Equal(said.Text, Assert.Single(explained.Acts[0].Beam, entry => entry.Verdict == "chosen").Text);
        }
    }

    [Fact]
    public void Generate_TwoGreetings_GreetsOnce()
    {
        var (greet, known) = (speech.Train.First(pair => pair.Act == "greet" && pair.Language == Language.Spanish), speech.Train.First(pair => pair.Act == "ask_attendance" && pair.Language == Language.Spanish));
        for (var seed = 0UL; seed < 20; seed++)
        {
            var reply = speech.Generator.Generate(new GenerationRequest { Acts = [new DialogAct(greet.Act, greet.Slots), new DialogAct(known.Act, known.Slots)], Seed = seed });
            Assert.True(reply.Text.Split("Hola").Length <= 2, reply.Text);
            Assert.Equal(reply.Text, $"{reply.Acts[0].Text} {reply.Acts[1].Text}");
        }
    }

    /// <summary>What is said has more in common with the act's taught texts than any other text that was accepted near the best.</summary>
    [Fact]
    public void Generate_SeveralTextsNearTheBest_SaysTheOneMostLikeWhatWasTaught()
    {
        var (model, compared) = (speech.Model, 0);
        foreach (var pair in speech.Train.Where(pair => pair.Language == Language.Spanish && pair.Style == ReplyStyle.Formal).DistinctBy(pair => pair.Act))
        {
            var act = speech.Generator.Explain(Request(pair, seed: 5)).Acts[0];
            BeamEntry[] open = [.. act.Beam.Where(entry => entry.Verdict is "chosen" or "not needed")];
            if (act.Source == WordingSource.Model && open.Length > 1)
            {
                var near = open.Where(entry => entry.Score >= open.Max(other => other.Score) - new ReplyGeneratorOptions().Variety).ToList();
                Assert.Equal(near.Max(Likeness), Likeness(near.Single(entry => entry.Verdict == "chosen")), 1e-12);
                compared += near.Count - 1;
            }

            double Likeness(BeamEntry entry) => model.Taught.LikenessTo(model, act.Act.Name, [.. entry.Units.Where(unit => unit.Text.Length > 0).Select(unit => model.Units[unit.Text])]);
        }

        Assert.True(compared > 50, $"{compared} texts were passed over");
    }

    private static GenerationRequest Request(ReplyPair pair, ulong seed) => new() { Acts = [new DialogAct(pair.Act, pair.Slots)], Language = pair.Language, Seed = seed };
}
