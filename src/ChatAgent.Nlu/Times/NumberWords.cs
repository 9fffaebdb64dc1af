using ChatAgent.Text;

namespace ChatAgent.Nlu.Times;

/// <summary>Cardinal numbers in digits and words, below a million million.</summary>
internal static class NumberWords
{
    private static readonly Dictionary<string, int> _spanish = Table(
        "cero=0 un=1 uno=1 una=1 dos=2 tres=3 cuatro=4 cinco=5 seis=6 siete=7 ocho=8 nueve=9 diez=10 once=11 doce=12 trece=13 catorce=14 quince=15 dieciseis=16 diecisiete=17 "
        + "dieciocho=18 diecinueve=19 veinte=20 veintiuno=21 veintiun=21 veintiuna=21 veintidos=22 veintitres=23 veinticuatro=24 veinticinco=25 veintiseis=26 veintisiete=27 veintiocho=28 "
        + "veintinueve=29 treinta=30 cuarenta=40 cincuenta=50 sesenta=60 setenta=70 ochenta=80 noventa=90 cien=100 ciento=100 doscientos=200 doscientas=200 trescientos=300 trescientas=300 "
        + "cuatrocientos=400 cuatrocientas=400 quinientos=500 quinientas=500 seiscientos=600 seiscientas=600 setecientos=700 setecientas=700 ochocientos=800 ochocientas=800 novecientos=900 novecientas=900");

    private static readonly Dictionary<string, int> _english = Table(
        "zero=0 one=1 two=2 three=3 four=4 five=5 six=6 seven=7 eight=8 nine=9 ten=10 eleven=11 twelve=12 thirteen=13 fourteen=14 fifteen=15 sixteen=16 seventeen=17 eighteen=18 nineteen=19 "
        + "twenty=20 thirty=30 forty=40 fourty=40 fifty=50 sixty=60 seventy=70 eighty=80 ninety=90");

    /// <summary>Reads the number that begins at a token: its end, or -1, and its value.</summary>
    public static (int End, object? Value) Read(RuleToken[] tokens, int at, Language language)
    {
        if (at >= tokens.Length)
        {
            return (-1, null);
        }

        if (tokens[at].IsDigits)
        {
            return (at + 1, (long)tokens[at].Value);
        }

        return language == Language.Spanish ? Spanish(tokens, at) : English(tokens, at);
    }

    // Spanish: [hundreds] [tens] [y unit], then mil or millon(es), each group below the one before.
    private static (int End, object? Value) Spanish(RuleToken[] tokens, int at)
    {
        long total = 0;
        var end = at;
        var limit = long.MaxValue;
        while (end < tokens.Length)
        {
            var (next, group) = SpanishBelowThousand(tokens, end);
            var scale = ScaleOf(Folded(tokens, next < 0 ? end : next));
            if (next < 0 && scale != 1000)
            {
                break;
            }

            group = next < 0 ? 1 : group;
            next = next < 0 ? end : next;
            if (scale >= limit)
            {
                break;
            }

            total += group * scale;
            limit = scale;
            end = scale > 1 ? next + 1 : next;
            if (scale == 1)
            {
                break;
            }
        }

        return end > at ? (end, total) : (-1, null);
    }

    private static (int End, long Value) SpanishBelowThousand(RuleToken[] tokens, int at)
    {
        long value = 0;
        var end = at;
        var limit = 1000;
        while (_spanish.TryGetValue(Folded(tokens, end), out var part) && part < limit && (part > 0 || end == at))
        {
            value += part;
            end++;
            limit = part >= 100 ? 100 : 0;

            // "treinta y uno"; "diez y seis" is an old spelling of sixteen; "veinte y uno" of twenty-one.
            if (part is 10 or 20 or (>= 30 and < 100) && Folded(tokens, end) == "y" && _spanish.TryGetValue(Folded(tokens, end + 1), out var unit) && unit is > 0 and < 10)
            {
                value += unit;
                end += 2;
            }
        }

        return end > at ? (end, value) : (-1, 0);
    }

    private static (int End, object? Value) English(RuleToken[] tokens, int at)
    {
        long total = 0, group = 0;
        var end = at;
        var any = false;
        var limit = 1000L;
        while (end < tokens.Length)
        {
            var word = Folded(tokens, end);
            if (_english.TryGetValue(word, out var part) && part < limit)
            {
                group += part;
                limit = part >= 20 ? 10 : 0;
                any = true;
                end++;
                if (part >= 20 && Folded(tokens, end) == "-" && _english.TryGetValue(Folded(tokens, end + 1), out var unit) && unit is > 0 and < 10)
                {
                    group += unit;
                    end += 2;
                    limit = 0;
                }
            }
            else if (any && word == "hundred")
            {
                group *= 100;
                limit = 100;
                end++;
            }
            else if (any && (word is "thousand" or "million"))
            {
                total += group * (word == "thousand" ? 1000 : 1_000_000);
                group = 0;
                limit = 1000;
                end++;
            }
            else if (any && limit == 100 && word == "and" && _english.ContainsKey(Folded(tokens, end + 1)))
            {
                end++;
            }
            else
            {
                break;
            }
        }

        return any ? (end, total + group) : (-1, null);
    }

    private static long ScaleOf(string word) => word switch
    {
        "mil" => 1000,
        "millon" or "millones" => 1_000_000,
        _ => 1,
    };

    private static string Folded(RuleToken[] tokens, int at) => at < tokens.Length ? tokens[at].Folded : string.Empty;

    private static Dictionary<string, int> Table(string entries) => entries.Split(' ')
        .Select(entry => entry.Split('='))
        .ToDictionary(pair => pair[0], pair => int.Parse(pair[1], System.Globalization.CultureInfo.InvariantCulture), StringComparer.Ordinal);
}
