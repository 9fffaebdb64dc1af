namespace ChatAgent.Email;

/// <summary>Name and password of a mail account. Its text is the name alone, so that no log shows the password.</summary>
public sealed class MailCredentials(string userName, string password)
{
    public string UserName { get; } = userName;

    public string Password { get; } = password;

    public override string ToString() => UserName;
}

/// <summary>How a connection to a mail server is kept from listeners.</summary>
public enum WireSecurity
{
    /// <summary>Plain at first, then TLS before anything else is said; without it nothing is said.</summary>
    StartTls,

    /// <summary>TLS from the first byte.</summary>
    Tls,

    /// <summary>None: for a server on this machine.</summary>
    None,
}
