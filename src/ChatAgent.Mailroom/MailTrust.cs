namespace ChatAgent.Mailroom;

/// <summary>What the border server says about who sent a mail.</summary>
public enum MailTrust
{
    /// <summary>The border server says nothing, or nothing that ties the From to its domain.</summary>
    Unknown,

    /// <summary>DMARC passed, or a DKIM signature of the From's own domain did.</summary>
    Passed,

    /// <summary>DMARC failed: somebody uses another's address.</summary>
    Failed,
}

/// <summary>Reads Authentication-Results (RFC 8601).</summary>
public static class AuthenticationResults
{
    /// <summary>The verdict of our own border server on a mail's From.</summary>
    /// <param name="headers">Values of Authentication-Results, the latest first.</param>
    /// <param name="authservId">Name under which our border server writes; that server must remove foreign headers of this name. Null: nobody is believed.</param>
    /// <param name="fromAddress">The address of the mail's From.</param>
    /// <remarks>Only the latest header of that name counts; SPF alone ties nothing but the envelope and is passed over.</remarks>
    public static MailTrust Read(IReadOnlyList<string> headers, string? authservId, string fromAddress)
    {
        if (authservId is null)
        {
            return MailTrust.Unknown;
        }

        foreach (var header in headers)
        {
            var parts = WithoutComments(header).Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length == 0 || !parts[0].Split(' ', '\t')[0].Equals(authservId, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            var domain = fromAddress[(fromAddress.LastIndexOf('@') + 1)..];
            var results = parts.Skip(1).Select(Parse).ToList();
            return results.Exists(result => result is { Method: "dmarc", Result: "fail" }) ? MailTrust.Failed
                : results.Exists(result => result is { Method: "dmarc", Result: "pass" } && IsWithin(domain, result.Properties.GetValueOrDefault("header.from") ?? domain)) ? MailTrust.Passed
                : results.Exists(result => result is { Method: "dkim", Result: "pass" } && IsWithin(domain, result.Properties.GetValueOrDefault("header.d"))) ? MailTrust.Passed
                : MailTrust.Unknown;
        }

        return MailTrust.Unknown;
    }

    /// <summary>Whether the From's domain is the signing one or lies below it.</summary>
    private static bool IsWithin(string domain, string? signer) =>
        signer is { Length: > 0 } && (domain.Equals(signer, StringComparison.OrdinalIgnoreCase) || domain.EndsWith($".{signer}", StringComparison.OrdinalIgnoreCase));

    private static (string Method, string Result, Dictionary<string, string> Properties) Parse(string part)
    {
        var words = part.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        var equals = words.Length > 0 ? words[0].IndexOf('=', StringComparison.Ordinal) : -1;
        if (equals <= 0)
        {
            return (string.Empty, string.Empty, []);
        }

        var properties = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var word in words.Skip(1))
        {
            if (word.IndexOf('=', StringComparison.Ordinal) is > 0 and var at)
            {
                properties.TryAdd(word[..at], word[(at + 1)..].Trim('"'));
            }
        }

        // "dkim/1" is a method with its version.
        return (words[0][..equals].Split('/')[0].ToLowerInvariant(), words[0][(equals + 1)..].ToLowerInvariant(), properties);
    }

    private static string WithoutComments(string header)
    {
        var text = new System.Text.StringBuilder(header.Length);
        var depth = 0;
        foreach (var letter in header)
        {
            depth += letter == '(' ? 1 : 0;
            if (depth == 0)
            {
                text.Append(letter is '\r' or '\n' ? ' ' : letter);
            }

            depth -= letter == ')' && depth > 0 ? 1 : 0;
        }

        return text.ToString();
    }
}
