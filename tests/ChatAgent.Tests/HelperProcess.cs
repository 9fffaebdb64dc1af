using System.Diagnostics;
using ChatAgent.Store.Tests;

namespace ChatAgent.Tests;

/// <summary>The test assembly run as a program: <c>dotnet exec ChatAgent.Tests.dll NAME ...</c>, for tests that need a process to kill.</summary>
internal static class HelperProcess
{
    public static Task<int> Main(string[] args) => args switch
    {
        [CrashingWriter.Name, var file, var round] => CrashingWriter.RunAsync(file, round),
        _ => Task.FromResult(2),
    };

    /// <summary>Starts this assembly as a child with standard output redirected.</summary>
    public static Process Start(params string[] args)
    {
        var dotnet = Environment.ProcessPath is { } path && System.IO.Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        return Process.Start(new ProcessStartInfo(dotnet, ["exec", typeof(HelperProcess).Assembly.Location, .. args]) { RedirectStandardOutput = true, UseShellExecute = false })!;
    }
}
