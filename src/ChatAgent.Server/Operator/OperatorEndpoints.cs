using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ChatAgent.Dialogs;
using ChatAgent.Dialogs.Operators;
using Microsoft.AspNetCore.Authentication;

namespace ChatAgent.Server.Operator;

/// <summary>The console's API: entering and leaving, taking conversations over, writing with what is suggested, giving back.</summary>
internal sealed partial class OperatorEndpoints(OperatorAccounts accounts, LoginGuard guard, Agent agent, ILogger<OperatorEndpoints> logger)
{
    private const int MaxMessageLength = 8_000;
    private const int MaxMessageIdLength = 64;
    private const int MaxBodyBytes = 64 * 1024;

    public void Map(IEndpointRouteBuilder routes)
    {
        var open = routes.MapGroup("/operator/api");
        open.MapPost("/login", LoginAsync);
        open.MapPost("/logout", LogoutAsync);

        // Nobody signed in is an answer here, not a fault.
        open.MapGet("/me", (HttpContext context) => context.User.Identity is { IsAuthenticated: true } ? Json(ViewOf(context)) : Results.NoContent());
        open.MapPost("/password", ChangePasswordAsync).RequireAuthorization();

        var conversations = open.MapGroup("/conversations/{conversationId}").RequireAuthorization(OperatorConsole.Policy);
        conversations.MapPost("/take", TakeAsync);
        conversations.MapPost("/give-back", GiveBackAsync);
        conversations.MapPost("/messages", SayAsync);
        conversations.MapGet("/suggestions", SuggestAsync);
        conversations.MapPost("/completion", CompleteAsync);
    }

    private async Task<IResult> LoginAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (await ReadAsync(context, OperatorJson.Default.LoginRequest) is not { Name: { } name, Password: { } password })
        {
            return Refuse(StatusCodes.Status400BadRequest, "invalid");
        }

        var address = context.Connection.RemoteIpAddress?.ToString() ?? "unknown";
        if (guard.Begin(name, address) is { } wait)
        {
            context.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            return Refuse(StatusCodes.Status429TooManyRequests, "locked");
        }

        if (await accounts.CheckAsync(name, password, cancellationToken) is not { } account)
        {
            LogRefused();
            return Refuse(StatusCodes.Status401Unauthorized, "wrong");
        }

