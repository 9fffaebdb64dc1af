using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ChatAgent.Text;

/// <summary>Cuts a chat message, Spanish or English, into tokens.</summary>
/// <remarks>
/// Words keep inner apostrophes ("don't", "O'Ryan") and lose hyphens ("Pérez-Cotapos" is three tokens). White space makes no token, a line feed neither.
/// Every code unit that shows is in exactly one token. Time is linear: the patterns that begin at a digit look at most 40 code units ahead. Thread-safe.
/// </remarks>
public static partial class Tokenizer
{
    private const int PatternWindow = 40;

    private static readonly SearchValues<char> AddressStops = SearchValues.Create(" \n<>\"()[]{}|\\^`");

    private static readonly string[] Emoticons =
        [":-)", ":-(", ":'(", ";-)", ":-D", ":-*", ":-/", ":)", ":(", ";)", ":D", ":P", ":p", ":*", ":/", ":o", ":O", "=)", "=(", "xD", "XD", "<3", "^^", "T_T"];

    private static readonly HashSet<string> TopDomains = new(StringComparer.OrdinalIgnoreCase)
        { "com", "cl", "org", "net", "example", "es", "ar", "pe", "mx", "co", "io", "gob", "gov", "edu", "info", "app", "dev", "uk", "us", "test" };

    /// <summary>The tokens in the order of the text, with spans in what was typed.</summary>
    public static IReadOnlyList<Token> Tokenize(string typed)
    {
        var view = TextNormalizer.Compose(typed);
        var text = view.Text;
        var tokens = new List<Token>((text.Length / 5) + 4);
        for (var i = 0; i < text.Length;)
        {
            if (char.IsWhiteSpace(text[i]))
            {
                i++;
                continue;
            }

            var (kind, length) = Next(text, i);
            var raw = text.Substring(i, length);
            var folded = kind switch
            {
                TokenKind.Word => ChatShorthand.Expand(TextNormalizer.Fold(raw)),
                TokenKind.Url or TokenKind.Email or TokenKind.Number or TokenKind.Time or TokenKind.Date or TokenKind.Phone or TokenKind.Rut => TextNormalizer.Fold(raw),
                _ => raw,
            };
            tokens.Add(new Token(view.ToTyped(new TextSpan(i, length)), kind, raw, folded));
            i += length;
        }

        return tokens;
    }

    private static (TokenKind Kind, int Length) Next(string text, int start)
    {
        var c = text[start];
        if (char.IsAsciiDigit(c) || (c is '+' && start + 1 < text.Length && char.IsAsciiDigit(text[start + 1])))
        {
            return NextNumeric(text, start);
        }

        if (IsEmoticonStart(c) && Emoticon(text, start) is > 0 and var emoticon)
        {
            return (TokenKind.Emoji, emoticon);
        }

        if (IsWordPart(text, start, out _))
        {
            return NextWord(text, start);
        }

        if (c is '{' && PlaceholderPattern().Match(text, start, Math.Min(PatternWindow, text.Length - start)) is { Success: true } slot)
        {
            return (TokenKind.Placeholder, slot.Length);
        }

        if (Rune.TryGetRuneAt(text, start, out var rune))
        {
            var emoji = IsEmoji(rune);
            return (emoji ? TokenKind.Emoji : TokenKind.Punctuation, emoji ? EmojiLength(text, start) : rune.Utf16SequenceLength);
        }

        return (TokenKind.Punctuation, 1);
    }

