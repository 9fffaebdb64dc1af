using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace ChatAgent.BotProtocol;

/// <summary>Reads an activity that came from outside.</summary>
public static class ActivityReader
{
    /// <summary>Largest accepted activity in bytes; the longest message that people have a reason to send is far below.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>Reads one activity of UTF-8 JSON.</summary>
    /// <param name="error">What was found and what was expected; null when it was read.</param>
    public static bool TryRead(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out Activity? activity, [NotNullWhen(false)] out ErrorDetail? error)
    {
        activity = null;
        if (utf8.Length > MaxBytes)
        {
            error = new ErrorDetail(ErrorCodes.MessageSizeTooBig, $"the activity has {utf8.Length} bytes; at most {MaxBytes} are accepted");
            return false;
        }

        try
        {
            activity = JsonSerializer.Deserialize(utf8, BotProtocolJson.Default.Activity);
            if (activity is not null && (utf8.IndexOf("\\ud"u8) >= 0 || utf8.IndexOf("\\uD"u8) >= 0))
            {
                // Parts that are passed through are not looked into when they are read: half a character in them would be found only when they are written.
                JsonSerializer.SerializeToUtf8Bytes(activity, BotProtocolJson.Default.Activity);
            }
        }
        catch (InvalidOperationException)
        {
            activity = null;
            error = new ErrorDetail(ErrorCodes.BadSyntax, "a text holds half of a surrogate pair (\\ud800 to \\udfff)");
            return false;
        }
        catch (JsonException exception)
        {
            // The exception's own message can quote the input, which a person wrote: only its place is passed on.
            error = new ErrorDetail(
                ErrorCodes.BadSyntax,
                $"not an activity at line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}, {exception.Path ?? "$"}: a JSON object with a type was expected");
            return false;
        }

        if (activity is null || string.IsNullOrWhiteSpace(activity.Type))
        {
            activity = null;
            error = new ErrorDetail(ErrorCodes.MissingProperty, "the activity has no \"type\"");
            return false;
        }

        if (Ids(activity).Any(id => id.Contains('\0', StringComparison.Ordinal)))
        {
            activity = null;
            error = new ErrorDetail(ErrorCodes.BadArgument, "an id holds U+0000, which no id may");
            return false;
        }

        error = null;
        return true;
    }

    private static IEnumerable<string> Ids(Activity activity)
    {
        var own = activity.ChannelData is { ValueKind: JsonValueKind.Object } data && data.TryGetProperty("clientActivityID", out var id) && id.ValueKind == JsonValueKind.String ? id.GetString() : null;
        return new[] { activity.Id, activity.Conversation?.Id, activity.From?.Id, activity.Recipient?.Id, own }.OfType<string>();
    }
}
