using System.Text;

namespace ChatAgent.Email;

/// <summary>Raw bytes to a tree of parts. Never throws on a mail: what is wrong with it is listed in <see cref="MimeMessage.Problems"/>.</summary>
/// <remarks>
/// Bodies are slices of the input and are decoded when asked for, so that the tree costs little beside the bytes themselves. A multipart is cut by its own
/// boundary within the slice that its parent gave it, so a missing end boundary ends with the parent's next one; the work is at most depth times size.
/// Sources: RFC 5322 §2.2 and §3.6, RFC 2045 to 2047, RFC 2231, RFC 6532. Thread-safe.
/// </remarks>
public static class MimeParser
{
    /// <summary>Problems listed of one mail; the rest is not.</summary>
    public const int MaxProblems = 50;

    /// <param name="raw">The mail as it came; kept by the result, so it must not change afterwards.</param>
    /// <param name="limits">Null for the usual ones.</param>
    public static MimeMessage Parse(ReadOnlyMemory<byte> raw, MimeLimits? limits = null)
    {
        var run = new Run(limits ?? new MimeLimits());
        if (raw.Length > run.Limits.MaxBytes)
        {
            run.Report($"the mail is longer than {run.Limits.MaxBytes} bytes; the rest was not read");
            raw = raw[..run.Limits.MaxBytes];
        }

        // An mbox line before the headers, as mail stores and some gateways leave it.
        if (raw.Span.StartsWith("From "u8) || raw.Span.StartsWith(">From "u8))
        {
            var end = raw.Span.IndexOf((byte)'\n');
            raw = end < 0 ? raw : raw[(end + 1)..];
        }

        return new MimeMessage(run.ParseEntity(raw, depth: 1, MediaType.Plain), run.Problems);
    }

    private sealed class Run(MimeLimits limits)
    {
        private int _parts;
        private bool _isFull;

        public MimeLimits Limits { get; } = limits;

        public List<string> Problems { get; } = [];

        public void Report(string problem)
        {
            if (Problems.Count < MaxProblems && !Problems.Contains(problem, StringComparer.Ordinal))
            {
                Problems.Add(problem);
            }
        }

        /// <param name="parentBoundary">Boundary around the entity, where this one's own begins like it; else null.</param>
        public MimePart ParseEntity(ReadOnlyMemory<byte> raw, int depth, MediaType byDefault, string? parentBoundary = null)
        {
            _parts++;
            var headers = ReadHeaders(raw.Span, out var bodyStart);
            var body = raw[bodyStart..];
            var type = TypeOf(headers, byDefault);
            var part = new MimePart(headers, body, type);
            if (part.IsMultipart)
            {
                ParseMultipart(part, body, depth, parentBoundary);
            }
            else if (type.Value is "message/rfc822" or "message/global" or "message/news")
            {
                ParseAttachedMessage(part, depth);
            }
            else if (type.Value is "application/ms-tnef" or "application/vnd.ms-tnef" || string.Equals(part.FileName, "winmail.dat", StringComparison.OrdinalIgnoreCase))
            {
                Report("a TNEF part (winmail.dat) was left aside");
            }

            return part;
        }

        private MediaType TypeOf(List<MimeHeader> headers, MediaType byDefault)
        {
            // Of several the last counts: where the empty line before a nested part was lost, its headers come after those of the multipart.
            var header = headers.FindLast(h => h.Name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase));
            if (header is null)
            {
                return byDefault;
            }

            var type = MediaType.ParseParameters(header.Value);
            if (type.Value.Length == 0)
            {
                Report("a Content-Type is empty");
                return byDefault with { Parameters = type.Parameters };
            }

            if (type.Value.Contains('/', StringComparison.Ordinal))
            {
                return type;
            }

            Report("a Content-Type has no subtype");
            return type with { Value = type.Value is "text" ? "text/plain" : type.Value is "multipart" ? "multipart/mixed" : $"{type.Value}/x-unknown" };
        }

        private void ParseAttachedMessage(MimePart part, int depth)
        {
            if (depth >= Limits.MaxDepth || _parts >= Limits.MaxParts)
            {
                Report($"an attached message stands deeper than {Limits.MaxDepth} levels or after {Limits.MaxParts} parts; it was not opened");
                return;
            }

            // RFC 2046 §5.2.1 permits no encoding here; writers use them all the same.
            part.Message = ParseEntity(part.DecodeBody(), depth + 1, MediaType.Plain);
        }

