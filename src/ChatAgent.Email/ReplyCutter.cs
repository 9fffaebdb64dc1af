using System.Text;

namespace ChatAgent.Email;

/// <summary>Separates what the writer of a mail added from what his program put around it: quotes, headers of quoted messages, signatures, footers.</summary>
/// <remarks>
/// Works on lines. An attribution ("El …, X escribió:") is found from its last line upwards, since programs wrap it anywhere. It, a block of headers or a marker
/// ("Mensaje original") makes a quote of everything below, unless the lines below carry quote marks: then only the marked ones are, and what stands between and
/// below them is the writer's. Words are never dropped for being short: when in doubt a line is the writer's, except below a signature mark. Thread-safe.
/// </remarks>
public static class ReplyCutter
{
    /// <summary>Characters of a body that are read; a person writes far fewer.</summary>
    public const int MaxLength = 1_000_000;

    /// <summary>Longer lines are no attribution, header or signature.</summary>
    private const int MaxLineLength = 1000;

    /// <summary>What a telephone adds is short, links included.</summary>
    private const int MaxProgramLine = 200;

    /// <summary>Lines that are looked at closely; below them only quote marks count.</summary>
    private const int MaxExaminedLines = 5000;
    private const int MaxAttributionLines = 6;
    private const int MaxAttributionLength = 600;

    private enum Kind
    {
        Blank,
        Text,

        /// <summary>Carries a quote mark, or is known to be quoted.</summary>
        Quote,

        /// <summary>Attribution, header or marker: belongs to the quote that follows.</summary>
        Intro,

        /// <summary>Begins a signature or a footer.</summary>
        Delimiter,

        /// <summary>A line that a program added; only the line itself goes.</summary>
        Program,
    }

    private readonly record struct Line(int Start, int End);

    /// <summary>Cuts a plain text.</summary>
    public static ReplyCut Cut(string text) => Cut(Normalize(text), []);

    /// <summary>Cuts a text of which some spans are known to be quoted, as HTML tells.</summary>
    /// <param name="body">With line feeds alone as line ends.</param>
    /// <param name="quoted">Spans of the body, in order; they begin and end at line ends.</param>
    internal static ReplyCut Cut(string body, IReadOnlyList<BodySpan> quoted)
    {
        var lines = Split(body);
        var kinds = Classify(body, lines, quoted);
        var kept = Keep(lines, kinds, from: 0);
        var addedNothing = !kept.Contains(true);
        if (addedNothing)
        {
            // Nothing of his own. For the eye: what stands below the topmost introduction, else the quote itself.
            var below = Array.FindIndex(kinds, kind => kind == Kind.Intro);
            while (below >= 0 && below < kinds.Length && !kept.Contains(true))
            {
                while (below < kinds.Length && kinds[below] is Kind.Intro or Kind.Blank)
                {
                    below++;
                }

                kept = Keep(lines, kinds, below);
                below = below < kinds.Length ? Array.FindIndex(kinds, below, kind => kind == Kind.Intro) : -1;
            }

            if (!kept.Contains(true))
            {
                kept = [.. kinds.Select(kind => kind is Kind.Quote or Kind.Text)];
            }
        }

        DropHyphenName(body, lines, kept);
        return Assemble(body, lines, kept, addedNothing);
    }

    internal static string Normalize(string text)
    {
        var body = text.Length > MaxLength ? text[..MaxLength] : text;
        return body.Contains('\r', StringComparison.Ordinal) ? body.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n') : body;
    }

    private static List<Line> Split(string body)
    {
        var lines = new List<Line>();
        var start = 0;
        while (start <= body.Length)
        {
            var end = body.IndexOf('\n', start);
            lines.Add(new Line(start, end < 0 ? body.Length : end));
            if (end < 0)
            {
                break;
            }

            start = end + 1;
        }

        return lines;
    }

