using ChatAgent.Email;
using ChatAgent.Mailroom;
using Microsoft.AspNetCore.Connections;

namespace ChatAgent.Server.Mail;

/// <summary>Serves one LMTP client, on a connection of Kestrel's.</summary>
internal sealed partial class LmtpConnectionHandler(MailInlet inlet, ReplyAddresses addresses, MailAddress mailbox, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<LmtpConnectionHandler> logger) : ConnectionHandler
{
    private readonly LmtpOptions _options = new() { Name = mailbox.Address[(mailbox.Address.IndexOf('@', StringComparison.Ordinal) + 1)..], IsOurs = addresses.IsOurs };

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping, connection.ConnectionClosed);
        await new LmtpSession(_options, inlet.TakeAsync, time, failure => LogNotTaken(failure)).RunAsync(connection.Transport.Input, connection.Transport.Output, ending.Token);
        await connection.Transport.Input.CompleteAsync();
        await connection.Transport.Output.CompleteAsync();
    }

    [LoggerMessage(3321, LogLevel.Error, "A mail could not be taken; the mail server in front keeps it")]
    private partial void LogNotTaken(Exception exception);
}
