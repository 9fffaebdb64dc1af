using System.CommandLine;
using System.Globalization;
using System.Text.Json.Serialization;
using ChatAgent.Dialogs;
using ChatAgent.Training;

namespace ChatAgent.Cli.Commands;

/// <summary><c>chatagent train</c>: everything a bot needs, from dialogs/ and corpora/.</summary>
internal static class TrainCommand
{
    private static readonly Option<string?> Models = new("--models") { Description = "Where trained parts lie; default data/models." };

    private static readonly Option<bool> Json = new("--json") { Description = "One JSON object on stdout." };

    public static Command Create()
    {
        var command = new Command("train", "Train what is missing: understanding, the reader of appointment replies, speech. What is there already is taken as it is.")
        {
            BotSetup.RootOption, BotSetup.BotOption, Models, Json,
        };
        command.SetAction((parsed, cancellationToken) => CommandExit.GuardedAsync(parsed.InvocationConfiguration.Error, async () =>
        {
            var root = RootFolder.Resolve(parsed.GetValue(BotSetup.RootOption));
            var bot = DialogLoader.Load(root.ResolveBot(parsed.GetValue(BotSetup.BotOption)));
            var models = Path.GetFullPath(parsed.GetValue(Models) ?? root.Models);
            var workshop = new BundleWorkshop(bot, root.Corpora, new ModelShelf(models), warn: System.Console.Error.WriteLine);
            var progress = ProgressDisplay.OnStandardError();
            var began = TimeProvider.System.GetTimestamp();
            var understanding = await workshop.PrepareUnderstandingAsync(progress, cancellationToken);
            var bundle = await workshop.PrepareSpeechAsync(understanding, progress, cancellationToken);
            var seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
            System.Console.WriteLine(parsed.GetValue(Json)
                ? System.Text.Json.JsonSerializer.Serialize(new TrainedBundle(bundle.Hash, models, seconds), TrainCommandJson.Default.TrainedBundle)
                : string.Create(CultureInfo.InvariantCulture, $"bundle {bundle.Hash[..16]} in {models}, {seconds:F1} s"));
            return 0;
        }));
        return command;
    }

    internal sealed record TrainedBundle(string Bundle, string Models, double Seconds);
}

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(TrainCommand.TrainedBundle))]
internal sealed partial class TrainCommandJson : JsonSerializerContext
{
}
