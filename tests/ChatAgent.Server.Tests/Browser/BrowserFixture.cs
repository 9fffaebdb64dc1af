using ChatAgent.Tests;
using Microsoft.Playwright;

namespace ChatAgent.Server.Tests.Browser;

/// <summary>Chromium and one host, shared by the browser tests; both begin when first asked for, so that a skipped test starts nothing.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    private static readonly string[] Programs = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    private static readonly string[] Switches =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private HostProcess? _host;

    internal async Task<HostProcess> HostAsync() => _host ??= await HostProcess.StartAsync();

    /// <summary>A new visitor: an empty profile, Chilean Spanish.</summary>
    internal async Task<IPage> OpenAsync(int width = 1280, int height = 800, ColorScheme scheme = ColorScheme.Light)
    {
        RequireBrowser();
        _playwright ??= await Playwright.CreateAsync();
        _browser ??= await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Programs.First(File.Exists), Args = Switches });
        var context = await _browser.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = height }, ColorScheme = scheme, Locale = "es-CL" });
        return await context.NewPageAsync();
    }

    internal static void RequireBrowser()
    {
        Requirement.Have(Programs.Any(File.Exists), "chromium");
        Requirement.Have(Directory.Exists(HostProcess.WebFolder), "the built web pages (Node 20.19 and npm at build time)");
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }
    }
}

[CollectionDefinition(Name)]
public sealed class BrowserCollection : ICollectionFixture<BrowserFixture>
{
    public const string Name = "browser";
}
