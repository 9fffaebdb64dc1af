using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ChatAgent.Nlg;
using ChatAgent.Text;

namespace ChatAgent.Cli.Commands;

/// <summary><c>chatagent nlg pairs|judge</c>: the bot's generated replies beside its written wordings, for readers who do not know which is which.</summary>
internal static class NlgPairsCommand
{
    public static Command CreatePairs()
    {
        var input = new Option<string>("--input") { Description = "Meanings that nothing was learnt from, one JSON object a line; rows of one meaning that follow each other are one.", Required = true };
        var output = new Option<string>("--output") { Description = "File for the readers: number, meaning, A, B, better (they write A, B or =).", Required = true };
        var key = Key("Where to write which of the two was generated; not for the readers.");
        var count = new Option<int>("--count") { Description = "Pairs, 1 to 10,000.", DefaultValueFactory = static _ => 100 };
        var seed = new Option<int>("--seed") { Description = "Of the draw, the sides and the wordings.", DefaultValueFactory = static _ => 1 };
        var command = new Command("pairs", "Blind pairs: a generated reply and a written wording of one meaning; different texts only, without replies in which a written wording answered.") { BotSetup.RootOption, BotSetup.BotOption, input, output, key, count, seed };
        command.SetAction((parsed, cancellationToken) => CommandExit.GuardedAsync(System.Console.Error, async () =>
        {
            if (parsed.GetValue(count) is var wanted && wanted is < 1 or > 10_000)
            {
                return CommandExit.Usage(string.Create(CultureInfo.InvariantCulture, $"--count {wanted}: expected 1 to 10,000."));
            }

            var path = parsed.GetValue(input)!;
            var meanings = MeaningFile.Read(path).DistinctBy(row => (row.Act.Name, row.Style, string.Join('\n', row.Act.Slots.OrderBy(slot => slot.Key, StringComparer.Ordinal).Select(slot => $"{slot.Key}={slot.Value}")))).ToList();
            var bundle = (await BotSetup.PrepareAsync(parsed, withSpeech: true, cancellationToken)).Bundle;
            var written = new ReplyGenerator(new WrittenWordings(bundle.Definition.Responses));
            var language = LanguageCodes.TryParse(Path.GetFileName(path).Split('.')[0], out var named) ? named : bundle.Definition.Domain.Languages[0];
            var candidates = new List<(string Meaning, string First, string Second)>();
            foreach (var (number, row) in meanings.Index())
            {
                var request = new GenerationRequest { Acts = [row.Act], Language = LanguageCodes.TryParse(row.LanguageCode, out var own) ? own : language, Style = row.Style, Seed = (ulong)(parsed.GetValue(seed) + number) };
                var generated = bundle.Generator.Generate(request).Acts[0];
                if (generated.Source == WordingSource.Model)
                {
                    candidates.Add(($"{row.Act.Name}: {string.Join("; ", row.Act.Slots.Select(slot => $"{slot.Key}={slot.Value}"))}", generated.Text, written.Generate(request).Text));
                }
            }

            var made = BlindPairs.Write(candidates, wanted, parsed.GetValue(seed), parsed.GetValue(output)!, parsed.GetValue(key)!);
            System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{made} pairs of {meanings.Count} meanings; {candidates.Count} were worded by the model, {candidates.Count(pair => pair.First == pair.Second)} of them as they are written"));
            return CommandExit.Done;
        }));
        return command;
    }

    public static Command CreateJudge()
    {
        var judged = new Option<string[]>("--judged") { Description = "The pairs with the readers' verdicts, a file each.", Required = true, AllowMultipleArgumentsPerToken = true };
        var key = Key("The key of the pairs.");
        var json = new Option<bool>("--json") { Description = "One JSON object on stdout." };
        var command = new Command("judge", "Counts the verdicts; exit code 1 when generated replies lose more often than they win, or more than 40 % are ties.") { judged, key, json };
        command.SetAction(parsed => CommandExit.Guarded(() =>
        {
            var (wins, losses, ties) = BlindPairs.Count(parsed.GetValue(judged)!, parsed.GetValue(key)!);
            var all = wins + losses + ties;
            System.Console.WriteLine(parsed.GetValue(json)
                ? JsonSerializer.Serialize(new JudgedPairs(wins, losses, ties), NlgPairsJson.Default.JudgedPairs)
                : string.Create(CultureInfo.InvariantCulture, $"generated better {wins}, written better {losses}, alike {ties} of {all} ({100.0 * ties / Math.Max(1, all):F1} % ties)"));
            return all > 0 && wins >= losses && ties <= MostTies * all ? CommandExit.Done : CommandExit.Failed;
        }));
        return command;
    }

    private const double MostTies = 0.4;

    private static Option<string> Key(string description) => new("--key") { Description = description, Required = true };
}

/// <summary>Verdicts on generated replies.</summary>
internal sealed record JudgedPairs(int Wins, int Losses, int Ties);

[System.Text.Json.Serialization.JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[System.Text.Json.Serialization.JsonSerializable(typeof(JudgedPairs))]
internal sealed partial class NlgPairsJson : System.Text.Json.Serialization.JsonSerializerContext
{
}
