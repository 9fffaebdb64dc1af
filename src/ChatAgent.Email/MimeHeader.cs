namespace ChatAgent.Email;

/// <summary>One header as it stands in the mail.</summary>
/// <param name="Name">As written: "Message-Id".</param>
/// <param name="Value">Unfolded and trimmed; 8-bit text read as UTF-8, else as windows-1252; encoded words are left as they are.</param>
public sealed record MimeHeader(string Name, string Value)
{
    /// <summary>The value with its encoded words read (RFC 2047). Right for unstructured text, not for lists of addresses.</summary>
    public string Text => EncodedWords.Decode(Value);
}
