using ChatAgent.Appointments;
using ChatAgent.BotProtocol;
using ChatAgent.Dialogs;
using ChatAgent.Server.Agendas;
using ChatAgent.Server.Channels;
using ChatAgent.Server.Mail;
using ChatAgent.Server.Observation;
using ChatAgent.Server.Operator;
using ChatAgent.Server.Preparation;
using ChatAgent.Server.Web;
using ChatAgent.Store;
using ChatAgent.Training;

namespace ChatAgent.Server;

/// <summary>Composes the web host: channels, delivery, operator's API. The tests start it whole, on a local socket.</summary>
public static class ServerApp
{
    /// <summary>Builds the host from command-line arguments; nothing listens before <c>RunAsync</c>.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no root or bot folder where one was expected.</exception>
    /// <exception cref="DialogFormatException">A file of the bot is wrong; the message names file, line and column.</exception>
    /// <exception cref="StoreUnavailableException">Another host uses the data folder, or its disk is full.</exception>
    /// <exception cref="StoreFormatException">The database is not one of this program's, or is damaged.</exception>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        if (string.IsNullOrEmpty(builder.Configuration["urls"]) && string.IsNullOrEmpty(builder.Configuration["http_ports"]))
        {
            builder.WebHost.UseUrls(HostOptions.DefaultUrl);
        }

        var options = HostOptions.Read(builder.Configuration);
        Logging.Configure(builder.Logging, builder.Configuration, options.LogFolder);
        builder.Services.AddSingleton(AgendaSettings.Read(builder.Configuration));
        AddServices(builder.Services, options);

        var app = builder.Build();

        // Asked for once, so that the container lets go of the folder when the host is disposed of.
        app.Services.GetRequiredService<DataLock>();
        app.Use(app.Services.GetRequiredService<StoreFailures>().InvokeAsync);
        app.UseWebSockets();
        MapEndpoints(app);
        return app;
    }

    private static void AddServices(IServiceCollection services, HostOptions options)
    {
        var keys = new HostKeys(options.KeyFolder);
        services.AddSingleton(options);
        services.AddSingleton(TimeProvider.System);
        services.AddHttpContextAccessor();
        services.AddSingleton<PrometheusMetrics>();

        var bot = DialogLoader.Load(options.BotFolder);

        // Taken and opened here, so that a folder or a database that cannot be used stops the start with its reason; given to the container by a factory, which
        // is what makes it close them.
        var dataLock = DataLock.Take(options.Data);
        var store = OpenStore(options);
        services.AddSingleton(_ => dataLock);
        services.AddSingleton<IConversationStore>(_ => store);
        services.AddSingleton(bot);
        services.AddSingleton<BundleHolder>();
        services.AddSingleton(new AgentOptions());
        services.AddSingleton<Agent>();
        services.AddSingleton(provider => new BundleWorkshop(
            bot,
            options.Root.Corpora,
            new ModelShelf(options.Models),
            warn: provider.GetRequiredService<ILogger<BotPreparation>>().BrokenModel));

        MailHosting.AddServices(services, options, keys, bot);
        services.AddSingleton(new OneTimeCodeOptions { Key = keys.CodeKey });
        services.AddSingleton<OneTimeCodes>();
        services.AddSingleton(provider => new Agenda(
            provider.GetRequiredService<IConversationStore>(),
            provider.GetRequiredService<OneTimeCodes>(),
            bot.Domain.Zone,
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IAgendaTools>(provider => provider.GetRequiredService<Agenda>());
        services.AddSingleton(provider => new AgendaImporter(provider.GetRequiredService<IConversationStore>(), bot.Domain.Zone, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new SignedLinks(keys.LinkKey, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<DemoAgenda>();
        services.AddSingleton<PreparationStatus>();
        services.AddHostedService<BotPreparation>();

        services.AddSingleton<LiveFeed>();
        services.AddHostedService(provider => provider.GetRequiredService<LiveFeed>());
        services.AddSingleton(new DirectLineOptions { Secret = keys.DirectLineSecret });
        services.AddSingleton(provider => new DirectLineTokens(keys.TokenKey, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<StoreFailures>();
        services.AddSingleton<DirectLineStream>();
        services.AddSingleton<DirectLineEndpoints>();
        services.AddSingleton<WidgetEndpoints>();
        services.AddSingleton<ConnectorEndpoints>();
        services.AddSingleton(provider => new WebPages(options.Root.Path, provider.GetRequiredService<IConfiguration>()));
        OperatorConsole.AddServices(services, options.KeyFolder);

        // A redirect could lead from a service URL on this machine to another one.
        services.AddSingleton(new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = TimeSpan.FromSeconds(15) });
        services.AddSingleton<OutboxPump>();
        services.AddHostedService<ConnectorDelivery>();
        services.AddSingleton<AgendaEndpoints>();
        services.AddHostedService<WebhookDelivery>();
    }

    private static void MapEndpoints(WebApplication app)
    {
        // Listening begins before a service is first asked for: the meters must not miss the first turn.
        var metrics = app.Services.GetRequiredService<PrometheusMetrics>();
        var status = app.Services.GetRequiredService<PreparationStatus>();
        app.MapGet("/healthz", () => Results.Text("ok"));
        app.MapGet("/readyz", () => status.IsReady ? Results.Text("ready") : Results.Text(status.Describe(), statusCode: StatusCodes.Status503ServiceUnavailable));
        app.MapGet("/metrics", () => Results.Text(metrics.Write(), "text/plain; version=0.0.4; charset=utf-8"));
        app.Services.GetRequiredService<DirectLineEndpoints>().Map(app);
        app.Services.GetRequiredService<WidgetEndpoints>().Map(app);
        app.Services.GetRequiredService<ConnectorEndpoints>().Map(app);
        app.Services.GetRequiredService<AnswerPages>().Map(app);
        app.Services.GetRequiredService<AgendaEndpoints>().Map(app);
        OperatorConsole.Map(app);
        app.Services.GetRequiredService<WebPages>().Map(app);
    }

    /// <summary>The name that the bot speaks for, as its facts give it.</summary>
    internal static string ClinicOf(BotDefinition bot) => bot.Facts.Find("clinic", FactScope.Unknown, bot.Domain.Languages[0]) ?? bot.Name;

    private static SqliteConversationStore OpenStore(HostOptions options)
    {
        // The composition of a host is synchronous; nothing else runs yet that could be blocked.
        return SqliteConversationStore.OpenAsync(new SqliteStoreOptions { File = options.Database }, TimeProvider.System, CancellationToken.None).GetAwaiter().GetResult();
    }
}
