using System.Text.Json;
using ChatAgent.Server.Channels;
using ChatAgent.Store;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace ChatAgent.Server.Tests.Newcomer;

public sealed class StoreFailuresTests
{
    [Theory]
    [InlineData(true, "the disk is full")]
    [InlineData(false, "the store is not available")]
    public async Task Invoke_StoreCannotBeWritten_Is503WithTheReasonAndNoPath(bool isDiskFull, string reason)
    {
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { Response = { Body = body } };
        var failures = new StoreFailures(NullLogger<StoreFailures>.Instance);

        await failures.InvokeAsync(context, _ => throw new StoreUnavailableException("/srv/data/chatagent.db: full") { IsDiskFull = isDiskFull });

        Assert.Equal(StatusCodes.Status503ServiceUnavailable, context.Response.StatusCode);
        Assert.Equal("5", context.Response.Headers.RetryAfter);
        var message = JsonDocument.Parse(body.ToArray()).RootElement.GetProperty("error").GetProperty("message").GetString()!;
        Assert.StartsWith(reason, message, StringComparison.Ordinal);
        Assert.DoesNotContain("/srv", message, StringComparison.Ordinal);
    }
}
