using ChatAgent.Email;
using ChatAgent.Mailroom;

namespace ChatAgent.Server.Mail;

/// <summary>Looks into the folder of mails that come in, every second: notices of a file system get lost on shares, and a look costs nothing.</summary>
internal sealed partial class FolderInboxService(HostOptions options, MailInlet inlet, TimeProvider time, ILogger<FolderInboxService> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var folder = new FolderInbox(options.MailInFolder!, time);
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = Every;
            try
            {
                if (await inlet.TakeAsync(folder, stoppingToken) > 0)
                {
                    continue;
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                LogFailed(failure.Message);
                wait = AfterFailure;
            }

            await Task.Delay(wait, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(3301, LogLevel.Error, "The folder of mails that come in cannot be read now: {Reason}")]
    private partial void LogFailed(string reason);
}
