using System.Net;
using System.Text.RegularExpressions;
using ChatAgent.Server.Tests.Browser;
using ChatAgent.Tests;

namespace ChatAgent.Server.Tests.Web;

public sealed partial class WebPagesTests(HostFixture fixture) : IClassFixture<HostFixture>
{
    private HttpClient Http => fixture.Host.Http;

    [SkippableTheory]
    [InlineData("/", "Los Aromos")]
    [InlineData("/widget/", "id=\"chat\"")]
    [InlineData("/operator", "id=\"root\"")]
    public async Task Page_Built_CarriesAFreshNonceAndNoInlineStyleIsAllowed(string path, string part)
    {
        Requirement.Have(Directory.Exists(HostProcess.WebFolder), "the built web pages (Node 20.19 and npm at build time)");
        var nonces = new HashSet<string>(StringComparer.Ordinal);
        for (var time = 0; time < 2; time++)
        {
            using var response = await Http.GetAsync(new Uri(path, UriKind.Relative));
            var page = await response.Content.ReadAsStringAsync();
            var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));

            Assert.Contains(part, page, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe-", policy, StringComparison.Ordinal);
            var nonce = NoncePattern().Match(policy).Groups["nonce"].Value;
            Assert.Contains($"nonce=\"{nonce}\"", page, StringComparison.Ordinal);
            nonces.Add(nonce);
        }

        Assert.Equal(2, nonces.Count);
    }

    [SkippableFact]
    public async Task Loader_Built_HasItsBytesAndIsSmall()
    {
        Requirement.Have(Directory.Exists(HostProcess.WebFolder), "the built web pages (Node 20.19 and npm at build time)");
        var script = await Http.GetByteArrayAsync(new Uri("/widget.js", UriKind.Relative));

        Assert.InRange(script.Length, 1_000, 10_000);
    }

    [Theory]
    [InlineData("/../ChatAgent.Server.csproj")]
    [InlineData("/%2e%2e/Program.cs")]
    [InlineData("/.built-from")]
    [InlineData("/widget/index.html")]
    [InlineData("/no/such/page")]
    public async Task File_NotForTheWeb_Is404(string path)
    {
        using var response = await Http.GetAsync(new Uri(fixture.Host.Address, path));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Pages_NotBuilt_TheBuiltInChatSaysWhatIsMissing()
    {
        await using var host = await RunningHost.StartAsync(null, "--web=/nonexistent");

        foreach (var path in new[] { "/", "/widget/" })
        {
            var page = await host.Http.GetStringAsync(new Uri(path, UriKind.Relative));
            Assert.Contains("falta el widget", page, StringComparison.Ordinal);
            Assert.DoesNotContain("__NONCE__", page, StringComparison.Ordinal);
        }

        using var console = await host.Http.GetAsync(new Uri("/operator", UriKind.Relative));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, console.StatusCode);
    }

    [GeneratedRegex("script-src 'self' 'nonce-(?<nonce>[^']+)'", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex NoncePattern();
}
