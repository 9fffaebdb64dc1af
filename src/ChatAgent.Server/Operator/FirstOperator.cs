using ChatAgent.Dialogs.Operators;

namespace ChatAgent.Server.Operator;

/// <summary>Makes the first operator of a new installation and shows the password once, on the terminal; it is in no log and in no file.</summary>
internal sealed class FirstOperator(OperatorAccounts accounts) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (await accounts.EnsureFirstAsync(cancellationToken) is { } password)
        {
            Console.WriteLine($"Operator's console: /operator   name: {OperatorAccounts.FirstName}   password: {password}   (shown only now; `chatagent operator reset {OperatorAccounts.FirstName}` makes another)");
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
