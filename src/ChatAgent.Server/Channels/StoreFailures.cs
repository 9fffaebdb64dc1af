using ChatAgent.BotProtocol;
using ChatAgent.Store;

namespace ChatAgent.Server.Channels;

/// <summary>Answers 503 with the reason while the store cannot be written (a full disk, a lock): clients try such a request again, and nothing of it was kept.</summary>
internal sealed partial class StoreFailures(ILogger<StoreFailures> logger)
{
    private const string RetryAfterSeconds = "5";

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (StoreUnavailableException exception) when (!context.Response.HasStarted)
        {
            LogUnavailable(exception.Message);
            context.Response.Clear();
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.Headers.RetryAfter = RetryAfterSeconds;

            // The path of the database is for the log alone.
            var message = exception.IsDiskFull ? "the disk is full; nothing was recorded, try again later" : "the store is not available; nothing was recorded, try again later";
            await context.Response.WriteAsJsonAsync(new ErrorResponse(ErrorCodes.ServiceError, message), BotProtocolJson.Default.ErrorResponse, cancellationToken: context.RequestAborted);
        }
    }

    [LoggerMessage(2101, LogLevel.Error, "A request was refused: {Reason}")]
    private partial void LogUnavailable(string reason);
}