        guard.Succeed(name, address);
        await context.SignInAsync(OperatorConsole.Principal(account));
        LogEntered(account.Name);
        return Json(new OperatorView(account.Name, account.MustChange));
    }

    private static async Task LogoutAsync(HttpContext context)
    {
        await context.SignOutAsync();
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task<IResult> ChangePasswordAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (await ReadAsync(context, OperatorJson.Default.PasswordRequest) is not { Current: { } current, Next: { } next })
        {
            return Refuse(StatusCodes.Status400BadRequest, "invalid");
        }

        if (next.Length is < OperatorAccounts.MinPasswordLength or > OperatorAccounts.MaxPasswordLength || next == current)
        {
            return Refuse(StatusCodes.Status400BadRequest, "weak");
        }

        if (await accounts.ChangePasswordAsync(context.User.Identity!.Name!, current, next, cancellationToken) is not { } account)
        {
            return Refuse(StatusCodes.Status400BadRequest, "wrong");
        }

        await context.SignInAsync(OperatorConsole.Principal(account));
        return Json(new OperatorView(account.Name, account.MustChange));
    }

    private async Task<IResult> TakeAsync(HttpContext context, string conversationId, CancellationToken cancellationToken)
    {
        if (await agent.ReadStateAsync(conversationId, cancellationToken) is not { } state)
        {
            return Refuse(StatusCodes.Status404NotFound, "unknown");
        }

        var name = context.User.Identity!.Name!;
        if (state.Holder != Holder.Operator || state.Operator != name)
        {
            await agent.TakeOverAsync(conversationId, name, cancellationToken);
        }

        return Results.NoContent();
    }

    private async Task<IResult> GiveBackAsync(HttpContext context, string conversationId, CancellationToken cancellationToken)
    {
        if (await agent.ReadStateAsync(conversationId, cancellationToken) is not { } state)
        {
            return Refuse(StatusCodes.Status404NotFound, "unknown");
        }

        var name = context.User.Identity!.Name!;
        if (state.Holder == Holder.Operator && state.Operator != name)
        {
            return Refuse(StatusCodes.Status409Conflict, "held");
        }

        if (state.Holder == Holder.Operator)
        {
            await agent.GiveBackAsync(conversationId, name, cancellationToken);
        }

        return Results.NoContent();
    }

    private async Task<IResult> SayAsync(HttpContext context, string conversationId, CancellationToken cancellationToken)
    {
        var said = await ReadAsync(context, OperatorJson.Default.SayRequest);
        if (said is not { MessageId.Length: > 0 and <= MaxMessageIdLength, Text.Length: <= MaxMessageLength } || string.IsNullOrWhiteSpace(said.Text))
        {
            return Refuse(StatusCodes.Status400BadRequest, "invalid");
        }

        if (await RefuseUnlessMineAsync(context, conversationId, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        await agent.SayAsOperatorAsync(conversationId, context.User.Identity!.Name!, said.Text, said.MessageId, cancellationToken);
        return Results.NoContent();
    }

    /// <summary>Next replies for whoever has the conversation; they are read, never sent from here.</summary>
    private async Task<IResult> SuggestAsync(HttpContext context, string conversationId, CancellationToken cancellationToken)
    {
        if (await RefuseUnlessMineAsync(context, conversationId, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        var replies = await agent.SuggestRepliesAsync(conversationId, cancellationToken);
        return Results.Json(new SuggestionsView(replies ?? []), OperatorJson.Default.SuggestionsView);
    }

    /// <summary>How the typed text may go on. In a body, so that what somebody types is in no log of addresses.</summary>
    private async Task<IResult> CompleteAsync(HttpContext context, string conversationId, CancellationToken cancellationToken)
    {
        if (await ReadAsync(context, OperatorJson.Default.CompletionRequest) is not { Text.Length: > 0 and <= MaxMessageLength } typed)
        {
            return Refuse(StatusCodes.Status400BadRequest, "invalid");
        }

        if (await RefuseUnlessMineAsync(context, conversationId, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        return Results.Json(new CompletionView(await agent.CompleteAsync(conversationId, typed.Text, cancellationToken)), OperatorJson.Default.CompletionView);
    }

    private async Task<IResult?> RefuseUnlessMineAsync(HttpContext context, string conversationId, CancellationToken cancellationToken) =>
        await agent.ReadStateAsync(conversationId, cancellationToken) is not { } state ? Refuse(StatusCodes.Status404NotFound, "unknown")
        : state.Holder != Holder.Operator || state.Operator != context.User.Identity!.Name! ? Refuse(StatusCodes.Status409Conflict, "held")
        : null;

    private static OperatorView ViewOf(HttpContext context) =>
        new(context.User.Identity!.Name!, context.User.HasClaim(claim => claim.Type == OperatorConsole.MustChangeClaim));

    /// <summary>The body, or null when it is too long, not JSON or not an object of that kind.</summary>
    private static async Task<T?> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        if (!context.Request.HasJsonContentType() || context.Request.ContentLength is null or > MaxBodyBytes)
        {
            return null;
        }

        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static IResult Json(OperatorView view) => Results.Json(view, OperatorJson.Default.OperatorView);

    private static IResult Refuse(int status, string code) => Results.Json(new OperatorRefusal(code), OperatorJson.Default.OperatorRefusal, statusCode: status);

    [LoggerMessage(2501, LogLevel.Information, "Operator {Operator} entered")]
    private partial void LogEntered(string @operator);

    [LoggerMessage(2502, LogLevel.Warning, "An entry to the console was refused")]
    private partial void LogRefused();
}
