using System.Diagnostics;
using ChatAgent.Tests;
using ChatAgent.Text;

namespace ChatAgent.Nlg.Tests;

/// <summary>The clinic's reply model, trained once per run of the tests and shared: about half a minute of two idle cores.</summary>
public sealed class ClinicSpeech
{
    public ClinicSpeech()
    {
        var start = Stopwatch.GetTimestamp();
        Train = Read("train");
        Model = ReplyModelTrainer.Train(Train, [], new ReplyModelOptions());
        TrainingTime = Stopwatch.GetElapsedTime(start);

        // Through a file, as a bundle holds it.
        var folder = Directory.CreateTempSubdirectory("chatagent-speech-").FullName;
        Model.Save(folder);
        Model = ReplyModel.Load(folder);
        Directory.Delete(folder, recursive: true);
        Generator = new ReplyGenerator(Written, Model);
    }

    public ReplyModel Model { get; }

    public TimeSpan TrainingTime { get; }

    public ReplyGenerator Generator { get; }

    public IReadOnlyList<ReplyPair> Train { get; }

    /// <summary>One plain wording of each act, which no model would say: the acts and their slots.</summary>
    public WrittenWordings Written => new(Train.GroupBy(pair => (pair.Language, ReplyStyle.Formal, pair.Act)).ToDictionary(
        group => group.Key, group => (IReadOnlyList<string>)[string.Join(", ", group.First().Slots.Keys.Select(slot => $"{{{slot}}}").Append("(written)"))]));

    public static IReadOnlyList<ReplyPair> Read(string split) =>
        [.. LanguageCodes.All.SelectMany(language => ReplyPairReader.Read(Path.Combine(Repository.Root, "corpora", "clinic", "nlg", $"{language.Code}.{split}.jsonl"), language.Language))];
}
