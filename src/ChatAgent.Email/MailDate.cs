using System.Globalization;

namespace ChatAgent.Email;

/// <summary>The Date header. Source: RFC 5322 §3.3, obsolete zones and years of §4.3, and what clients write beside them.</summary>
internal static class MailDate
{
    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    public static bool TryParse(string? header, out DateTimeOffset date)
    {
        date = default;
        if (header is null)
        {
            return false;
        }

        var comment = header.IndexOf('(', StringComparison.Ordinal);
        var words = (comment < 0 ? header : header[..comment]).Split([' ', '\t', ',', '-'], StringSplitOptions.RemoveEmptyEntries);
        int? day = null, month = null, year = null;
        TimeSpan? time = null;
        var offset = TimeSpan.Zero;
        // The dash separates "12-Jan-2026" and is a sign in "-0400".
        var isWest = (comment < 0 ? header : header[..comment]).LastIndexOf('-') is > 0 and var dash && header[dash - 1] is ' ' or '\t';
        foreach (var word in words.Take(12))
        {
            if (word.Contains(':', StringComparison.Ordinal))
            {
                time = Time(word);
            }
            else if (word.Length >= 3 && Array.IndexOf(Months, word[..3].ToLowerInvariant()) is >= 0 and var m && month is null)
            {
                month = m + 1;
            }
            else if (int.TryParse(word.TrimStart('+'), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                if (time is not null && year is not null && word.TrimStart('+').Length == 4)
                {
                    offset = new TimeSpan(number / 100, number % 100, 0) * (isWest && !word.StartsWith('+') ? -1 : 1);
                }
                else if (day is null && number is >= 1 and <= 31 && word.Length <= 2)
                {
                    day = number;
                }
                else
                {
                    // Two and three digits: RFC 5322 §4.3.
                    year ??= word.Length >= 4 ? number : number + (word.Length == 2 && number < 50 ? 2000 : 1900);
                }
            }
            else if (time is not null)
            {
                offset = Zone(word) ?? offset;
            }
        }

        if (day is null || month is null || year is not (>= 1900 and <= 9998) || time is null || day > DateTime.DaysInMonth(year.Value, month.Value) || offset.Duration() > TimeSpan.FromHours(14))
        {
            return false;
        }

        date = new DateTimeOffset(year.Value, month.Value, day.Value, 0, 0, 0, offset) + time.Value;
        return true;
    }

    private static TimeSpan? Time(string word)
    {
        var parts = word.Split(':');
        return parts.Length is 2 or 3
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var hour) && hour < 24
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var minute) && minute < 60
            && int.TryParse(parts.Length == 3 ? parts[2] : "0", NumberStyles.None, CultureInfo.InvariantCulture, out var second) && second <= 60
            ? new TimeSpan(hour, minute, Math.Min(second, 59))
            : null;
    }

    private static TimeSpan? Zone(string word) => word.ToUpperInvariant() switch
    {
        "EST" => TimeSpan.FromHours(-5),
        "EDT" => TimeSpan.FromHours(-4),
        "CST" => TimeSpan.FromHours(-6),
        "CDT" => TimeSpan.FromHours(-5),
        "MST" => TimeSpan.FromHours(-7),
        "MDT" => TimeSpan.FromHours(-6),
        "PST" => TimeSpan.FromHours(-8),
        "PDT" => TimeSpan.FromHours(-7),
        "UT" or "UTC" or "GMT" or "Z" => TimeSpan.Zero,
        "CLT" => TimeSpan.FromHours(-4),
        "CLST" => TimeSpan.FromHours(-3),
        "CET" => TimeSpan.FromHours(1),
        "CEST" => TimeSpan.FromHours(2),
        _ => null,
    };
}
