using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ChatAgent.BotProtocol;

/// <summary>Issues and reads Direct Line tokens: JSON Web Tokens signed with HMAC-SHA-256 under the host's own key.</summary>
/// <remarks>
/// DirectLineJS decodes a token and reads its claim <c>user</c>, so it has to be a JWT; it never verifies one. Only the header that this class writes is
/// accepted, so that no token can choose its own algorithm. Source: RFC 7515, RFC 7519. Thread-safe.
/// </remarks>
public sealed class DirectLineTokens
{
    /// <summary>How long a token lives. DirectLineJS refreshes every 15 minutes whatever it is told, so this must be longer.</summary>
    public static readonly TimeSpan TokenLifetime = TimeSpan.FromSeconds(1800);

    /// <summary>How long a stream URL may wait to be opened.</summary>
    public static readonly TimeSpan StreamLifetime = TimeSpan.FromSeconds(60);

    /// <summary>How long a visitor's browser may come back to its conversation.</summary>
    public static readonly TimeSpan VisitLifetime = TimeSpan.FromDays(30);

    private const int MinimumKeyBytes = 32;
    private static readonly string Header = Base64Url.EncodeToString("""{"alg":"HS256","typ":"JWT"}"""u8);
    private readonly byte[] _key;
    private readonly TimeProvider _time;

    /// <param name="key">At least 32 random bytes, kept by the host.</param>
    /// <exception cref="ArgumentException">The key is shorter than that.</exception>
    public DirectLineTokens(byte[] key, TimeProvider time)
    {
        if (key.Length < MinimumKeyBytes)
        {
            throw new ArgumentException($"the signing key has {key.Length} bytes; at least {MinimumKeyBytes} are needed", nameof(key));
        }

        _key = key;
        _time = time;
    }

    /// <summary>A token for the Authorization header of one conversation.</summary>
    public string IssueToken(string conversation, string? user, IReadOnlyList<string>? origins) =>
        Issue(new DirectLineClaims { Conversation = conversation, User = user, Origins = origins, Use = "token" }, TokenLifetime);

    /// <summary>A token for the query of one stream URL; rows after <paramref name="after"/> are sent.</summary>
    public string IssueStream(string conversation, string? user, IReadOnlyList<string>? origins, long after) =>
        Issue(new DirectLineClaims { Conversation = conversation, User = user, Origins = origins, Use = "stream", After = after }, StreamLifetime);

    /// <summary>What a browser keeps to come back to its conversation; good only for asking this host for a token.</summary>
    public string IssueVisit(string conversation, string user) =>
        Issue(new DirectLineClaims { Conversation = conversation, User = user, Use = "visit" }, VisitLifetime);

    /// <summary>Reads a token that this host signed.</summary>
    /// <param name="use">"token", "stream" or "visit".</param>
    /// <param name="claims">What it says; also given for an expired token, so that the refusal can name the reason.</param>
    public TokenVerdict Read(string? token, string use, out DirectLineClaims? claims)
    {
        claims = null;
        if (!TrySplit(token, out var signed, out var payload, out var signature))
        {
            return TokenVerdict.Malformed;
        }

        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, Encoding.ASCII.GetBytes(signed), expected);
        if (!CryptographicOperations.FixedTimeEquals(expected, signature))
        {
            return TokenVerdict.Malformed;
        }

        claims = JsonSerializer.Deserialize(payload, BotProtocolJson.Default.DirectLineClaims);
        if (claims is null || claims.Use != use)
        {
            return TokenVerdict.Malformed;
        }

        return claims.Expires <= _time.GetUtcNow().ToUnixTimeSeconds() ? TokenVerdict.Expired : TokenVerdict.Valid;
    }

    private static bool TrySplit(string? token, [NotNullWhen(true)] out string? signed, out byte[] payload, out byte[] signature)
    {
        signed = null;
        payload = signature = [];
        var parts = token?.Split('.');
        if (parts is not { Length: 3 } || parts[0] != Header || !Base64Url.IsValid(parts[1]) || !Base64Url.IsValid(parts[2]))
        {
            return false;
        }

        signed = $"{parts[0]}.{parts[1]}";
        payload = Base64Url.DecodeFromChars(parts[1]);
        signature = Base64Url.DecodeFromChars(parts[2]);
        return true;
    }

    private string Issue(DirectLineClaims claims, TimeSpan lifetime)
    {
        var now = _time.GetUtcNow();
        var complete = claims with
        {
            IssuedAt = now.ToUnixTimeSeconds(),
            Expires = (now + lifetime).ToUnixTimeSeconds(),
            Id = RandomNumberGenerator.GetHexString(24, lowercase: true),
        };
        var signed = $"{Header}.{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(complete, BotProtocolJson.Default.DirectLineClaims))}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(_key, Encoding.ASCII.GetBytes(signed)))}";
    }
}
