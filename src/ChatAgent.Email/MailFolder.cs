using System.Globalization;

namespace ChatAgent.Email;

/// <summary>A folder of .eml files as a way out (and in): needs no server, and is what the demo and the simulation use.</summary>
/// <remarks>A mail is written under <c>tmp/</c>, flushed and moved into the folder, so that a reader never sees half of one.</remarks>
public sealed class MailFolder
{
    private readonly string _folder;

    /// <param name="folder">Made when it is first needed.</param>
    public MailFolder(string folder) => _folder = folder;

    /// <summary>Drops a mail; a mail with the same name is there already when a delivery is repeated, and stays.</summary>
    /// <param name="name">Unique for the mail and the same for every repetition; letters, digits, "-" and "." only.</param>
    /// <returns>The file's path.</returns>
    public string Drop(string name, byte[] mail)
    {
        if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.'))
        {
            throw new ArgumentException($"a mail's file name of {name.Length.ToString(CultureInfo.InvariantCulture)} characters is not made of letters, digits, \"-\" and \".\"", nameof(name));
        }

        var target = Path.Combine(_folder, $"{name}.eml");
        if (File.Exists(target))
        {
            return target;
        }

        var drafts = Path.Combine(_folder, "tmp");
        Directory.CreateDirectory(drafts);
        var draft = Path.Combine(drafts, $"{name}.{Guid.NewGuid():N}");
        using (var stream = new FileStream(draft, FileMode.CreateNew))
        {
            stream.Write(mail);
            stream.Flush(flushToDisk: true);
        }

        File.Move(draft, target, overwrite: true);
        return target;
    }
}
