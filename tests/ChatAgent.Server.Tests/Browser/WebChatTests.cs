using Microsoft.Playwright;

namespace ChatAgent.Server.Tests.Browser;

/// <summary>The official Web Chat in Chromium against the host.</summary>
[Collection(BrowserCollection.Name)]
public sealed class WebChatTests(BrowserFixture browser)
{
    [SkippableFact]
    public async Task Confirmation_HostKilledBetweenTwoMessages_GoesOnWithNothingLostOrDoubled()
    {
        BrowserFixture.RequireBrowser();
        await using var host = await HostProcess.StartAsync();
        var page = await browser.OpenAsync();
        await page.GotoAsync(host.LinkFor("a-carmen"));
        var chat = new Chat(page);

        // The link says who it is: the agent greets and asks about the hour.
        await chat.WaitForAsync("9:30");
        Assert.DoesNotContain("cita=", page.Url, StringComparison.Ordinal);
        var greeted = await chat.TranscriptAsync(bubbles: 1);

        await chat.SendAsync("¿qué tengo que llevar?");
        var informed = await chat.TranscriptAsync(greeted.Count + 2);

        await host.KillAsync();
        await chat.SendAsync("sí voy");
        await Task.Delay(1500);
        await host.StartAgainAsync();

        var confirmed = await chat.TranscriptAsync(informed.Count + 2);
        Assert.Equal(informed, confirmed.Take(informed.Count));
        Assert.Equal("> sí voy", confirmed[informed.Count]);
        Assert.Single(confirmed, "> sí voy");
        var instructions = string.Join(' ', confirmed.Skip(informed.Count + 1));
        Assert.Contains("15 minutos", instructions, StringComparison.Ordinal);
        Assert.Contains("cédula", instructions, StringComparison.OrdinalIgnoreCase);

        await page.ReloadAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Conversar con Alma" }).ClickAsync();
        Assert.Equal(confirmed, await new Chat(page).TranscriptAsync(confirmed.Count));
        await page.Context.DisposeAsync();
    }

    [SkippableFact]
    public async Task Bubble_KeyboardOnly_OpensClosesWithEscapeAndGivesTheFocusBack()
    {
        BrowserFixture.RequireBrowser();
        var host = await browser.HostAsync();
        var page = await browser.OpenAsync();
        await page.GotoAsync(host.Address);
        var bubble = page.Locator("chatagent-widget .bubble");
        Assert.Equal(0, await page.Locator("chatagent-widget iframe").CountAsync());

        await bubble.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await new Chat(page).TranscriptAsync(bubbles: 1);
        Assert.Equal("true", await bubble.GetAttributeAsync("aria-expanded"));

        var box = new Chat(page).Frame.Locator(".webchat__send-box-text-box textarea");
        await Assertions.Expect(box).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(bubble).ToHaveAttributeAsync("aria-expanded", "false");
        await Assertions.Expect(bubble).ToBeFocusedAsync();
        await page.Context.DisposeAsync();
    }

    [SkippableFact]
    public async Task Pages_AllOfThem_BreakNoContentSecurityPolicy()
    {
        BrowserFixture.RequireBrowser();
        var host = await browser.HostAsync();
        var page = await browser.OpenAsync();
        var broken = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Text.Contains("Content Security Policy", StringComparison.Ordinal))
            {
                broken.Add(message.Text);
            }
        };
        page.PageError += (_, error) => broken.Add(error);

        await page.GotoAsync(host.Address);
        await page.GetByRole(AriaRole.Button, new() { Name = "Conversar con Alma" }).ClickAsync();
        var chat = new Chat(page);
        await chat.TranscriptAsync(bubbles: 1);
        await chat.SendAsync("hola");
        await chat.TranscriptAsync(bubbles: 3);
        await page.GotoAsync($"{host.Address}/operator");
        await page.Locator("input[type=password]").WaitForAsync();

        Assert.Empty(broken);
        await page.Context.DisposeAsync();
    }
}
