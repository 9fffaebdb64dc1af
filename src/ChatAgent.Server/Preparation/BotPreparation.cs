using ChatAgent.Dialogs;
using ChatAgent.Neural;
using ChatAgent.Store;
using ChatAgent.Text.Corpora;
using ChatAgent.Training;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace ChatAgent.Server.Preparation;

/// <summary>Brings the bot up: understanding first, so that it answers with the written wordings; then the language model, which is taken in between two turns.</summary>
/// <remarks>Messages that come earlier are already on disk; they are answered when the worker begins.</remarks>
internal sealed partial class BotPreparation(
    BundleWorkshop workshop,
    BundleHolder bundles,
    Agent agent,
    PreparationStatus status,
    DemoAgenda demo,
    IServer server,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<BotPreparation> logger) : BackgroundService
{
    private readonly ProgressDisplay _display = ProgressDisplay.OnStandardError();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await demo.ImportAsync(stoppingToken);
            var progress = new Relay(status, _display);
            var understanding = await workshop.PrepareUnderstandingAsync(progress, stoppingToken);
            understanding.WarmUp(time.GetUtcNow());
            bundles.Swap(understanding);
            var worker = agent.RunAsync(stoppingToken);
            status.Report(null);
            status.SetReady();
            LogReady(understanding.Hash);
            await ShowWhereToGoAsync(stoppingToken);

            var complete = await workshop.PrepareSpeechAsync(understanding, progress, stoppingToken);
            complete.WarmUp(time.GetUtcNow());
            bundles.Swap(complete);
            status.Report(null);
            LogSpeechTaken(complete.Hash);

            // What training and loading needed is garbage now, and on a quiet host the next full collection may be hours away.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            await worker;
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; a training that was cut short begins again at the next start.
        }
        catch (Exception exception)
        {
            // Wrong files and a full disk are said in one line; anything else is a fault of the program, whose place matters.
            if (exception is CorpusFormatException or DirectoryNotFoundException or StoreUnavailableException or InvalidDataException)
            {
                LogStopped(exception.Message);
            }
            else
            {
                LogFailed(exception);
            }

            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
    }

    /// <summary>For the person who started the program: on stdout, because a log must not hold a link that identifies a patient.</summary>
    private async Task ShowWhereToGoAsync(CancellationToken cancellationToken)
    {
        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault()?.TrimEnd('/') ?? HostOptions.DefaultUrl;
        Console.WriteLine($"Talk to the agent:           {address}/");
        if (await demo.LinkAsync(cancellationToken) is { } link)
        {
            Console.WriteLine($"As a patient, by mail link:  {address}{link}");
        }

        Console.WriteLine($"Operators:                   {address}/operator");
    }

    [LoggerMessage(2301, LogLevel.Information, "The agent answers, bundle {BundleHash}")]
    private partial void LogReady(string bundleHash);

    [LoggerMessage(2302, LogLevel.Information, "The language model was taken in, bundle {BundleHash}")]
    private partial void LogSpeechTaken(string bundleHash);

    [LoggerMessage(2303, LogLevel.Critical, "The bot could not be prepared; the host stops")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(2304, LogLevel.Critical, "The bot could not be prepared; the host stops: {Reason}")]
    private partial void LogStopped(string reason);

    private sealed class Relay(PreparationStatus status, ProgressDisplay display) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            status.Report(value);
            display.Report(value);
        }
    }
}
