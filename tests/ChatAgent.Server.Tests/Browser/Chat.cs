using Microsoft.Playwright;

namespace ChatAgent.Server.Tests.Browser;

/// <summary>The chat of a page, read and written as a person does: in Web Chat's transcript (its live regions repeat every text) and send box.</summary>
internal sealed class Chat(IPage page)
{
    private const float Patience = 60_000;

    /// <summary>The frame in which Web Chat runs.</summary>
    public IFrameLocator Frame => page.FrameLocator("chatagent-widget iframe");

    private ILocator Bubbles => Frame.Locator(".webchat__basic-transcript__transcript .webchat__bubble");

    public async Task SendAsync(string text)
    {
        var box = Frame.Locator(".webchat__send-box-text-box textarea");
        await box.FillAsync(text);
        await box.PressAsync("Enter");
    }

    /// <summary>Waits until the transcript has that many bubbles and has been quiet for a moment, and returns it.</summary>
    public async Task<IReadOnlyList<string>> TranscriptAsync(int bubbles)
    {
        await Bubbles.Nth(bubbles - 1).WaitForAsync(new() { Timeout = Patience });
        for (IReadOnlyList<string> before = []; ;)
        {
            var now = await ReadAsync();
            if (now.Count >= bubbles && now.SequenceEqual(before))
            {
                return now;
            }

            before = now;
            await Task.Delay(700);
        }
    }

    /// <summary>Waits for a bubble with these words.</summary>
    public Task WaitForAsync(string text) => Bubbles.Filter(new() { HasText = text }).First.WaitForAsync(new() { Timeout = Patience });

    /// <summary>"> words" for the person's, the words alone for the others'.</summary>
    public async Task<IReadOnlyList<string>> ReadAsync() => await Bubbles.EvaluateAllAsync<string[]>(
        "bubbles => bubbles.map(b => (b.classList.contains('webchat__bubble--from-user') ? '> ' : '') + b.querySelector('.webchat__bubble__content').innerText.trim())");
}
