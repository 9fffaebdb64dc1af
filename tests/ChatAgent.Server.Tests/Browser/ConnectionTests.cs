using Microsoft.Playwright;

namespace ChatAgent.Server.Tests.Browser;

/// <summary>The console over a killed and restarted host.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ConnectionTests(BrowserFixture browser)
{
    [SkippableFact]
    public async Task Console_HostKilledAndStartedAgain_SaysSoAndGoesOnWhereItWas()
    {
        BrowserFixture.RequireBrowser();
        await using var host = await HostProcess.StartAsync();
        var visitor = await browser.OpenAsync();
        await visitor.GotoAsync($"{host.Address}/");
        await visitor.GetByRole(AriaRole.Button, new() { Name = "Conversar con Alma" }).ClickAsync();
        var chat = new Chat(visitor);
        await chat.TranscriptAsync(bubbles: 1);
        await chat.SendAsync("buenos días");
        await chat.TranscriptAsync(bubbles: 3);

        var desk = await browser.OpenAsync();
        await OperatorConsoleTests.EnterAsync(desk, host);
        await desk.Locator(".row").First.ClickAsync();
        await Assertions.Expect(desk.Locator(".message")).ToHaveCountAsync(3);

        await host.KillAsync();
        await desk.GetByText("Sin conexión").First.WaitForAsync();
        await host.StartAgainAsync();
        await desk.GetByText("Conexión recuperada").WaitForAsync();

        // Still signed in, and the log goes on after the last row that was seen.
        await chat.SendAsync("gracias");
        await desk.Locator(".message.client", new() { HasText = "gracias" }).WaitForAsync(new() { Timeout = 60_000 });
        await Assertions.Expect(desk.Locator(".message")).ToHaveCountAsync(5);
        Assert.Equal(5, (await chat.TranscriptAsync(bubbles: 5)).Count);
        await desk.Context.DisposeAsync();
        await visitor.Context.DisposeAsync();
    }
}
