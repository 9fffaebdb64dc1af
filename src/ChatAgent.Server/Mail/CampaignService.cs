using ChatAgent.Mailroom;
using ChatAgent.Server.Preparation;

namespace ChatAgent.Server.Mail;

/// <summary>Runs the campaign while the host does, where the owner has switched it on.</summary>
internal sealed partial class CampaignService(CampaignRunner runner, WaitingList waiting, PreparationStatus status, HostOptions options, TimeProvider time, ILogger<CampaignService> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.IsCampaignOn)
        {
            LogOff();
            return;
        }

        try
        {
            while (true)
            {
                // Before understanding is ready nobody is asked: an answer could not be read.
                if (status.IsReady)
                {
                    try
                    {
                        await runner.RunOnceAsync(stoppingToken);
                        await waiting.RunOnceAsync(stoppingToken);
                    }
                    catch (Exception error) when (error is not OperationCanceledException)
                    {
                        LogFailed(error);
                    }
                }

                await Task.Delay(Interval, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    [LoggerMessage(3211, LogLevel.Information, "The campaign is off (Mail:Campaign); nobody is asked by mail")]
    private partial void LogOff();

    [LoggerMessage(3212, LogLevel.Error, "A run of the campaign failed; it is tried again")]
    private partial void LogFailed(Exception error);
}
