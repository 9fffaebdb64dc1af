using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using ChatAgent.Appointments;
using ChatAgent.Dialogs;
using ChatAgent.Email;
using ChatAgent.Mailroom;
using ChatAgent.Store;
using ChatAgent.Training;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;

namespace ChatAgent.Cli.Commands;

/// <summary><c>chatagent mail plan</c>: what a campaign would send, to whom and when, from the agenda and the rules as they stand. Sends nothing.</summary>
internal static class MailPlanCommand
{
    private static readonly Option<int> Days = new("--days") { Description = "How far to look ahead, 1 to 60 days; default 7.", DefaultValueFactory = _ => 7 };
    private static readonly Option<string?> Database = new("--database") { Description = "A database file, in place of the root's data/chatagent.db." };
    private static readonly Option<bool> Json = new("--json") { Description = "Print one JSON object." };

    public static Command Create()
    {
        var command = new Command("plan", "What the campaign would send if nobody answered. Sends nothing, writes nothing.") { Days, BotSetup.RootOption, BotSetup.BotOption, Database, Json };
        command.SetAction((parsed, cancellationToken) => CommandExit.GuardedAsync(parsed.InvocationConfiguration.Error, () => RunAsync(parsed, cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(Days) is not (>= 1 and <= 60) and var wrong)
        {
            return CommandExit.Usage($"--days {wrong.ToString(CultureInfo.InvariantCulture)}: expected 1 to 60.");
        }

        var root = RootFolder.Resolve(parsed.GetValue(BotSetup.RootOption));
        var folder = root.ResolveBot(parsed.GetValue(BotSetup.BotOption));
        var bot = DialogLoader.Load(folder);
        var rules = CampaignRules.Load(folder, bot.Domain);
        var file = parsed.GetValue(Database) is { } named ? Path.GetFullPath(named) : root.Database;
        var time = TimeProvider.System;
        await using var store = await SqliteConversationStore.OpenAsync(new SqliteStoreOptions { File = file, CreateIfMissing = false }, time, cancellationToken);

        // A plan reads threads and appointments only: no secret signs anything and no words are made.
        var agenda = new Agenda(store, new OneTimeCodes(store, new NoCodes(), new OneTimeCodeOptions { Key = new byte[32] }, time), bot.Domain.Zone, time);
        var agent = new Agent(store, new BundleHolder(), agenda, new AgentOptions(), time, NullLogger<Agent>.Instance);
        var threads = new MailThreads(store, new ReplyAddresses(new byte[32], MailAddress.Create("plan@localhost")));
        var runner = new CampaignRunner(agent, agenda, threads, new MailQuestions(agent, agenda, threads, bot, time), store, rules, bot.Domain.Zone, time, NullLogger<CampaignRunner>.Instance);
        var now = Instant.FromDateTimeOffset(time.GetUtcNow()).InZone(DateTimeZoneProviders.Tzdb[bot.Domain.Zone]).LocalDateTime;
        var plan = await runner.PlanAsync(now.PlusDays(parsed.GetValue(Days)), cancellationToken);
        var output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(Json))
        {
            output.WriteLine(JsonSerializer.Serialize(new MailPlan([.. plan.Select(ToRow)]), MailPlanJson.Default.MailPlan));
            return CommandExit.Done;
        }

        foreach (var action in plan)
        {
            var row = ToRow(action);
            output.WriteLine($"{row.At.Replace('T', ' ')}  {row.Step,-8}  {row.To ?? "(no address)",-36}  {row.Start.Replace('T', ' ')}  {action.Appointment.Doctor}{(row.Problem is null ? string.Empty : $"  {row.Problem}")}");
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{plan.Count(action => action.Step == CampaignStep.Ask)} questions, {plan.Count(action => action.Step == CampaignStep.Remind)} reminders, {plan.Count(action => action.Step == CampaignStep.Instruct)} instructions, {plan.Count(action => action.Step == CampaignStep.Call)} for a person, if nobody answers"));
        return CommandExit.Done;
    }

    private static PlannedMail ToRow(CampaignAction action) => new(
        Hour(action.At),
        action.Step.ToString().ToLowerInvariant(),
        action.Appointment.Id,
        action.Patient.Name,
        action.Patient.Email,
        action.Patient.Language,
        Hour(action.Appointment.Start),
        action.Problem switch
        {
            AskOutcome.NoAddress => "no address on file",
            AskOutcome.Suppressed => "the address is suppressed",
            _ => null,
        });

    private static string Hour(LocalDateTime hour) => hour.ToString("uuuu'-'MM'-'dd'T'HH':'mm", CultureInfo.InvariantCulture);

    private sealed class NoCodes : ICodeSender
    {
        public Task SendAsync(string address, string code, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

/// <summary>What <c>mail plan --json</c> prints.</summary>
internal sealed record MailPlan(IReadOnlyList<PlannedMail> Plan);

/// <summary>One row; hours are wall time at the clinic, "2026-05-04T09:00".</summary>
internal sealed record PlannedMail(string At, string Step, string Appointment, string Patient, string? To, string? Language, string Start, string? Problem);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(MailPlan))]
internal sealed partial class MailPlanJson : JsonSerializerContext;
