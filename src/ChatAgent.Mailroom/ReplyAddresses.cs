using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ChatAgent.Email;

namespace ChatAgent.Mailroom;

/// <summary>Signed reply addresses and Message-IDs of a thread. Thread-safe.</summary>
/// <remarks>
/// citas+THREADMAC@clinic     THREAD  ten characters, MAC  16: the first 10 bytes of HMAC-SHA256 over purpose, thread, appointment, address and expiry, base32
/// &lt;THREAD.SEQUENCE.MAC@clinic&gt;  the same over purpose, thread and sequence: nobody can guess it, and a repetition has the same one
/// Base32 is that of RFC 4648 in lower case: servers on the way may fold the case of a local part. 26 characters and a tag of the mailbox stay below the 64
/// octets of RFC 5321 §4.5.3.1.
/// </remarks>
public sealed class ReplyAddresses
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    private const int ThreadLength = 10;
    private const int MacLength = 16;
    private const int MacBytes = 10;

    private readonly byte[] _key;
    private readonly string _local;
    private readonly string _domain;
    private readonly string? _name;

    /// <param name="key">At least 32 bytes that only this house knows.</param>
    /// <param name="mailbox">The clinic's own mailbox, which must take plus-addresses.</param>
    /// <exception cref="ArgumentException">The key is short, or the mailbox's name leaves no room for a token.</exception>
    public ReplyAddresses(byte[] key, MailAddress mailbox)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(key.Length, 32, nameof(key));
        var at = mailbox.Address.IndexOf('@', StringComparison.Ordinal);
        (_key, _local, _domain, _name) = (key, mailbox.Address[..at], mailbox.Address[(at + 1)..], mailbox.Name);
        if (_local.Length + 1 + ThreadLength + MacLength > 64)
        {
            throw new ArgumentException($"the mailbox's name before the @ has {_local.Length} characters; with a reply token at most {64 - 1 - ThreadLength - MacLength} fit", nameof(mailbox));
        }
    }

    /// <summary>An id for a new thread.</summary>
    public static string NewThreadId() => RandomNumberGenerator.GetString(Alphabet, ThreadLength);

    /// <summary>Where answers to the thread's mails go.</summary>
    public MailAddress Create(MailThread thread) => MailAddress.Create($"{_local}+{thread.Id}{Sign(thread)}@{_domain}", _name);

    /// <summary>Takes an address apart, whatever its case. False when it has not the form of a reply address of this mailbox.</summary>
    /// <param name="address">As the envelope or Delivered-To names it.</param>
    /// <param name="threadId">The thread that it names; not to be believed before <see cref="IsGenuine"/> says so.</param>
    /// <param name="mac">Its signature.</param>
    public bool TryRead(string address, [NotNullWhen(true)] out string? threadId, [NotNullWhen(true)] out string? mac)
    {
        (threadId, mac) = (null, null);
        var folded = address.Trim().ToLowerInvariant();
        var prefix = $"{_local.ToLowerInvariant()}+";
        var suffix = $"@{_domain.ToLowerInvariant()}";
        if (folded.Length != prefix.Length + ThreadLength + MacLength + suffix.Length
            || !folded.StartsWith(prefix, StringComparison.Ordinal) || !folded.EndsWith(suffix, StringComparison.Ordinal))
        {
            return false;
        }

        threadId = folded.Substring(prefix.Length, ThreadLength);
        mac = folded.Substring(prefix.Length + ThreadLength, MacLength);
        return true;
    }

    /// <summary>Whether mail to an address is for this mailbox: itself, with any extension after a "+", or the domain's postmaster. Says nothing about tokens.</summary>
    public bool IsOurs(string address)
    {
        var at = address.LastIndexOf('@');
        var local = at < 0 ? address : address[..at];
        var isOurDomain = at < 0 || address[(at + 1)..].Equals(_domain, StringComparison.OrdinalIgnoreCase);
        return isOurDomain && (local.Split('+')[0].Equals(_local, StringComparison.OrdinalIgnoreCase) || local.Equals("postmaster", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Whether a signature is the thread's own. Compares in constant time; does not look at the expiry.</summary>
    public bool IsGenuine(MailThread thread, string mac) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(mac), Encoding.ASCII.GetBytes(Sign(thread)));

    /// <summary>The Message-ID of the mail that carries one row of the thread's conversation, with its angle brackets.</summary>
    public string MessageIdOf(MailThread thread, long sequence)
    {
        var number = sequence.ToString(CultureInfo.InvariantCulture);
        return $"<{thread.Id}.{number}.{Mac("message", thread.Id, number)}@{_domain}>";
    }

    /// <summary>The uid of the thread's invitation.</summary>
    public string UidOf(string threadId) => $"{threadId}@{_domain}";

    /// <summary>The thread that an invitation's uid names, or null.</summary>
    public string? ThreadOfUid(string uid) =>
        uid.Length == ThreadLength + 1 + _domain.Length && uid[ThreadLength] == '@' && uid.EndsWith(_domain, StringComparison.OrdinalIgnoreCase)
            ? uid[..ThreadLength].ToLowerInvariant()
            : null;

    private string Sign(MailThread thread) =>
        Mac("reply", thread.Id, thread.AppointmentId, thread.Address.Trim().ToLowerInvariant(), thread.ExpiresAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));

    private string Mac(params ReadOnlySpan<string?> parts)
    {
        var hash = HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(string.Join('\n', parts)));
        var text = new char[MacLength];
        var (bits, count, next) = (0, 0, 0);
        foreach (var value in hash.AsSpan(0, MacBytes))
        {
            (bits, count) = ((bits << 8) | value, count + 8);
            for (; count >= 5; count -= 5)
            {
                text[next++] = Alphabet[(bits >> (count - 5)) & 31];
            }
        }

        return new string(text);
    }
}