    private static (TokenKind Kind, int Length) NextNumeric(string text, int start)
    {
        var window = Math.Min(PatternWindow, text.Length - start);
        foreach (var (kind, pattern) in NumericPatterns)
        {
            var match = pattern.Match(text, start, window);
            if (match.Success && !RunsOn(text, start + match.Length))
            {
                return (kind, match.Length);
            }
        }

        // Digits with letters behind them ("3pm" was a time already; "4to", "2b" are words) stay together.
        var end = start + 1;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || IsWordPart(text, end, out _)))
        {
            end++;
        }

        return (TokenKind.Word, end - start);
    }

    private static (TokenKind Kind, int Length) NextWord(string text, int start)
    {
        var end = start;
        while (end < text.Length)
        {
            if (IsWordPart(text, end, out var width) || (char.IsAsciiDigit(text[end]) && (width = 1) == 1))
            {
                end += width;
            }
            else if (text[end] is '\'' && end > start && IsWordPart(text, end + 1, out _))
            {
                end++;
            }
            else
            {
                break;
            }
        }

        // An address shows by what follows the first word: name@host, name.surname@host, host.tld, scheme://
        if (end < text.Length && text[end] is '@' or '.' or ':' or '-' or '_' or '+')
        {
            var length = text.AsSpan(start, Math.Min(text.Length - start, 2048)).IndexOfAny(AddressStops);
            var stretch = text.AsSpan(start, length < 0 ? Math.Min(text.Length - start, 2048) : length).TrimEnd(".,;:!?'*");
            if (stretch.Contains("://", StringComparison.Ordinal) || stretch.StartsWith("www.", StringComparison.OrdinalIgnoreCase))
            {
                return (TokenKind.Url, stretch.Length);
            }

            if (stretch.Contains('@'))
            {
                if (EmailPattern().Match(text, start, stretch.Length) is { Success: true } mail)
                {
                    return (TokenKind.Email, mail.Length);
                }
            }
            else if (IsHost(stretch))
            {
                return (TokenKind.Url, stretch.Length);
            }
        }

        return (TokenKind.Word, end - start);
    }

    private static bool IsHost(ReadOnlySpan<char> stretch)
    {
        var slash = stretch.IndexOf('/');
        var host = slash < 0 ? stretch : stretch[..slash];
        var dot = host.LastIndexOf('.');
        if (dot <= 0 || !TopDomains.Contains(host[(dot + 1)..].ToString()))
        {
            return false;
        }

        foreach (var c in host)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-'))
            {
                return false;
            }
        }

        return true;
    }

    private static bool RunsOn(string text, int end) => end < text.Length && (char.IsAsciiDigit(text[end]) || IsWordPart(text, end, out _));

    private static bool IsWordPart(string text, int index, out int width)
    {
        width = 1;
        if (index >= text.Length)
        {
            return false;
        }

        var c = text[index];
        if (c < 0x80)
        {
            return char.IsAsciiLetter(c) || c is '_';
        }

        if (char.IsSurrogate(c))
        {
            if (!Rune.TryGetRuneAt(text, index, out var rune) || !(Rune.IsLetter(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark))
            {
                return false;
            }

            width = rune.Utf16SequenceLength;
            return true;
        }

        return char.IsLetter(c) || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.DecimalDigitNumber;
    }

    private static bool IsEmoticonStart(char c) => c is ':' or ';' or '=' or 'x' or 'X' or '<' or '^' or 'T';

    private static int Emoticon(string text, int start)
    {
        if (start > 0 && char.IsLetterOrDigit(text[start - 1]) && text[start] is not (':' or '=' or ';'))
        {
            return 0;
        }

        foreach (var emoticon in Emoticons)
        {
            if (string.CompareOrdinal(text, start, emoticon, 0, emoticon.Length) == 0
                && (start + emoticon.Length == text.Length || !char.IsLetterOrDigit(text[start + emoticon.Length])))
            {
                return emoticon.Length;
            }
        }

        return 0;
    }

    private static bool IsEmoji(Rune rune) =>
        rune.Value is (>= 0x1F000 and <= 0x1FAFF) or (>= 0x2600 and <= 0x27BF) or (>= 0x2B00 and <= 0x2BFF) or 0x2122 or 0x2139 or (>= 0x2190 and <= 0x21FF)
            or (>= 0x2300 and <= 0x23FF) or (>= 0x25A0 and <= 0x25FF) or 0x203C or 0x2049 or 0x3030 or 0x303D;

    /// <summary>A pictograph with its skin tone; two regional letters are one flag.</summary>
    private static int EmojiLength(string text, int start)
    {
        Rune.TryGetRuneAt(text, start, out var first);
        var end = start + first.Utf16SequenceLength;
        if (end < text.Length && Rune.TryGetRuneAt(text, end, out var second)
            && (second.Value is >= 0x1F3FB and <= 0x1F3FF || (IsRegional(first) && IsRegional(second))))
        {
            end += second.Utf16SequenceLength;
        }

        return end - start;
    }

    private static bool IsRegional(Rune rune) => rune.Value is >= 0x1F1E6 and <= 0x1F1FF;

    private static readonly (TokenKind Kind, Regex Pattern)[] NumericPatterns =
    [
        (TokenKind.Rut, RutPattern()),
        (TokenKind.Date, DatePattern()),
        (TokenKind.Time, TimePattern()),
        (TokenKind.Phone, PhonePattern()),
        (TokenKind.Number, NumberPattern()),
    ];

#pragma warning disable MA0009 // No timeouts: each pattern sees at most PatternWindow code units (the address at most 2048, and its parts share no character).
    [GeneratedRegex(@"\G\{[a-z_][a-z0-9_]{0,30}\}", RegexOptions.CultureInvariant)]
    private static partial Regex PlaceholderPattern();

    [GeneratedRegex(@"\G[\p{L}0-9._%+\-]{1,64}@[\p{L}0-9\-]{1,63}(\.[\p{L}0-9\-]{1,63})+", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex EmailPattern();

    [GeneratedRegex(@"\G(\d{1,2}\.\d{3}\.\d{3} ?- ?[\dkK]|\d{6,8} ?- ?[\dkK]|\d{1,2}\.\d{3}\.\d{3}\.[\dkK])", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex RutPattern();

    [GeneratedRegex(@"\G(\d{4}[-/]\d{1,2}[-/]\d{1,2}|\d{1,2}/\d{1,2}(/(\d{4}|\d{2}))?|\d{1,2}-\d{1,2}-(\d{4}|\d{2})|\d{1,2}\.\d{1,2}\.\d{4})", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex DatePattern();

    [GeneratedRegex(@"\G(([01]?\d|2[0-4])(:[0-5]\d(:[0-5]\d)?|\.[0-5]\d(?= ?([ap]\.? ?m\b|hrs?\b)))( ?([ap]\.m\.|[ap]m\b|hrs?\b))?|([01]?\d|2[0-4]) ?([ap]\.m\.|[ap]m\b|hrs?\b)|([01]?\d|2[0-4])h([0-5]\d)?)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex TimePattern();

    [GeneratedRegex(@"\G(\+\d{1,3}[ \-]?(\(?\d{1,4}\)?[ \-]?){2,4}\d{2,4}|56[ \-]?[29][ \-]?\d{4}[ \-]?\d{4}|9[ \-]?\d{4}[ \-]?\d{4}|[29] \d{3,4} \d{4}|[68]00[ \-]\d{3}[ \-]\d{3,4})", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex PhonePattern();

    [GeneratedRegex(@"\G\d+([.,]\d+)*([ºª°]|st\b|nd\b|rd\b|th\b)?", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex NumberPattern();
#pragma warning restore MA0009
}
