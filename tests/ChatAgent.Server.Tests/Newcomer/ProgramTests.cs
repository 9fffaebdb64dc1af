using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ChatAgent.Dialogs;
using ChatAgent.Store;

namespace ChatAgent.Server.Tests.Newcomer;

/// <summary>The host as a program: what it says when it cannot start, and what a power cut leaves behind.</summary>
public sealed class ProgramTests
{
    private static readonly string Repository = RunningHost.FindRoot();

    [Fact]
    public async Task Start_PortInUse_IsOneLineThatNamesTheOption()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        await using var program = Run($"http://127.0.0.1:{((IPEndPoint)other.LocalEndpoint).Port}");

        Assert.Equal(1, await program.EndAsync());

        Assert.Contains("--urls", Assert.Single(program.Errors), StringComparison.Ordinal);
        Assert.DoesNotContain(program.Output, line => line.Contains("   at ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_AnotherHostHasTheDataFolder_IsOneLineAndLeavesItAlone()
    {
        await using var host = await RunningHost.StartAsync();
        await using var program = Run("http://127.0.0.1:0", host.Data);

        Assert.Equal(1, await program.EndAsync());

        Assert.Contains("--data", Assert.Single(program.Errors), StringComparison.Ordinal);
        var visitor = await Visitor.OpenAsync(host.Http);
        Assert.NotEmpty(await visitor.HearAsync(1));
    }

    [Theory]
    [InlineData("flows/confirm_hour.yml", "collect: attendance", "collect: atendance", "atendance")]
    [InlineData("domain.yml", "acts:\n", "acts: [\n", "domain.yml(")]
    public async Task Start_BotFileIsWrong_NamesTheFileAndThePlace(string name, string right, string wrong, string expected)
    {
        var bot = Directory.CreateTempSubdirectory("chatagent-bot-").FullName;
        try
        {
            Copy(Path.Combine(Repository, "dialogs", "clinic"), bot);
            var file = Path.Combine(bot, name);
            await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace(right, wrong, StringComparison.Ordinal));
            await using var program = Run("http://127.0.0.1:0", data: null, "--bot", bot);

            Assert.Equal(2, await program.EndAsync());

            var line = Assert.Single(program.Errors);
            Assert.Contains(expected, line, StringComparison.Ordinal);
            Assert.Matches(@"\.yml\(\d+,\d+\)", line);
        }
        finally
        {
            Directory.Delete(bot, recursive: true);
        }
    }

    [Fact]
    public async Task Kill_AmongManyMessages_LeavesASoundStoreAndAnswersTheRestOnce()
    {
        const int MessagesBeforeKill = 40;
        var data = Directory.CreateTempSubdirectory("chatagent-kill-").FullName;
        try
        {
            var address = $"http://127.0.0.1:{FreePort()}";
            var taken = new Dictionary<string, int>(StringComparer.Ordinal);
            await using (var program = Run(address, data))
            {
                using var http = new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromSeconds(20) };
                await program.ReadyAsync(http);
                var visitors = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Visitor.OpenAsync(http)));
                var manyTaken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                var all = 0;
                var talk = visitors.Select(async visitor =>
                {
                    for (var message = 0; ; message++)
                    {
                        try
                        {
                            await visitor.SayAsync($"¿a qué hora abren? {message}");
                            if (Interlocked.Increment(ref all) == MessagesBeforeKill)
                            {
                                manyTaken.SetResult();
                            }
                        }
                        catch (HttpRequestException)
                        {
                            return (visitor.ConversationId, message);
                        }
                    }
                }).ToList();
                await manyTaken.Task.WaitAsync(TimeSpan.FromSeconds(60));
                await program.KillAsync();
                foreach (var (conversation, count) in await Task.WhenAll(talk))
                {
                    taken[conversation] = count;
                }
            }

            Assert.True(taken.Values.Sum() >= MessagesBeforeKill);
            await using var again = await RunningHost.StartAsync(data);
            await using var store = await SqliteConversationStore.OpenAsync(
                new SqliteStoreOptions { File = Path.Combine(data, "chatagent.db"), CreateIfMissing = false }, TimeProvider.System, CancellationToken.None);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            foreach (var (conversation, count) in taken)
            {
                List<long> asked;
                List<long> answered;
                do
                {
                    await Task.Delay(50, limit.Token);
                    var log = await store.ReadLogAsync(conversation, 0, Audience.Internal, 10_000, limit.Token);
                    asked = [.. log.Where(entry => entry.Author == Author.Client).Select(entry => entry.Sequence)];
                    answered = [.. log.Where(entry => entry.Kind == ConversationEvents.Turn).SelectMany(entry => TurnRecord.FromJson(entry.Payload!)!.Inputs).Where(asked.Contains)];
                }
                while (answered.Count < asked.Count);

                // One more than was acknowledged may be on disk: the answer that says so was cut off.
                Assert.InRange(asked.Count, count, count + 1);
                Assert.Equal(asked, answered);
            }

