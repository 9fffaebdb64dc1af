using ChatAgent.Dialogs;
using ChatAgent.Dialogs.Tests;
using ChatAgent.Tests;
using ChatAgent.Text;
using ChatAgent.Training;

namespace ChatAgent.Nlg.Tests;

/// <summary>The clinic's language model, taken from the shelf when nothing has changed since it was trained: about half a minute of two idle cores if not.</summary>
public sealed class ClinicSpeech : IAsyncLifetime
{
    /// <summary>Two classes that run at once train it once.</summary>
    private static readonly Lazy<Task<Bundle>> Shared = new(PrepareAsync);

    /// <summary>The bot as it speaks; it understands nothing.</summary>
    public Bundle Bundle { get; private set; } = null!;

    public ReplyModel Model => Bundle.Generator.Model!;

    /// <summary>The model over <see cref="Written"/>.</summary>
    public ReplyGenerator Generator { get; private set; } = null!;

    public IReadOnlyList<ReplyPair> Train { get; } = Read("train");

    /// <summary>One plain wording of each act, which no model would say: the acts and their slots.</summary>
    public WrittenWordings Written => new(Train.GroupBy(pair => (pair.Language, ReplyStyle.Formal, pair.Act)).ToDictionary(
        group => group.Key, group => (IReadOnlyList<string>)[string.Join(", ", group.First().Slots.Keys.Select(slot => $"{{{slot}}}").Append("(written)"))]));

    public async Task InitializeAsync()
    {
        Bundle = await Shared.Value;
        Generator = new ReplyGenerator(Written, Model);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public static IReadOnlyList<ReplyPair> Read(string split) =>
        [.. LanguageCodes.All.SelectMany(language => ReplyPairReader.Read(Path.Combine(Repository.Root, "corpora", "clinic", "nlg", $"{language.Code}.{split}.jsonl"), language.Language))];

    private static async Task<Bundle> PrepareAsync()
    {
        var bot = DialogLoader.Load(TrainedClinic.Folder);
        var workshop = new BundleWorkshop(bot, Path.Combine(Repository.Root, "corpora"), new ModelShelf(Path.Combine(Path.GetTempPath(), "chatagent-tests", "models")));
        var mute = new Bundle("speech", new ScriptedNlu(), new DialogPolicy(bot), new ReplyGenerator(new WrittenWordings(bot.Responses)), bot);
        return await workshop.PrepareSpeechAsync(mute, progress: null, CancellationToken.None);
    }
}
