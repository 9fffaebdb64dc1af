using System.Text.RegularExpressions;
using ChatAgent.Tests;
using Microsoft.Playwright;

namespace ChatAgent.Server.Tests.Browser;

/// <summary>A receptionist writes with what is suggested; pictures under TestResults/pages.</summary>
[Collection(BrowserCollection.Name)]
public sealed class SuggestionTests(BrowserFixture browser)
{
    private static readonly Regex Helping = new("^¿En qué le puedo ayudar", RegexOptions.None, TimeSpan.FromSeconds(1));

    [SkippableFact]
    public async Task Suggested_RepliesAndCompletions_FillTheBoxAndAreNeverSentByThemselves()
    {
        BrowserFixture.RequireBrowser();
        var host = await browser.HostAsync();
        var (visitor, chat, desk, answer) = await TalkAsync(host, 1280, ColorScheme.Light);
        var replies = desk.Locator(".suggested-reply");
        await Assertions.Expect(replies).ToHaveCountAsync(3);
        await Assertions.Expect(replies.First).ToContainTextAsync("8:30");

        // A click fills the box; nothing was said. With words in the box there is nothing to choose any more.
        var first = await replies.First.Locator("span").Last.InnerTextAsync();
        await replies.First.ClickAsync();
        await Assertions.Expect(answer).ToHaveValueAsync(first);
        await Assertions.Expect(answer).ToBeFocusedAsync();
        await Assertions.Expect(replies).ToHaveCountAsync(0);
        await Assertions.Expect(desk.Locator(".message.operator")).ToHaveCountAsync(0);

        // The keyboard alone: Alt and the number.
        await answer.FillAsync(string.Empty);
        await desk.Keyboard.PressAsync("Alt+Digit2");
        await Assertions.Expect(answer).Not.ToHaveValueAsync(string.Empty);
        await Assertions.Expect(answer).Not.ToHaveValueAsync(first);

        // Tab finishes the sentence, Escape leaves it as it is and gives Tab back.
        await answer.FillAsync(string.Empty);
        await answer.PressSequentiallyAsync("¿En qué le puedo ay");
        await Assertions.Expect(desk.Locator(".completion")).ToContainTextAsync("udar");
        await desk.Keyboard.PressAsync("Tab");
        await Assertions.Expect(answer).ToHaveValueAsync(Helping);
        await Assertions.Expect(answer).ToBeFocusedAsync();
        await answer.FillAsync("¿En qué le puedo ay");
        await desk.Locator(".completion").WaitForAsync();
        await desk.Keyboard.PressAsync("Escape");
        await Assertions.Expect(desk.Locator(".completion")).ToHaveCountAsync(0);
        await Assertions.Expect(answer).ToHaveValueAsync("¿En qué le puedo ay");
        await desk.Keyboard.PressAsync("Tab");
        await Assertions.Expect(answer).Not.ToBeFocusedAsync();

        // By click too; and only sending sends.
        await answer.FillAsync("¿En qué le puedo ayu");
        await desk.Locator(".completion").ClickAsync();
        await Assertions.Expect(answer).ToHaveValueAsync(Helping);
        await Assertions.Expect(desk.Locator(".message.operator")).ToHaveCountAsync(0);
        await answer.PressAsync("Enter");
        await chat.WaitForAsync("le puedo ayudar");
        await Assertions.Expect(desk.Locator(".message.operator")).ToHaveCountAsync(1);

        // Given back, nothing is suggested.
        await desk.GetByRole(AriaRole.Button, new() { Name = "Devolver a Alma" }).ClickAsync();
        await Assertions.Expect(replies).ToHaveCountAsync(0);
        await desk.Context.DisposeAsync();
        await visitor.Context.DisposeAsync();
    }

    [SkippableFact]
    public async Task Suggested_AnyWidthAndScheme_FitsAndHasNoSeriousBarrier()
    {
        BrowserFixture.RequireBrowser();
        Requirement.Have(File.Exists(HostProcess.AxeScript), "axe-core (npm ci in src/web)");
        var host = await browser.HostAsync();
        var problems = new List<string>();
        foreach (var width in (int[])[1280, 360])
        {
            foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
            {
                var (visitor, _, desk, answer) = await TalkAsync(host, width, scheme);
                await desk.Locator(".suggested-reply").First.WaitForAsync();
                problems.AddRange(await PageTests.CheckAsync(desk, "replies", width, scheme, fullPage: false));
                await answer.FillAsync("¿En qué le puedo ay");
                await desk.Locator(".completion").WaitForAsync();
                problems.AddRange(await PageTests.CheckAsync(desk, "completion", width, scheme, fullPage: false));
                await desk.Context.DisposeAsync();
                await visitor.Context.DisposeAsync();
            }
        }

        Assert.Empty(problems);
    }

    /// <summary>A visitor asks, an operator has taken the conversation and sees the question.</summary>
    private async Task<(IPage Visitor, Chat Chat, IPage Desk, ILocator Answer)> TalkAsync(HostProcess host, int width, ColorScheme scheme)
    {
        var visitor = await browser.OpenAsync();
        await visitor.GotoAsync(host.Address);
        await visitor.GetByRole(AriaRole.Button, new() { Name = "Conversar con Alma" }).ClickAsync();
        var chat = new Chat(visitor);
        await chat.TranscriptAsync(bubbles: 1);
        await chat.SendAsync("quiero hablar con una persona");
        await chat.TranscriptAsync(bubbles: 3);

        var desk = await browser.OpenAsync(width, height: 760, scheme);
        await OperatorConsoleTests.EnterAsync(desk, host);
        await desk.Locator(".row.waiting").First.ClickAsync();
        await desk.GetByRole(AriaRole.Button, new() { Name = "Tomar" }).ClickAsync();
        var answer = desk.GetByLabel("Escriba su respuesta");
        await Assertions.Expect(answer).ToBeEnabledAsync();
        await chat.SendAsync("¿a qué hora abren en Maipú?");
        await desk.Locator(".message.client", new() { HasText = "abren en Maipú" }).WaitForAsync();
        return (visitor, chat, desk, answer);
    }
}
