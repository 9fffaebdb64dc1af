using System.Globalization;
using System.Security.Cryptography;

namespace ChatAgent.Dialogs.Operators;

/// <summary>Passwords as PBKDF2-HMAC-SHA-512, written <c>pbkdf2-sha512$rounds$salt$hash</c> with base64 parts.</summary>
/// <remarks>Source: RFC 8018 §5.2; 210,000 rounds by OWASP's Password Storage Cheat Sheet. The rounds stand in the text, so that they can be raised later.</remarks>
internal static class PasswordHash
{
    private const string Scheme = "pbkdf2-sha512";
    private const int Rounds = 210_000;
    private const int SaltBytes = 16;
    private const int HashBytes = 32;

    /// <summary>Compared with where there is no such operator, so that the answer takes as long.</summary>
    public static readonly string OfNobody = Make(Convert.ToHexString(RandomNumberGenerator.GetBytes(SaltBytes)));

    public static string Make(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return string.Create(CultureInfo.InvariantCulture, $"{Scheme}${Rounds}${Convert.ToBase64String(salt)}${Convert.ToBase64String(Derive(password, salt, Rounds))}");
    }

    /// <summary>Whether the password is the one; false for a text that <see cref="Make"/> did not write.</summary>
    public static bool Matches(string password, string stored)
    {
        if (stored.Split('$') is not [Scheme, var rounds, var salt, var hash] || !int.TryParse(rounds, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count < 1)
        {
            return false;
        }

        return CryptographicOperations.FixedTimeEquals(Derive(password, Convert.FromBase64String(salt), count), Convert.FromBase64String(hash));
    }

    private static byte[] Derive(string password, byte[] salt, int rounds) => Rfc2898DeriveBytes.Pbkdf2(password, salt, rounds, HashAlgorithmName.SHA512, HashBytes);
}