    private static Kind[] Classify(string body, List<Line> lines, IReadOnlyList<BodySpan> quoted)
    {
        var kinds = new Kind[lines.Count];
        var span = 0;
        for (var i = 0; i < kinds.Length; i++)
        {
            while (span < quoted.Count && quoted[span].End <= lines[i].Start)
            {
                span++;
            }

            var text = TextOf(body, lines[i]);
            var isKnown = span < quoted.Count && quoted[span].Start <= lines[i].Start && !IsBlank(text);
            kinds[i] = isKnown || IsMarked(text) ? Kind.Quote : IsBlank(text) ? Kind.Blank : Kind.Text;
        }

        MarkBars(body, lines, kinds);
        MarkAttributions(body, lines, kinds);
        MarkHeaders(body, lines, kinds);
        for (var i = 0; i < Math.Min(kinds.Length, MaxExaminedLines); i++)
        {
            var text = TextOf(body, lines[i]);
            if (kinds[i] != Kind.Text || text.Length > MaxLineLength)
            {
                continue;
            }

            var isParagraphStart = i == 0 || kinds[i - 1] != Kind.Text;
            var isItsLink = i > 0 && kinds[i - 1] == Kind.Program && text.TrimStart().StartsWith("http", StringComparison.OrdinalIgnoreCase) && !text.Trim().Contains(' ');
            if (isItsLink || (text.Length <= MaxProgramLine && ReplyPatterns.IsProgramSignature(text.ToString())))
            {
                kinds[i] = Kind.Program;
            }
            else if (ReplyPatterns.Delimiter.IsMatch(text) || (isParagraphStart && ReplyPatterns.FooterStart.IsMatch(text)))
            {
                kinds[i] = Kind.Delimiter;
            }
        }

        return kinds;
    }

    /// <summary>Some programs mark quotes with "|"; one such line alone is anything.</summary>
    private static void MarkBars(string body, List<Line> lines, Kind[] kinds)
    {
        for (var i = 0; i < kinds.Length; i++)
        {
            var from = i;
            while (i < kinds.Length && kinds[i] == Kind.Text && TextOf(body, lines[i]) is ['|', ..] bar && (bar.Length == 1 || bar[^1] != '|'))
            {
                i++;
            }

            if (i - from >= 2)
            {
                Array.Fill(kinds, Kind.Quote, from, i - from);
            }
        }
    }

    private static void MarkAttributions(string body, List<Line> lines, Kind[] kinds)
    {
        var torn = Enumerable.Range(0, Math.Min(kinds.Length, MaxExaminedLines)).Where(i => kinds[i] == Kind.Quote && IsTornEnd(TextOf(body, lines[i]))).ToList();
        torn.ForEach(i => kinds[i] = Kind.Text);
        for (var end = 0; end < Math.Min(kinds.Length, MaxExaminedLines); end++)
        {
            var text = TextOf(body, lines[end]);
            if (kinds[end] == Kind.Text && text.Length <= MaxLineLength && ReplyPatterns.AttributionAndQuote.IsMatch(text) && ReplyPatterns.Lead.IsMatch(text) && ReplyPatterns.Clock.IsMatch(text))
            {
                kinds[end] = Kind.Intro;
                continue;
            }

            if (kinds[end] != Kind.Text || text.Length > MaxLineLength || !MayEndAttribution(text) || AttributionStart(body, lines, kinds, end) is not (>= 0 and var start))
            {
                continue;
            }

            for (var i = start; i <= end; i++)
            {
                kinds[i] = Kind.Intro;
            }
        }

        torn.ForEach(i => kinds[i] = kinds[i] == Kind.Text ? Kind.Quote : kinds[i]);
    }

    /// <summary>"> wrote:", what is left of an address that was wrapped before its bracket.</summary>
    private static bool IsTornEnd(ReadOnlySpan<char> text) => text.Length < 40 && text.Count('>') == 1 && ReplyPatterns.VerbAtEnd.IsMatch(text);

    private static bool MayEndAttribution(ReadOnlySpan<char> text)
    {
        var end = text.TrimEnd(" \t*_-\u00A0");
        return !end.IsEmpty && (end[^1] is ':' or '：' or '>' || ReplyPatterns.VerbAtEnd.IsMatch(text));
    }

