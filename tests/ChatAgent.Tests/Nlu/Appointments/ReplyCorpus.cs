using ChatAgent.Nlu.Appointments;
using ChatAgent.Tests;

namespace ChatAgent.Nlu.Tests.Appointments;

/// <summary>The labelled replies of corpora/clinic and a model trained on train and dev, made once for all tests.</summary>
internal static class ReplyCorpus
{
    public static Lazy<AppointmentReplyModel> Model { get; } = new(static () => AppointmentReplyTrainer.Train([.. Rows("es.train"), .. Rows("es.dev"), .. Rows("en.train"), .. Rows("en.dev")]));

    public static IReadOnlyList<LabelledReply> Rows(string split) => LabelledReply.ReadFile(Path.Combine(Repository.Root, "corpora", "clinic", "replies", $"{split}.jsonl"));
}
