using System.Diagnostics;
using System.Globalization;
using System.Text;
using ChatAgent.Appointments;
using ChatAgent.Dialogs;
using ChatAgent.Email;
using ChatAgent.Mailroom;
using ChatAgent.Store;
using ChatAgent.Training;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;

namespace ChatAgent.Benchmarks;

/// <summary>
/// Patients' replies from a Maildir into the store, each durable before its file moves: read, matched by its token, judged, accepted. One after the other, as the host's
/// folder does it, and sixteen at a time, as LMTP connections do. Argument: replies (10000).
/// </summary>
internal static class MailTaking
{
    private const int AtATime = 16;

    public static void Run(string[] args) => RunAsync(args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 10_000).GetAwaiter().GetResult();

    private static async Task RunAsync(int count)
    {
        var folder = Directory.CreateTempSubdirectory("chatagent-mail-taking").FullName;
        try
        {
            var (time, zone) = (TimeProvider.System, DialogLoader.Load(RootFolder.Resolve(null).ResolveBot(null)).Domain.Zone);
            await using var store = await SqliteConversationStore.OpenAsync(new SqliteStoreOptions { File = Path.Combine(folder, "test.db") }, time, CancellationToken.None);
            var agenda = new Agenda(store, new OneTimeCodes(store, new NoCodes(), new OneTimeCodeOptions { Key = new byte[32] }, time), zone, time);
            var agent = new Agent(store, new BundleHolder(), agenda, new AgentOptions(), time, NullLogger<Agent>.Instance);
            var addresses = new ReplyAddresses(new byte[32], MailAddress.Create("citas@losaromos.example"));
            var threads = new MailThreads(store, addresses);
            var intake = new MailIntake(store, agent, agenda, threads, new MailFolder(Path.Combine(folder, "received")), new MailIntakeOptions(), zone, time, NullLogger<MailIntake>.Instance);
            var inlet = new MailInlet(intake, store, NullLogger<MailInlet>.Instance);
            var mails = new List<ReceivedMail>(2 * count);
            for (var i = 0; i < 2 * count; i++)
            {
                mails.Add(await WriteAsync(threads, addresses, i));
            }

            var inbox = Directory.CreateDirectory(Path.Combine(folder, "in", "new")).FullName;
            for (var i = 0; i < count; i++)
            {
                await File.WriteAllBytesAsync(Path.Combine(inbox, i.ToString("D6", CultureInfo.InvariantCulture)), mails[i].Raw.ToArray());
            }

            var taken = new List<double>(count);
            var watch = Stopwatch.StartNew();
            await new FolderInbox(Path.Combine(folder, "in"), time).TakeAsync(
                async (mail, token) =>
                {
                    var from = Stopwatch.GetTimestamp();
                    await inlet.TakeAsync(mail, token);
                    taken.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
                },
                (name, failure) => Print($"{name}: {failure.Message}"),
                CancellationToken.None);
            Report("one after the other, from a folder", taken, watch.Elapsed);

            var together = new double[count];
            watch.Restart();
            await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = AtATime }, async (i, token) =>
            {
                var from = Stopwatch.GetTimestamp();
                await inlet.TakeAsync(mails[count + i], token);
                together[i] = Stopwatch.GetElapsedTime(from).TotalMilliseconds;
            });
            Report($"{AtATime} at a time", [.. together], watch.Elapsed);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<ReceivedMail> WriteAsync(MailThreads threads, ReplyAddresses addresses, int number)
    {
        var thread = await threads.AddAsync(
            new MailThread
            {
                Id = ReplyAddresses.NewThreadId(),
                AppointmentId = $"a-{number}",
                Start = new LocalDateTime(2030, 4, 24, 10, 30),
                PatientId = $"p-{number}",
                Address = $"p{number}@correo.example",
                Language = "es",
                Subject = "Su hora",
                ExpiresAt = new DateTimeOffset(2030, 5, 1, 0, 0, 0, TimeSpan.Zero),
            },
            CancellationToken.None);
        var to = addresses.Create(thread).Address;
        var text = $"Sí, confirmo mi asistencia.\r\n\r\nEl mar, 21 abr 2026 a las 10:00, Los Aromos (<{to}>) escribió:\r\n\r\n> Su hora es el viernes 24 de abril a las 10:30.\r\n> ¿Asistirá?\r\n";
        return new ReceivedMail(null, [], Encoding.UTF8.GetBytes($"Delivered-To: {to}\r\nFrom: {thread.Address}\r\nTo: {to}\r\nSubject: Re: Su hora\r\nMessage-ID: <{number}@correo.example>\r\nDate: Tue, 21 Apr 2026 14:00:00 +0000\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}"), DateTimeOffset.UnixEpoch);
    }

    private static void Report(string how, List<double> times, TimeSpan elapsed)
    {
        times.Sort();
        Print($"{how}: {times.Count} replies, {times.Count / elapsed.TotalSeconds:F0} a second, p50 {times[times.Count / 2]:F2} ms, p99 {times[(int)(times.Count * 0.99)]:F2} ms, working set {Environment.WorkingSet / 1e6:F0} MB");
    }

    private static void Print(FormattableString line) => System.Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private sealed class NoCodes : ICodeSender
    {
        public Task SendAsync(string address, string code, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
