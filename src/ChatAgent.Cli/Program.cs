using System.CommandLine;
using ChatAgent.Cli;

const int BadUsage = 2;

var root = new RootCommand("ChatAgent: a conversational agent that a clinic can own.");
foreach (var command in CommandTable.All)
{
    root.Add(command());
}

// The library's own exit code for bad usage is 1, which here means that the work failed.
var parsed = root.Parse(args);
var code = await parsed.InvokeAsync();
return parsed.Errors.Count > 0 ? BadUsage : code;
