using System.Globalization;
using System.Text;

namespace ChatAgent.Email;

/// <summary>Reads calendar parts. Never throws: what is damaged is passed over.</summary>
internal static class CalendarReader
{
    private const int MaxLength = 1_000_000;
    private const int MaxLines = 20_000;

    private sealed record Property(string Name, IReadOnlyDictionary<string, string> Parameters, string Value);

    /// <summary>One switch between standard and summer time of a VTIMEZONE.</summary>
    private sealed class Observance
    {
        public DateTime Start { get; set; }

        public TimeSpan Offset { get; set; }

        public string Rule { get; set; } = string.Empty;
    }

    /// <summary>The calendar message of a mail: a text/calendar part, else an .ics attachment; null when there is none.</summary>
    public static CalendarMessage? Find(MimePart root, string sender)
    {
        CalendarMessage? found = null;
        foreach (var part in new MimeMessage(root, []).AllParts())
        {
            var isCalendar = part.Type.Value == "text/calendar";
            var isFile = part.Type.Value is "application/ics" or "text/x-vcalendar" || part.FileName?.EndsWith(".ics", StringComparison.OrdinalIgnoreCase) == true;
            if (!isCalendar && (!isFile || found is not null))
            {
                continue;
            }

            var text = part.Type.Parameters.ContainsKey("charset") ? part.DecodeText() : Charsets.DecodeUnlabelled(part.DecodeBody().Span);
            if (Read(text, part.Type.Parameters.GetValueOrDefault("method"), sender) is { } message)
            {
                if (isCalendar)
                {
                    return message;
                }

                found = message;
            }
        }

        return found;
    }

    /// <summary>The first event (or, without one, to-do) of an iCalendar text.</summary>
    /// <param name="method">That of the Content-Type, for a text that names none.</param>
    /// <param name="sender">Address that the mail is from; tells which of several attendees answers.</param>
    public static CalendarMessage? Read(string text, string? method, string sender)
    {
        var path = new Stack<string>();
        var zones = new Dictionary<string, List<Observance>>(StringComparer.OrdinalIgnoreCase);
        string? zone = null;
        Observance? observance = null;
        List<Property>? component = null;
        var isDone = false;
        var hasCalendar = false;
        foreach (var line in Unfold(text))
        {
            if (ReadProperty(line) is not { } property)
            {
                continue;
            }

            switch (property.Name)
            {
                case "BEGIN":
                    path.Push(property.Value.Trim().ToUpperInvariant());
                    hasCalendar |= path.Peek() == "VCALENDAR";
                    if (path.Peek() is "VEVENT" or "VTODO" && component is null)
                    {
                        component = [];
                    }
                    else if (path.Peek() is "STANDARD" or "DAYLIGHT")
                    {
                        observance = new Observance();
                    }

                    break;
                case "END":
                    var ended = path.TryPop(out var top) ? top : string.Empty;
                    isDone |= ended is "VEVENT" or "VTODO";
                    if (ended is "STANDARD" or "DAYLIGHT" && observance is not null && zone is not null)
                    {
                        (zones.TryGetValue(zone, out var list) ? list : zones[zone] = []).Add(observance);
                        observance = null;
                    }

                    break;
                case "METHOD" when path.Count <= 1:
                    method = property.Value;
                    break;
                case "TZID" when path.TryPeek(out var within) && within == "VTIMEZONE":
                    zone = property.Value.Trim().Trim('"');
                    break;
                case "TZOFFSETTO" when observance is not null:
                    observance.Offset = ReadOffset(property.Value) ?? TimeSpan.Zero;
                    break;
                case "DTSTART" when observance is not null:
                    observance.Start = ReadTime(property.Value, out _, out _) ?? default;
                    break;
                case "RRULE" when observance is not null:
                    observance.Rule = property.Value.ToUpperInvariant();
                    break;
                default:
                    if (component is not null && !isDone && path.TryPeek(out var inside) && inside is "VEVENT" or "VTODO")
                    {
                        component.Add(property);
                    }

                    break;
            }
        }

        if (!hasCalendar || component is null)
        {
            return null;
        }

        var attendees = component.Where(property => property.Name == "ATTENDEE").ToList();
        var attendee = attendees.Count == 1 ? attendees[0] : attendees.Find(property => string.Equals(AddressOf(property), sender, StringComparison.OrdinalIgnoreCase) && sender.Length > 0);
        return new CalendarMessage
        {
            Method = string.IsNullOrWhiteSpace(method) ? null : method.Trim().ToUpperInvariant(),
            Uid = Value("UID"),
            Sequence = int.TryParse(Value("SEQUENCE"), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) ? sequence : 0,
            ParticipationStatus = attendee?.Parameters.GetValueOrDefault("PARTSTAT")?.ToUpperInvariant(),
            Attendee = attendee is null ? null : AddressOf(attendee),
            Organizer = component.Find(property => property.Name == "ORGANIZER") is { } organizer ? AddressOf(organizer) : null,
            Comment = string.Join('\n', component.Where(property => property.Name == "COMMENT").Select(property => Unescape(property.Value).Trim()).Where(comment => comment.Length > 0)) is { Length: > 0 } said ? said : null,
            Summary = Value("SUMMARY"),
            Start = component.Find(property => property.Name == "DTSTART") is { } start ? Resolve(start, zones) : null,
        };

        string? Value(string name) => component.Find(property => property.Name == name) is { } property && Unescape(property.Value).Trim() is { Length: > 0 } value ? value : null;
    }

