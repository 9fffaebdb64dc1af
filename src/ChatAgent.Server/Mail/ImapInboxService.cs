using ChatAgent.Email;
using ChatAgent.Mailroom;

namespace ChatAgent.Server.Mail;

/// <summary>Reads the clinic's mailbox: takes what waits, waits for news, and connects again when the server goes, at first soon and then less and less often.</summary>
internal sealed partial class ImapInboxService(HostOptions options, MailInlet inlet, TimeProvider time, ILogger<ImapInboxService> logger) : BackgroundService
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wait = FirstWait;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var mailbox = await ImapConnection.OpenAsync(options.Imap!, trace: null, stoppingToken);
                LogConnected(mailbox.HasIdle);
                while (true)
                {
                    await inlet.TakeAsync(mailbox, options.Imap!, time.GetUtcNow(), stoppingToken);
                    wait = FirstWait;
                    await mailbox.WaitAsync(stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                LogLost(failure.Message, wait);
            }

            await Task.Delay(wait, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
        }
    }

    [LoggerMessage(3311, LogLevel.Information, "The mailbox is open; the server says by itself when mail comes: {HasIdle}")]
    private partial void LogConnected(bool hasIdle);

    [LoggerMessage(3312, LogLevel.Warning, "The mailbox cannot be read now: {Reason}; again in {Wait}")]
    private partial void LogLost(string reason, TimeSpan wait);
}
