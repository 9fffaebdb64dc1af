namespace ChatAgent.Dialogs.Format;

/// <summary>The files of one bot's folder; remembers which were read.</summary>
internal sealed class BotFiles
{
    private readonly string _folder;
    private readonly string _above;
    private readonly SortedSet<string> _paths = new(StringComparer.Ordinal);

    public BotFiles(string folder)
    {
        _folder = Path.GetFullPath(folder);

        // Errors name "dialogs/clinic/…": the path from the folder above dialogs/.
        _above = Path.GetDirectoryName(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(_folder))) ?? _folder;
        if (!Directory.Exists(_folder))
        {
            throw new DialogFormatException(NameOf(_folder), 1, 1, "there is no such folder");
        }
    }

    public IReadOnlyCollection<string> Paths => _paths;

    public YamlFile Open(string name)
    {
        var path = Path.Combine(_folder, name);
        _paths.Add(path);
        return YamlFile.Read(path, NameOf(path));
    }

    /// <summary>Every *.yml of a folder within, by name.</summary>
    public IReadOnlyList<YamlFile> OpenAll(string folder)
    {
        var path = Path.Combine(_folder, folder);
        return Directory.Exists(path) && Directory.GetFiles(path, "*.yml") is { Length: > 0 } files
            ? [.. files.Order(StringComparer.Ordinal).Select(file => Open(Path.Combine(folder, Path.GetFileName(file))))]
            : throw new DialogFormatException(NameOf(path), 1, 1, "there is no *.yml here");
    }

    private string NameOf(string path) => Path.GetRelativePath(_above, path).Replace('\\', '/');
}
