using ChatAgent.Nlu.Appointments;
using ChatAgent.Tests;

namespace ChatAgent.Nlu.Tests.Appointments;

/// <summary>The labelled replies of corpora/clinic and a model trained on train and dev, made once for all tests.</summary>
internal static class ReplyCorpus
{
    private static string Folder => Path.Combine(Repository.Root, "corpora", "clinic", "replies");

    public static Lazy<AppointmentReplyModel> Model { get; } = new(static () => AppointmentReplyTrainer.Train(
        [.. Directory.GetFiles(Folder, "*.jsonl").Where(static file => !file.EndsWith(".test.jsonl", StringComparison.Ordinal)).Order(StringComparer.Ordinal).SelectMany(LabelledReply.ReadFile)]));

    public static IReadOnlyList<LabelledReply> Rows(string split) => LabelledReply.ReadFile(Path.Combine(Folder, $"{split}.jsonl"));
}
