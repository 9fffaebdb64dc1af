namespace ChatAgent.Nlu;

/// <summary>The word lists and rules that come with this assembly.</summary>
internal static class NluResource
{
    /// <exception cref="InvalidOperationException">It is not in the assembly.</exception>
    public static StreamReader Open(string name) =>
        new(typeof(NluResource).Assembly.GetManifestResourceStream($"ChatAgent.Nlu.{name}") ?? throw new InvalidOperationException($"Resource {name} is missing from this build."));

    /// <summary>Lines that are neither empty nor a comment, trimmed.</summary>
    /// <exception cref="InvalidOperationException">The list is not in the assembly.</exception>
    public static IEnumerable<string> Lines(string name)
    {
        using var reader = Open(name);
        while (reader.ReadLine() is { } line)
        {
            if (line.AsSpan().Trim() is { Length: > 0 } text && text[0] != '#')
            {
                yield return text.ToString();
            }
        }
    }
}
