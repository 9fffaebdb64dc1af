using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace ChatAgent.Server.Tests;

/// <summary>The whole host on a local socket, with a data folder of its own. Trained parts are shared by all tests of a machine, because they are named by their inputs.</summary>
public sealed class RunningHost : IAsyncDisposable
{
    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromMinutes(4);
    private readonly WebApplication _app;
    private readonly bool _ownsData;

    private RunningHost(WebApplication app, string data, bool ownsData)
    {
        _app = app;
        Data = data;
        _ownsData = ownsData;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Http = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(30) };
    }

    public string Data { get; }

    public Uri Address { get; }

    public HttpClient Http { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>The working copy's own trained parts, which the unit tests use too.</summary>
    public static string Models { get; } = Path.Combine(FindRoot(), "data", "models");

    /// <summary>Starts a host and waits until it answers.</summary>
    /// <param name="data">The data folder of an earlier host, to go on with; a new one when null.</param>
    public static async Task<RunningHost> StartAsync(string? data = null, params string[] arguments)
    {
        var folder = data ?? Directory.CreateTempSubdirectory("chatagent-host").FullName;
        var app = ServerApp.Build(["--urls=http://127.0.0.1:0", $"--root={FindRoot()}", $"--data={folder}", $"--models={Models}", .. arguments]);
        await app.StartAsync();
        var host = new RunningHost(app, folder, ownsData: data is null);
        await host.WaitUntilReadyAsync();
        return host;
    }

    /// <summary>Sends JSON and reads JSON back.</summary>
    public async Task<(int Status, JsonElement Body)> SendAsync(HttpMethod method, string path, object? body = null, string? token = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (body is not null)
        {
            request.Content = body is HttpContent content ? content : JsonContent.Create(body);
        }

        using var response = await Http.SendAsync(request);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        return ((int)response.StatusCode, bytes.Length == 0 ? default : JsonDocument.Parse(bytes).RootElement);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (_ownsData)
        {
            Directory.Delete(Data, recursive: true);
        }
    }

    internal static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "ChatAgent.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException($"no ChatAgent.sln above {AppContext.BaseDirectory}");
    }

    private async Task WaitUntilReadyAsync()
    {
        using var limit = new CancellationTokenSource(ReadyTimeout);
        while (true)
        {
            using var response = await Http.GetAsync(new Uri("/readyz", UriKind.Relative), limit.Token);
            if (response.IsSuccessStatusCode)
            {
                return;
            }

            await Task.Delay(100, limit.Token);
        }
    }
}
