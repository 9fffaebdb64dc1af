using System.CommandLine;
using ChatAgent.Dialogs;
using ChatAgent.Training;

namespace ChatAgent.Cli.Commands;

/// <summary>What <c>chat</c> and <c>test</c> begin with: the root, the bot's files and a bundle.</summary>
internal sealed record BotSetup(RootFolder Root, string BotFolder, Bundle Bundle)
{
    public static readonly Option<string?> RootOption = new("--root") { Description = "The folder that holds dialogs/ and data/ (else CHATAGENT_ROOT, else upwards from here)." };

    public static readonly Option<string?> BotOption = new("--bot") { Description = "The bot's folder; default dialogs/clinic." };

    /// <summary>The demo agenda beside the bot's files, or an empty one.</summary>
    public string ReadAgenda() => Path.Combine(BotFolder, "agenda.json") is var file && File.Exists(file) ? File.ReadAllText(file) : "{}";

    /// <summary>Reads the bot and takes or trains what it needs, with progress on stderr.</summary>
    /// <param name="withSpeech">Whether the language model words the replies; the acts are the same without it.</param>
    public static async Task<BotSetup> PrepareAsync(ParseResult parsed, bool withSpeech, CancellationToken cancellationToken)
    {
        var root = RootFolder.Resolve(parsed.GetValue(RootOption));
        var folder = root.ResolveBot(parsed.GetValue(BotOption));
        var workshop = new BundleWorkshop(DialogLoader.Load(folder), root.Corpora, new ModelShelf(root.Models), warn: System.Console.Error.WriteLine);
        var progress = ProgressDisplay.OnStandardError();
        var bundle = await workshop.PrepareUnderstandingAsync(progress, cancellationToken);
        return new BotSetup(root, folder, withSpeech ? await workshop.PrepareSpeechAsync(bundle, progress, cancellationToken) : bundle);
    }
}
