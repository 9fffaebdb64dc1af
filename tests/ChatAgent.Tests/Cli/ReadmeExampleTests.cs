using System.CommandLine;
using ChatAgent.Tests;

namespace ChatAgent.Cli.Tests;

/// <summary>The example of src/ChatAgent.Cli/README.md, line by line.</summary>
public sealed class ReadmeExampleTests
{
    [Fact]
    public void Example_OfTheReadme_IsUnderstoodByTheParser()
    {
        var root = new RootCommand();
        foreach (var create in CommandTable.All)
        {
            root.Add(create());
        }

        var lines = File.ReadLines(Path.Combine(Repository.Root, "src", "ChatAgent.Cli", "README.md")).Where(line => line.StartsWith("chatagent ", StringComparison.Ordinal)).ToList();

        Assert.Equal(CommandTable.All.Length, lines.Select(line => line.Split(' ')[1]).Distinct(StringComparer.Ordinal).Count());
        Assert.All(lines, line => Assert.Empty(root.Parse(line.Split('#')[0].Trim()["chatagent ".Length..]).Errors));
    }
}
