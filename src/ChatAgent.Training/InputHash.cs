using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ChatAgent.Training;

/// <summary>A hash over everything that a trained part is made from; the same inputs give the same hash on every machine.</summary>
/// <remarks>Files count by their path below a base folder and their bytes, settings by name and value, each with its length, so that no two lists of inputs run together.</remarks>
public sealed class InputHash : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Adds a setting.</summary>
    public InputHash Add(string name, string value)
    {
        AddBytes(Encoding.UTF8.GetBytes(name));
        AddBytes(Encoding.UTF8.GetBytes(value));
        return this;
    }

    /// <summary>Adds a number.</summary>
    public InputHash Add(string name, long value) => Add(name, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Adds every file below <paramref name="folder"/> whose name fits <paramref name="pattern"/>; a missing folder adds nothing but its absence.</summary>
    public InputHash AddFiles(string folder, string pattern)
    {
        var files = Directory.Exists(folder) ? Directory.GetFiles(folder, pattern, SearchOption.AllDirectories) : [];
        var relative = files.Select(file => (Name: Path.GetRelativePath(folder, file).Replace('\\', '/'), File: file));
        foreach (var (name, file) in relative.OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            AddBytes(Encoding.UTF8.GetBytes(name));
            AddBytes(File.ReadAllBytes(file));
        }

        return Add("files", files.Length);
    }

    /// <summary>64 lower-case hexadecimal digits; the hash begins anew.</summary>
    public string Take() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    public void Dispose() => _hash.Dispose();

    private void AddBytes(byte[] bytes)
    {
        _hash.AppendData(BitConverter.GetBytes((long)bytes.Length));
        _hash.AppendData(bytes);
    }
}
