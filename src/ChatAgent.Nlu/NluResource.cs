namespace ChatAgent.Nlu.Distance;

/// <summary>The word lists that come with this assembly.</summary>
internal static class DistanceResource
{
    /// <summary>Lines that are neither empty nor a comment, trimmed.</summary>
    /// <exception cref="InvalidOperationException">The list is not in the assembly.</exception>
    public static IEnumerable<string> Lines(string name)
    {
        using var stream = typeof(DistanceResource).Assembly.GetManifestResourceStream($"ChatAgent.Nlu.{name}") ?? throw new InvalidOperationException($"Resource {name} is missing from this build.");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line.AsSpan().Trim() is { Length: > 0 } text && text[0] != '#')
            {
                yield return text.ToString();
            }
        }
    }
}
