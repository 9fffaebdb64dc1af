using System.Globalization;
using System.Text;

namespace ChatAgent.Nlg;

/// <summary>Draws where a model looked: a row for each unit that was written, a column for each that was read.</summary>
public static class AttentionMap
{
    private const string Shades = " ·░▒▓█";
    private const int WidestColumn = 14;

    /// <summary>Lines of a map for a terminal.</summary>
    /// <param name="rows">Units written; an empty one is the end.</param>
    /// <param name="columns">Units read.</param>
    /// <param name="weights">A row for each of <paramref name="rows"/>, 0 to 1 for each of <paramref name="columns"/>.</param>
    public static string Draw(IReadOnlyList<string> rows, IReadOnlyList<string> columns, IReadOnlyList<float[]> weights)
    {
        string[] heads = [.. columns.Select(Short)];
        string[] names = [.. rows.Select(row => row.Length == 0 ? "(end)" : Short(row))];
        var margin = names.Max(name => Cells(name)) + 1;
        var text = new StringBuilder().Append(' ', margin);
        foreach (var head in heads)
        {
            text.Append(head).Append(' ', Width(head) - Cells(head));
        }

        for (var t = 0; t < names.Length; t++)
        {
            text.AppendLine().Append(names[t]).Append(' ', margin - Cells(names[t]));
            for (var s = 0; s < heads.Length; s++)
            {
                // Rounded up: what was looked at a little is seen.
                var shade = Shades[(int)Math.Ceiling(Math.Clamp(weights[t][s] - 0.01f, 0f, 1f) * (Shades.Length - 1))];
                text.Append(shade, Width(heads[s]) - 1).Append(' ');
            }
        }

        return text.AppendLine().ToString();
    }

    private static int Width(string head) => Math.Max(2, Cells(head)) + 1;

    private static int Cells(string text) => new StringInfo(text).LengthInTextElements;

    private static string Short(string unit) => Cells(unit) <= WidestColumn ? unit : $"{new StringInfo(unit).SubstringByTextElements(0, WidestColumn - 1)}…";
}
