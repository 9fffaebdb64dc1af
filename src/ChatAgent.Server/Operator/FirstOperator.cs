using ChatAgent.Dialogs.Operators;

namespace ChatAgent.Server.Operator;

/// <summary>Makes the first operator of a new installation and shows the password once, on the terminal; it is in no log and in no file.</summary>
/// <remarks>Only once the host listens: a start that fails, because the port is taken say, leaves no account whose password nobody keeps.</remarks>
internal sealed class FirstOperator(OperatorAccounts accounts) : IHostedLifecycleService
{
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        if (await accounts.EnsureFirstAsync(cancellationToken) is { } password)
        {
            Console.WriteLine($"Operator's console: /operator   name: {OperatorAccounts.FirstName}   password: {password}   (shown only now; `chatagent operator reset {OperatorAccounts.FirstName}` makes another)");
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