    private static CalendarTime? Resolve(Property property, Dictionary<string, List<Observance>> zones)
    {
        if (ReadTime(property.Value, out var isUtc, out var isDate) is not { } local)
        {
            return null;
        }

        if (isUtc || isDate)
        {
            return new CalendarTime(local, isUtc ? TimeSpan.Zero : null, isDate);
        }

        if (!property.Parameters.TryGetValue("TZID", out var id))
        {
            return new CalendarTime(local, null, false);
        }

        // The part's own definition is what the sender meant, but a known zone is newer where both agree on the name.
        id = id.Trim().Trim('"');
        var name = id.StartsWith('/') ? id[(id.IndexOf('/', 1) is > 0 and var slash ? slash + 1 : 1)..] : id;
        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out var known))
        {
            return new CalendarTime(local, known.GetUtcOffset(DateTime.SpecifyKind(local, DateTimeKind.Unspecified)), false);
        }

        return new CalendarTime(local, zones.TryGetValue(id, out var observances) ? OffsetAt(observances, local) : null, false);
    }

    /// <summary>Offset of the observance whose last switch before <paramref name="local"/> is the latest.</summary>
    private static TimeSpan? OffsetAt(List<Observance> observances, DateTime local)
    {
        (DateTime At, TimeSpan Offset)? best = null;
        foreach (var observance in observances)
        {
            foreach (var year in new[] { local.Year, local.Year - 1 })
            {
                if (SwitchIn(observance, year) is { } at && at <= local && (best is null || at > best.Value.At))
                {
                    best = (at, observance.Offset);
                }
            }
        }

        return best?.Offset ?? (observances.Count == 1 ? observances[0].Offset : null);
    }

    /// <summary>When an observance begins in a year: by FREQ=YEARLY;BYMONTH;BYDAY=nDD, else its only start.</summary>
    private static DateTime? SwitchIn(Observance observance, int year)
    {
        var rule = observance.Rule.Split(';').Select(part => part.Split('=', 2)).Where(pair => pair.Length == 2).GroupBy(pair => pair[0], StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First()[1], StringComparer.Ordinal);
        if (!rule.TryGetValue("BYMONTH", out var months) || !int.TryParse(months, NumberStyles.None, CultureInfo.InvariantCulture, out var month) || month is < 1 or > 12
            || !rule.TryGetValue("BYDAY", out var days) || days.Length < 3 || !int.TryParse(days[..^2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var nth)
            || Array.IndexOf(["SU", "MO", "TU", "WE", "TH", "FR", "SA"], days[^2..]) is not (>= 0 and var weekday) || nth is 0 or > 5 or < -5 || year is < 1 or > 9998)
        {
            return observance.Start.Year <= year && observance.Start != default ? observance.Start : null;
        }

        var first = new DateTime(year, month, 1);
        var day = nth > 0
            ? first.AddDays(((weekday - (int)first.DayOfWeek + 7) % 7) + ((nth - 1) * 7))
            : first.AddMonths(1).AddDays(-1) is var last ? last.AddDays(-(((int)last.DayOfWeek - weekday + 7) % 7) + ((nth + 1) * 7)) : first;
        return day + observance.Start.TimeOfDay;
    }

    private static DateTime? ReadTime(string value, out bool isUtc, out bool isDate)
    {
        var text = value.Trim();
        isUtc = text.EndsWith('Z') || text.EndsWith('z');
        isDate = text.Length == 8;
        return DateTime.TryParseExact(text.TrimEnd('Z', 'z'), ["yyyyMMdd'T'HHmmss", "yyyyMMdd'T'HHmm", "yyyyMMdd"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;
    }

    private static TimeSpan? ReadOffset(string value)
    {
        var text = value.Trim();
        return text.Length >= 5 && text[0] is '+' or '-' && int.TryParse(text.AsSpan(1, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var hours) && hours <= 14
            && int.TryParse(text.AsSpan(3, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) && minutes < 60 && (hours < 14 || minutes == 0)
            ? new TimeSpan(hours, minutes, 0) * (text[0] == '-' ? -1 : 1)
            : null;
    }

    private static string AddressOf(Property property)
    {
        var value = property.Value.Trim();
        var address = value.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase) ? value[7..] : value;
        return address.Contains('@', StringComparison.Ordinal) ? address.Trim() : property.Parameters.GetValueOrDefault("EMAIL") ?? address;
    }

    /// <summary>RFC 5545 §3.1: a line that begins with a blank goes on from the one before.</summary>
    private static List<string> Unfold(string text)
    {
        var lines = new List<string>();
        var open = new StringBuilder();
        foreach (var line in text.AsSpan(0, Math.Min(text.Length, MaxLength)).EnumerateLines())
        {
            if (line is [' ' or '\t', ..])
            {
                open.Append(line[1..]);
                continue;
            }

            Flush();
            if (lines.Count >= MaxLines)
            {
                return lines;
            }

            open.Append(line);
        }

        Flush();
        return lines;

        void Flush()
        {
            if (open.Length > 0)
            {
                lines.Add(open.ToString());
                open.Clear();
            }
        }
    }

    /// <summary>NAME;PARAM="value";PARAM=value:value.</summary>
    private static Property? ReadProperty(string line)
    {
        var isQuoted = false;
        var marks = new List<int>();
        var colon = -1;
        for (var i = 0; i < line.Length && colon < 0; i++)
        {
            switch (line[i])
            {
                case '"':
                    isQuoted = !isQuoted;
                    break;
                case ';' when !isQuoted:
                    marks.Add(i);
                    break;
                case ':' when !isQuoted:
                    colon = i;
                    break;
            }
        }

        if (colon <= 0)
        {
            return null;
        }

        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < marks.Count; i++)
        {
            var parameter = line[(marks[i] + 1)..(i + 1 < marks.Count ? marks[i + 1] : colon)];
            var equals = parameter.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                parameters.TryAdd(parameter[..equals].Trim(), parameter[(equals + 1)..].Trim().Trim('"'));
            }
        }

        return new Property(line[..(marks.Count > 0 ? marks[0] : colon)].Trim().ToUpperInvariant(), parameters, line[(colon + 1)..]);
    }

    private static string Unescape(string value)
    {
        if (!value.Contains('\\', StringComparison.Ordinal))
        {
            return value;
        }

        var text = new StringBuilder(value.Length);
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '\\' && i + 1 < value.Length)
            {
                i++;
                text.Append(value[i] is 'n' or 'N' ? '\n' : value[i]);
            }
            else
            {
                text.Append(value[i]);
            }
        }

        return text.ToString();
    }
}