        private void ParseMultipart(MimePart part, ReadOnlyMemory<byte> body, int depth, string? parentBoundary)
        {
            if (depth >= Limits.MaxDepth)
            {
                Report($"a multipart stands deeper than {Limits.MaxDepth} levels; it was not opened");
                return;
            }

            if (!part.Type.Parameters.TryGetValue("boundary", out var boundary) || boundary.Length == 0)
            {
                Report("a multipart names no boundary");
                return;
            }

            var children = new List<MimePart>();
            var byDefault = part.Type.Value == "multipart/digest" ? MediaType.Plain with { Value = "message/rfc822" } : MediaType.Plain;
            var delimiter = Encoding.UTF8.GetBytes("--" + boundary.TrimEnd());
            if (body.Span.IndexOf(delimiter) < 0 && GuessDelimiter(body.Span) is { } guessed)
            {
                Report("a multipart names a boundary that it does not use; another was taken");
                delimiter = guessed;
            }

            var childStart = -1;
            var position = 0;
            var isClosed = false;
            while (!isClosed && TryFindDelimiter(body.Span, delimiter, position, parentBoundary, out var lineStart, out var lineEnd, out var isEnd))
            {
                if (childStart >= 0 && !AddChild(childStart, lineStart))
                {
                    break;
                }

                isClosed = isEnd;
                childStart = isEnd ? -1 : lineEnd;
                position = lineEnd;
                if (!isEnd && BeginsLike(boundary, body[lineEnd..]))
                {
                    // A nested multipart whose boundary is the beginning of ours: nobody can tell the two apart, so the inner one has the rest.
                    Report("a multipart begins its boundary like the one around it");
                    children.Add(ParseEntity(body[lineEnd..], depth + 1, byDefault, boundary));
                    isClosed = true;
                }
            }

            if (!isClosed && !_isFull)
            {
                Report("a multipart has no end boundary");
                if (childStart >= 0 && childStart < body.Length)
                {
                    AddChild(childStart, body.Length, isLast: true);
                }
            }

            part.Parts = children;

            bool AddChild(int start, int end, bool isLast = false)
            {
                if (_parts >= Limits.MaxParts)
                {
                    _isFull = true;
                    Report($"the mail has more than {Limits.MaxParts} parts; the rest was not read");
                    return false;
                }

                var whole = body.Span[start..end];
                if (!isLast && (whole.IsEmpty || (!whole.SequenceEqual("\n"u8) && !whole.SequenceEqual("\r\n"u8) && !whole.EndsWith("\n\n"u8) && !whole.EndsWith("\n\r\n"u8) && HasNoBody(whole))))
                {
                    // Headers without the empty line that would begin a body.
                    Report("a part has no body");
                    return true;
                }

                // RFC 2046 §5.1.1: the line break before a boundary belongs to the boundary.
                if (!isLast && end > start && body.Span[end - 1] == (byte)'\n')
                {
                    end--;
                    if (end > start && body.Span[end - 1] == (byte)'\r')
                    {
                        end--;
                    }
                }

                children.Add(ParseEntity(body[start..end], depth + 1, byDefault));
                return true;
            }
        }

        private bool HasNoBody(ReadOnlySpan<byte> part)
        {
            _ = ReadHeaders(part, out var bodyStart);
            return bodyStart == part.Length;
        }

        /// <summary>The first line "--x" with a header of a part below it; null when there is none.</summary>
        private static byte[]? GuessDelimiter(ReadOnlySpan<byte> body)
        {
            for (var position = 0; position < body.Length;)
            {
                var line = Line(body, position, out var next).TrimEnd(" \t"u8);
                if (line.Length is > 2 and <= 80 && line.StartsWith("--"u8) && Encoding.ASCII.GetString(Line(body, next, out _)).StartsWith("Content-", StringComparison.OrdinalIgnoreCase))
                {
                    return line.ToArray();
                }

                position = next;
            }

            return null;
        }

        /// <summary>Whether a part is a multipart whose boundary is <paramref name="boundary"/> or the beginning of it.</summary>
        private bool BeginsLike(string boundary, ReadOnlyMemory<byte> child)
        {
            if (child.Span[..Math.Min(child.Length, 500)].IndexOf("ultipart/"u8) < 0)
            {
                return false;
            }

            var type = TypeOf(ReadHeaders(child.Span, out _), MediaType.Plain);
            return type.Value.StartsWith("multipart/", StringComparison.Ordinal) && type.Parameters.TryGetValue("boundary", out var inner) && inner.Length > 0 && boundary.StartsWith(inner, StringComparison.Ordinal);
        }

