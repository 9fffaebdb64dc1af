using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ChatAgent.Appointments;

/// <summary>Links that show who the visitor is, as a mail carries them: an appointment and the address that it was sent to, signed, until a date. Thread-safe.</summary>
/// <remarks>
/// Token: base64url of <c>1 LF expiry LF address LF appointment</c>, a dot, base64url of its HMAC-SHA256. Expiry in seconds since 1970 UTC; the address is the first
/// 16 bytes of its SHA-256 in hex, so that a link in a log tells no address.
/// </remarks>
public sealed class SignedLinks
{
    private const string Version = "1";

    private readonly byte[] _key;
    private readonly TimeProvider _time;

    /// <param name="key">At least 32 bytes that only this house knows.</param>
    /// <param name="time">Tells whether a link has expired.</param>
    public SignedLinks(byte[] key, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(key.Length, 32, nameof(key));
        (_key, _time) = (key, time);
    }

    /// <summary>A token for one appointment and the address that it goes to; safe in a URL as it is.</summary>
    public string Create(string appointmentId, string address, DateTimeOffset expiresAt)
    {
        var payload = Encoding.UTF8.GetBytes(string.Join('\n', Version, expiresAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), HashOf(address), appointmentId));
        return $"{Base64Url.EncodeToString(payload)}.{Base64Url.EncodeToString(HMACSHA256.HashData(_key, payload))}";
    }

    /// <summary>Reads a token. False when it is not one of ours, was changed, or has expired.</summary>
    public bool TryRead(string token, [NotNullWhen(true)] out SignedLink? link)
    {
        link = null;
        var dot = token.IndexOf('.', StringComparison.Ordinal);
        if (dot <= 0 || token.Length > 2_000 || !TryDecode(token[..dot], out var payload) || !TryDecode(token[(dot + 1)..], out var signature)
            || !CryptographicOperations.FixedTimeEquals(signature, HMACSHA256.HashData(_key, payload)))
        {
            return false;
        }

        // Signed by us: the shape is ours too.
        var parts = Encoding.UTF8.GetString(payload).Split('\n', 4);
        if (parts.Length != 4 || parts[0] != Version || !long.TryParse(parts[1], CultureInfo.InvariantCulture, out var seconds)
            || DateTimeOffset.FromUnixTimeSeconds(seconds) <= _time.GetUtcNow())
        {
            return false;
        }

        link = new SignedLink(parts[3], parts[2]);
        return true;
    }

    /// <summary>How an address stands in a link.</summary>
    public static string HashOf(string address) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address.Trim().ToLowerInvariant())).AsSpan(0, 16));

    private static bool TryDecode(string text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = Base64Url.IsValid(text) ? Base64Url.DecodeFromChars(text) : null;
        return bytes is not null;
    }
}
