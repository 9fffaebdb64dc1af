using System.Text;
using ChatAgent.Dialogs.Operators;
using ChatAgent.Email;
using ChatAgent.Mailroom;
using ChatAgent.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace ChatAgent.Server.Tests.Browser;

/// <summary>A receptionist looks at what the agent would have done with the clinic's mail, with one key a mail; pictures under TestResults/pages.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ShadowPageTests(BrowserFixture browser)
{
    private const string Password = "una clave bastante larga";

    [SkippableFact]
    public async Task Shadow_MarkedByKeys_CountsByKindAndUndoes()
    {
        BrowserFixture.RequireBrowser();
        await using var host = await StartAsync();
        var page = await EnterAsync(host, 1280, ColorScheme.Light);
        await page.Locator("#shadow").ClickAsync();
        await Assertions.Expect(page.Locator(".shadow-words")).ToHaveTextAsync("Sí, confirmo mi asistencia");
        await Assertions.Expect(page.Locator(".shadow-kind")).ToHaveTextAsync("Confirmar la hora");

        await page.Keyboard.PressAsync("ArrowRight");
        await Assertions.Expect(page.Locator(".shadow-words")).ToContainTextAsync("anulen mi hora");
        await Assertions.Expect(page.Locator(".shadow-kind")).ToHaveTextAsync("Liberar la hora");
        await page.Keyboard.PressAsync("ArrowLeft");
        await Assertions.Expect(page.Locator(".shadow-words")).ToContainTextAsync("Si ando con ganas");
        await Assertions.Expect(page.Locator(".shadow-figures")).ToContainTextAsync("1 / 1");
        await page.Keyboard.PressAsync("z");
        await Assertions.Expect(page.Locator(".shadow-words")).ToContainTextAsync("anulen mi hora");

        // Too early to be switched on: the switch stays off and says why.
        await page.GetByLabel("Encendido: Confirmar la hora").ClickAsync(new() { Force = true });
        await page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "hacen falta 30" }).WaitForAsync();
        await Assertions.Expect(page.GetByLabel("Encendido: Confirmar la hora")).Not.ToBeCheckedAsync();
        await page.Context.DisposeAsync();
    }

    [SkippableFact]
    public async Task Shadow_AnyWidthAndScheme_FitsAndHasNoSeriousBarrier()
    {
        BrowserFixture.RequireBrowser();
        Requirement.Have(File.Exists(HostProcess.AxeScript), "axe-core (npm ci in src/web)");
        await using var host = await StartAsync();
        var problems = new List<string>();
        foreach (var width in (int[])[1280, 360])
        {
            foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
            {
                var page = await EnterAsync(host, width, scheme);
                await page.Locator("#shadow").ClickAsync();
                await page.Locator(".shadow-words").WaitForAsync();
                problems.AddRange(await PageTests.CheckAsync(page, "shadow", width, scheme, fullPage: true));
                await page.Context.DisposeAsync();
            }
        }

        Assert.Empty(problems);
    }

    private static async Task<RunningHost> StartAsync()
    {
        var host = await RunningHost.StartAsync(null, "--Mail:Mode=shadow");
        var intake = host.Services.GetRequiredService<MailIntake>();
        var at = DateTimeOffset.UtcNow;
        foreach (var words in new[] { "Sí, confirmo mi asistencia", "Buenos días, no podré asistir, por favor anulen mi hora. Disculpen las molestias.", "Si ando con ganas, voy" })
        {
            at = at.AddSeconds(1);
            var raw = $"From: rodrigo.sandoval@correo.example\r\nTo: citas@localhost\r\nSubject: Re: su hora\r\nMessage-ID: <{Guid.NewGuid():N}@correo.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{words}\r\n";
            await intake.TakeAsync(new ReceivedMail(null, [], Encoding.UTF8.GetBytes(raw), at), CancellationToken.None);
        }

        var accounts = host.Services.GetRequiredService<OperatorAccounts>();
        var first = await accounts.AddAsync("paula", CancellationToken.None);
        await accounts.ChangePasswordAsync("paula", first, Password, CancellationToken.None);
        return host;
    }

    private async Task<IPage> EnterAsync(RunningHost host, int width, ColorScheme scheme)
    {
        var page = await browser.OpenAsync(width, height: 760, scheme);
        await page.GotoAsync(new Uri(host.Address, "/operator").ToString());
        await page.Locator("input:not([type=password])").First.FillAsync("paula");
        await page.Locator("input[type=password]").FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Entrar" }).ClickAsync();
        await page.Locator(".console").WaitForAsync();
        return page;
    }
}
