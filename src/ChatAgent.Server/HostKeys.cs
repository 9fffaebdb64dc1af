using System.Security.Cryptography;

namespace ChatAgent.Server;

/// <summary>Secrets that the host makes for itself at the first start and keeps in files that only its user may read.</summary>
internal sealed class HostKeys(string folder)
{
    private const int KeyBytes = 32;

    /// <summary>Signs Direct Line tokens.</summary>
    public byte[] TokenKey => ReadOrMake("directline-tokens.key");

    /// <summary>Signs the links of mails.</summary>
    public byte[] LinkKey => ReadOrMake("links.key");

    /// <summary>Signs reply addresses and Message-IDs.</summary>
    public byte[] MailKey => ReadOrMake("mail.key");

    /// <summary>Keys the hashes of one-time codes.</summary>
    public byte[] CodeKey => ReadOrMake("codes.key");

    /// <summary>The Direct Line master key, as text.</summary>
    public string DirectLineSecret => Convert.ToHexStringLower(ReadOrMake("directline-secret.key"));

    private byte[] ReadOrMake(string name)
    {
        var file = Path.Combine(folder, name);
        if (File.Exists(file))
        {
            var key = File.ReadAllBytes(file);
            return key.Length == KeyBytes
                ? key
                : throw new InvalidDataException($"{file}: {key.Length} bytes found, {KeyBytes} expected. Delete it to have a new one made (open sessions end).");
        }

        Directory.CreateDirectory(folder);
        var made = RandomNumberGenerator.GetBytes(KeyBytes);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var stream = new FileStream(file, options);
        stream.Write(made);
        stream.Flush(flushToDisk: true);
        return made;
    }
}
