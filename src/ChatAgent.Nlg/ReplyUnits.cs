using System.Text.RegularExpressions;

namespace ChatAgent.Nlg;

/// <summary>The units of the reply model: words, marks and placeholders, each with the blank before it, so that joining is concatenation.</summary>
/// <remarks>"Hola, {patient}." is "Hola" · "," · " {patient}" · "."; "{patient}" and " {patient}" are two units of one slot.</remarks>
public static partial class ReplyUnits
{
    /// <summary>Cuts a text; runs of white space count as one blank and those at the ends are dropped.</summary>
    public static IReadOnlyList<string> Split(string delexicalised) =>
        [.. UnitPattern().Matches(Blanks().Replace(delexicalised.Trim(), " ")).Select(match => match.Value)];

    /// <summary>The text that <see cref="Split"/> cut.</summary>
    public static string Join(IEnumerable<string> units) => string.Concat(units).TrimStart(' ');

    /// <summary>Name of the slot whose placeholder the unit is, or null.</summary>
    public static string? SlotOf(string unit)
    {
        var start = unit.StartsWith(' ') ? 1 : 0;
        return unit.Length > start + 2 && unit[start] == '{' && unit[^1] == '}' ? unit[(start + 1)..^1] : null;
    }

    // Linear: every alternative is decided by its first character and none can take back.
    [GeneratedRegex(@" ?(?:\{[a-z][a-z0-9_]*\}|(?>[\p{L}\p{M}\p{Nd}]+(?:['’\-][\p{L}\p{M}\p{Nd}]+)*)|[^ ])", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UnitPattern();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Blanks();
}
