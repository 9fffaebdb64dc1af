using System.Text.Json;
using ChatAgent.Appointments;
using ChatAgent.BotProtocol;
using ChatAgent.Dialogs;
using ChatAgent.Mailroom;
using ChatAgent.Server.Preparation;
using ChatAgent.Server.Web;
using ChatAgent.Store;

namespace ChatAgent.Server.Channels;

/// <summary>Gives the chat widget its session: a Direct Line token for a new conversation or for the one that this browser had.</summary>
internal sealed class WidgetEndpoints(
    DirectLineEndpoints directLine,
    DirectLineTokens tokens,
    DirectLineStream stream,
    SignedLinks links,
    Agenda agenda,
    PatientAnswers answers,
    BotDefinition definition,
    Agent agent,
    IConversationStore store,
    PreparationStatus status,
    WebPages pages)
{
    private const int MaxRequestBytes = 16 * 1024;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/widget/session", OpenSessionAsync);
        routes.MapGet("/api/widget/status", () => Results.Json(
            new WidgetStatus(status.IsReady, status.Progress?.Stage, status.Progress?.Fraction, pages.HasWidget),
            ServerJson.Default.WidgetStatus));
    }

    private async Task<IResult> OpenSessionAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync(context.Request, MaxRequestBytes, cancellationToken);
        WidgetSessionRequest request;
        try
        {
            request = body is { Length: > 0 } ? JsonSerializer.Deserialize(body, ServerJson.Default.WidgetSessionRequest) ?? new(null, null, null) : new(null, null, null);
        }
        catch (JsonException exception)
        {
            return Results.Json(
                new ErrorResponse(ErrorCodes.BadSyntax, $"not a session request at line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}"),
                BotProtocolJson.Default.ErrorResponse,
                statusCode: StatusCodes.Status400BadRequest);
        }

        // Opened from a mail to the patient: the agent knows whom it speaks with before it greets.
        var link = request.Link is { Length: > 0 } token && links.TryRead(token, out var read) ? read : null;
        var person = link is null ? null : await agenda.IdentifyAsync(link, cancellationToken);

        // The mail's thread and the chat are one conversation for who holds the link of its mail; what is said here is not mailed.
        if (person is not null && await answers.FindAsync(link!, cancellationToken) is var (_, thread))
        {
            await agent.IdentifyAsync(thread.ConversationId, person with { ChannelId = DirectLineEndpoints.Channel }, cancellationToken);
            return Session(thread.ConversationId, DirectLineEndpoints.NewUserId());
        }

        var goesOn = tokens.Read(request.Visit, "visit", out var visit) == TokenVerdict.Valid && await IsForAsync(person, visit!.Conversation, cancellationToken);
        var conversationId = goesOn ? visit!.Conversation : DirectLineEndpoints.NewConversationId();
        var user = goesOn ? visit!.User! : DirectLineEndpoints.NewUserId();
        await directLine.OpenAsync(conversationId, user, person, request.Locale, cancellationToken);
        return Session(conversationId, user);
    }

    private IResult Session(string conversationId, string user) => Results.Json(
        new WidgetSession
        {
            ConversationId = conversationId,
            Token = tokens.IssueToken(conversationId, user, origins: null),
            ExpiresIn = (int)DirectLineTokens.TokenLifetime.TotalSeconds,
            StreamUrl = stream.Url(conversationId, tokens.IssueStream(conversationId, user, origins: null, after: 0)),
            Visit = tokens.IssueVisit(conversationId, user),
            UserId = user,
            Bot = definition.Domain.Bot,
            Clinic = ServerApp.ClinicOf(definition),
        },
        ServerJson.Default.WidgetSession);

    /// <summary>
    /// Whether the browser's conversation may go on: not when the link is another patient's, who must not read what was said to the first, and not a mail's, whose key is its link
    /// alone: the next one before a shared screen must not read a patient's mails.
    /// </summary>
    private async Task<bool> IsForAsync(IdentifiedPerson? person, string conversationId, CancellationToken cancellationToken) =>
        await store.FindConversationAsync(conversationId, cancellationToken) is not { Channel: MailIntake.Channel }
        && (person is null
        || await agent.ReadStateAsync(conversationId, cancellationToken) is not { Person: { } known }
        || known.PatientId == person.PatientId);
}
