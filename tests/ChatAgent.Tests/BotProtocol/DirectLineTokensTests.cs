using System.Buffers.Text;
using System.Text.Json;
using ChatAgent.Tests;

namespace ChatAgent.BotProtocol.Tests;

public sealed class DirectLineTokensTests
{
    private readonly ManualTimeProvider _time = new(new DateTimeOffset(2026, 4, 25, 18, 0, 0, TimeSpan.Zero));
    private readonly DirectLineTokens _tokens;

    public DirectLineTokensTests() => _tokens = new DirectLineTokens(Key(1), _time);

    [Fact]
    public void Read_OwnToken_GivesItsClaims()
    {
        var verdict = _tokens.Read(_tokens.IssueToken("c1", "dl_ana", ["https://a.example"]), "token", out var claims);

        Assert.Equal(TokenVerdict.Valid, verdict);
        Assert.Equal(("c1", "dl_ana"), (claims!.Conversation, claims.User));
        Assert.Equal(["https://a.example"], claims.Origins!);
    }

    [Fact]
    public void Issue_Payload_CarriesTheClaimThatDirectLineJsDecodes()
    {
        var payload = Base64Url.DecodeFromChars(_tokens.IssueToken("c1", "dl_ana", null).Split('.')[1]);

        Assert.Equal("dl_ana", JsonDocument.Parse(payload).RootElement.GetProperty("user").GetString());
    }

    [Fact]
    public void Read_AfterItsLifetime_IsExpired()
    {
        var token = _tokens.IssueToken("c1", null, null);
        _time.Advance(DirectLineTokens.TokenLifetime);

        Assert.Equal(TokenVerdict.Expired, _tokens.Read(token, "token", out _));
    }

    [Fact]
    public void Read_StreamTokenInTheHeader_IsRefused()
    {
        Assert.Equal(TokenVerdict.Malformed, _tokens.Read(_tokens.IssueStream("c1", null, null, 3), "token", out _));
    }

    [Fact]
    public void Read_AnyByteChanged_IsRefused()
    {
        var token = _tokens.IssueToken("c1", "dl_ana", null);
        for (var i = 0; i < token.Length; i++)
        {
            var changed = token.ToCharArray();
            changed[i] = changed[i] == 'A' ? 'B' : 'A';

            // The last character of a base64url text can differ in bits that are not part of the value.
            if (i < token.Length - 1)
            {
                Assert.Equal(TokenVerdict.Malformed, _tokens.Read(new string(changed), "token", out _));
            }
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a.b")]
    [InlineData("..")]
    [InlineData("eyJhbGciOiJub25lIn0.eyJjb252IjoiYzEiLCJ1c2UiOiJ0b2tlbiIsImV4cCI6OTk5OTk5OTk5OX0.")]
    public void Read_NotOurs_IsRefused(string? token) => Assert.Equal(TokenVerdict.Malformed, _tokens.Read(token, "token", out _));

    [Fact]
    public void Read_AnotherHostsToken_IsRefused()
    {
        var foreign = new DirectLineTokens(Key(2), _time).IssueToken("c1", null, null);

        Assert.Equal(TokenVerdict.Malformed, _tokens.Read(foreign, "token", out _));
    }

    [Fact]
    public void Constructor_ShortKey_Throws() => Assert.Throws<ArgumentException>(() => new DirectLineTokens(new byte[16], _time));

    private static byte[] Key(byte fill) => Enumerable.Repeat(fill, 32).ToArray();
}
