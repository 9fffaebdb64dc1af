using System.Text.RegularExpressions;
using ChatAgent.Text;

namespace ChatAgent.Nlg;

/// <summary>Whether a wording keeps to the language and to the form of address that were asked for. Knows words only, nothing of how they were found.</summary>
/// <remarks>
/// Forms that another person shares ("llega", "trae") say nothing about the form of address and are left alone; the rest is told by pronouns, by verbs that
/// replies use and by the ending of the future.
/// </remarks>
internal static partial class ToneChecker
{
    /// <summary>Probability from which a wording counts as the other language; short wordings stay below it.</summary>
    private const double LanguageConfidence = 0.9;

    /// <summary>"other_language", "other_style", or null.</summary>
    /// <param name="words">The wording with its placeholders in braces: values can be names of any language.</param>
    public static string? Check(string words, Language language, ReplyStyle style)
    {
        var own = Placeholder().Replace(words, " ");
        var (told, confidence) = LanguageIdentifier.Identify(own);
        if (told != language && confidence >= LanguageConfidence)
        {
            return "other_language";
        }

        return language == Language.Spanish && (style == ReplyStyle.Formal ? Informal() : Formal()).IsMatch(own) ? "other_style" : null;
    }

    [GeneratedRegex(@"\{[^}]*\}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();

    [GeneratedRegex(
        @"(?<!\p{L})(tú|ti|te|tu|tus|contigo|eres|estás|tienes|puedes|quieres|prefieres|vienes|vas|necesitas|sabes|debes|llegas|traes|asistes|confirmas|escribes|avisas|decides|cuéntame|dime|avísame|escríbeme|respóndeme|indícame|mándame|puedas|quieras|vengas|tengas|necesites|prefieras|(?!(atrás|detrás)(?!\p{L}))\p{L}+rás)(?!\p{L})",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Informal();

    [GeneratedRegex(@"(?<!\p{L})(usted|dígame|cuénteme|avíseme|escríbame|indíqueme|respóndame)(?!\p{L})", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Formal();
}
