using System.Globalization;
using ChatAgent.Neural;

namespace ChatAgent.Cli;

/// <summary>Shows training on stderr: one line that is rewritten on a terminal, a plain line every few seconds elsewhere.</summary>
internal sealed class ProgressPrinter(TimeProvider time) : IProgress<TrainingProgress>
{
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private readonly bool _isTerminal = !System.Console.IsErrorRedirected;
    private long _last;
    private bool _hasPrinted;

    public void Report(TrainingProgress value)
    {
        lock (_gate)
        {
            var done = value.Fraction >= 1;
            if (!_isTerminal && !done && _hasPrinted && time.GetElapsedTime(_last) < BetweenLines)
            {
                return;
            }

            (_last, _hasPrinted) = (time.GetTimestamp(), true);
            var loss = value.Loss is { } known ? string.Create(CultureInfo.InvariantCulture, $", loss {known:F3}") : string.Empty;
            var left = value.TimeLeft is { } rest && !done ? string.Create(CultureInfo.InvariantCulture, $", {rest.TotalSeconds:F0} s left") : string.Empty;
            var line = string.Create(CultureInfo.InvariantCulture, $"{value.Fraction,4:P0} {value.Stage}: {value.Speed:N0} {value.SpeedUnit}{loss}{left}");
            if (_isTerminal)
            {
                System.Console.Error.Write($"\r{line,-100}{(done ? Environment.NewLine : string.Empty)}");
            }
            else
            {
                System.Console.Error.WriteLine(line);
            }
        }
    }
}
