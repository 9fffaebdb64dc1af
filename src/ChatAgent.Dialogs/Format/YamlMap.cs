using YamlDotNet.RepresentationModel;

namespace ChatAgent.Dialogs.Format;

/// <summary>A mapping of a <see cref="YamlFile"/>, in the order of the file.</summary>
internal sealed class YamlMap(YamlFile file, YamlMappingNode node)
{
    public YamlMappingNode Node => node;

    public IEnumerable<(YamlNode KeyNode, string Key, YamlNode Value)> Entries =>
        node.Children.Select(child => (child.Key, file.Text(child.Key), child.Value));

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

    public YamlNode Get(string key) => Find(key) ?? throw file.Error(node, $"\"{key}\" is missing");

    public string GetText(string key) => file.Text(Get(key));

    public string? FindText(string key) => Find(key) is { } value ? file.Text(value) : null;
}
