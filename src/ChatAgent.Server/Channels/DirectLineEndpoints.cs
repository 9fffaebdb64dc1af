using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ChatAgent.BotProtocol;
using ChatAgent.Dialogs;
using ChatAgent.Store;

namespace ChatAgent.Server.Channels;

/// <summary>Direct Line 3.0 over the conversations' log: tokens, conversations, activities and their stream.</summary>
/// <remarks>
/// The watermark is the sequence of the last row sent. A 2xx for an activity means that it is on disk; the bot's turn runs after it. Refusals use the status
/// codes that DirectLineJS can live with: 401 and 403 end or renew a token, 404 ends a conversation for ever, so neither is used for a passing fault.
/// </remarks>
internal sealed partial class DirectLineEndpoints(
    IConversationStore store,
    Agent agent,
    DirectLineTokens tokens,
    DirectLineOptions options,
    DirectLineStream stream)
{
    /// <summary>The store's name of the channel.</summary>
    public const string Channel = "directline";

    private const string UserPrefix = "dl_";
    private const int MaxUserIdLength = 64;

    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v3/directline");
        group.MapPost("/tokens/generate", GenerateTokenAsync);
        group.MapPost("/tokens/refresh", RefreshToken);
        group.MapPost("/conversations", StartAsync);
        group.MapGet("/conversations/{conversationId}", ReconnectAsync);
        group.MapPost("/conversations/{conversationId}/activities", PostActivityAsync);
        group.MapGet("/conversations/{conversationId}/activities", GetActivitiesAsync);
        group.MapGet("/conversations/{conversationId}/stream", stream.RunAsync);
        group.MapGet("/session/getsessionid", () => Json(new DirectLineSession(RandomNumberGenerator.GetHexString(16, lowercase: true)), StatusCodes.Status200OK));
    }

    /// <summary>A new conversation id: unguessable, and free of characters that a path must escape.</summary>
    public static string NewConversationId() => RandomNumberGenerator.GetHexString(24, lowercase: true);

    /// <summary>An id for a visitor of whom nothing is known.</summary>
    public static string NewUserId() => UserPrefix + RandomNumberGenerator.GetHexString(16, lowercase: true);

    /// <summary>Opens the conversation, once; the bot greets.</summary>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="user">The visitor's account.</param>
    /// <param name="person">Whom a signed link shows the visitor to be; null without one.</param>
    /// <param name="locale">The visitor's language as their browser names it, or null.</param>
    /// <param name="cancellationToken">Ends the waiting for the disk.</param>
    /// <returns>Whether it was new.</returns>
    public async Task<bool> OpenAsync(string conversationId, string user, IdentifiedPerson? person, string? locale, CancellationToken cancellationToken)
    {
        if (await store.FindConversationAsync(conversationId, cancellationToken) is { } known && known.Channel != Channel)
        {
            // A mail's conversation that goes on here: it is open, and its reference is how its mails are addressed.
            return false;
        }

        var reference = JsonSerializer.Serialize(new ConversationReferenceData(null, conversationId, null, null, locale), ServerJson.Default.ConversationReferenceData);
        var accepted = await agent.OpenAsync(
            new IncomingActivity
            {
                Channel = Channel,
                Account = user,
                ConversationId = conversationId,
                ExternalId = $"{conversationId}/start",
                Reference = reference,
                Entry = new NewEntry
                {
                    Audience = Audience.Bot,
                    Author = Author.System,
                    Kind = "conversation.started",
                    Payload = JsonSerializer.Serialize(new Activity { Locale = locale }, BotProtocolJson.Default.Activity),
                    IsInput = true,
                },
            },
            person,
            cancellationToken);
        return !accepted.IsRetry;
    }

    private async Task<IResult> GenerateTokenAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (!IsSecret(Bearer(context)))
        {
            return Refuse(StatusCodes.Status401Unauthorized, ErrorCodes.Unauthorized, "the Direct Line secret was expected in the Authorization header");
        }

        var (parameters, refusal) = await ReadParametersAsync(context, cancellationToken);
        if (refusal is not null)
        {
            return refusal;
        }

        var user = parameters.User?.Id;
        if (user is not null && (!user.StartsWith(UserPrefix, StringComparison.Ordinal) || user.Length > MaxUserIdLength))
        {
            return Refuse(StatusCodes.Status400BadRequest, ErrorCodes.BadArgument, $"user.id must begin with \"{UserPrefix}\" and have at most {MaxUserIdLength} characters");
        }

        var conversationId = NewConversationId();
        return Json(Describe(conversationId, user ?? NewUserId(), parameters.TrustedOrigins, streamAfter: null), StatusCodes.Status200OK);
    }

    private IResult RefreshToken(HttpContext context) =>
        Authorize(context, null, out var claims)
            ?? Json(Describe(claims!.Conversation, claims.User!, claims.Origins, streamAfter: null), StatusCodes.Status200OK);

    private async Task<IResult> StartAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var (parameters, refusal) = await ReadParametersAsync(context, cancellationToken);
        if (refusal is not null)
        {
            return refusal;
        }

        string conversationId;
        string user;
        IReadOnlyList<string>? origins;
        if (IsSecret(Bearer(context)))
        {
            (conversationId, user, origins) = (NewConversationId(), NewUserId(), null);
        }
        else if (Authorize(context, null, out var claims) is { } refused)
        {
            return refused;
        }
        else
        {
            // A user id that the client writes beside a token is ignored: the token's counts.
            (conversationId, user, origins) = (claims!.Conversation, claims.User!, claims.Origins);
        }

        var isNew = await OpenAsync(conversationId, user, person: null, parameters.Locale, cancellationToken);
        return Json(Describe(conversationId, user, origins, streamAfter: 0), isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private async Task<IResult> ReconnectAsync(HttpContext context, string conversationId, CancellationToken cancellationToken)
    {
        if (Authorize(context, conversationId, out var claims) is { } refused)
        {
            return refused;
        }

        if (await store.FindConversationAsync(conversationId, cancellationToken) is not { } conversation)
        {
            return NotFound(conversationId);
        }

        long after;
        var watermark = context.Request.Query["watermark"];
        if (watermark.Count == 0)
        {
            after = conversation.LastSequence;
        }
        else if (watermark[0] is not { Length: > 0 } given)
        {
            // DirectLineJS sends "watermark=" when it never got one. From the beginning if nothing was ever sent, so that nothing is lost; else from now,
            // so that the history is not shown twice.
            after = stream.WasRead(conversationId) ? conversation.LastSequence : 0;
        }
        else if (!TryReadWatermark(given, out after))
        {
            return BadWatermark(given);
        }

        return Json(Describe(conversationId, claims!.User!, claims.Origins, after), StatusCodes.Status200OK);
    }

    private async Task<IResult> PostActivityAsync(HttpContext context, string conversationId, CancellationToken cancellationToken)
    {
        if (Authorize(context, conversationId, out var claims) is { } refused)
        {
            return refused;
        }

        var body = await RequestBody.ReadAsync(context.Request, ActivityReader.MaxBytes, cancellationToken);
        if (body is null)
        {
            return Refuse(StatusCodes.Status413PayloadTooLarge, ErrorCodes.MessageSizeTooBig, $"at most {ActivityReader.MaxBytes} bytes are accepted");
        }

        if (!ActivityReader.TryRead(body, out var activity, out var error))
        {
            return Refuse(StatusCodes.Status400BadRequest, error.Code, error.Message);
        }

        if (activity.Type == ActivityTypes.Typing)
        {
            // Typing is never stored; the id only has to be there.
            return Json(new ResourceResponse($"{conversationId}|typing"), StatusCodes.Status200OK);
        }

        var accepted = await agent.AcceptAsync(
            new IncomingActivity
            {
                Channel = Channel,
                Account = claims!.User!,
                ConversationId = conversationId,
                ExternalId = ClientActivityId(activity) is { } id ? $"{conversationId}/{id}" : null,
                Entry = ActivityView.ToEntry(activity, Channel),
            },
            cancellationToken);
        return Json(new ResourceResponse(ActivityView.ActivityId(conversationId, accepted.Sequence)), StatusCodes.Status200OK);
    }

    private async Task<IResult> GetActivitiesAsync(HttpContext context, string conversationId, string? watermark, CancellationToken cancellationToken)
    {
        if (Authorize(context, conversationId, out var claims) is { } refused)
        {
            return refused;
        }

        long after = 0;
        if (!string.IsNullOrEmpty(watermark) && !TryReadWatermark(watermark, out after))
        {
            return BadWatermark(watermark);
        }

        if (await store.FindConversationAsync(conversationId, cancellationToken) is null)
        {
            return NotFound(conversationId);
        }

        stream.MarkRead(conversationId);
        var entries = await store.ReadLogAsync(conversationId, after, Audience.Client, options.PageRows, cancellationToken);
        var activities = entries.Select(entry => ActivityView.ToActivity(entry, Channel, conversationId, claims!.User!)).ToList();
        var last = entries.Count > 0 ? entries[^1].Sequence : after;
        return Json(new ActivitySet(activities, last.ToString(CultureInfo.InvariantCulture)), StatusCodes.Status200OK);
    }

    /// <summary>Checks the token of the Authorization header; null when it may pass.</summary>
    /// <param name="conversationId">The conversation of the path, or null where the token alone names it.</param>
    private IResult? Authorize(HttpContext context, string? conversationId, out DirectLineClaims? claims)
    {
        var bearer = Bearer(context);
        if (conversationId is not null && IsSecret(bearer))
        {
            claims = new DirectLineClaims { Conversation = conversationId, Use = "token", User = UserPrefix + "secret" };
            return null;
        }

        var verdict = tokens.Read(bearer, "token", out claims);
        if (verdict == TokenVerdict.Malformed)
        {
            return Refuse(StatusCodes.Status401Unauthorized, ErrorCodes.Unauthorized, "a Direct Line token was expected in the Authorization header");
        }

        if (verdict == TokenVerdict.Expired)
        {
            return Refuse(StatusCodes.Status403Forbidden, ErrorCodes.TokenExpired, "the token has expired; ask for a new one");
        }

        if (conversationId is not null && claims!.Conversation != conversationId)
        {
            return Refuse(StatusCodes.Status403Forbidden, ErrorCodes.Forbidden, "the token opens another conversation");
        }

        return IsTrusted(context, claims!) ? null : Refuse(StatusCodes.Status403Forbidden, ErrorCodes.Forbidden, "the page's origin is not among the token's trusted origins");
    }

    /// <summary>Whether the page that sends the request may use the token; requests without an Origin do not come from a page.</summary>
    internal static bool IsTrusted(HttpContext context, DirectLineClaims claims) =>
        claims.Origins is not { Count: > 0 } origins
        || context.Request.Headers.Origin is not { Count: > 0 } given
        || origins.Contains(given[0], StringComparer.OrdinalIgnoreCase);

    private static async Task<(DirectLineParameters Parameters, IResult? Refusal)> ReadParametersAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync(context.Request, ActivityReader.MaxBytes, cancellationToken);
        if (body is not { Length: > 0 })
        {
            return (new DirectLineParameters(), body is null ? Refuse(StatusCodes.Status413PayloadTooLarge, ErrorCodes.MessageSizeTooBig, "the body is too large") : null);
        }

        try
        {
            return (JsonSerializer.Deserialize(body, BotProtocolJson.Default.DirectLineParameters) ?? new DirectLineParameters(), null);
        }
        catch (JsonException exception)
        {
            return (new DirectLineParameters(), Refuse(
                StatusCodes.Status400BadRequest,
                ErrorCodes.BadSyntax,
                $"not a JSON object at line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}"));
        }
    }

    /// <summary>The client's own id of the activity: what makes a repeated request the same activity.</summary>
    private static string? ClientActivityId(Activity activity) =>
        activity.ChannelData is { ValueKind: JsonValueKind.Object } data
        && data.TryGetProperty("clientActivityID", out var id)
        && id.ValueKind == JsonValueKind.String
            ? id.GetString()
            : null;

    private static string? Bearer(HttpContext context)
    {
        const string Scheme = "Bearer ";
        var header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : null;
    }

    private static bool TryReadWatermark(string text, out long sequence) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out sequence);

    private static IResult BadWatermark(string found) =>
        Refuse(StatusCodes.Status400BadRequest, ErrorCodes.BadArgument, $"watermark \"{found[..Math.Min(found.Length, 20)]}\" is not one that this host gave out");

    private static IResult NotFound(string conversationId) =>
        Refuse(StatusCodes.Status404NotFound, ErrorCodes.ConversationNotFound, $"there is no conversation {conversationId}");

    private static IResult Refuse(int status, string code, string message) =>
        Results.Json(new ErrorResponse(code, message), BotProtocolJson.Default.ErrorResponse, statusCode: status);

    private static IResult Json<T>(T body, int status) => Results.Json(body, TypeInfo<T>(), statusCode: status);

    private static System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> TypeInfo<T>() =>
        (System.Text.Json.Serialization.Metadata.JsonTypeInfo<T>)(BotProtocolJson.Default.GetTypeInfo(typeof(T)) ?? ServerJson.Default.GetTypeInfo(typeof(T)))!;

    private DirectLineConversation Describe(string conversationId, string user, IReadOnlyList<string>? origins, long? streamAfter) => new()
    {
        ConversationId = conversationId,
        Token = tokens.IssueToken(conversationId, user, origins),
        ExpiresIn = (int)DirectLineTokens.TokenLifetime.TotalSeconds,
        StreamUrl = streamAfter is { } after ? stream.Url(conversationId, tokens.IssueStream(conversationId, user, origins, after)) : null,
    };

    private bool IsSecret(string? bearer) =>
        bearer is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(bearer), Encoding.UTF8.GetBytes(options.Secret));
}
