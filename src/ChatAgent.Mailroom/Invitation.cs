using System.Globalization;
using System.Text;
using ChatAgent.Appointments;
using ChatAgent.Dialogs;
using ChatAgent.Email;
using NodaTime;

namespace ChatAgent.Mailroom;

/// <summary>An appointment as a calendar object: REQUEST while it stands, CANCEL when it was given up. Sources: RFC 5545, RFC 5546 §3.2, RFC 6047.</summary>
internal static class Invitation
{
    /// <summary>Octets of a content line without its line end (RFC 5545 §3.1).</summary>
    private const int LineOctets = 75;

    /// <param name="appointment">As it stands.</param>
    /// <param name="uid">The same for all versions of one thread.</param>
    /// <param name="mailbox">Organiser.</param>
    /// <param name="patient">Address of the attendee.</param>
    /// <param name="place">Branch and street.</param>
    /// <param name="summary">What calendars show; no specialty, calendars are shared with colleagues.</param>
    /// <param name="zone">Of the hour; written as UTC, which every calendar reads alike.</param>
    /// <param name="at">When this version was made, UTC.</param>
    public static CalendarAttachment Make(AppointmentRecord appointment, string uid, MailAddress mailbox, string patient, string place, string summary, DateTimeZone zone, DateTimeOffset at)
    {
        var isCancelled = appointment.Status == AppointmentStatus.Declined;
        var start = appointment.Start.InZoneLeniently(zone).ToInstant();
        var method = isCancelled ? "CANCEL" : "REQUEST";
        var text = new StringBuilder();
        Line(text, "BEGIN:VCALENDAR");
        Line(text, "PRODID:-//ChatAgent//Mailroom//EN");
        Line(text, "VERSION:2.0");
        Line(text, $"METHOD:{method}");
        Line(text, "BEGIN:VEVENT");
        Line(text, $"UID:{uid}");
        Line(text, $"SEQUENCE:{RevisionOf(appointment).ToString(CultureInfo.InvariantCulture)}");
        Line(text, $"DTSTAMP:{Utc(Instant.FromDateTimeOffset(at))}");
        Line(text, $"DTSTART:{Utc(start)}");
        Line(text, $"DTEND:{Utc(start + Duration.FromMinutes(appointment.Minutes))}");
        Line(text, $"SUMMARY:{Escape(summary)}");
        Line(text, $"LOCATION:{Escape(place)}");
        Line(text, $"ORGANIZER;CN={Parameter(mailbox.Name ?? mailbox.Address)}:mailto:{mailbox.Address}");
        Line(text, $"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={(appointment.Status == AppointmentStatus.Confirmed ? "ACCEPTED" : "NEEDS-ACTION")};RSVP=TRUE:mailto:{patient}");
        Line(text, $"STATUS:{(isCancelled ? "CANCELLED" : "CONFIRMED")}");
        Line(text, "TRANSP:OPAQUE");
        Line(text, "END:VEVENT");
        Line(text, "END:VCALENDAR");
        return new CalendarAttachment(method, text.ToString());
    }

    /// <summary>How often the hour was moved or given up: RFC 5546 §2.1.4 wants a higher number for each of these, and not for a yes.</summary>
    private static int RevisionOf(AppointmentRecord appointment)
    {
        var (revision, start) = (0, appointment.History.Count > 0 ? appointment.History[0].Start : appointment.Start);
        foreach (var entry in appointment.History)
        {
            revision += entry.Start != start || entry.Status == AppointmentStatus.Declined ? 1 : 0;
            start = entry.Start;
        }

        return revision;
    }

    private static string Utc(Instant instant) => instant.ToDateTimeUtc().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    private static string Escape(string text) => text.Replace("\\", @"\\", StringComparison.Ordinal).Replace(";", @"\;", StringComparison.Ordinal)
        .Replace(",", @"\,", StringComparison.Ordinal).ReplaceLineEndings(@"\n");

    /// <summary>A parameter value in quotes, in which a quote cannot stand (RFC 5545 §3.2).</summary>
    private static string Parameter(string text) => $"\"{text.Replace('"', '\'')}\"";

    private static void Line(StringBuilder text, string line)
    {
        var octets = 0;
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in line.EnumerateRunes())
        {
            var length = rune.EncodeToUtf8(bytes);
            if (octets + length > LineOctets)
            {
                text.Append("\r\n ");
                octets = 1;
            }

            text.Append(rune.ToString());
            octets += length;
        }

        text.Append("\r\n");
    }
}
