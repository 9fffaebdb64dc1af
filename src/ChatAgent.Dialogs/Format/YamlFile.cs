using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ChatAgent.Dialogs.Format;

/// <summary>One YAML file with the name that its errors carry. A mapping's keys are checked when it is read: an unknown key is an error.</summary>
public sealed class YamlFile
{
    private YamlFile(string name, YamlNode root)
    {
        Name = name;
        Root = root;
    }

    /// <summary>The path as error messages show it.</summary>
    public string Name { get; }

    /// <summary>The document's root.</summary>
    public YamlNode Root { get; }

    /// <param name="path">The file.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="DialogFormatException">The file is missing, is not UTF-8 or not YAML, or holds no document.</exception>
    public static YamlFile Read(string path, string name)
    {
        string text;
        try
        {
            text = File.ReadAllText(path, new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        }
        catch (IOException e)
        {
            throw new DialogFormatException(name, 1, 1, $"cannot be read: {e.Message}", e);
        }
        catch (System.Text.DecoderFallbackException e)
        {
            throw new DialogFormatException(name, 1, 1, "is not UTF-8", e);
        }

        return Parse(text, name);
    }

    /// <summary>Reads YAML that is in memory.</summary>
    /// <exception cref="DialogFormatException">It is not YAML, or holds no document or several.</exception>
    public static YamlFile Parse(string text, string name)
    {
        var stream = new YamlStream();
        try
        {
            using var reader = new StringReader(text);
            stream.Load(reader);
        }
        catch (YamlException e)
        {
            throw new DialogFormatException(name, e.Start.Line, e.Start.Column, $"is not YAML: {e.Message}", e);
        }

        return stream.Documents.Count == 1
            ? new YamlFile(name, stream.Documents[0].RootNode)
            : throw new DialogFormatException(name, 1, 1, $"{stream.Documents.Count} YAML documents, expected one");
    }

    /// <summary>An error that names the file and the node's line and column.</summary>
    public DialogFormatException Error(YamlNode at, string problem) => new(Name, at.Start.Line, at.Start.Column, problem);

    /// <summary>A mapping whose keys are all among <paramref name="permitted"/>; an empty list permits any key.</summary>
    public YamlMap Map(YamlNode node, params ReadOnlySpan<string> permitted)
    {
        if (node is not YamlMappingNode mapping)
        {
            throw Error(node, $"{Describe(node)}, expected a mapping{(permitted.IsEmpty ? string.Empty : $" with {DialogFormatException.Permitted(permitted.ToArray())}")}");
        }

        if (!permitted.IsEmpty)
        {
            foreach (var key in mapping.Children.Keys)
            {
                var name = Text(key);
                if (!permitted.Contains(name))
                {
                    throw Error(key, $"\"{name}\" is not known here; permitted: {DialogFormatException.Permitted(permitted.ToArray())}");
                }
            }
        }

        return new YamlMap(this, mapping);
    }

    /// <summary>The items of a list.</summary>
    /// <exception cref="DialogFormatException">It is none.</exception>
    public IReadOnlyList<YamlNode> List(YamlNode node) => node is YamlSequenceNode sequence
        ? [.. sequence.Children]
        : throw Error(node, $"{Describe(node)}, expected a list");

    /// <summary>The items of a list, or the one scalar as a list of one.</summary>
    public IReadOnlyList<YamlNode> OneOrMore(YamlNode node) => node is YamlScalarNode ? [node] : List(node);

    /// <summary>A scalar's text.</summary>
    /// <exception cref="DialogFormatException">It is a mapping or a list.</exception>
    public string Text(YamlNode node) => node is YamlScalarNode { Value: { } value }
        ? value
        : throw Error(node, $"{Describe(node)}, expected a text");

    /// <summary>A text that must be one of <paramref name="permitted"/>.</summary>
    /// <param name="node">The scalar.</param>
    /// <param name="kind">What it names: "slot".</param>
    /// <param name="permitted">The values.</param>
    public string OneOf(YamlNode node, string kind, IEnumerable<string> permitted)
    {
        var text = Text(node);
        return permitted.Contains(text, StringComparer.Ordinal)
            ? text
            : throw Error(node, $"{kind} \"{text}\" is not defined; this bot has {DialogFormatException.Permitted(permitted)}");
    }

    /// <summary>A whole number within bounds, both included.</summary>
    /// <exception cref="DialogFormatException">It is none, or outside.</exception>
    public int Integer(YamlNode node, int minimum, int maximum) =>
        int.TryParse(Text(node), System.Globalization.CultureInfo.InvariantCulture, out var value) && value >= minimum && value <= maximum
            ? value
            : throw Error(node, $"\"{Text(node)}\" is not a whole number from {minimum} to {maximum}");

    private static string Describe(YamlNode node) => node switch
    {
        YamlMappingNode => "found a mapping",
        YamlSequenceNode => "found a list",
        YamlScalarNode { Value.Length: 0 } => "found nothing",
        YamlScalarNode scalar => $"found \"{scalar.Value}\"",
        _ => $"found {node.NodeType}",
    };
}
