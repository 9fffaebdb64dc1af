using System.Globalization;
using System.Text;
using ChatAgent.Neural;

namespace ChatAgent.Training;

/// <summary>Shows a training to a person: a bar that moves on a terminal, a line now and then elsewhere.</summary>
/// <remarks>Thread-safe; a report that comes too soon after the last one is passed over, except the first and the last of a stage.</remarks>
public sealed class ProgressDisplay : IProgress<TrainingProgress>
{
    private const int BarWidth = 24;
    private static readonly TimeSpan TerminalPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PlainPause = TimeSpan.FromSeconds(5);
    private readonly TextWriter _output;
    private readonly bool _isTerminal;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private string? _stage;
    private long _shownAt;
    private int _shownLength;

    /// <param name="output">Usually stderr, so that results on stdout stay clean.</param>
    /// <param name="isTerminal">Whether a carriage return goes back to the beginning of the line.</param>
    public ProgressDisplay(TextWriter output, bool isTerminal, TimeProvider time)
    {
        _output = output;
        _isTerminal = isTerminal;
        _time = time;
    }

    /// <summary>On stderr, as a bar if that is a terminal.</summary>
    public static ProgressDisplay OnStandardError() => new(Console.Error, !Console.IsErrorRedirected, TimeProvider.System);

    public void Report(TrainingProgress value)
    {
        lock (_gate)
        {
            var isNewStage = StageName(value) != _stage;
            var isDone = value.Fraction >= 1;
            if (!isNewStage && !isDone && _time.GetElapsedTime(_shownAt) < (_isTerminal ? TerminalPause : PlainPause))
            {
                return;
            }

            _stage = StageName(value);
            _shownAt = _time.GetTimestamp();
            if (_isTerminal)
            {
                var line = Describe(value, withBar: true);
                _output.Write($"\r{line.PadRight(_shownLength)}");
                _shownLength = isDone ? 0 : line.Length;
                if (isDone)
                {
                    _output.WriteLine();
                }
            }
            else
            {
                _output.WriteLine(Describe(value, withBar: false));
            }

            _output.Flush();
        }
    }

    /// <summary>"reply model, epoch 3 of 30" counts as the stage "reply model".</summary>
    private static string StageName(TrainingProgress value) => value.Stage.Split(',', 2)[0];

    private static string Describe(TrainingProgress value, bool withBar)
    {
        var culture = CultureInfo.InvariantCulture;
        var text = new StringBuilder(value.Stage).Append(' ');
        if (withBar)
        {
            var filled = (int)Math.Round(Math.Clamp(value.Fraction, 0, 1) * BarWidth);
            text.Append('[').Append('█', filled).Append('·', BarWidth - filled).Append("] ");
        }

        text.Append(culture, $"{value.Fraction:P0}");
        if (value.Speed > 0)
        {
            text.Append(culture, $", {value.Speed:N0} {value.SpeedUnit}");
        }

        if (value.Loss is { } loss)
        {
            text.Append(culture, $", loss {loss:F3}");
        }

        if (value.Perplexity is { } perplexity)
        {
            text.Append(culture, $", perplexity {perplexity:G4}");
        }

        if (value.TimeLeft is { } left && value.Fraction < 1)
        {
            text.Append(culture, $", {Math.Ceiling(left.TotalSeconds):F0} s left");
        }

        if (value.Gradients.Count > 0 && !withBar)
        {
            text.Append(culture, $"; gradients {string.Join(", ", value.Gradients.Select(layer => string.Create(culture, $"{layer.Layer} {layer.Norm:G2}")))}");
        }

        if (value.Diagnosis is { } diagnosis)
        {
            text.Append("; ").Append(diagnosis);
        }

        return text.ToString();
    }
}
