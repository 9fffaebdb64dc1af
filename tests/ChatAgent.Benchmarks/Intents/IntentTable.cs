using System.Globalization;

namespace ChatAgent.Benchmarks;

/// <summary>What was measured, a line a figure, in Markdown.</summary>
internal sealed class IntentTable
{
    private readonly List<Line> _lines = [];

    /// <param name="target">What must be reached; NaN or 0 for none.</param>
    /// <param name="value">Of one seed; those of further seeds join the same line.</param>
    /// <param name="isLess">Whether less is better.</param>
    public void Add(string set, string measure, double target, double aim, double value, string unit, bool isLess = false)
    {
        var line = _lines.Find(line => line.Set == set && line.Measure == measure);
        if (line is null)
        {
            _lines.Add(line = new Line(set, measure, target, aim, unit, isLess, []));
        }

        line.Values.Add(value);
    }

    public void Print(TextWriter output)
    {
        output.WriteLine("| Set | Figure | Must | Aim | Reached | | Each seed |");
        output.WriteLine("| --- | --- | ---: | ---: | ---: | --- | --- |");
        foreach (var line in _lines)
        {
            var mean = line.Values.Average();
            var hasTarget = line.Target is not (double.NaN or 0);
            var verdict = !hasTarget ? string.Empty : (line.IsLess ? mean <= line.Target : mean >= line.Target) ? "yes" : "no";
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {line.Set} | {line.Measure} | {(hasTarget ? Text(line.Target, line.Unit) : string.Empty)} | {(hasTarget ? Text(line.Aim, line.Unit) : string.Empty)} | {Text(mean, line.Unit)} | {verdict} | {(line.Values.Count > 1 ? string.Join(", ", line.Values.Select(value => Text(value, string.Empty))) : string.Empty)} |"));
        }
    }

    private static string Text(double value, string unit) =>
        value.ToString(value is > -1.5 and < 1.5 && unit.Length == 0 ? "F3" : value >= 1000 ? "F0" : "0.0#", CultureInfo.InvariantCulture) + (unit.Length == 0 ? string.Empty : $" {unit}");

    private sealed record Line(string Set, string Measure, double Target, double Aim, string Unit, bool IsLess, List<double> Values);
}
