using System.Text.RegularExpressions;
using ChatAgent.Text;

namespace ChatAgent.Nlg;

/// <summary>What of a value decides the words before it in Spanish.</summary>
internal static partial class SpanishAgreement
{
    /// <summary>Given names that are a woman's though they do not end in -a; folded.</summary>
    private static readonly HashSet<string> FeminineNames = new(StringComparer.Ordinal)
    {
        "abigail", "anais", "araceli", "astrid", "beatriz", "belen", "berenice", "betsabe", "carmen", "caren", "catherine", "clotilde", "concepcion",
        "consuelo", "denise", "denisse", "dolores", "edith", "elizabeth", "esperanza", "esther", "ester", "evelyn", "flor", "geraldine", "giselle", "gladys", "gloria", "heidi", "ines",
        "ingrid", "irene", "iris", "isabel", "isidora", "ivonne", "jacqueline", "jazmin", "jeannette", "judith", "karen", "katherine", "leonor", "lisbeth", "lissette", "liz", "lourdes",
        "luz", "mailen", "maite", "marisol", "maribel", "marion", "marlen", "marlene", "mercedes", "michelle", "millaray", "miriam", "monserrat", "montserrat",
        "nathalie", "nicole", "nieves", "noelia", "noemi", "olivia", "paz", "pilar", "rachel", "raquel", "rayen", "rebeca", "rocio", "rosario", "ruth", "sara", "sarai", "scarlett",
        "sol", "soledad", "solange", "susan", "tamar", "trinidad", "vivian", "viviane", "ximena", "yasmin", "yazmin", "yenny", "jenny", "yolanda", "zoe",
    };

    /// <summary>Given names that are a man's though they end in -a; folded.</summary>
    private static readonly HashSet<string> MasculineNames = new(StringComparer.Ordinal) { "bautista", "borja", "joshua", "josua", "luca", "nikita", "nikola", "sasha" };

    /// <summary>"10:45", "1:00".</summary>
    public static bool IsClockTime(string value) => ClockPattern().IsMatch(value);

    /// <summary>Whether the hour is said with "la": 1:00 to 1:59 (13:00 is "las trece").</summary>
    public static bool IsHourOne(string value) => HourOne().IsMatch(value);

    /// <summary>A title with a name behind it: "Dra. Camila Rojas", "Psic. Matías Cárcamo".</summary>
    public static bool IsTitledPerson(string value) => TitlePattern().IsMatch(value);

    /// <summary>Whether the titled person is a woman: by the title where it tells ("Dra.", "Klgo."), else by the given name.</summary>
    public static bool IsFeminine(string titled)
    {
        var match = TitlePattern().Match(titled);
        var title = match.Groups["title"].Value;
        if (title.EndsWith('a'))
        {
            return true;
        }

        if (title.EndsWith('o') || title.EndsWith('r'))
        {
            return false;
        }

        var given = TextNormalizer.Key(match.Groups["name"].Value.Split('-')[0]);
        return FeminineNames.Contains(given) || (given.EndsWith('a') && !MasculineNames.Contains(given));
    }

    /// <summary>"hoy", "mañana ...", "pasado mañana": days that take no article.</summary>
    public static bool IsRelativeDay(string value) => RelativeDay().IsMatch(value);

    /// <summary>Whether "y" is written "e" before the value: it begins with the sound i, not with a diphthong (hielo, ion).</summary>
    public static bool BeginsWithI(string value) => SoundI().IsMatch(value);

    /// <summary>Whether "o" is written "u" before the value: it begins with the sound o, spelt or as a number (8, 11).</summary>
    public static bool BeginsWithO(string value) => SoundO().IsMatch(value);

    private const RegexOptions Plain = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
    private const int Milliseconds = 1000;

    [GeneratedRegex(@"^([01]?\d|2[0-3]):[0-5]\d\b", Plain, Milliseconds)]
    private static partial Regex ClockPattern();

    [GeneratedRegex(@"^0?1:[0-5]\d\b", Plain, Milliseconds)]
    private static partial Regex HourOne();

    [GeneratedRegex(@"^(?<title>\p{Lu}\p{L}{1,5})\. ?(?<name>\p{L}[\p{L}\p{M}'’\-]*)", Plain, Milliseconds)]
    private static partial Regex TitlePattern();

    [GeneratedRegex(@"^(hoy|mañana|pasado mañana|ayer|anteayer)\b", Plain | RegexOptions.IgnoreCase, Milliseconds)]
    private static partial Regex RelativeDay();

    [GeneratedRegex(@"^([ií](?![aeoáéó])|[hH][ií](?![aeoáéó])|[IÍ](?![aeoáéó])|[yY](?=[^aeiouáéíóú\s]))", Plain, Milliseconds)]
    private static partial Regex SoundI();

    [GeneratedRegex(@"^([hH]?[oóOÓ]|8(?!\d)|8\d{3}(?!\d)|11(?!\d))", Plain, Milliseconds)]
    private static partial Regex SoundO();
}