    /// <summary>The first line of the attribution that ends on a line, or -1 when none does.</summary>
    private static int AttributionStart(string body, List<Line> lines, Kind[] kinds, int end)
    {
        var isQuotedBelow = IsQuotedBelow(kinds, end);
        var last = TextOf(body, lines[end]);
        if (ReplyPatterns.NameAddressVerb.IsMatch(last) && (ReplyPatterns.VerbAtEnd.IsMatch(last) || ReplyPatterns.Date.IsMatch(last)))
        {
            // Its own line is enough, unless the date stands above it.
            var above = LeadAbove(body, lines, kinds, end);
            return above >= 0 && IsAttribution(Join(body, lines, above, end), isQuotedBelow) ? above : end;
        }

        for (var start = end; start >= 0 && end - start < MaxAttributionLines; start--)
        {
            if (start < end && kinds[start] is not (Kind.Text or Kind.Blank or Kind.Quote))
            {
                break;
            }

            var text = TextOf(body, lines[start]);
            if (kinds[start] == Kind.Blank || text.Length > MaxLineLength || !MayBeginAttribution(text))
            {
                continue;
            }

            var joined = Join(body, lines, start, end);
            if (joined.Length <= MaxAttributionLength && IsAttribution(joined, isQuotedBelow))
            {
                // A long name was wrapped above its address: the date stands higher up.
                var above = LeadAbove(body, lines, kinds, start);
                return above >= 0 && IsAttribution(Join(body, lines, above, end), isQuotedBelow) ? above : start;
            }
        }

        return -1;
    }

    private static int LeadAbove(string body, List<Line> lines, Kind[] kinds, int end)
    {
        for (var start = end; start >= 0 && end - start < 3 && kinds[start] == Kind.Text; start--)
        {
            if (start < end && TextOf(body, lines[start]).TrimEnd() is [.., '.' or '!' or '?'])
            {
                break;
            }

            if (ReplyPatterns.Lead.IsMatch(TextOf(body, lines[start])))
            {
                return start;
            }
        }

        return -1;
    }

    private static bool MayBeginAttribution(ReadOnlySpan<char> text) => ReplyPatterns.Lead.IsMatch(text) || ReplyPatterns.BracketedAddress.IsMatch(text);

    private static bool IsAttribution(string text, bool isQuotedBelow)
    {
        var hasLead = ReplyPatterns.Lead.IsMatch(text);
        var hasDate = ReplyPatterns.Date.IsMatch(text);
        var hasClock = ReplyPatterns.Clock.IsMatch(text);
        var hasAddress = ReplyPatterns.Address.IsMatch(text);
        if (ReplyPatterns.VerbAtEnd.IsMatch(text))
        {
            // "El 30-07-2018 a las 8:38, Alicia Ejemplo escribió:"; with an address or marks below it less is enough.
            return (hasAddress && (hasDate || hasClock || ReplyPatterns.NameAddressVerb.IsMatch(text)))
                || (hasLead && (hasDate || hasClock) && isQuotedBelow)
                || (hasLead && hasDate && hasClock && ReplyPatterns.NameBeforeVerb.IsMatch(text));
        }

        if (ReplyPatterns.VerbInside.IsMatch(text))
        {
            return hasDate && (hasAddress || isQuotedBelow) && (hasLead || ReplyPatterns.NameAddressVerb.IsMatch(text));
        }

        // "2013/7/20 sam <info@b>", "пн, 30 июл. 2018 г. в 08:38, X <x@y>:": no verb, so marks must follow.
        return isQuotedBelow && hasLead && hasDate && (ReplyPatterns.BracketedAddress.IsMatch(text) || (hasClock && hasAddress));
    }

    private static bool IsQuotedBelow(Kind[] kinds, int line)
    {
        var below = line + 1;
        while (below < kinds.Length && kinds[below] == Kind.Blank)
        {
            below++;
        }

        return below < kinds.Length && kinds[below] == Kind.Quote;
    }

