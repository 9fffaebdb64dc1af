using Microsoft.Playwright;

namespace ChatAgent.Server.Tests.Browser;

/// <summary>A receptionist at the console and a visitor at the chat, each in a browser.</summary>
[Collection(BrowserCollection.Name)]
public sealed class OperatorConsoleTests(BrowserFixture browser)
{
    [SkippableFact]
    public async Task Conversation_PersonAskedFor_OperatorTakesItWritesAndGivesItBack()
    {
        BrowserFixture.RequireBrowser();
        var host = await browser.HostAsync();
        var visitor = await browser.OpenAsync();
        await visitor.GotoAsync(host.Address);
        await visitor.GetByRole(AriaRole.Button, new() { Name = "Conversar con Alma" }).ClickAsync();
        var chat = new Chat(visitor);
        await chat.TranscriptAsync(bubbles: 1);
        await chat.SendAsync("quiero hablar con una persona");
        await chat.TranscriptAsync(bubbles: 3);

        var desk = await browser.OpenAsync();
        await EnterAsync(desk, host);
        var row = desk.Locator(".row.waiting").First;
        await row.WaitForAsync();
        await row.ClickAsync();
        await desk.Locator(".message.client", new() { HasText = "quiero hablar con una persona" }).WaitForAsync();
        await Assertions.Expect(desk.Locator(".understood .intent").Last).ToHaveTextAsync("ask_human");

        await desk.GetByRole(AriaRole.Button, new() { Name = "Tomar" }).ClickAsync();
        var answer = desk.GetByLabel("Escriba su respuesta");
        await Assertions.Expect(answer).ToBeEnabledAsync();
        await answer.FillAsync("Hola, le habla Paula.");

        // Two presses in the same moment are one message; Shift+Enter only breaks the line.
        await answer.PressAsync("Shift+Enter");
        await answer.PressSequentiallyAsync("¿En qué le ayudo?");
        await answer.EvaluateAsync(
            "box => { for (let i = 0; i < 2; i++) box.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true })); }");
        await chat.WaitForAsync("le habla Paula");
        await Assertions.Expect(desk.Locator(".message.operator")).ToHaveCountAsync(1);
        Assert.Equal("Hola, le habla Paula.\n¿En qué le ayudo?", await desk.Locator(".message.operator .text").InnerTextAsync());
        Assert.Single(await chat.ReadAsync(), line => line.Contains("le habla Paula", StringComparison.Ordinal));

        // While she has it, the bot is silent.
        await chat.SendAsync("¿a qué hora abren en Maipú?");
        await desk.Locator(".message.client", new() { HasText = "abren en Maipú" }).WaitForAsync();
        await Task.Delay(1500);
        Assert.EndsWith("abren en Maipú?", (await chat.ReadAsync())[^1], StringComparison.Ordinal);

        await desk.GetByRole(AriaRole.Button, new() { Name = "Devolver a Alma" }).ClickAsync();
        await desk.GetByRole(AriaRole.Button, new() { Name = "Tomar" }).WaitForAsync();
        var before = (await chat.ReadAsync()).Count;
        await chat.SendAsync("¿a qué hora abren en Maipú?");
        Assert.Contains("8:30", (await chat.TranscriptAsync(before + 2))[^1], StringComparison.Ordinal);
        await desk.Context.DisposeAsync();
        await visitor.Context.DisposeAsync();
    }

    [SkippableFact]
    public async Task Login_WrongPasswords_AreRefusedAndThenLocked()
    {
        BrowserFixture.RequireBrowser();
        await using var host = await HostProcess.StartAsync();
        var page = await browser.OpenAsync();
        await page.GotoAsync($"{host.Address}/operator");
        for (var attempt = 0; attempt < 6; attempt++)
        {
            await page.Locator("input[type=password]").FillAsync("not-the-password");
            await page.GetByRole(AriaRole.Button, new() { Name = "Entrar" }).ClickAsync();
            await page.GetByRole(AriaRole.Alert).Filter(new() { HasText = attempt < 5 ? "no son correctos" : "Demasiados intentos" }).WaitForAsync();
        }

        await page.Context.DisposeAsync();
    }

    internal static async Task EnterAsync(IPage page, HostProcess host)
    {
        await page.GotoAsync($"{host.Address}/operator");
        await page.Locator("input[type=password]").FillAsync(host.FirstPassword);
        await page.GetByRole(AriaRole.Button, new() { Name = "Entrar" }).ClickAsync();
        await page.Locator(".console").WaitForAsync();
    }
}
