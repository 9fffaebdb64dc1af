namespace ChatAgent.Training;

/// <summary>What lies in the folder of a trained part.</summary>
internal sealed record Manifest(string Part, string Hash, IReadOnlyList<ManifestFile> Files);
