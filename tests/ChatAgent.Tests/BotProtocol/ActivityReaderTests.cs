using System.Text;
using System.Text.Json;

namespace ChatAgent.BotProtocol.Tests;

public sealed class ActivityReaderTests
{
    [Fact]
    public void TryRead_UnknownFields_SurviveARoundTrip()
    {
        const string json = """
            {"type":"message","text":"hola","from":{"id":"u1","aadObjectId":"a-1"},"conversation":{"id":"x|livechat","topic":"t"},"importance":"high",
             "channelData":{"clientActivityID":"c-1","deep":{"a":[1,2]}},"attachments":[{"contentType":"image/png","thumbnailUrl":"data:,","size":3}],"semanticAction":{"id":"s"}}
            """;

        Assert.True(ActivityReader.TryRead(Encoding.UTF8.GetBytes(json), out var activity, out _));
        using var written = JsonDocument.Parse(JsonSerializer.Serialize(activity, BotProtocolJson.Default.Activity));
        using var original = JsonDocument.Parse(json);

        Assert.True(JsonElement.DeepEquals(original.RootElement, written.RootElement), written.RootElement.ToString());
    }

    [Theory]
    [InlineData("", "BadSyntax")]
    [InlineData("{", "BadSyntax")]
    [InlineData("[]", "BadSyntax")]
    [InlineData("\"message\"", "BadSyntax")]
    [InlineData("null", "MissingProperty")]
    [InlineData("{\"text\":\"hola\"}", "MissingProperty")]
    [InlineData("{\"type\":\"\"}", "MissingProperty")]
    [InlineData("{\"type\":\"message\",\"from\":7}", "BadSyntax")]
    public void TryRead_NotAnActivity_SaysWhatWasExpected(string json, string code)
    {
        Assert.False(ActivityReader.TryRead(Encoding.UTF8.GetBytes(json), out _, out var error));
        Assert.Equal(code, error.Code);
    }

    [Fact]
    public void TryRead_InvalidUtf8_IsBadSyntaxAndQuotesNothing()
    {
        byte[] bytes = [.. "{\"type\":\"message\",\"text\":\"secreto "u8, 0xC3, 0x28, 0xFF, .. "\"}"u8];

        Assert.False(ActivityReader.TryRead(bytes, out _, out var error));
        Assert.Equal(ErrorCodes.BadSyntax, error.Code);
        Assert.DoesNotContain("secreto", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TryRead_LargerThanAllowed_SaysTheLimit()
    {
        Assert.False(ActivityReader.TryRead(new byte[ActivityReader.MaxBytes + 1], out _, out var error));
        Assert.Equal(ErrorCodes.MessageSizeTooBig, error.Code);
    }

    [Fact]
    public void DirectLineParameters_CapitalisedNames_AreRead()
    {
        var parameters = JsonSerializer.Deserialize("""{"User":{"Id":"dl_7"},"TrustedOrigins":["https://a.example"]}""", BotProtocolJson.Default.DirectLineParameters);

        Assert.Equal("dl_7", parameters!.User!.Id);
        Assert.Equal(["https://a.example"], parameters.TrustedOrigins!);
    }
}
