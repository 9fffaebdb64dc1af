using System.Globalization;
using System.Text.RegularExpressions;
using ChatAgent.Text;

namespace ChatAgent.Nlg;

/// <summary>Reads pairs of meaning and text from any kind of file that <see cref="MeaningFile"/> knows.</summary>
public static partial class ReplyPairReader
{
    /// <summary>Every pair of a file, in its order, to learn from: in E2E files pound signs that lost their way ("L20") are put back.</summary>
    /// <inheritdoc cref="ReadAsWritten"/>
    public static IReadOnlyList<ReplyPair> Read(string path, Language language)
    {
        var pairs = ReadAsWritten(path, language);
        return path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) ? [.. pairs.Select(pair => pair with { Text = LostPound().Replace(pair.Text, "£") })] : pairs;
    }

    /// <summary>Every pair of a file, in its order, letter for letter: what texts are measured against.</summary>
    /// <param name="path">.csv, .json, or JSON lines.</param>
    /// <param name="language">Of texts whose row does not tell.</param>
    /// <exception cref="FormatException">A row is not what it should be or has no text; the message gives file and line.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<ReplyPair> ReadAsWritten(string path, Language language) =>
    [
        .. MeaningFile.Read(path).Select(row => new ReplyPair(
            row.Act.Name,
            LanguageCodes.TryParse(row.LanguageCode, out var own) ? own : language,
            row.Style,
            row.Act.Slots,
            row.Text ?? throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{path}({row.Line},1): found no \"text\", expected one beside the act \"{row.Act.Name}\"")))),
    ];

    [GeneratedRegex(@"\bL(?=[0-9])", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LostPound();
}
