namespace ChatAgent.Server;

/// <summary>Composes the web host: channels, delivery, operator's API. The tests start it whole, on a local socket.</summary>
public static class ServerApp
{
    /// <summary>Builds the host from command-line arguments; nothing listens before <c>RunAsync</c>.</summary>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        var app = builder.Build();
        app.MapGet("/healthz", () => Results.Text("ok"));
        return app;
    }
}
