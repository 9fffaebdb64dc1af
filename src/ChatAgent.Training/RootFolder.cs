namespace ChatAgent.Training;

/// <summary>The folder that holds <c>dialogs/</c>, <c>corpora/</c> and <c>data/</c>; found the same way by Server and Cli, so that both use the same data.</summary>
public sealed class RootFolder
{
    /// <summary>File name of the conversations' database below the data.</summary>
    public const string DatabaseName = "chatagent.db";

    /// <summary>Name of the folder of trained parts below the data.</summary>
    public const string ModelsName = "models";

    private RootFolder(string path) => Path = path;

    /// <summary>Absolute path.</summary>
    public string Path { get; }

    /// <summary>Bots, a folder each.</summary>
    public string Dialogs => System.IO.Path.Combine(Path, "dialogs");

    /// <summary>Training texts, a folder each.</summary>
    public string Corpora => System.IO.Path.Combine(Path, "corpora");

    /// <summary>All that this installation wrote: database, trained bundles, logs, keys. Not in version control.</summary>
    public string Data => System.IO.Path.Combine(Path, "data");

    /// <summary>The conversations' database.</summary>
    public string Database => System.IO.Path.Combine(Data, DatabaseName);

    /// <summary>Trained bundles, a folder each, named by hash.</summary>
    public string Models => System.IO.Path.Combine(Data, ModelsName);

    /// <summary>Takes <paramref name="option"/>, else $CHATAGENT_ROOT, else the first folder upwards from the working folder, then from the program's, that holds <c>dialogs/</c>.</summary>
    /// <exception cref="DirectoryNotFoundException">No such folder; the message names where it was looked for and what to type.</exception>
    public static RootFolder Resolve(string? option)
    {
        var named = string.IsNullOrEmpty(option) ? Environment.GetEnvironmentVariable("CHATAGENT_ROOT") : option;
        if (!string.IsNullOrEmpty(named))
        {
            var full = System.IO.Path.GetFullPath(named);
            return Directory.Exists(System.IO.Path.Combine(full, "dialogs"))
                ? new RootFolder(full)
                : throw new DirectoryNotFoundException($"{full}: there is no folder dialogs/ in it. Name the folder that holds dialogs/ with --root or CHATAGENT_ROOT.");
        }

        return FindUpwards(Directory.GetCurrentDirectory())
            ?? FindUpwards(AppContext.BaseDirectory)
            ?? throw new DirectoryNotFoundException(
                $"no folder dialogs/ in {Directory.GetCurrentDirectory()} or above it. Name the folder that holds it with --root or CHATAGENT_ROOT.");
    }

    /// <summary>The folder of a bot: <paramref name="bot"/> as a path from the working folder, else from the root; null takes <c>dialogs/clinic</c>.</summary>
    public string ResolveBot(string? bot)
    {
        if (bot is not null && Directory.Exists(bot))
        {
            return System.IO.Path.GetFullPath(bot);
        }

        var folder = System.IO.Path.Combine(Path, bot ?? System.IO.Path.Combine("dialogs", "clinic"));
        return Directory.Exists(folder) ? folder : throw new DirectoryNotFoundException($"{folder}: there is no such bot folder.");
    }

    private static RootFolder? FindUpwards(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (Directory.Exists(System.IO.Path.Combine(folder.FullName, "dialogs")))
            {
                return new RootFolder(folder.FullName);
            }
        }

        return null;
    }
}
