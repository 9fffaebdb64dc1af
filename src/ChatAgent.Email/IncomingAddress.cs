namespace ChatAgent.Email;

/// <summary>A mailbox as a mail names it; unlike <see cref="MailAddress"/> nothing is promised about its form.</summary>
/// <param name="Name">Display name, decoded, or null.</param>
/// <param name="Address">Without angle brackets; may be empty or no address at all.</param>
public sealed record IncomingAddress(string? Name, string Address)
{
    /// <summary>Reads the mailboxes of a header: names quoted or not, comments, groups, routes; what is damaged is read as far as it goes.</summary>
    public static IReadOnlyList<IncomingAddress> ParseList(string? header) => AddressListReader.Read(header ?? string.Empty);
}
