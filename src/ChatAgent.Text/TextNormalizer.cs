using System.Globalization;
using System.Text;

namespace ChatAgent.Text;

/// <summary>Two readings of what was typed: composed (clean, nothing lost) and folded (how words are compared).</summary>
/// <remarks>
/// Composed: Unicode form C; zero-width and direction marks gone; every kind of space one blank, line feeds kept; typographic quotes plain; an
/// unpaired surrogate becomes U+FFFD. Folded: composed, then lower case, no accents (ñ becomes n), full-width and ligature letters plain, and a
/// letter typed three times or more written once ("holaaa"); the vowels of a laugh count as one ("jajajaja" becomes "jaja"). Both take time
/// linear in the length. Thread-safe.
/// </remarks>
public static class TextNormalizer
{
    // Longest run of combining marks that is composed in one piece; "zalgo" text beyond it is cut into pieces of this length.
    private const int MaxMarks = 16;

    private static readonly char[] Latin = LatinTable();

    /// <summary>The clean reading, for showing and for tokens.</summary>
    public static TextView Compose(string typed)
    {
        if (IsPlain(typed))
        {
            return new TextView(typed, null, null);
        }

        var builder = new ViewBuilder(typed.Length);
        var segment = new StringBuilder();
        for (var i = 0; i < typed.Length;)
        {
            var c = typed[i];
            if (char.IsHighSurrogate(c) && i + 1 < typed.Length && char.IsLowSurrogate(typed[i + 1]))
            {
                // A tag character or a variation selector of the upper planes carries no word.
                if (c != '\uDB40')
                {
                    builder.Add(c, i, i + 2);
                    builder.Add(typed[i + 1], i, i + 2);
                }

                i += 2;
                continue;
            }

            if (char.IsSurrogate(c))
            {
                builder.Add('\uFFFD', i, i + 1);
                i++;
                continue;
            }

            if (IsInvisible(c))
            {
                i++;
                continue;
            }

            var end = i + 1;
            while (end < typed.Length && end - i <= MaxMarks && IsMark(typed[end]))
            {
                end++;
            }

            if (end == i + 1)
            {
                builder.Add(Plain(c), i, end);
            }
            else
            {
                segment.Clear().Append(typed, i, end - i);
                foreach (var composed in segment.ToString().Normalize(NormalizationForm.FormC))
                {
                    builder.Add(composed, i, end);
                }
            }

            i = end;
        }

        return builder.Build();
    }

    /// <summary>The folded reading of a text as it was typed.</summary>
    public static TextView FoldView(string typed)
    {
        var composed = Compose(typed);
        var chars = new List<char>(composed.Text.Length);
        var origins = new List<int>(composed.Text.Length);
        for (var i = 0; i < composed.Text.Length; i++)
        {
            FoldInto(composed.Text[i], chars);
            while (origins.Count < chars.Count)
            {
                origins.Add(i);
            }
        }

        var folded = chars.ToArray();
        var starts = origins.ToArray();
        var ends = origins.ToArray();
        var length = Shorten(folded, starts, ends);
        for (var i = 0; i < length; i++)
        {
            starts[i] = composed.ToTyped(new TextSpan(starts[i], 1)).Start;
            ends[i] = composed.ToTyped(new TextSpan(ends[i], 1)).End;
        }

        return new TextView(new string(folded, 0, length), starts[..length], ends[..length]);
    }

    /// <summary>The folded form of a text that is composed already (a token, a name of a list).</summary>
    public static string Fold(string composed)
    {
        if (IsFolded(composed))
        {
            return composed;
        }

        Span<char> buffer = composed.Length <= 256 ? stackalloc char[composed.Length] : new char[composed.Length];
        for (var i = 0; i < composed.Length; i++)
        {
            var c = composed[i];
            if (c >= Latin.Length || Latin[c] == '\0')
            {
                var chars = new List<char>(composed.Length + 8);
                foreach (var each in composed)
                {
                    FoldInto(each, chars);
                }

                var folded = chars.ToArray();
                return new string(folded, 0, Shorten(folded, [], []));
            }

            buffer[i] = Latin[c];
        }

        return new string(buffer[..Shorten(buffer, [], [])]);
    }

    /// <summary>The folded words of a text, one blank between them and nothing else: two texts that differ in case, accents, stretched letters or punctuation have the same key.</summary>
    public static string Key(string typed)
    {
        var folded = Fold(Compose(typed).Text);
        var key = new StringBuilder(folded.Length);
        var gap = false;
        foreach (var rune in folded.EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.OtherSymbol)
            {
                if (gap && key.Length > 0)
                {
                    key.Append(' ');
                }

                key.Append(rune);
                gap = false;
            }
            else
            {
                gap = true;
            }
        }

