using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ChatAgent.Appointments;
using ChatAgent.Dialogs;

namespace ChatAgent.Cli.Commands;

/// <summary><c>chatagent test</c>: replays the bot's conversation tests.</summary>
internal static class TestCommand
{
    private static readonly Option<bool> Json = new("--json") { Description = "Print one JSON object." };

    private static readonly Option<string?> Filter = new("--filter") { Description = "Only tests whose name or file holds this." };

    public static Command Create()
    {
        var command = new Command("test", "Replay dialogs/<bot>/tests; exit code 1 when one fails.") { BotSetup.RootOption, BotSetup.BotOption, Json, Filter };
        command.SetAction((parsed, cancellationToken) => CommandExit.GuardedAsync(parsed.InvocationConfiguration.Error, () => RunAsync(parsed, cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var setup = await BotSetup.PrepareAsync(parsed, withSpeech: false, cancellationToken);
        var filter = parsed.GetValue(Filter) ?? string.Empty;
        var tests = ConversationTestLoader.Load(setup.BotFolder, setup.Bundle.Definition.Domain)
            .Where(test => test.Name.Contains(filter, StringComparison.OrdinalIgnoreCase) || test.Place.Contains(filter, StringComparison.OrdinalIgnoreCase))
            .ToList();
        var runner = new ConversationTestRunner(setup.Bundle, setup.ReadAgenda());
        var failures = new List<ConversationTestResult>();
        foreach (var test in tests)
        {
            var result = await runner.RunAsync(test, cancellationToken);
            if (!result.Passed)
            {
                failures.Add(result);
            }
        }

        var output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(Json))
        {
            var summary = new TestSummary(tests.Count - failures.Count, failures.Count, [.. failures.Select(failure => new TestFailure(failure.Name, failure.Place, failure.Failure!))]);
            await output.WriteLineAsync(JsonSerializer.Serialize(summary, TestCommandJson.Readable.TestSummary));
        }
        else
        {
            foreach (var failure in failures)
            {
                await output.WriteLineAsync($"{failure.Place}: {failure.Name}\n{failure.Failure}");
            }

            await output.WriteLineAsync($"{tests.Count - failures.Count} passed, {failures.Count} failed");
        }

        return failures.Count == 0 ? 0 : 1;
    }
}

internal sealed record TestSummary(int Passed, int Failed, IReadOnlyList<TestFailure> Failures);

internal sealed record TestFailure(string Name, string Place, string Diff);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(TestSummary))]
internal sealed partial class TestCommandJson : JsonSerializerContext
{
    public static TestCommandJson Readable => field ??= new TestCommandJson(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
