using YamlDotNet.RepresentationModel;

namespace ChatAgent.Dialogs.Format;

/// <summary>A mapping of a <see cref="YamlFile"/>, in the order of the file.</summary>
public sealed class YamlMap(YamlFile file, YamlMappingNode node)
{
    /// <summary>The node itself, for errors about the whole of it.</summary>
    public YamlMappingNode Node => node;

    /// <summary>Keys and values in the order of the file.</summary>
    public IEnumerable<(YamlNode KeyNode, string Key, YamlNode Value)> Entries =>
        node.Children.Select(child => (child.Key, file.Text(child.Key), child.Value));

    /// <summary>The value of a key, or null.</summary>
    public YamlNode? Find(string key)
    {
        foreach (var (_, name, value) in Entries)
        {
            if (string.Equals(name, key, StringComparison.Ordinal))
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>The value of a key.</summary>
    /// <exception cref="DialogFormatException">It is missing.</exception>
    public YamlNode Get(string key) => Find(key) ?? throw file.Error(node, $"\"{key}\" is missing");

    /// <summary>The text of a key.</summary>
    /// <exception cref="DialogFormatException">It is missing, or no scalar.</exception>
    public string GetText(string key) => file.Text(Get(key));

    /// <summary>The text of a key, or null.</summary>
    public string? FindText(string key) => Find(key) is { } value ? file.Text(value) : null;
}
