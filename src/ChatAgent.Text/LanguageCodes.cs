using System.Diagnostics.CodeAnalysis;

namespace ChatAgent.Text;

/// <summary>ISO 639-1 codes of <see cref="Language"/>, as files and the wire name them.</summary>
public static class LanguageCodes
{
    /// <summary>Every language with its code, in the order in which they are tried.</summary>
    public static IReadOnlyList<(Language Language, string Code)> All { get; } = [(Language.Spanish, "es"), (Language.English, "en")];

    /// <summary>"es" or "en".</summary>
    public static string ToCode(this Language language) => language == Language.English ? "en" : "es";

    /// <summary>Reads "es", "en" or a tag that begins with one of them ("es-CL"); the case does not count.</summary>
    public static bool TryParse([NotNullWhen(true)] string? code, out Language language)
    {
        foreach (var (candidate, prefix) in All)
        {
            if (code is not null && code.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) && (code.Length == 2 || code[2] is '-' or '_'))
            {
                language = candidate;
                return true;
            }
        }

        language = Language.Spanish;
        return false;
    }
}