        /// <summary>The next line that is "--boundary", blanks after it, or "--boundary--"; the latter also at the end of a line that lost its break.</summary>
        private static bool TryFindDelimiter(ReadOnlySpan<byte> body, ReadOnlySpan<byte> delimiter, int from, string? parentBoundary, out int lineStart, out int lineEnd, out bool isEnd)
        {
            lineEnd = 0;
            isEnd = false;
            for (lineStart = from; lineStart < body.Length; lineStart++)
            {
                var found = body[lineStart..].IndexOf(delimiter);
                if (found < 0)
                {
                    return false;
                }

                lineStart += found;
                var rest = body[(lineStart + delimiter.Length)..];
                var end = rest.IndexOf((byte)'\n');
                lineEnd = lineStart + delimiter.Length + (end < 0 ? rest.Length : end + 1);
                var tail = (end < 0 ? rest : rest[..end]).Trim(" \t\r"u8);
                // After the closing dashes anything may follow on the line; after an opening boundary nothing but blanks.
                isEnd = tail.StartsWith("--"u8);
                var isAtLineStart = lineStart == 0 || body[lineStart - 1] == (byte)'\n';
                // RFC 2046 §5.1.1: it is enough that a line begins with the boundary. Taken at its word only where no exact match could tell.
                if (isAtLineStart ? tail.IsEmpty || isEnd || parentBoundary is not null : tail.SequenceEqual("--"u8))
                {
                    return true;
                }
            }

            return false;
        }

        /// <summary>Headers up to the first empty line; a line that can be no header ends them too, and is the body's.</summary>
        private List<MimeHeader> ReadHeaders(ReadOnlySpan<byte> raw, out int bodyStart)
        {
            var headers = new List<MimeHeader>();
            var position = 0;
            while (position < raw.Length)
            {
                var line = Line(raw, position, out var next);
                if (line.IsEmpty)
                {
                    bodyStart = next;
                    return headers;
                }

                var colon = line.IndexOf((byte)':');
                var name = colon < 0 ? default : line[..colon].TrimEnd(" \t"u8);
                if (line[0] is (byte)' ' or (byte)'\t' || !IsName(name))
                {
                    if (IsBlank(line))
                    {
                        // Blanks alone: what a gateway made of the empty line.
                        bodyStart = next;
                        return headers;
                    }

                    if (headers.Count == 0 && position == 0 && line[0] is not ((byte)' ' or (byte)'\t'))
                    {
                        // Not a header at all: the part has none.
                        Report("a part has no headers");
                        bodyStart = 0;
                        return headers;
                    }

                    Report("a line among the headers is no header");
                    if (headers.Count > 0 && headers[^1].Value.EndsWith(';') && line.IndexOf((byte)'=') > 0 && headers[^1].Value.Length + line.Length < Limits.MaxHeaderLength)
                    {
                        // A parameter whose fold lost its blank.
                        headers[^1] = headers[^1] with { Value = $"{headers[^1].Value} {Charsets.DecodeUnlabelled(line)}" };
                        position = next;
                        continue;
                    }

                    if (colon < 0 && headers.Count > 0 && line[0] is not ((byte)' ' or (byte)'\t'))
                    {
                        bodyStart = position;
                        return headers;
                    }

                    position = next;
                    continue;
                }

                var valueEnd = next;
                while (valueEnd < raw.Length && raw[valueEnd] is (byte)' ' or (byte)'\t' && !IsBlank(Line(raw, valueEnd, out var after)))
                {
                    valueEnd = after;
                }

                if (headers.Count < Limits.MaxHeaders)
                {
                    headers.Add(new MimeHeader(Encoding.ASCII.GetString(name), Unfold(raw[(position + colon + 1)..valueEnd])));
                }
                else
                {
                    Report($"a part has more than {Limits.MaxHeaders} headers; the rest was not read");
                }

                position = valueEnd;
            }

            bodyStart = raw.Length;
            return headers;
        }

        private string Unfold(ReadOnlySpan<byte> value)
        {
            if (value.Length > Limits.MaxHeaderLength)
            {
                Report($"a header is longer than {Limits.MaxHeaderLength} characters; the rest of it was not read");
                value = value[..Limits.MaxHeaderLength];
            }

            var text = Charsets.DecodeUnlabelled(value).AsSpan().Trim();
            if (text.IndexOfAny('\r', '\n', '\0') < 0)
            {
                return text.ToString();
            }

            var unfolded = new StringBuilder(text.Length);
            foreach (var c in text)
            {
                if (c is not ('\r' or '\n' or '\0'))
                {
                    unfolded.Append(c);
                }
            }

            return unfolded.ToString();
        }

        private static ReadOnlySpan<byte> Line(ReadOnlySpan<byte> raw, int position, out int next)
        {
            var end = raw[position..].IndexOf((byte)'\n');
            next = end < 0 ? raw.Length : position + end + 1;
            return raw[position..(end < 0 ? raw.Length : position + end)].TrimEnd((byte)'\r');
        }

        private static bool IsBlank(ReadOnlySpan<byte> line) => line.Trim(" \t\r\n"u8).IsEmpty;

        /// <summary>RFC 5322 §2.2: printable ASCII without the colon. Blanks within are refused: "Hello there: x" is a sentence.</summary>
        private static bool IsName(ReadOnlySpan<byte> name)
        {
            if (name.IsEmpty || name.Length > 200)
            {
                return false;
            }

            return !name.ContainsAnyExceptInRange((byte)33, (byte)126);
        }
    }
}