            Assert.Empty(await StoreVerifier.VerifyAsync(Path.Combine(data, "chatagent.db"), CancellationToken.None));
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Fact]
    public async Task Memory_AfterTwoHundredMessages_IsBelow300Megabytes()
    {
        const long Limit = 300_000_000;
        string[] messages = ["hola", "¿dónde queda?", "quiero cambiar mi hora", "¿a qué hora abren?", "gracias", "¿aceptan fonasa?", "si ando con ganas voy", "what should I bring?", "mejor el jueves", "¿quién eres?"];
        var address = $"http://127.0.0.1:{FreePort()}";
        await using var program = Run(address);
        using var http = new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromSeconds(20) };
        await program.ReadyAsync(http);
        for (var conversation = 0; conversation < 20; conversation++)
        {
            var visitor = await Visitor.OpenAsync(http);
            foreach (var message in messages)
            {
                await visitor.SayAsync(message);
            }

            await visitor.HearAsync(2);
        }

        var metrics = await http.GetStringAsync(new Uri("/metrics", UriKind.Relative));

        var line = metrics.Split('\n').Single(line => line.StartsWith("process_resident_memory_bytes ", StringComparison.Ordinal));
        Assert.InRange(long.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture), 50_000_000, Limit);
    }

    private static HostProgram Run(string urls, string? data = null, params string[] arguments) => new(urls, data, arguments);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    /// <summary>One run of the program; killed when it is disposed.</summary>
    private sealed class HostProgram : IAsyncDisposable
    {
        private readonly string? _ownData;
        private readonly Process _process;
        private readonly Lock _gate = new();
        private readonly List<string> _output = [];
        private readonly List<string> _errors = [];

        public HostProgram(string urls, string? data, string[] arguments)
        {
            _ownData = data is null ? Directory.CreateTempSubdirectory("chatagent-program-").FullName : null;
            var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
            var program = Path.Combine(Repository, "src", "ChatAgent.Server", "bin", configuration, "net10.0", "ChatAgent.Server.dll");
            _process = Process.Start(new ProcessStartInfo(
                "dotnet", [program, "--urls", urls, "--root", Repository, "--data", data ?? _ownData!, "--models", RunningHost.Models, .. arguments])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                StandardErrorEncoding = Encoding.UTF8,
            })!;
            _process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
            _process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
            _process.BeginOutputReadLine();
            _process.BeginErrorReadLine();
        }

        public IReadOnlyList<string> Output => Lines(_output);

        public IReadOnlyList<string> Errors => Lines(_errors);

        /// <summary>Waits for its end and gives its exit code.</summary>
        public async Task<int> EndAsync()
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            await _process.WaitForExitAsync(limit.Token);
            return _process.ExitCode;
        }

        public async Task ReadyAsync(HttpClient http)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(4));
            while (true)
            {
                try
                {
                    using var response = await http.GetAsync(new Uri("/readyz", UriKind.Relative), limit.Token);
                    if (response.IsSuccessStatusCode)
                    {
                        return;
                    }
                }
                catch (HttpRequestException) when (!_process.HasExited)
                {
                    // It does not listen yet.
                }

                await Task.Delay(100, limit.Token);
            }
        }

        /// <summary>SIGKILL: nothing is flushed, closed or said.</summary>
        public async Task KillAsync()
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        public async ValueTask DisposeAsync()
        {
            if (!_process.HasExited)
            {
                await KillAsync();
            }

            _process.Dispose();
            if (_ownData is not null)
            {
                Directory.Delete(_ownData, recursive: true);
            }
        }

        private void Keep(List<string> lines, string? line)
        {
            lock (_gate)
            {
                if (!string.IsNullOrEmpty(line))
                {
                    lines.Add(line);
                }
            }
        }

        private List<string> Lines(List<string> lines)
        {
            lock (_gate)
            {
                return [.. lines];
            }
        }
    }
}
