using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Primitives;

namespace ChatAgent.Server.Web;

/// <summary>Serves the built web pages: the site, the widget and the operators' console; without them a small built-in chat page that says what is missing.</summary>
/// <remarks>
/// Pages get a new nonce with every request; files whose name carries a hash or a version are kept by browsers for a year, the others are asked for again.
/// Compressed twins (.br, .gz) that the build left beside a file are served where the browser takes them.
/// </remarks>
internal sealed class WebPages
{
    private const string NonceMark = "__NONCE__";
    private const string HashOfNothing = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";
    private static readonly FileExtensionContentTypeProvider ContentTypes = new();
    private readonly PhysicalFileProvider? _files;
    private readonly string _frameAncestors;

    /// <param name="rootFolder">The installation's folder; in a source tree the build puts the pages below it.</param>
    /// <param name="configuration"><c>web</c>: a folder in place of those looked for. <c>Widget:FrameAncestors</c>: origins of the sites that may embed the widget, separated by blanks.</param>
    public WebPages(string rootFolder, IConfiguration configuration)
    {
        var folder = configuration["web"] is { Length: > 0 } named
            ? Path.GetFullPath(named)
            : new[] { Path.Combine(AppContext.BaseDirectory, "wwwroot"), Path.Combine(rootFolder, "src", "ChatAgent.Server", "wwwroot") }.FirstOrDefault(Directory.Exists);
        _files = folder is not null && Directory.Exists(folder) ? new PhysicalFileProvider(folder) : null;
        _frameAncestors = $"'self' {configuration["Widget:FrameAncestors"]}".TrimEnd();
    }

    /// <summary>Whether the official Web Chat is there.</summary>
    public bool HasWidget => _files?.GetFileInfo("widget/index.html").Exists ?? false;

    /// <summary>Takes every request that nothing else answers.</summary>
    public void Map(IEndpointRouteBuilder routes) => routes.MapFallback("{**path}", ServeAsync);

    private async Task ServeAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var path = context.Request.Path.Value ?? "/";
        switch (path)
        {
            case "/":
                await ServePageAsync(context, "index.html", SitePolicy);
                break;
            case "/widget/":
                await ServePageAsync(context, "widget/index.html", WidgetPolicy);
                break;
            case "/operator" or "/operator/":
                await ServePageAsync(context, "operator/index.html", ConsolePolicy);
                break;
            case "/widget":
                context.Response.Redirect($"/widget/{context.Request.QueryString}");
                break;
            default:
                await ServeFileAsync(context, path);
                break;
        }
    }

    private async Task ServePageAsync(HttpContext context, string name, Func<HttpContext, string, string> policy)
    {
        var file = _files?.GetFileInfo(name);
        string page;
        if (file is { Exists: true })
        {
            using var reader = new StreamReader(file.CreateReadStream());
            page = await reader.ReadToEndAsync(context.RequestAborted);
        }
        else if (name.StartsWith("operator", StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            page = BuiltIn("ConsoleMissing.html");
        }
        else
        {
            page = BuiltIn("BuiltInChat.html");
        }

        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(18));
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = policy(context, nonce);
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        SetCommonHeaders(context);
        context.Response.ContentType = "text/html; charset=utf-8";
        var body = Encoding.UTF8.GetBytes(page.Replace(NonceMark, nonce, StringComparison.Ordinal));
        context.Response.ContentLength = body.Length;
        if (HttpMethods.IsGet(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
        }
    }

    private async Task ServeFileAsync(HttpContext context, string path)
    {
        var file = _files?.GetFileInfo(path);

        // Pages are served with their policy, under their own addresses only.
        if (file is not { Exists: true, IsDirectory: false } || path.EndsWith(".html", StringComparison.OrdinalIgnoreCase) || !ContentTypes.TryGetContentType(path, out var type))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var headers = context.Response.Headers;
        var isLasting = path.Contains("/assets/", StringComparison.Ordinal) || path.StartsWith("/widget/webchat-", StringComparison.Ordinal);
        headers.CacheControl = isLasting ? "public, max-age=31536000, immutable" : "no-cache";
        headers.Vary = "Accept-Encoding";

        // The loader and what it loads are for other sites' pages, too.
        headers["Cross-Origin-Resource-Policy"] = path == "/widget.js" ? "cross-origin" : "same-origin";
        SetCommonHeaders(context);
        var (sent, encoding) = Choose(context.Request.Headers.AcceptEncoding, path, file);
        var tag = $"\"{sent.LastModified.UtcTicks:x}-{sent.Length:x}\"";
        headers.ETag = tag;
        if (context.Request.Headers.IfNoneMatch.Contains(tag, StringComparer.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        if (encoding is not null)
        {
            headers.ContentEncoding = encoding;
        }

        context.Response.ContentType = type is "text/javascript" or "text/css" or "text/plain" ? $"{type}; charset=utf-8" : type;
        context.Response.ContentLength = sent.Length;
        if (HttpMethods.IsGet(context.Request.Method))
        {
            await context.Response.SendFileAsync(sent, context.RequestAborted);
        }
    }

    private (IFileInfo File, string? Encoding) Choose(StringValues accepted, string path, IFileInfo file)
    {
        foreach (var (encoding, suffix) in new[] { ("br", ".br"), ("gzip", ".gz") })
        {
            if (accepted.Any(value => value is not null && value.Contains(encoding, StringComparison.OrdinalIgnoreCase))
                && _files!.GetFileInfo(path + suffix) is { Exists: true } packed)
            {
                return (packed, encoding);
            }
        }

        return (file, null);
    }

    private static void SetCommonHeaders(HttpContext context) => context.Response.Headers.XContentTypeOptions = "nosniff";

    private static string SitePolicy(HttpContext context, string nonce) =>
        $"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>
    /// Web Chat marks the styles that it makes with the nonce, but for one that is empty, whose hash is allowed; it downscales pictures in a worker made from a blob.
    /// </summary>
    private string WidgetPolicy(HttpContext context, string nonce) =>
        $"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}' {HashOfNothing}; img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; "
        + $"connect-src 'self' {Sockets(context)}; worker-src blob:; base-uri 'none'; form-action 'self'; frame-ancestors {_frameAncestors}";

    private static string ConsolePolicy(HttpContext context, string nonce) =>
        $"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; font-src 'self' data:; "
        + $"connect-src 'self' {Sockets(context)}; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>'self' does not cover sockets in every browser.</summary>
    private static string Sockets(HttpContext context) => $"ws://{context.Request.Host} wss://{context.Request.Host}";

    private static string BuiltIn(string name)
    {
        using var stream = typeof(WebPages).Assembly.GetManifestResourceStream($"ChatAgent.Server.Web.{name}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
