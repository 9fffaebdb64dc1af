using System.Diagnostics;
using System.Globalization;
using ChatAgent.Appointments;
using ChatAgent.Dialogs;
using ChatAgent.Text.Corpora;
using ChatAgent.Training;
using NodaTime;

namespace ChatAgent.Benchmarks;

/// <summary>From a message to its reply: both durable commits and every stage, over the test utterances of the clinic's corpus in conversations with a known patient.</summary>
internal static class TurnBenchmark
{
    private const int WarmUp = 60;
    private const int MessagesAConversation = 20;

    /// <param name="args">Messages to measure, 600 by default.</param>
    public static void Run(string[] args)
    {
        var count = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 600;
        RunAsync(count).GetAwaiter().GetResult();
    }

    private static async Task RunAsync(int count)
    {
        var root = RootFolder.Resolve(null);
        var folder = root.ResolveBot(null);
        var workshop = new BundleWorkshop(DialogLoader.Load(folder), root.Corpora, new ModelShelf(root.Models));
        var progress = ProgressDisplay.OnStandardError();
        var bundle = await workshop.PrepareSpeechAsync(await workshop.PrepareUnderstandingAsync(progress, CancellationToken.None), progress, CancellationToken.None);
        var agenda = await File.ReadAllTextAsync(Path.Combine(folder, "agenda.json"));
        var test = new ConversationTest { Name = "benchmark", Place = "TurnBenchmark", Now = new LocalDateTime(2026, 4, 24, 9, 0), Visitor = "p-rodrigo", Steps = [] };
        var random = new Random(1);
        var messages = CorpusReader.Read(Path.Combine(root.Corpora, "clinic", "nlu", "es.test.yml")).Select(row => row.Text).OrderBy(_ => random.Next()).ToArray();

        var totals = new List<double>();
        var latencies = new List<TurnLatency>();
        for (var sent = 0; sent < count + WarmUp;)
        {
            var (session, _) = await ConversationSession.OpenAsync(bundle, agenda, test, CancellationToken.None);
            await using (session)
            {
                for (var i = 0; i < MessagesAConversation && sent < count + WarmUp; i++, sent++)
                {
                    var began = Stopwatch.GetTimestamp();
                    var turns = await session.SayAsync([messages[sent % messages.Length]], CancellationToken.None);
                    if (sent >= WarmUp)
                    {
                        totals.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                        latencies.AddRange(turns.Select(turn => turn.Latency));
                    }
                }
            }
        }

        Print("message to reply, accept included", totals);
        Print("  claim", latencies.ConvertAll(latency => latency.Claim.TotalMilliseconds));
        Print("  parse", latencies.ConvertAll(latency => latency.Parse.TotalMilliseconds));
        Print("  decide", latencies.ConvertAll(latency => latency.Decide.TotalMilliseconds));
        Print("  generate", latencies.ConvertAll(latency => latency.Generate.TotalMilliseconds));
        Print("  commit", latencies.ConvertAll(latency => latency.Commit.TotalMilliseconds));
    }

    private static void Print(string name, List<double> milliseconds)
    {
        milliseconds.Sort();
        System.Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-36} median {Quantile(milliseconds, 0.5),8:F2} ms   p99 {Quantile(milliseconds, 0.99),8:F2} ms   n {milliseconds.Count}"));
    }

    private static double Quantile(List<double> sorted, double share) => sorted[(int)Math.Min(sorted.Count - 1, Math.Floor(share * sorted.Count))];
}
