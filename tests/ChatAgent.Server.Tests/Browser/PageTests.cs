using System.Text.Json;
using ChatAgent.Tests;
using Microsoft.Playwright;

namespace ChatAgent.Server.Tests.Browser;

/// <summary>Every page at desktop and phone width, light and dark: nothing wider than the window, no serious barrier; pictures of all of them under TestResults/pages.</summary>
[Collection(BrowserCollection.Name)]
public sealed class PageTests(BrowserFixture browser)
{
    internal static readonly string Pictures = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "TestResults", "pages")).FullName;

    [SkippableTheory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(1280, ColorScheme.Dark)]
    [InlineData(360, ColorScheme.Light)]
    [InlineData(360, ColorScheme.Dark)]
    public async Task Pages_AnyWidthAndScheme_FitAndHaveNoSeriousBarrier(int width, ColorScheme scheme)
    {
        BrowserFixture.RequireBrowser();
        Requirement.Have(File.Exists(HostProcess.AxeScript), "axe-core (npm ci in src/web)");
        var host = await browser.HostAsync();
        var page = await browser.OpenAsync(width, height: 760, scheme);
        var problems = new List<string>();

        await page.GotoAsync(host.Address);
        problems.AddRange(await CheckAsync(page, "site", width, scheme, fullPage: true));

        await page.GetByRole(AriaRole.Button, new() { Name = "Conversar con Alma" }).ClickAsync();
        var chat = new Chat(page);
        await chat.TranscriptAsync(bubbles: 1);
        await chat.SendAsync("¿Cómo compro el bono en Maipú?");
        await chat.TranscriptAsync(bubbles: 3);
        problems.AddRange(await CheckAsync(page, "chat", width, scheme, fullPage: false));

        await page.GotoAsync($"{host.Address}/operator");
        await page.Locator("input[type=password]").WaitForAsync();
        problems.AddRange(await CheckAsync(page, "login", width, scheme, fullPage: false));

        await OperatorConsoleTests.EnterAsync(page, host);
        await page.Locator(".row").First.WaitForAsync();
        problems.AddRange(await CheckAsync(page, "console", width, scheme, fullPage: false));

        await page.Locator(".row").First.ClickAsync();
        await page.Locator(".understood summary").First.ClickAsync();
        problems.AddRange(await CheckAsync(page, "conversation", width, scheme, fullPage: false));

        Assert.Empty(problems);
        await page.Context.DisposeAsync();
    }

    internal static async Task<IReadOnlyList<string>> CheckAsync(IPage page, string name, int width, ColorScheme scheme, bool fullPage)
    {
        await page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, $"{name}-{width}-{scheme.ToString().ToLowerInvariant()}.png"), FullPage = fullPage });
        var problems = new List<string>();
        var reached = await page.EvaluateAsync<int>("document.documentElement.scrollWidth");
        if (reached > width)
        {
            problems.Add($"{name} is {reached} pixels wide");
        }

        foreach (var frame in page.Frames)
        {
            problems.AddRange((await BarriersAsync(frame)).Select(barrier => $"{name}: {barrier}"));
        }

        return problems;
    }

    /// <summary>What axe-core calls serious or critical, with the places.</summary>
    private static async Task<IReadOnlyList<string>> BarriersAsync(IFrame frame)
    {
        await frame.EvaluateAsync(await File.ReadAllTextAsync(HostProcess.AxeScript));
        var result = await frame.EvaluateAsync<JsonElement>("() => axe.run(document, { resultTypes: ['violations'], iframes: false })");
        return
        [
            .. result.GetProperty("violations").EnumerateArray()
                .Where(violation => violation.GetProperty("impact").GetString() is "serious" or "critical")
                .Select(violation => $"{violation.GetProperty("id").GetString()}: {string.Join(" | ", violation.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("html").GetString()))}"),
        ];
    }
}
