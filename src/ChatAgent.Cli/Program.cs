using System.CommandLine;
using ChatAgent.Cli;

var root = new RootCommand("ChatAgent: a conversational agent that a clinic can own.");
foreach (var command in CommandTable.All)
{
    root.Add(command());
}

return await root.Parse(args).InvokeAsync();
