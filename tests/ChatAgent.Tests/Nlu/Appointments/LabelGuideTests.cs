using System.Text.Json;
using ChatAgent.Nlu.Appointments;
using ChatAgent.Tests;

namespace ChatAgent.Nlu.Tests.Appointments;

/// <summary>The label guide's own twelve examples, read from the guide itself (never copied here).</summary>
public sealed class LabelGuideTests
{
    private static string Guide => Path.Combine(Repository.SharedData ?? string.Empty, "appointment", "LABELS.md");

    [SkippableFact]
    public void Read_ExamplesOfTheGuide_RulesAloneAgreeWithEveryLabel()
    {
        Requirement.Have(File.Exists(Guide), "the label guide (../shared/data/appointment/LABELS.md)");
        AssertAgrees(new AppointmentReplyReader());
    }

    [SkippableFact]
    public void Read_ExamplesOfTheGuide_TrainedReaderAgreesWithEveryLabel()
    {
        Requirement.Have(File.Exists(Guide), "the label guide (../shared/data/appointment/LABELS.md)");
        AssertAgrees(new AppointmentReplyReader(ReplyCorpus.Model.Value));
    }

    private static void AssertAgrees(AppointmentReplyReader reader)
    {
        var rows = File.ReadLines(Guide).Where(static l => l.StartsWith("{\"id\"", StringComparison.Ordinal)).Select(static l => JsonDocument.Parse(l).RootElement).Select(LabelledReply.Read).ToArray();
        Assert.Equal(12, rows.Length);
        Assert.All(rows, row =>
        {
            var reply = reader.Read(row);
            Assert.Equal((row.Id, row.Intent, row.NeedsHuman), (row.Id, reply.Intent, reply.NeedsHuman));
            Assert.Equal(row.Proposed, reply.Proposed.Select(static p => p.ToString()));
        });
    }
}
