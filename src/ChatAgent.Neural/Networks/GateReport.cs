using System.Globalization;
using System.Text;

namespace ChatAgent.Neural;

/// <summary>How far each gate of a trained network opens at each token of a text, and its picture as text.</summary>
/// <remarks>
/// A value is the mean over the H units of one layer, 0 (shut) to 1 (open). Of a GRU: reset r, how much of the state before is seen by the candidate; update 1 − z, how much of the state
/// is written anew. Of an LSTM: input i, forget f (1 keeps), output o; with coupled gates f is 1 − i and not shown. A plain recurrent layer has no gates.
/// Means of different gates and layers lie at different heights and move little, so the picture's shades run from the least to the largest of each row and stand beside the numbers.
/// </remarks>
public sealed class GateReport
{
    private const string Shades = " ░▒▓█";

    private GateReport(IReadOnlyList<GateRow> rows) => Rows = rows;

    /// <summary>From the first layer upwards, each gate in the order of its layer's equations.</summary>
    public IReadOnlyList<GateRow> Rows { get; }

    /// <summary>Reads a text from a state of zeros, without dropout.</summary>
    /// <param name="network">Not used by another thread meanwhile.</param>
    /// <param name="tokens">T, 1 or more.</param>
    /// <param name="context">(T, C), or empty where C is 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">No tokens, or one outside the vocabulary.</exception>
    public static GateReport Of(TokenNetwork network, ReadOnlySpan<int> tokens, ReadOnlySpan<float> context = default)
    {
        ArgumentOutOfRangeException.ThrowIfZero(tokens.Length, nameof(tokens));
        var (steps, hidden) = (tokens.Length, network.Options.Hidden);
        var nothing = new int[steps];
        Array.Fill(nothing, -1);
        var tape = network.CreateTape(steps, 1, new Random(0));
        network.Evaluate(tape, tokens, context, nothing, steps);
        var rows = new List<GateRow>();
        for (var layer = 0; layer < network.Recurrent.Count; layer++)
        {
            var gates = tape.Stack.Tapes[layer].GateValues(steps);
            var width = gates.Length / steps;
            foreach (var (name, place, turned) in GatesOf(network.Options.Cell))
            {
                var means = new float[steps];
                for (var t = 0; t < steps; t++)
                {
                    var sum = 0.0;
                    foreach (var value in gates.Slice((t * width) + (place * hidden), hidden))
                    {
                        sum += turned ? 1.0 - value : value;
                    }

                    means[t] = (float)(sum / hidden);
                }

                rows.Add(new GateRow(layer, name, means));
            }
        }

        return new GateReport(rows);
    }

    /// <summary>A column for each token, a row for each gate: its mean in hundredths with a shade from the least to the largest of the row.</summary>
    /// <param name="words">How the tokens are written, as many as were read.</param>
    /// <param name="colours">The shade is the ground of the number, by a terminal's 24 greys of 256 colours (ECMA-48), instead of two characters.</param>
    /// <exception cref="ArgumentException">Their number is another.</exception>
    public string Draw(IReadOnlyList<string> words, bool colours = false)
    {
        if (Rows.Count == 0)
        {
            return "a plain recurrent layer has no gates" + Environment.NewLine;
        }

        if (words.Count != Rows[0].Values.Count)
        {
            throw new ArgumentException($"{words.Count} words for {Rows[0].Values.Count} tokens", nameof(words));
        }

        var names = Rows.Select(row => string.Create(CultureInfo.InvariantCulture, $"layer {row.Layer + 1} {row.Gate}")).ToArray();
        var margin = names.Max(name => name.Length) + 2;
        var text = new StringBuilder().Append(' ', margin);
        foreach (var word in words)
        {
            text.Append(word).Append(' ', Width(word) - Cells(word));
        }

        for (var i = 0; i < Rows.Count; i++)
        {
            text.AppendLine().Append(names[i].PadRight(margin));
            var (least, largest) = (Rows[i].Values.Min(), Rows[i].Values.Max());
            for (var t = 0; t < words.Count; t++)
            {
                var value = Rows[i].Values[t];
                var height = largest > least ? (value - least) / (largest - least) : 0f;
                var number = string.Create(CultureInfo.InvariantCulture, $".{(int)MathF.Round(Math.Clamp(value, 0f, 0.99f) * 100f):00}");
                if (colours)
                {
                    // Dark letters on the lighter half of the greys 232 to 255.
                    var grey = 232 + (int)MathF.Round(height * 23f);
                    text.Append(CultureInfo.InvariantCulture, $"\e[48;5;{grey};38;5;{(height > 0.5f ? 232 : 255)}m {number} \e[0m").Append(' ', Width(words[t]) - 5);
                    continue;
                }

                var shade = Shades[(int)MathF.Round(height * (Shades.Length - 1))];
                text.Append(number).Append(shade).Append(shade).Append(' ', Width(words[t]) - 5);
            }
        }

        return text.AppendLine().ToString();
    }

    private static int Width(string word) => Math.Max(5, Cells(word)) + 1;

    private static int Cells(string text) => new StringInfo(text).LengthInTextElements;

    /// <summary>Name, place among the layer's gates, and whether one minus it is meant.</summary>
    private static (string Name, int Place, bool Turned)[] GatesOf(RecurrentCell cell) => cell switch
    {
        RecurrentCell.Gru or RecurrentCell.GruResetFirst => [("reset", 0, false), ("update", 1, true)],
        RecurrentCell.Lstm or RecurrentCell.PeepholeLstm => [("input", 0, false), ("forget", 1, false), ("output", 3, false)],
        RecurrentCell.CoupledLstm => [("input", 0, false), ("output", 2, false)],
        _ => [],
    };
}
