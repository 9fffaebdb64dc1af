using System.CommandLine;
using ChatAgent.Dialogs.Operators;
using ChatAgent.Store;
using ChatAgent.Training;

namespace ChatAgent.Cli.Commands;

/// <summary><c>chatagent operator add|reset|remove|list</c>: who may use the console, beside a running host or without one.</summary>
internal static class OperatorCommand
{
    private static readonly Argument<string> Name = new("name") { Description = "The operator's name, as typed at the console's door." };
    private static readonly Option<string?> Root = new("--root") { Description = "The folder that holds dialogs/ and data/ (else CHATAGENT_ROOT, else upwards from here)." };
    private static readonly Option<string?> Database = new("--database") { Description = "A database file, in place of the root's data/chatagent.db." };

    public static Command Create() => new("operator", "Say who may use the operators' console.")
    {
        Make("add", "Add an operator and print a password for the first entry, once.", async (accounts, name, output, cancellationToken) =>
        {
            try
            {
                output.WriteLine(await accounts.AddAsync(name, cancellationToken));
                return null;
            }
            catch (StoreConflictException)
            {
                return $"there is an operator \"{name}\" already; `chatagent operator reset {name}` gives a new password.";
            }
            catch (ArgumentException error)
            {
                return error.Message;
            }
        }),
        Make("reset", "Print a new password, once; it is to be changed at the next entry, and open sessions end.", async (accounts, name, output, cancellationToken) =>
        {
            if (await accounts.ResetAsync(name, cancellationToken) is { } password)
            {
                output.WriteLine(password);
                return null;
            }

            return await UnknownAsync(accounts, name, cancellationToken);
        }),
        Make("remove", "Take an operator's access away; open sessions end.", async (accounts, name, output, cancellationToken) =>
        {
            if (await accounts.RemoveAsync(name, cancellationToken))
            {
                output.WriteLine($"{name} was removed");
                return null;
            }

            return await UnknownAsync(accounts, name, cancellationToken);
        }),
        MakeList(),
    };

    private static Command Make(string verb, string description, Func<OperatorAccounts, string, TextWriter, CancellationToken, Task<string?>> run)
    {
        var command = new Command(verb, description) { Name, Root, Database };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed, accounts => run(accounts, parsed.GetValue(Name)!, parsed.InvocationConfiguration.Output, cancellationToken), cancellationToken));
        return command;
    }

    private static Command MakeList()
    {
        var command = new Command("list", "Print the operators' names.") { Root, Database };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed,
            async accounts =>
            {
                foreach (var name in await accounts.ListAsync(cancellationToken))
                {
                    parsed.InvocationConfiguration.Output.WriteLine(name);
                }

                return null;
            },
            cancellationToken));
        return command;
    }

    private static async Task<string> UnknownAsync(OperatorAccounts accounts, string name, CancellationToken cancellationToken)
    {
        var names = await accounts.ListAsync(cancellationToken);
        return $"there is no operator \"{name}\"; there are: {(names.Count > 0 ? string.Join(", ", names) : "none yet (the host makes the first at its first start)")}.";
    }

    /// <summary>Opens the database and runs the command; a problem it returns becomes one line and an exit code.</summary>
    private static Task<int> RunAsync(ParseResult parsed, Func<OperatorAccounts, Task<string?>> run, CancellationToken cancellationToken) => CommandExit.GuardedAsync(
        parsed.InvocationConfiguration.Error,
        async () =>
        {
            var file = parsed.GetValue(Database) is { } named ? Path.GetFullPath(named) : RootFolder.Resolve(parsed.GetValue(Root)).Database;
            await using var store = await SqliteConversationStore.OpenAsync(new SqliteStoreOptions { File = file }, TimeProvider.System, cancellationToken);
            if (await run(new OperatorAccounts(store, TimeProvider.System)) is not { } problem)
            {
                return CommandExit.Done;
            }

            parsed.InvocationConfiguration.Error.WriteLine(problem);
            return CommandExit.BadInput;
        });
}
