using System.Diagnostics.CodeAnalysis;

namespace ChatAgent.Email;

/// <summary>A mailbox with the name that people see.</summary>
public sealed record MailAddress
{
    private const int MaxLocalOctets = 64;
    private const int MaxOctets = 254;

    private MailAddress(string address, string? name)
    {
        Address = address;
        Name = name;
    }

    /// <summary>"citas@losaromos.example"; ASCII only, because a peer without SMTPUTF8 takes no other.</summary>
    public string Address { get; }

    /// <summary>Display name, or null.</summary>
    public string? Name { get; }

    /// <summary>Takes a plain address: one "@", no blanks, no control characters, within the lengths of RFC 5321 §4.5.3.1.</summary>
    public static bool TryCreate(string address, string? name, [NotNullWhen(true)] out MailAddress? mailbox)
    {
        mailbox = null;
        var at = address.IndexOf('@', StringComparison.Ordinal);
        var isPlain = at > 0 && at < address.Length - 1 && at == address.LastIndexOf('@')
            && at <= MaxLocalOctets && address.Length <= MaxOctets
            && address.All(c => c is > ' ' and < (char)127 and not ('<' or '>' or '(' or ')' or ',' or ';' or ':' or '\\' or '"' or '[' or ']'));
        if (!isPlain || (name is not null && name.Any(char.IsControl)))
        {
            return false;
        }

        mailbox = new MailAddress(address, name);
        return true;
    }

    /// <summary>As <see cref="TryCreate"/>, for addresses that the house itself writes.</summary>
    /// <exception cref="FormatException">It is not one.</exception>
    public static MailAddress Create(string address, string? name = null) =>
        TryCreate(address, name, out var mailbox) ? mailbox : throw new FormatException($"not a mail address: {address.Length} characters; name@domain in ASCII was expected");

    public override string ToString() => Address;
}
