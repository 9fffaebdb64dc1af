namespace ChatAgent.Training;

/// <param name="Name">Path below the part's folder, with forward slashes.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Sha256">Lower-case hexadecimal.</param>
internal sealed record ManifestFile(string Name, long Length, string Sha256);
