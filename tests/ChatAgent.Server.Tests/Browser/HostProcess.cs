using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using ChatAgent.Appointments;

namespace ChatAgent.Server.Tests.Browser;

/// <summary>The host as its own process on a local port, over a data folder of its own, so that it can be killed as a power cut would and started again.</summary>
internal sealed partial class HostProcess : IAsyncDisposable
{
    /// <summary>The first start on a machine trains the models; they are kept for all tests.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(6);
    private static readonly string Repository = RunningHost.FindRoot();
    private readonly string _data;
    private readonly IReadOnlyList<string> _arguments;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly bool _ownsData;
    private readonly List<string> _output = [];
    private Process? _process;

    private HostProcess(string? data, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        (_ownsData, _arguments, _environment) = (data is null, arguments, environment);
        _data = data ?? Directory.CreateTempSubdirectory("chatagent-browser-").FullName;
    }

    /// <summary>Without a slash at the end.</summary>
    public string Address { get; } = $"http://127.0.0.1:{FreePort()}";

    public static string WebFolder => Path.Combine(Repository, "src", "ChatAgent.Server", "wwwroot");

    public static string AxeScript => Path.Combine(Repository, "src", "web", "node_modules", "axe-core", "axe.min.js");

    /// <summary>Of the first operator, as the host printed it.</summary>
    public string FirstPassword
    {
        get
        {
            lock (_output)
            {
                return _output.Select(line => PasswordPattern().Match(line)).First(match => match.Success).Groups["password"].Value;
            }
        }
    }

    /// <param name="data">A data folder that is there already and stays; a new one when null.</param>
    /// <param name="arguments">Settings beyond the usual ones.</param>
    /// <param name="environment">Variables beyond the test's own.</param>
    public static async Task<HostProcess> StartAsync(string? data = null, IReadOnlyList<string>? arguments = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var host = new HostProcess(data, arguments ?? [], environment ?? new Dictionary<string, string>());
        await host.StartAgainAsync();
        return host;
    }

    public async Task StartAgainAsync()
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var program = Path.Combine(Repository, "src", "ChatAgent.Server", "bin", configuration, "net10.0", "ChatAgent.Server.dll");
        var start = new ProcessStartInfo("dotnet", [program, "--urls", Address, "--root", Repository, "--data", _data, "--models", RunningHost.Models, .. _arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in _environment)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await WaitUntilReadyAsync();
    }

    /// <summary>SIGKILL: nothing is flushed, closed or said.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>The page address of a mail's link for one appointment of the demo agenda.</summary>
    public string LinkFor(string appointmentId)
    {
        using var agenda = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository, "dialogs", "clinic", "agenda.json")));
        var appointment = agenda.RootElement.GetProperty("appointments").EnumerateArray().First(item => item.GetProperty("id").GetString() == appointmentId);
        var patient = agenda.RootElement.GetProperty("patients").EnumerateArray().First(item => item.GetProperty("id").GetString() == appointment.GetProperty("patient").GetString());
        var links = new SignedLinks(File.ReadAllBytes(Path.Combine(_data, "keys", "links.key")), TimeProvider.System);
        return $"{Address}/?cita={links.Create(appointmentId, patient.GetProperty("email").GetString()!, TimeProvider.System.GetUtcNow().AddDays(1))}";
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await KillAsync();
        }

        if (_ownsData)
        {
            Directory.Delete(_data, recursive: true);
        }
    }

    private async Task WaitUntilReadyAsync()
    {
        using var client = new HttpClient();
        using var limit = new CancellationTokenSource(StartLimit);
        while (true)
        {
            if (_process!.HasExited)
            {
                throw new InvalidOperationException($"the host ended with code {_process.ExitCode}:\n{Said()}");
            }

            try
            {
                using var status = JsonDocument.Parse(await client.GetStringAsync($"{Address}/api/widget/status", limit.Token));
                if (status.RootElement.GetProperty("ready").GetBoolean())
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }
            catch (OperationCanceledException canceled)
            {
                throw new TimeoutException($"the host was not ready after {StartLimit}:\n{Said()}", canceled);
            }

            await Task.Delay(150);
        }
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
        {
            _output.Add(line.Data ?? string.Empty);
        }
    }

    /// <summary>The last lines that the host wrote.</summary>
    public string Said()
    {
        lock (_output)
        {
            return string.Join('\n', _output.TakeLast(40));
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex(@"password: (?<password>[a-z0-9-]+)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex PasswordPattern();
}
