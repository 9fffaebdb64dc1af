namespace ChatAgent.Tests;

/// <summary>Places in the working copy that tests read.</summary>
internal static class Repository
{
    /// <summary>The folder that holds ChatAgent.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The public measuring data, or null where it is missing: $CHATAGENT_DATA, else ../shared/data.</summary>
    public static string? SharedData { get; } = FindSharedData();

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "ChatAgent.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException($"no ChatAgent.sln above {AppContext.BaseDirectory}");
    }

    private static string? FindSharedData()
    {
        var named = Environment.GetEnvironmentVariable("CHATAGENT_DATA");
        var folder = string.IsNullOrEmpty(named) ? Path.Combine(Root, "..", "shared", "data") : named;
        return Directory.Exists(folder) ? Path.GetFullPath(folder) : null;
    }
}
