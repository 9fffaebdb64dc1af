using System.Text.RegularExpressions;
using ChatAgent.Email;
using ChatAgent.Mailroom;
using ChatAgent.Tests;
using ChatAgent.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace ChatAgent.Server.Tests.Browser;

/// <summary>A patient's mail and the page behind its buttons, as a browser shows them at desktop and phone width, light and dark; pictures under TestResults/pages.</summary>
[Collection(BrowserCollection.Name)]
public sealed partial class PatientMailTests(BrowserFixture browser)
{
    [SkippableFact]
    public async Task MailAndPages_AnyWidthAndScheme_FitAndHaveNoSeriousBarrier()
    {
        BrowserFixture.RequireBrowser();
        Requirement.Have(File.Exists(HostProcess.AxeScript), "axe-core (npm ci in src/web)");
        await using var host = await RunningHost.StartAsync(null, "--Mail:PublicUrl=https://citas.example");
        var problems = new List<string>();
        foreach (var (appointment, language) in new[] { ("a-carmen", Language.Spanish), ("a-mary", Language.English) })
        {
            var mail = await AskAsync(host, appointment, language);
            var path = new Uri(ButtonLink().Match(mail.Html!).Groups["link"].Value).PathAndQuery;
            foreach (var width in (int[])[1280, 360])
            {
                foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
                {
                    var page = await browser.OpenAsync(width, height: 760, scheme);
                    await page.SetContentAsync(mail.Html!);
                    problems.AddRange(await PageTests.CheckAsync(page, $"mail-{language.ToCode()}", width, scheme, fullPage: true));
                    await page.GotoAsync(new Uri(host.Address, $"{path}?r=attends").ToString());
                    problems.AddRange(await PageTests.CheckAsync(page, $"answer-{language.ToCode()}", width, scheme, fullPage: true));
                    await page.Context.DisposeAsync();
                }
            }
        }

        Assert.Empty(problems);
    }

    [SkippableFact]
    public async Task Page_WithTheKeyboardAlone_Answers()
    {
        BrowserFixture.RequireBrowser();
        await using var host = await RunningHost.StartAsync(null, "--Mail:PublicUrl=https://citas.example");
        var mail = await AskAsync(host, "a-carmen", Language.Spanish);
        var page = await browser.OpenAsync(360, height: 760, ColorScheme.Light);
        await page.GotoAsync(new Uri(host.Address, new Uri(ButtonLink().Match(mail.Html!).Groups["link"].Value).PathAndQuery).ToString());

        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Space");
        await page.Keyboard.PressAsync("Enter");

        await page.GetByRole(AriaRole.Heading, new() { Name = "Listo: su asistencia quedó confirmada." }).WaitForAsync();
        await page.Context.DisposeAsync();
    }

    private static async Task<IncomingMail> AskAsync(RunningHost host, string appointmentId, Language language)
    {
        var outbox = Path.Combine(host.Data, "mail", "outbox");
        var before = Directory.Exists(outbox) ? Directory.GetFiles(outbox, "*.eml") : [];
        await host.Services.GetRequiredService<MailQuestions>().AskAsync(appointmentId, language, CancellationToken.None);
        for (var attempt = 0; attempt < 200; attempt++)
        {
            if (Directory.Exists(outbox) && Directory.GetFiles(outbox, "*.eml").Except(before, StringComparer.Ordinal).FirstOrDefault() is { } file)
            {
                return MailReader.Read(await File.ReadAllBytesAsync(file));
            }

            await Task.Delay(50);
        }

        throw new TimeoutException("the question was expected in the outbox");
    }

    [GeneratedRegex("href=\"(?<link>https://citas\\.example/cita/[^\"?]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ButtonLink();
}
