using System.Security.Claims;
using ChatAgent.Dialogs.Operators;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;

namespace ChatAgent.Server.Operator;

/// <summary>The operators' side of the host: sessions, the console's API and its live view.</summary>
/// <remarks>
/// A session is a cookie that other sites cannot send (SameSite=Strict); beside it every request that changes something, and the live connection, must come from
/// a page of this host (Origin, Sec-Fetch-Site). The cookie carries the account's stamp, so that a new password ends all other sessions.
/// </remarks>
internal static class OperatorConsole
{
    /// <summary>Signed in, and with a password of one's own.</summary>
    public const string Policy = "operator";

    /// <summary>Claim that is there while the password has to be changed.</summary>
    public const string MustChangeClaim = "must_change";

    public const string StampClaim = "stamp";

    private static readonly TimeSpan SessionLength = TimeSpan.FromHours(12);

    /// <param name="keyFolder">Where the keys that protect the cookies are kept over restarts.</param>
    public static void AddServices(IServiceCollection services, string keyFolder)
    {
        services.AddDataProtection().SetApplicationName("chatagent").PersistKeysToFileSystem(OpenKeyFolder(keyFolder));
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(options =>
        {
            options.Cookie.Name = "chatagent.operator";
            options.Cookie.Path = "/operator";
            options.Cookie.HttpOnly = true;
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.ExpireTimeSpan = SessionLength;
            options.SlidingExpiration = true;
            options.Events = new CookieAuthenticationEvents
            {
                OnRedirectToLogin = context => Refuse(context.Response, StatusCodes.Status401Unauthorized, "unauthorized"),
                OnRedirectToAccessDenied = context => Refuse(context.Response, StatusCodes.Status403Forbidden, "must_change"),
                OnValidatePrincipal = ValidateAsync,
            };
        });
        services.AddAuthorization(options => options.AddPolicy(Policy, policy => policy
            .RequireAuthenticatedUser()
            .RequireAssertion(context => !context.User.HasClaim(claim => claim.Type == MustChangeClaim))));
        services.AddSignalR(options => options.KeepAliveInterval = TimeSpan.FromSeconds(7))
            .AddJsonProtocol(options => options.PayloadSerializerOptions.TypeInfoResolverChain.Insert(0, OperatorJson.Default));
        services.AddSingleton<OperatorAccounts>();
        services.AddSingleton<LoginGuard>();
        services.AddSingleton<ConversationBoard>();
        services.AddSingleton<OperatorEndpoints>();
        services.AddSingleton<ShadowEndpoints>();
        services.AddHostedService<FirstOperator>();
    }

    public static void Map(WebApplication app)
    {
        app.Use((context, next) => context.Request.Path.StartsWithSegments("/operator", StringComparison.Ordinal) && !IsFromHere(context.Request)
            ? Refuse(context.Response, StatusCodes.Status403Forbidden, "origin")
            : next(context));
        app.UseAuthentication();
        app.UseAuthorization();
        app.Services.GetRequiredService<OperatorEndpoints>().Map(app);
        app.Services.GetRequiredService<ShadowEndpoints>().Map(app);
        app.MapHub<OperatorHub>("/operator/hub");
    }

    public static ClaimsPrincipal Principal(OperatorAccount account)
    {
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, account.Name), new Claim(StampClaim, account.Stamp)], CookieAuthenticationDefaults.AuthenticationScheme);
        if (account.MustChange)
        {
            identity.AddClaim(new Claim(MustChangeClaim, "true"));
        }

        return new ClaimsPrincipal(identity);
    }

    public static Task Refuse(HttpResponse response, int status, string code)
    {
        response.StatusCode = status;
        return response.WriteAsJsonAsync(new OperatorRefusal(code), OperatorJson.Default.OperatorRefusal);
    }

    private static DirectoryInfo OpenKeyFolder(string keyFolder)
    {
        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        var folder = Path.Combine(keyFolder, "sessions");
        return OperatingSystem.IsWindows() ? Directory.CreateDirectory(folder) : Directory.CreateDirectory(folder, OwnerOnly);
    }

    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var accounts = context.HttpContext.RequestServices.GetRequiredService<OperatorAccounts>();
        var account = context.Principal?.Identity?.Name is { } name ? await accounts.FindAsync(name, context.HttpContext.RequestAborted) : null;
        if (account is null || context.Principal!.FindFirstValue(StampClaim) != account.Stamp)
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync();
        }
    }

    /// <summary>Whether a request that can change something, or opens the live connection, was sent by a page of this host (or by no page at all).</summary>
    private static bool IsFromHere(HttpRequest request)
    {
        var isSafe = (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) && !request.HttpContext.WebSockets.IsWebSocketRequest;
        if (isSafe)
        {
            return true;
        }

        if (request.Headers["Sec-Fetch-Site"] is [{ } site] && site is not ("same-origin" or "none"))
        {
            return false;
        }

        return request.Headers.Origin is not [{ } origin]
            || (Uri.TryCreate(origin, UriKind.Absolute, out var address) && string.Equals(address.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }
}