    /// <summary>Blocks of at least three headers of a quoted message, and the markers and rules above them.</summary>
    private static void MarkHeaders(string body, List<Line> lines, Kind[] kinds)
    {
        var roles = Enumerable.Range(0, Math.Min(kinds.Length, MaxExaminedLines)).Select(i => kinds[i] == Kind.Text ? RoleOf(TextOf(body, lines[i])) : null).ToArray();
        for (var i = 0; i < roles.Length; i++)
        {
            if (kinds[i] != Kind.Text)
            {
                continue;
            }

            var text = TextOf(body, lines[i]);
            if (text.Length <= MaxLineLength && ReplyPatterns.OriginalMarker.IsMatch(text))
            {
                kinds[i] = Kind.Intro;
                continue;
            }

            if (roles[i] is null || HeaderBlockEnd(body, lines, kinds, roles, i) is not (> 0 and var end))
            {
                continue;
            }

            Array.Fill(kinds, Kind.Intro, i, end - i);

            // The rule that Outlook draws above.
            var above = i - 1;
            while (above >= 0 && kinds[above] == Kind.Blank)
            {
                above--;
            }

            if (above >= 0 && kinds[above] == Kind.Text && ReplyPatterns.Delimiter.IsMatch(TextOf(body, lines[above])))
            {
                Array.Fill(kinds, Kind.Intro, above, i - above);
            }

            i = end - 1;
        }
    }

    /// <summary>The line after a block of headers that begins on a line, or -1 when these are no such block.</summary>
    private static int HeaderBlockEnd(string body, List<Line> lines, Kind[] kinds, HeaderRole?[] roleOf, int start)
    {
        var roles = new HashSet<HeaderRole>();
        var end = start;
        var others = 0;
        for (var i = start; i < roleOf.Length && i < start + 40; i++)
        {
            if (kinds[i] == Kind.Blank)
            {
                // Some programs put an empty line between headers.
                if (i + 1 < roleOf.Length && kinds[i + 1] == Kind.Text && roleOf[i + 1] is not null && roles.Count < 4)
                {
                    continue;
                }

                break;
            }

            if (kinds[i] != Kind.Text)
            {
                break;
            }

            if (roleOf[i] is { } role)
            {
                roles.Add(role);
                end = i + 1;
                others = 0;
            }
            else if (++others > 3)
            {
                break;
            }
        }

        var isIntroduced = false;
        for (var i = start - 1; i >= 0 && i >= start - 3; i--)
        {
            if (kinds[i] == Kind.Intro || (kinds[i] == Kind.Text && ReplyPatterns.Delimiter.IsMatch(TextOf(body, lines[i]))))
            {
                isIntroduced = true;
            }
            else if (kinds[i] != Kind.Blank)
            {
                break;
            }
        }

        var known = roles.Count(role => role is HeaderRole.From or HeaderRole.Sent or HeaderRole.To or HeaderRole.Subject);
        if (!((known >= 3 && roles.Contains(HeaderRole.From)) || (isIntroduced && known >= 2)))
        {
            return -1;
        }

        // A subject that was wrapped: the lines up to the empty one are still headers.
        while (end < kinds.Length && kinds[end] == Kind.Text && end < lines.Count && lines[end].End - lines[end].Start < 120 && HasBlankSoon(kinds, end))
        {
            end++;
        }

        return end;
    }

    private static bool HasBlankSoon(Kind[] kinds, int line)
    {
        for (var i = line; i < line + 2 && i + 1 < kinds.Length; i++)
        {
            if (kinds[i + 1] == Kind.Blank)
            {
                return true;
            }
        }

        return false;
    }

    private static HeaderRole? RoleOf(ReadOnlySpan<char> text)
    {
        if (text.Length > MaxLineLength || text.IndexOfAny(':', '：') is < 0 or > 40)
        {
            return null;
        }

        var match = ReplyPatterns.HeaderLine.Match(text.ToString());
        return match.Success ? ReplyPatterns.RoleOf(match.Groups["n"].Value) : null;
    }

