using System.Net.Http.Json;
using System.Text.Json;

namespace ChatAgent.Server.Tests;

/// <summary>The example of src/ChatAgent.Server/README.md, line by line.</summary>
public sealed class ReadmeExampleTests(HostFixture fixture) : IClassFixture<HostFixture>, IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("chatagent-readme-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Example_OfTheReadme_HoldsWhatItSays()
    {
        // The fixture's host has trained what this one takes from the shelf.
        Assert.NotNull(fixture.Host.Address);
        var (root, data, models) = (Path.GetFullPath(Path.Combine(RunningHost.Models, "..", "..")), _data, RunningHost.Models);

        await using var app = ServerApp.Build(["--urls=http://127.0.0.1:0", $"--root={root}", $"--data={data}", $"--models={models}"]);
        await app.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        Assert.Equal("ok", await http.GetStringAsync(new Uri("/healthz", UriKind.Relative)));
        var session = await http.PostAsJsonAsync("/api/widget/session", new { locale = "es-CL" });
        Assert.True((await session.Content.ReadFromJsonAsync<JsonElement>()).TryGetProperty("streamUrl", out _));
        using var ready = await http.GetAsync(new Uri("/readyz", UriKind.Relative));
        Assert.Contains((int)ready.StatusCode, new[] { 200, 503 });

        await app.StopAsync();
    }
}
