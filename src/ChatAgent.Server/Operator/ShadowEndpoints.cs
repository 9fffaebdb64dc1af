using System.Text.Json.Serialization;
using ChatAgent.Mailroom;
using NodaTime.Text;

namespace ChatAgent.Server.Operator;

/// <summary>The console's page on mails that were read in shadow: what waits for a mark, what the marks show, and the switches.</summary>
internal sealed class ShadowEndpoints(ShadowDesk desk, HostOptions options)
{
    private const int PageRows = 50;

    private static readonly LocalDateTimePattern Hour = LocalDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd'T'HH':'mm");

    public void Map(IEndpointRouteBuilder routes)
    {
        var shadow = routes.MapGroup("/operator/api/shadow").RequireAuthorization(OperatorConsole.Policy);
        shadow.MapGet("", async (CancellationToken cancellationToken) => Json(await ViewAsync(cancellationToken)));
        shadow.MapPost("/mails/{id}/{mark:regex(^(right|wrong|none)$)}", MarkAsync);
        shadow.MapPost("/kinds/{kind}/{state:regex(^(on|off)$)}", SwitchAsync);
    }

    private async Task<IResult> MarkAsync(HttpContext context, string id, string mark, CancellationToken cancellationToken)
    {
        var isKnown = mark == "none" ? await desk.UnmarkAsync(id, cancellationToken) : await desk.MarkAsync(id, mark == "right", context.User.Identity!.Name!, cancellationToken) is not null;
        return isKnown ? Json(await ViewAsync(cancellationToken)) : Refuse(StatusCodes.Status404NotFound, "unknown");
    }

    private async Task<IResult> SwitchAsync(HttpContext context, string kind, string state, CancellationToken cancellationToken)
    {
        if (!Enum.TryParse<ShadowKind>(kind, ignoreCase: true, out var named) || !Enum.IsDefined(named))
        {
            return Refuse(StatusCodes.Status404NotFound, "unknown");
        }

        return await desk.SwitchAsync(named, state == "on", context.User.Identity!.Name!, cancellationToken) ? Json(await ViewAsync(cancellationToken)) : Refuse(StatusCodes.Status409Conflict, "too_early");
    }

    private async Task<ShadowView> ViewAsync(CancellationToken cancellationToken)
    {
        var report = await desk.ReportAsync(cancellationToken);
        return new ShadowView(
            options.IsShadow,
            report.Waiting,
            Rate(report.FalseYes),
            Rate(report.FalseNo),
            [.. report.Kinds.Select(kind => new ShadowKindView(Name(kind.Kind), Rate(kind.Errors), kind.IsOn, kind.Changed, kind.By))],
            [.. (await desk.ListUnmarkedAsync(PageRows, cancellationToken)).Select(mail => new ShadowMailView(
                mail.Id,
                mail.At,
                mail.Patient,
                Hour.Format(mail.Start),
                mail.Doctor,
                mail.Branch,
                mail.Words,
                Name(mail.Kind),
                mail.MovesTo is { } hour ? Hour.Format(hour) : null,
                mail.Reply,
                mail.Evidence,
                mail.HasOthers,
                mail.IsDone))]);
    }

    private static string Name(ShadowKind kind) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());

    private static RateView Rate(ErrorRate rate) => new(rate.Errors, rate.Cases, rate.Lower, rate.Upper);

    private static IResult Json(ShadowView view) => Results.Json(view, ShadowJson.Default.ShadowView);

    private static IResult Refuse(int status, string code) => Results.Json(new OperatorRefusal(code), OperatorJson.Default.OperatorRefusal, statusCode: status);
}

/// <summary>All that the page shows.</summary>
internal sealed record ShadowView(
    bool IsShadow, int Waiting, RateView FalseYes, RateView FalseNo, IReadOnlyList<ShadowKindView> Kinds, IReadOnlyList<ShadowMailView> Mails);

/// <summary>Errors among cases, with a 95 % interval; shares from 0 to 1.</summary>
internal sealed record RateView(int Errors, int Cases, double Lower, double Upper);

/// <summary>One kind; its name in snake case.</summary>
internal sealed record ShadowKindView(string Kind, RateView Errors, bool IsOn, DateTimeOffset? Changed, string? By);

/// <summary>One mail; hours are wall time at the clinic, "2026-05-04T09:00".</summary>
internal sealed record ShadowMailView(
    string Id,
    DateTimeOffset At,
    string Patient,
    string Start,
    string Doctor,
    string Branch,
    string Words,
    string Kind,
    string? MovesTo,
    string Reply,
    IReadOnlyList<ShadowEvidence> Evidence,
    bool HasOthers,
    bool IsDone);

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ShadowView))]
internal sealed partial class ShadowJson : JsonSerializerContext
{
}