    /// <summary>Which lines are the writer's, from a line on.</summary>
    private static bool[] Keep(List<Line> lines, Kind[] kinds, int from)
    {
        var kept = new bool[lines.Count];
        var hasWords = false;
        var isSignature = false;
        for (var i = from; i < kinds.Length; i++)
        {
            switch (kinds[i])
            {
                case Kind.Intro:
                    var below = i;
                    while (below < kinds.Length && kinds[below] is Kind.Intro or Kind.Blank)
                    {
                        below++;
                    }

                    if (below == kinds.Length || kinds[below] != Kind.Quote)
                    {
                        return kept;
                    }

                    i = below - 1;
                    break;
                case Kind.Delimiter when hasWords:
                    isSignature = true;
                    break;
                case Kind.Text when !isSignature || IsBetweenQuotes(kinds, i):
                    kept[i] = hasWords = true;
                    break;
            }
        }

        return kept;
    }

    /// <summary>Below a signature mark only words between two quotes are the writer's: he answered there.</summary>
    private static bool IsBetweenQuotes(Kind[] kinds, int line)
    {
        var above = line;
        while (above >= 0 && kinds[above] is Kind.Text or Kind.Blank)
        {
            above--;
        }

        var below = line;
        while (below < kinds.Length && kinds[below] is Kind.Text or Kind.Blank)
        {
            below++;
        }

        return above >= 0 && below < kinds.Length && kinds[above] == Kind.Quote && kinds[below] == Kind.Quote;
    }

    private static void DropHyphenName(string body, List<Line> lines, bool[] kept)
    {
        var last = Array.LastIndexOf(kept, true);
        if (last > 0 && !kept[last - 1] && Array.IndexOf(kept, true) < last && ReplyPatterns.HyphenName.IsMatch(TextOf(body, lines[last]).Trim()))
        {
            kept[last] = false;
        }
    }

    private static ReplyCut Assemble(string body, List<Line> lines, bool[] kept, bool addedNothing)
    {
        var pieces = new List<BodySpan>();
        var text = new StringBuilder();
        var quoted = new StringBuilder();
        var i = 0;
        while (i < kept.Length)
        {
            var first = i;
            if (!kept[i])
            {
                while (i < kept.Length && !kept[i])
                {
                    i++;
                }

                var left = body[lines[first].Start..lines[i - 1].End].Trim('\n').TrimEnd();
                if (left.Length > 0)
                {
                    quoted.Append(quoted.Length > 0 ? "\n" : string.Empty).Append(left);
                }

                continue;
            }

            // Blank lines within a piece are the writer's.
            var last = i;
            for (; i < kept.Length && (kept[i] || IsBlank(TextOf(body, lines[i]))); i++)
            {
                last = kept[i] ? i : last;
            }

            i = last + 1;
            var end = lines[last].End;
            while (char.IsWhiteSpace(body[end - 1]))
            {
                end--;
            }

            pieces.Add(new BodySpan(lines[first].Start, end - lines[first].Start));
            text.Append(text.Length > 0 ? "\n" : string.Empty).Append(body, lines[first].Start, end - lines[first].Start);
        }

        return new ReplyCut { Body = body, Text = text.ToString(), Quoted = quoted.ToString(), Pieces = pieces, AddedNothing = addedNothing };
    }

    private static ReadOnlySpan<char> TextOf(string body, Line line) => body.AsSpan(line.Start, line.End - line.Start);

    private static bool IsMarked(ReadOnlySpan<char> text) => text.TrimStart(" \u00A0") is ['>', ..] marked && text.Length - marked.Length <= 3;

    private static bool IsBlank(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsWhiteSpace(c) && c is not ('\u200B' or '\u200C' or '\u200D' or '\u200E' or '\u200F' or '\u2060' or '\uFEFF' or '\u00AD'))
            {
                return false;
            }
        }

        return true;
    }

    private static string Join(string body, List<Line> lines, int start, int end)
    {
        var text = new StringBuilder();
        for (var i = start; i <= end; i++)
        {
            var line = TextOf(body, lines[i]).Trim();
            if (!line.IsEmpty)
            {
                text.Append(text.Length > 0 ? " " : string.Empty).Append(line);
            }
        }

        return text.ToString();
    }
}
