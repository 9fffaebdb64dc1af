using System.Diagnostics;
using System.Globalization;
using ChatAgent.Store;

namespace ChatAgent.Benchmarks;

/// <summary>
/// Accepts a second, and the time of a turn's commit, with group commit against one flushed commit an operation (the same store with groups of one), in
/// alternation on the same disk. Arguments: seconds a measurement (2), folder of the database (the system's temporary folder).
/// </summary>
internal static class StoreCommit
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    public static void Run(string[] args)
    {
        var seconds = args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 2;
        var parent = Directory.CreateDirectory(Path.Combine(args.Length > 1 ? args[1] : Path.GetTempPath(), $"chatagent-store-{Environment.ProcessId}"));
        try
        {
            Print($"flush of 4 kB to this disk: median {MeasureFlush(parent.FullName):F2} ms");
            Print($"{"writers",7} {"commits",8} {"accepts/s",10} {"accept p50",11} {"p99 ms",8} {"turns/s",9} {"turn p50",9} {"p99 ms",8}");
            foreach (var writers in new[] { 1, 8, 64 })
            {
                foreach (var (name, groupSize) in new[] { ("plain", 1), ("group", 256), ("plain", 1), ("group", 256) })
                {
                    MeasureAsync(parent.FullName, writers, name, groupSize, TimeSpan.FromSeconds(seconds)).GetAwaiter().GetResult();
                }
            }
        }
        finally
        {
            parent.Delete(recursive: true);
        }
    }

    private static async Task MeasureAsync(string folder, int writers, string name, int groupSize, TimeSpan span)
    {
        var options = new SqliteStoreOptions { File = Path.Combine(folder, $"{Guid.NewGuid():N}.db"), MaxGroupSize = groupSize };
        await using var store = await SqliteConversationStore.OpenAsync(options, TimeProvider.System, CancellationToken.None);
        await MeasureAsync(writers, TimeSpan.FromSeconds(0.3), (w, i) => AcceptAsync(store, $"warm{w}", i));

        var accepts = await MeasureAsync(writers, span, (w, i) => AcceptAsync(store, $"c{w}", i));

        // A turn as the walk makes it: something accepted and claimed beforehand; two replies, a turn record of 1 kB, a document, a deadline.
        var record = new string('r', 1000);
        var claims = new TurnClaim[writers];
        var turns = await MeasureAsync(
            writers,
            span,
            (w, i) => CommitAsync(store, claims[w], record, i),
            async (w, i) =>
            {
                await AcceptAsync(store, $"t{w}", i);
                claims[w] = (await store.ClaimAsync($"t{w}", Lease, CancellationToken.None))!;
            });
        Print(
            $"{writers,7} {name,8} {accepts.PerSecond,10:F0} {accepts.P50,11:F2} {accepts.P99,8:F2} {turns.PerSecond,9:F0} {turns.P50,9:F2} {turns.P99,8:F2}");
    }

    private static Task<Accepted> AcceptAsync(SqliteConversationStore store, string conversation, int i) => store.AcceptAsync(
        new IncomingActivity
        {
            Channel = "bench",
            Account = conversation,
            ExternalId = i.ToString(CultureInfo.InvariantCulture),
            ConversationId = conversation,
            Entry = new NewEntry
            {
                Audience = Audience.Everyone,
                Author = Author.Client,
                Kind = "message",
                Text = "Hola, ¿puede ser el martes a las nueve en vez del lunes?",
                Payload = """{"locale":"es-CL"}""",
                IsInput = true,
            },
        },
        CancellationToken.None);

    private static Task<long> CommitAsync(SqliteConversationStore store, TurnClaim claim, string record, int i) => store.CommitTurnAsync(
        claim,
        new TurnCommit
        {
            Snapshot = """{"language":"es","asked":"17","style":"formal"}""",
            Entries =
            [
                new NewEntry { Audience = Audience.Client | Audience.Operator, Author = Author.Bot, Kind = "message", Text = "El martes a las 09:00 está libre.", Deliver = true },
                new NewEntry { Audience = Audience.Client | Audience.Operator, Author = Author.Bot, Kind = "message", Text = "¿Se la reservo?", Deliver = true },
                new NewEntry { Audience = Audience.Internal, Author = Author.System, Kind = "turn", Payload = record },
            ],
            Documents = [new DocumentWrite { Collection = "appointments", Id = claim.Conversation.Id, Json = "{}", Keys = [$"slot:{claim.Conversation.Id}:{i}"] }],
            Due = [new NewDue("reminder", claim.LeaseEnds)],
        },
        CancellationToken.None);

    /// <summary>Runs <paramref name="act"/> on each of the writers for a while; <paramref name="prepare"/> goes before each and is not part of its latency.</summary>
    private static async Task<(double PerSecond, double P50, double P99)> MeasureAsync(
        int writers,
        TimeSpan span,
        Func<int, int, Task> act,
        Func<int, int, Task>? prepare = null)
    {
        var started = Stopwatch.GetTimestamp();
        var times = await Task.WhenAll(Enumerable.Range(0, writers).Select(w => Task.Run(async () =>
        {
            var mine = new List<double>();
            for (var i = 0; Stopwatch.GetElapsedTime(started) < span; i++)
            {
                if (prepare is not null)
                {
                    await prepare(w, i);
                }

                var from = Stopwatch.GetTimestamp();
                await act(w, i);
                mine.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
            }

            return mine;
        })));
        var elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var all = times.SelectMany(mine => mine).Order().ToList();
        return (all.Count / elapsed, all[all.Count / 2], all[(int)(all.Count * 0.99)]);
    }

    private static double MeasureFlush(string folder)
    {
        using var file = new FileStream(Path.Combine(folder, "flush"), FileMode.Create);
        var page = new byte[4096];
        var times = new List<double>();
        for (var i = 0; i < 100; i++)
        {
            var from = Stopwatch.GetTimestamp();
            file.Write(page);
            file.Flush(flushToDisk: true);
            times.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
        }

        return times.Order().ElementAt(times.Count / 2);
    }

    private static void Print(FormattableString line) => System.Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
