using System.Text.Json;

namespace ChatAgent.BotProtocol.Tests;

/// <summary>The example of src/ChatAgent.BotProtocol/README.md, line by line.</summary>
public sealed class ReadmeExampleTests
{
    [Fact]
    public void Example_OfTheReadme_HoldsWhatItSays()
    {
        var key = new byte[32];

        var tokens = new DirectLineTokens(key, TimeProvider.System);
        var token = tokens.IssueToken("c-1", "dl_ana", origins: null);
        var verdict = tokens.Read(token, "token", out var claims);
        var refused = tokens.Read(token, "stream", out _);
        var isRead = ActivityReader.TryRead("""{"type":"message","text":"hola","mood":"calm"}"""u8, out var activity, out var error);
        var json = JsonSerializer.Serialize(activity, BotProtocolJson.Default.Activity);

        Assert.Equal((TokenVerdict.Valid, TokenVerdict.Malformed), (verdict, refused));
        Assert.Equal("c-1", claims!.Conversation);
        Assert.True(isRead);
        Assert.Null(error);
        Assert.Contains("\"mood\":\"calm\"", json, StringComparison.Ordinal);
    }
}
