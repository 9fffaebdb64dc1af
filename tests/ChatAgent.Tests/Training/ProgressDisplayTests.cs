using ChatAgent.Neural;
using ChatAgent.Tests;

namespace ChatAgent.Training.Tests;

public sealed class ProgressDisplayTests
{
    [Fact]
    public void Report_Plain_SaysStageSpeedLossAndTimeLeft()
    {
        var output = new StringWriter();
        Display(output, isTerminal: false).Report(new TrainingProgress("reply model, epoch 3 of 30", 0.1, 15_000, "tokens/s", 2.5, TimeSpan.FromSeconds(41)));

        Assert.Equal($"reply model, epoch 3 of 30 10 %, 15,000 tokens/s, loss 2.500, 41 s left{Environment.NewLine}", output.ToString().Replace("10%", "10 %", StringComparison.Ordinal));
    }

    [Fact]
    public void Report_ManyAtOnce_ShowsFirstAndLast()
    {
        var output = new StringWriter();
        var display = Display(output, isTerminal: false);
        for (var i = 0; i <= 100; i++)
        {
            display.Report(new TrainingProgress("encoder", i / 100.0, 10, "rows/s", null, null));
        }

        Assert.Equal(2, output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public void Report_Terminal_OverwritesTheLongerLine()
    {
        var output = new StringWriter();
        var display = Display(output, isTerminal: true);
        display.Report(new TrainingProgress("a long name of a stage", 0.5, 10, "rows/s", 1, TimeSpan.FromSeconds(5)));
        display.Report(new TrainingProgress("b", 1, 0, "rows/s", null, null));

        var lines = output.ToString().Split('\r', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(lines[0].Length, lines[1].TrimEnd('\n').Length);
    }

    private static ProgressDisplay Display(TextWriter output, bool isTerminal) =>
        new(output, isTerminal, new ManualTimeProvider(new DateTimeOffset(2026, 4, 25, 12, 0, 0, TimeSpan.Zero)));
}
