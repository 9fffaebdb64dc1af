using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;
using ChatAgent.Neural;

namespace ChatAgent.Training;

/// <summary>Keeps trained parts on disk, a folder each, named by the hash of what they were made from.</summary>
/// <remarks>
/// <code>
/// data/models/{part}-{first 16 digits of the hash}/manifest.json   name, whole hash, size and SHA-256 of every other file
///                                                 /...             what the part's own Save wrote
/// </code>
/// A part is written into a folder with a name of its own and moved into place in one step, so that a half-written one is never taken for a whole one; a
/// manifest that does not fit its files is a <see cref="ModelFormatException"/>. Two processes may keep the same part: the second finds it there.
/// </remarks>
public sealed class ModelShelf
{
    private const string ManifestName = "manifest.json";
    private const int HashDigits = 16;
    private const int KeptPerPart = 3;
    private readonly string _folder;

    /// <param name="folder">Where the parts lie; made when it is first needed.</param>
    public ModelShelf(string folder) => _folder = folder;

    /// <summary>The folder of a part, whether it is there or not.</summary>
    public string FolderOf(string part, string hash) => Path.Combine(_folder, $"{part}-{hash[..HashDigits]}");

    /// <summary>Finds a part and checks its files.</summary>
    /// <returns>False when there is none.</returns>
    /// <exception cref="ModelFormatException">It is there and broken: a file is missing, cut off or changed.</exception>
    public bool TryFind(string part, string hash, [NotNullWhen(true)] out string? folder)
    {
        folder = FolderOf(part, hash);
        if (!Directory.Exists(folder))
        {
            folder = null;
            return false;
        }

        Check(ReadManifest(folder), folder, hash);
        Directory.SetLastWriteTimeUtc(folder, TimeProvider.System.GetUtcNow().UtcDateTime);
        return true;
    }

    /// <summary>Keeps a part: <paramref name="save"/> writes its files into the folder that it is given.</summary>
    /// <returns>The folder where it now lies.</returns>
    public string Keep(string part, string hash, Action<string> save)
    {
        var target = FolderOf(part, hash);
        var draft = Path.Combine(_folder, $".{part}-{Guid.NewGuid():N}");
        Directory.CreateDirectory(draft);
        try
        {
            save(draft);
            var files = Directory.GetFiles(draft, "*", SearchOption.AllDirectories)
                .Select(file => new ManifestFile(Path.GetRelativePath(draft, file).Replace('\\', '/'), new FileInfo(file).Length, HashOf(file)))
                .OrderBy(file => file.Name, StringComparer.Ordinal)
                .ToList();
            File.WriteAllBytes(Path.Combine(draft, ManifestName), JsonSerializer.SerializeToUtf8Bytes(new Manifest(part, hash, files), TrainingJson.Default.Manifest));
            MoveIntoPlace(draft, target);
        }
        finally
        {
            if (Directory.Exists(draft))
            {
                Directory.Delete(draft, recursive: true);
            }
        }

        Prune(part);
        return target;
    }

    /// <summary>Removes a part, a broken one for instance.</summary>
    public void Discard(string part, string hash)
    {
        var folder = FolderOf(part, hash);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void MoveIntoPlace(string draft, string target)
    {
        try
        {
            Directory.Move(draft, target);
        }
        catch (IOException) when (Directory.Exists(target))
        {
            // Another process was quicker with the same inputs: its part is as good.
        }
    }

    private static Manifest ReadManifest(string folder)
    {
        var file = Path.Combine(folder, ManifestName);
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), TrainingJson.Default.Manifest)
                ?? throw new ModelFormatException(file, "null found, a manifest expected");
        }
        catch (Exception exception) when (exception is JsonException or FileNotFoundException)
        {
            throw new ModelFormatException(file, exception is JsonException ? "not a manifest" : "missing", exception);
        }
    }

    private static void Check(Manifest manifest, string folder, string hash)
    {
        if (manifest.Hash != hash)
        {
            throw new ModelFormatException(Path.Combine(folder, ManifestName), $"made from {manifest.Hash}, expected {hash}");
        }

        foreach (var expected in manifest.Files)
        {
            var file = Path.Combine(folder, expected.Name);
            if (!File.Exists(file))
            {
                throw new ModelFormatException(file, "missing");
            }

            var length = new FileInfo(file).Length;
            if (length != expected.Length)
            {
                throw new ModelFormatException(file, $"{length} bytes found, {expected.Length} expected");
            }

            if (HashOf(file) != expected.Sha256)
            {
                throw new ModelFormatException(file, "its bytes have changed since it was written");
            }
        }
    }

    private static string HashOf(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>Leaves the parts used last; older ones are made again if they are ever wanted.</summary>
    private void Prune(string part)
    {
        foreach (var old in new DirectoryInfo(_folder).GetDirectories($"{part}-*").OrderByDescending(folder => folder.LastWriteTimeUtc).Skip(KeptPerPart))
        {
            old.Delete(recursive: true);
        }
    }
}
