using Microsoft.Playwright;

namespace ChatAgent.Server.Tests.Browser;

/// <summary>The page that is served where the widget was not built.</summary>
[Collection(BrowserCollection.Name)]
public sealed class BuiltInChatTests(BrowserFixture browser)
{
    [SkippableFact]
    public async Task Page_WidgetNotBuilt_HoldsTheConversationOverAReload()
    {
        var page = await browser.OpenAsync(width: 360);
        await using var host = await RunningHost.StartAsync(null, "--web=/nonexistent");
        await page.GotoAsync(host.Address.ToString());
        var rows = page.Locator("#log li");
        await rows.First.WaitForAsync();

        await page.Locator("#text").FillAsync("¿dónde queda la sucursal de Ñuñoa?");
        await page.Keyboard.PressAsync("Enter");
        await rows.Filter(new() { HasText = "Irarrázaval" }).WaitForAsync();
        await Assertions.Expect(rows).ToHaveCountAsync(3);
        await page.ScreenshotAsync(new() { Path = Path.Combine(PageTests.Pictures, "built-in-360-light.png") });

        await page.ReloadAsync();
        await Assertions.Expect(rows).ToHaveCountAsync(3);
        await Assertions.Expect(page.Locator("#log li.me")).ToHaveTextAsync("¿dónde queda la sucursal de Ñuñoa?");
        await page.Context.DisposeAsync();
    }
}
