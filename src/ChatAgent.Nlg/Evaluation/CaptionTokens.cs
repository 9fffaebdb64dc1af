using System.Text.RegularExpressions;

namespace ChatAgent.Nlg;

/// <summary>Tokens as the COCO caption tools count them for ROUGE-L: those of the Penn Treebank in lower case, without punctuation.</summary>
/// <remarks>
/// Contractions are two tokens ("is" "n't", "it" "'s", "can" "not"), hyphenated words and ranges of numbers one, a currency sign one of its own. Quotes, stops, commas, colons, dashes and
/// the like are dropped; brackets stay, for the tools look for "-LRB-" after they have lowered it. As the Stanford tokenizer 3.4.1 divides English text; its rules for abbreviations are left out.
/// </remarks>
internal static partial class CaptionTokens
{
    /// <summary>The tokens of a text, in order; none of a text of signs only.</summary>
    public static string[] Of(string text)
    {
        var plain = Dashes().Replace(text.ToLowerInvariant().Replace('’', '\'').Replace('‘', '\'').Replace('“', '"').Replace('”', '"'), " ");
        return [.. Token().Matches(plain).Select(match => match.Value).Where(token => token.Length > 1 || !"'\"`.?!,:-;".Contains(token[0], StringComparison.Ordinal)).SelectMany(Parts)];
    }

    private static string[] Parts(string token) => token switch
    {
        "cannot" => ["can", "not"],
        "gonna" => ["gon", "na"],
        _ => Contraction().Match(token) is { Success: true } match ? [match.Groups["word"].Value, match.Groups["rest"].Value] : [token],
    };

    private const RegexOptions Plain = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
    private const int Milliseconds = 1000;

    [GeneratedRegex(@"\.\.\.+|…|--+|–|—", Plain, Milliseconds)]
    private static partial Regex Dashes();

    // Initials, numbers and what hangs on them, words and what hangs on them, a contraction that lost its word, any other sign.
    [GeneratedRegex(@"([a-z]\.){2,}|[0-9]+([.,:][0-9]+)*(-[0-9]+([.,:][0-9]+)*)*(-?\p{L}+(-[\p{L}0-9]+)*)?(/[0-9a-z]+)*|[\p{L}0-9]+([-&@][\p{L}0-9]+)*('[a-z]+)?(-[a-z]+)*|'(s|m|d|ll|re|ve)\b|\S", Plain, Milliseconds)]
    private static partial Regex Token();

    [GeneratedRegex(@"^(?<word>.+)(?<rest>n't|'(s|m|d|ll|re|ve))$", Plain, Milliseconds)]
    private static partial Regex Contraction();
}
