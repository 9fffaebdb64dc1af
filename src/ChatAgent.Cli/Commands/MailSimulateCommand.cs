using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using ChatAgent.Mailroom;
using ChatAgent.Nlu.Appointments;
using NodaTime;

namespace ChatAgent.Cli.Commands;

/// <summary><c>chatagent mail simulate</c>: a whole campaign against written or generated patients. Sends nothing and touches no data.</summary>
internal static class MailSimulateCommand
{
    private const int ShownErrors = 40;

    private static readonly Option<string[]> Patients = new("--patients")
    {
        Description = "Labelled replies as JSONL, one patient each; default the held-out ones of corpora/clinic/replies.", AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<int?> Generate = new("--generate") { Description = "Make so many patients by chance from the replies, 1 to 100000, instead of playing each row once." };
    private static readonly Option<int> Seed = new("--seed") { Description = "Of chance; default 1.", DefaultValueFactory = _ => 1 };
    private static readonly Option<bool> Json = new("--json") { Description = "Print one JSON object." };

    public static Command Create()
    {
        var command = new Command("simulate", "Play a campaign against written or generated patients and count outcomes and errors against their labels.")
        {
            Patients, Generate, Seed, BotSetup.RootOption, BotSetup.BotOption, Json,
        };
        command.SetAction((parsed, cancellationToken) => CommandExit.GuardedAsync(parsed.InvocationConfiguration.Error, () => RunAsync(parsed, cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(Generate) is { } wrong and not (>= 1 and <= 100_000))
        {
            return CommandExit.Usage($"--generate {wrong.ToString(CultureInfo.InvariantCulture)}: expected 1 to 100000.");
        }

        var setup = await BotSetup.PrepareAsync(parsed, withSpeech: false, cancellationToken);
        var files = parsed.GetValue(Patients) is { Length: > 0 } named ? named : DefaultFiles(setup);
        if (files.Length == 0)
        {
            return CommandExit.Usage($"no patients: expected --patients FILE, or {Path.Combine("corpora", Path.GetFileName(setup.BotFolder), "replies", "*.test.jsonl")}.");
        }

        var replies = files.SelectMany(LabelledReply.ReadFile).ToList();
        if (replies.Count == 0)
        {
            return CommandExit.Usage($"{string.Join(", ", files)}: no rows.");
        }

        var zone = DateTimeZoneProviders.Tzdb[setup.Bundle.Definition.Domain.Zone];
        var patients = parsed.GetValue(Generate) is { } count
            ? SimulatedPatients.Generate(replies, count, new LocalDate(2026, 5, 4), zone, parsed.GetValue(Seed))
            : [.. replies.Select(reply => new SimulatedPatient(reply))];
        var rules = CampaignRules.Load(setup.BotFolder, setup.Bundle.Definition.Domain);
        var error = parsed.InvocationConfiguration.Error;
        var report = await new MailSimulation(setup.Bundle, rules, setup.ReadAgenda())
            .RunAsync(patients, new Progress<double>(share => error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{share:P0} of {patients.Count} patients"))), cancellationToken);
        var output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(Json))
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(report, MailSimulateJson.Default.SimulationReport));
        }
        else
        {
            Print(output, report);
        }

        return CommandExit.Done;
    }

    private static string[] DefaultFiles(BotSetup setup)
    {
        var folder = Path.Combine(setup.Root.Corpora, Path.GetFileName(setup.BotFolder), "replies");
        return Directory.Exists(folder) ? [.. Directory.GetFiles(folder, "*.test.jsonl").Order(StringComparer.Ordinal)] : [];
    }

    private static void Print(TextWriter output, SimulationReport report)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Patients} patients: {report.Asked} asked, {report.Reminded} reminded, {report.Instructed} told place and papers, {report.Called} for a person to call; {report.Mails} mails"));
        var ends = new[] { "confirmed", "declined", "moved", "person", "open" };
        output.WriteLine($"{"label",-14}{string.Concat(ends.Select(end => $"{end,10}"))}");
        foreach (var label in report.Outcomes.GroupBy(outcome => outcome.Label, StringComparer.Ordinal))
        {
            output.WriteLine($"{label.Key,-14}{string.Concat(ends.Select(end => (label.FirstOrDefault(outcome => outcome.Ended == end)?.Count ?? 0).ToString(CultureInfo.InvariantCulture).PadLeft(10)))}");
        }

        Print(output, "recorded as coming, of those who did not say yes", report.FalseYes);
        Print(output, "recorded as not coming, of those who did not say no", report.FalseNo);
        Print(output, "moved to an hour that was not proposed, of those moved", report.WrongMoves);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"a yes or a no that was asked back or given to a person: {report.Missed.Count} (--json lists them)"));
        foreach (var row in report.Errors.Take(ShownErrors))
        {
            output.WriteLine($"  {row.Id}: {row.Label} became {row.Ended}: {row.Text.ReplaceLineEndings(" ")}");
        }
    }

    private static void Print(TextWriter output, string what, ErrorRate rate) => output.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{what}: {rate.Errors} of {rate.Cases} = {100 * rate.Rate:F2} % (95 % interval {100 * rate.Lower:F2} to {100 * rate.Upper:F2})"));
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(SimulationReport))]
internal sealed partial class MailSimulateJson : JsonSerializerContext;
