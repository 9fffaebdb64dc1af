using ChatAgent.Text.Corpora;

namespace ChatAgent.Nlu.Tests;

public sealed class CorpusReportTests
{
    [Fact]
    public void Make_DoubtfulCorpus_NamesTheRows()
    {
        LabelledText[] rows = [.. SmallClinic.Train, new("confirm", "¡No puedo ir!"), new("hours", "Horarios"), new("thin", "algo muy distinto")];

        var report = CorpusReport.Make(rows, 1, null, CancellationToken.None);

        Assert.Equal(["decline", "confirm"], Assert.Single(report.Conflicts).Select(row => row.Label));
        Assert.Equal("horarios", Assert.Single(report.Duplicates)[0].Text);
        Assert.Equal(("thin", 1), Assert.Single(report.Thin));
        Assert.Contains(report.Confusions, pair => pair.Label == "thin");
        Assert.InRange(report.Accuracy, 0.3, 1);
    }
}
