using System.Text;

namespace ChatAgent.Email;

/// <summary>Mailboxes of a header. Source: RFC 5322 §3.4 with the obsolete forms of §4.4, leniently.</summary>
internal static class AddressListReader
{
    private const int MaxMailboxes = 1000;

    public static IReadOnlyList<IncomingAddress> Read(string header)
    {
        var found = new List<IncomingAddress>();
        var phrase = new StringBuilder();
        var comment = new StringBuilder();
        string? address = null;
        for (var i = 0; i < header.Length && found.Count < MaxMailboxes; i++)
        {
            switch (header[i])
            {
                case '"':
                    // Quotes within an address (a quoted local part) belong to it.
                    var quotedFrom = i;
                    var quoted = ReadQuoted(header, ref i);
                    if (i + 1 < header.Length && header[i + 1] == '@')
                    {
                        phrase.Append(header, quotedFrom, i - quotedFrom + 1);
                    }
                    else
                    {
                        phrase.Append(quoted);
                    }

                    break;
                case '(':
                    comment.Append(ReadComment(header, ref i));
                    break;
                case '<':
                    var end = header.IndexOf('>', i);
                    // An open bracket ends with the mailbox.
                    if (end < 0)
                    {
                        end = header.IndexOf(',', i);
                        end = end < 0 ? header.Length : end;
                        address = Route(header[(i + 1)..end]);
                        i = end - 1;
                    }
                    else
                    {
                        address = Route(header[(i + 1)..end]);
                        i = end;
                    }

                    break;
                case ',' or ';':
                    Flush();
                    break;
                case ':' when address is null && !phrase.ToString().Contains('@', StringComparison.Ordinal):
                    // The name of a group.
                    phrase.Clear();
                    comment.Clear();
                    break;
                default:
                    phrase.Append(header[i]);
                    break;
            }
        }

        Flush();
        return found;

        void Flush()
        {
            var name = EncodedWords.Decode(phrase.ToString().Trim());
            var note = EncodedWords.Decode(comment.ToString().Trim());
            if (address is null && name.Length > 0)
            {
                // "juan@correo.example (Juan)", the old form, and a name with no address behind it.
                var isAddress = name.Contains('@', StringComparison.Ordinal) && !name.Contains(' ', StringComparison.Ordinal);
                found.Add(isAddress ? new IncomingAddress(note.Length > 0 ? note : null, name) : new IncomingAddress(name, string.Empty));
            }
            else if (address is not null)
            {
                found.Add(new IncomingAddress(name.Length > 0 ? Collapse(name) : note.Length > 0 ? note : null, address));
            }

            address = null;
            phrase.Clear();
            comment.Clear();
        }
    }

    private static string Collapse(string name) => string.Join(' ', name.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries));

    /// <summary>"@a,@b:c@d" is c@d by a route that nobody takes any more.</summary>
    private static string Route(string inner)
    {
        var address = inner.Trim();
        if (address.StartsWith('@') && address.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon)
        {
            address = address[(colon + 1)..];
        }

        return EncodedWords.Decode(new string([.. address.Where(c => !char.IsWhiteSpace(c))]));
    }

    private static string ReadQuoted(string header, ref int i)
    {
        var text = new StringBuilder();
        for (i++; i < header.Length && header[i] != '"'; i++)
        {
            if (header[i] == '\\' && i + 1 < header.Length)
            {
                i++;
            }

            text.Append(header[i]);
        }

        return text.ToString();
    }

    private static string ReadComment(string header, ref int i)
    {
        var text = new StringBuilder();
        var depth = 1;
        for (i++; i < header.Length; i++)
        {
            if (header[i] == '\\' && i + 1 < header.Length)
            {
                i++;
            }
            else if (header[i] == '(')
            {
                depth++;
            }
            else if (header[i] == ')' && --depth == 0)
            {
                break;
            }

            text.Append(header[i]);
        }

        return text.ToString();
    }
}
