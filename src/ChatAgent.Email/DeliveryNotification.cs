using System.Text;
using System.Text.Json;

namespace ChatAgent.Email;

/// <summary>What Amazon SES tells of a mail by a notification whose text is JSON. Source: "Amazon SNS notification contents for Amazon SES", its public format.</summary>
internal static class DeliveryNotification
{
    private const int MaxLength = 200_000;

    /// <summary>The recipients it tells of and the Message-ID of the mail it is about; null for a text that is no such notification.</summary>
    public static (IReadOnlyList<BounceReport> Reports, string? OriginalMessageId)? Read(string text)
    {
        if (text.Length > MaxLength || !text.AsSpan().TrimStart().StartsWith("{\"notificationType\"", StringComparison.Ordinal))
        {
            return null;
        }

        // What follows the object is the footer; long lines were cut on the way at "!", a line end and a blank (RFC 5321 allows 998 bytes a line).
        var json = text.ReplaceLineEndings("\n").Replace("!\n ", string.Empty, StringComparison.Ordinal).Replace("\n", string.Empty, StringComparison.Ordinal);
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
        try
        {
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;
            var id = Child(root, "mail") is { } mail && Child(mail, "commonHeaders") is { } headers ? MailReader.FirstMessageId(Text(headers, "messageId")) : null;
            IReadOnlyList<BounceReport>? reports = Text(root, "notificationType") switch
            {
                "Complaint" when Child(root, "complaint") is { } complaint => [.. Items(complaint, "complainedRecipients").Select(item => new BounceReport(Text(item, "emailAddress"), string.Empty, BounceKind.Other, "complaint"))],
                "Delivery" when Child(root, "delivery") is { } delivery => [.. Items(delivery, "recipients").Select(item => new BounceReport(item.GetString() ?? string.Empty, BounceText.DeliveredIn(Text(delivery, "smtpResponse")), BounceKind.Other, "delivered"))],
                "Bounce" when Child(root, "bounce") is { } bounce => [.. Items(bounce, "bouncedRecipients").Select(item => Bounced(item, Text(bounce, "bounceType")))],
                _ => null,
            };
            return reports is { Count: > 0 } ? (reports, id) : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static BounceReport Bounced(JsonElement recipient, string type)
    {
        var said = Text(recipient, "diagnosticCode");
        var status = Text(recipient, "status") is { Length: > 0 } given ? given : BounceText.StatusIn(said) ?? (type == "Permanent" ? "5.0.0" : "4.0.0");
        return BounceText.Judge(Text(recipient, "emailAddress"), status, said, said, isDelayed: Text(recipient, "action") == "delayed");
    }

    private static JsonElement? Child(JsonElement element, string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var child) ? child : null;

    private static string Text(JsonElement element, string name) => Child(element, name) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : string.Empty;

    private static IEnumerable<JsonElement> Items(JsonElement element, string name) => Child(element, name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray().Take(200) : [];
}
