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

        error = null;
        return true;
    }
}