        return key.ToString();
    }

    private static void FoldInto(char c, List<char> folded)
    {
        if (c < Latin.Length && Latin[c] != '\0')
        {
            folded.Add(Latin[c]);
        }
        else if (char.IsSurrogate(c) || c is '\uFFFD')
        {
            folded.Add(c);
        }
        else
        {
            FoldSlowly(c, folded);
        }
    }

    private static void FoldSlowly(char c, List<char> folded)
    {
        if (IsMark(c))
        {
            return;
        }

        // Compatibility decomposition opens ligatures, full-width letters and "º"; marks are then dropped.
        foreach (var part in c.ToString().Normalize(NormalizationForm.FormKD))
        {
            if (!IsMark(part))
            {
                folded.Add(char.ToLowerInvariant(part));
            }
        }
    }

    /// <summary>Letters in a row of three or more become one; "jajaja", "jejeje", "hahaha" become two syllables. In place; the maps may be empty.</summary>
    /// <returns>The new length.</returns>
    private static int Shorten(Span<char> chars, Span<int> starts, Span<int> ends)
    {
        var write = 0;
        for (var read = 0; read < chars.Length;)
        {
            var run = 1;
            while (read + run < chars.Length && chars[read + run] == chars[read])
            {
                run++;
            }

            var kept = run >= 3 && char.IsLetter(chars[read]) ? 1 : run;
            Move(chars, starts, ends, read, write, kept, read + run - 1);
            write += kept;
            read += run;
        }

        var length = write;
        write = 0;
        for (var read = 0; read < length;)
        {
            var pairs = 1;
            if (chars[read] is 'j' or 'h' && read + 1 < length && chars[read + 1] is 'a' or 'e' or 'i' or 'o')
            {
                while (read + (2 * pairs) + 1 < length && chars[read + (2 * pairs)] == chars[read] && chars[read + (2 * pairs) + 1] == chars[read + 1])
                {
                    pairs++;
                }
            }

            var kept = pairs >= 3 ? 4 : 1;
            var run = pairs >= 3 ? 2 * pairs : 1;
            Move(chars, starts, ends, read, write, kept, read + run - 1);
            write += kept;
            read += run;
        }

        return write;
    }

    /// <summary>Moves <paramref name="count"/> characters down; the last of them ends where <paramref name="last"/> ended.</summary>
    private static void Move(Span<char> chars, Span<int> starts, Span<int> ends, int from, int to, int count, int last)
    {
        chars.Slice(from, count).CopyTo(chars[to..]);
        if (starts.Length > 0)
        {
            var end = ends[last];
            starts.Slice(from, count).CopyTo(starts[to..]);
            ends.Slice(from, count).CopyTo(ends[to..]);
            ends[to + count - 1] = end;
        }
    }

    /// <summary>The folded letter of each Latin letter that folds to exactly one; '\0' for the rest.</summary>
    private static char[] LatinTable()
    {
        var table = new char[0x250];
        var folded = new List<char>();
        for (var c = '\0'; c < table.Length; c++)
        {
            folded.Clear();
            FoldSlowly(c, folded);
            table[c] = folded.Count == 1 ? folded[0] : '\0';
        }

        return table;
    }

    private static bool IsPlain(string text)
    {
        foreach (var c in text)
        {
            var plain = c is (>= ' ' and < '\u007F') or '\n' or (>= '\u00A1' and < '\u0300' and not '\u00AD' and not '\u00B4');
            if (!plain)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsFolded(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is >= 'A' and <= 'Z' or >= '\u0080' || (i >= 2 && text[i] == text[i - 1] && text[i] == text[i - 2])
                || (i >= 5 && text[i] == text[i - 2] && text[i] == text[i - 4]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsMark(char c) => c >= '\u0300' && char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark;

    private static bool IsInvisible(char c) =>
        c is '\u00AD' or '\u200B' or '\u200C' or '\u200D' or '\u200E' or '\u200F' or '\u2060' or '\uFEFF' or '\u061C' or '\u180E'
            or (>= '\u202A' and <= '\u202E') or (>= '\u2061' and <= '\u206F') or (>= '\uFE00' and <= '\uFE0F');

    private static char Plain(char c) => c switch
    {
        '\n' or '\u2028' or '\u2029' => '\n',
        '\r' or '\t' or '\u00A0' => ' ',
        '\u2018' or '\u2019' or '\u201A' or '\u201B' or '\u2032' or '\u00B4' => '\'',
        '\u201C' or '\u201D' or '\u201E' or '\u201F' or '\u2033' => '"',
        '\u2010' or '\u2011' or '\u2012' or '\u2013' or '\u2014' or '\u2212' => '-',
        _ when c < ' ' || char.IsWhiteSpace(c) || char.IsControl(c) => ' ',
        _ => c,
    };

    /// <summary>Characters with their origins, while a view is being made.</summary>
    private sealed class ViewBuilder(int capacity)
    {
        private readonly List<char> _chars = new(capacity);
        private readonly List<int> _starts = new(capacity);
        private readonly List<int> _ends = new(capacity);

        public void Add(char c, int start, int end)
        {
            _chars.Add(c);
            _starts.Add(start);
            _ends.Add(end);
        }

        public TextView Build() => new(new string([.. _chars]), [.. _starts], [.. _ends]);
    }
}
