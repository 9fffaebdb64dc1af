using System.Diagnostics;
using System.Globalization;
using System.Text;
using ChatAgent.Dialogs.Tests;
using Xunit.Abstractions;

namespace ChatAgent.Mailroom.Tests;

/// <summary>Mutated answers at the agent's entrance: each is taken as something, none throws. CHATAGENT_FUZZ_SECONDS sets how long (5 by default), CHATAGENT_FUZZ_SEED repeats a run.</summary>
public sealed class MailIntakeFuzzTests(TrainedClinic clinic, ITestOutputHelper output) : IClassFixture<TrainedClinic>
{
    [Fact]
    public async Task Take_MutatedAnswers_NeverThrows()
    {
        var seconds = int.TryParse(Environment.GetEnvironmentVariable("CHATAGENT_FUZZ_SECONDS"), CultureInfo.InvariantCulture, out var stated) ? stated : 5;
        var seed = int.TryParse(Environment.GetEnvironmentVariable("CHATAGENT_FUZZ_SEED"), CultureInfo.InvariantCulture, out var chosen) ? chosen : Environment.TickCount;
        await using var box = await Postbox.OpenAsync(clinic.Bundle);
        var (_, question) = await box.AskAsync("a-rodrigo");
        var answers = new[] { "Sí, voy", "No podré ir", "¿Puede ser el jueves?" }.Select(text => box.Answer(question, text)).ToList();
        var kinds = new Dictionary<MailKind, int>();
        var watch = Stopwatch.StartNew();
        var round = 0;
        for (; watch.Elapsed.TotalSeconds < seconds; round++)
        {
            var random = new Random(seed + round);
            var mail = answers[random.Next(answers.Count)];
            var raw = mail.Raw.ToArray().ToList();
            for (var i = random.Next(1, 8); i > 0; i--)
            {
                var at = random.Next(raw.Count);
                switch (random.Next(4))
                {
                    case 0:
                        raw[at] = (byte)random.Next(256);
                        break;
                    case 1 when raw.Count > 1:
                        raw.RemoveRange(at, Math.Min(random.Next(1, 60), raw.Count - at - 1));
                        break;
                    case 2:
                        raw.InsertRange(at, raw.GetRange(at, Math.Min(random.Next(1, 300), raw.Count - at)));
                        break;
                    default:
                        raw.InsertRange(at, Encoding.UTF8.GetBytes(new[] { "\n\n", "\0", "\nMessage-ID: <x@y>\n", "\nDate: x\n", "\nContent-Type: text/calendar; method=REPLY\n", "=?utf-8?Q?=ff", "\ud83d\ude00", "\nFrom: <>\n" }[random.Next(8)]));
                        break;
                }
            }

            try
            {
                var result = await box.Intake.TakeAsync(mail with { Raw = raw.ToArray(), EnvelopeTo = random.Next(3) == 0 ? [] : mail.EnvelopeTo }, CancellationToken.None);
                kinds[result.Kind] = kinds.GetValueOrDefault(result.Kind) + 1;
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"seed {seed + round}: {failure.Message}", failure);
            }
        }

        output.WriteLine($"seed {seed}, {round} mails: {string.Join(", ", kinds.OrderByDescending(pair => pair.Value).Select(pair => $"{pair.Key} {pair.Value}"))}");
        Assert.True(kinds.Count >= 2, "the mutations no longer reach more than one way through the intake");
    }
}
