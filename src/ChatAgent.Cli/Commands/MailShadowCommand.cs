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

namespace ChatAgent.Cli.Commands;

/// <summary><c>chatagent mail shadow</c>: how far the agent can be trusted with a clinic's mail, by what reception marked; and the switches.</summary>
internal static class MailShadowCommand
{
    private static readonly Option<ShadowKind?> On = new("--on") { Description = "Let the agent do this kind by itself: confirm, decline, move, offer, askback, answer, person." };
    private static readonly Option<ShadowKind?> Off = new("--off") { Description = "Let it only look at this kind." };
    private static readonly Option<string?> Database = new("--database") { Description = "A database file, in place of the root's data/chatagent.db." };
    private static readonly Option<bool> Json = new("--json") { Description = "Print one JSON object." };

    public static Command Create()
    {
        var command = new Command("shadow", "Errors by kind of answer, with their 95 % intervals, of the mails that were read in shadow and marked.") { On, Off, BotSetup.RootOption, BotSetup.BotOption, Database, Json };
        command.SetAction((parsed, cancellationToken) => CommandExit.GuardedAsync(parsed.InvocationConfiguration.Error, () => RunAsync(parsed, cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var root = RootFolder.Resolve(parsed.GetValue(BotSetup.RootOption));
        var bot = DialogLoader.Load(root.ResolveBot(parsed.GetValue(BotSetup.BotOption)));
        var file = parsed.GetValue(Database) is { } named ? Path.GetFullPath(named) : root.Database;
        var time = TimeProvider.System;
        await using var store = await SqliteConversationStore.OpenAsync(new SqliteStoreOptions { File = file, CreateIfMissing = false }, time, cancellationToken);

        // Marks and switches only: nothing is signed, nothing is read anew.
        var agenda = new Agenda(store, new OneTimeCodes(store, new NoCodes(), new OneTimeCodeOptions { Key = new byte[32] }, time), bot.Domain.Zone, time);
        var agent = new Agent(store, new BundleHolder(), agenda, new AgentOptions(), time, NullLogger<Agent>.Instance);
        var questions = new MailQuestions(agent, agenda, new MailThreads(store, new ReplyAddresses(new byte[32], MailAddress.Create("shadow@localhost"))), bot, time);
        var options = new ShadowOptions();
        var desk = new ShadowDesk(store, agent, agenda, questions, time, options);
        if (parsed.GetValue(Off) is { } off)
        {
            await desk.SwitchAsync(off, isOn: false, "terminal", cancellationToken);
        }

        if (parsed.GetValue(On) is { } on && !await desk.SwitchAsync(on, isOn: true, "terminal", cancellationToken))
        {
            parsed.InvocationConfiguration.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{on}: not switched on; it takes {options.MinMarks} marked mails of the kind, and no more errors than {options.MaxErrorRate:P0} can explain."));
            return CommandExit.Failed;
        }

        var report = await desk.ReportAsync(cancellationToken);
        var output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(Json))
        {
            output.WriteLine(JsonSerializer.Serialize(report, MailShadowJson.Default.ShadowReport));
            return CommandExit.Done;
        }

        foreach (var kind in report.Kinds)
        {
            output.WriteLine($"{kind.Kind,-9}{(kind.IsOn ? "on " : "off"),5}  {Describe(kind.Errors)}");
        }

        output.WriteLine($"recorded as coming without having said so: {Describe(report.FalseYes)}");
        output.WriteLine($"recorded as not coming without having said so: {Describe(report.FalseNo)}");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Waiting} mails wait for a mark"));
        return CommandExit.Done;
    }

    private static string Describe(ErrorRate rate) => rate.Cases == 0 ? "none marked"
        : string.Create(CultureInfo.InvariantCulture, $"{rate.Errors} wrong of {rate.Cases} = {100 * rate.Rate:F1} % ({100 * rate.Lower:F1} to {100 * rate.Upper:F1})");

    private sealed class NoCodes : ICodeSender
    {
        public Task SendAsync(string address, string code, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ShadowReport))]
internal sealed partial class MailShadowJson : JsonSerializerContext;
