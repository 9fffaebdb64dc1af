using System.Collections.Concurrent;

namespace ChatAgent.Email;

/// <summary>Hands mails to a submission server, over a few connections that are kept for the next mails. Thread-safe.</summary>
/// <remarks>
/// The outcome says what to do next; its reason names the step and the codes, never an address: "RCPT 550 5.1.1", "connect ConnectionRefused", "AUTH 535 5.7.8".
/// A connection that the server closed while it was idle is found out before anything of a mail was said on it, and the mail goes over a new one.
/// </remarks>
public sealed class SmtpTransport : IMailTransport, IAsyncDisposable
{
    private readonly SmtpOptions _options;
    private readonly TimeProvider _time;
    private readonly Action<string>? _trace;
    private readonly SemaphoreSlim _room;
    private readonly ConcurrentStack<(SmtpConnection Connection, long Since)> _idle = new();

    /// <param name="options">The server.</param>
    /// <param name="time">The clock.</param>
    /// <param name="trace">Told each line of the conversation, passwords left out; it names addresses, so it is for a person at a terminal and no log.</param>
    /// <exception cref="ArgumentException">A setting is outside its range, or would show the password to the network.</exception>
    public SmtpTransport(SmtpOptions options, TimeProvider time, Action<string>? trace = null)
    {
        if (options.Problem is { } problem)
        {
            throw new ArgumentException(problem, nameof(options));
        }

        (_options, _time, _trace) = (options, time, trace);
        _room = new SemaphoreSlim(options.MaxConnections);
    }

    /// <inheritdoc/>
    public async Task<SendResult> SendAsync(ReadOnlyMemory<byte> mail, string name, string envelopeFrom, string envelopeTo, CancellationToken cancellationToken) =>
        (await SendAsync(mail, envelopeFrom, _options.CopyTo is { } copy ? [envelopeTo, copy] : [envelopeTo], isAllOrNone: true, cancellationToken))[0];

    /// <summary>Hands one mail over for several recipients in one transaction.</summary>
    /// <param name="mail">Composed.</param>
    /// <param name="envelopeFrom">Where failures are reported to; empty for nowhere.</param>
    /// <param name="recipients">At least one.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>What became of it for each recipient, in their order.</returns>
    public Task<IReadOnlyList<SendResult>> SendAsync(ReadOnlyMemory<byte> mail, string envelopeFrom, IReadOnlyList<string> recipients, CancellationToken cancellationToken) =>
        SendAsync(mail, envelopeFrom, recipients, isAllOrNone: false, cancellationToken);

    private async Task<IReadOnlyList<SendResult>> SendAsync(ReadOnlyMemory<byte> mail, string envelopeFrom, IReadOnlyList<string> recipients, bool isAllOrNone, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfZero(recipients.Count, nameof(recipients));
        await _room.WaitAsync(cancellationToken);
        try
        {
            while (true)
            {
                var kept = await TakeIdleAsync();
                try
                {
                    var connection = kept ?? await SmtpConnection.OpenAsync(_options, _trace, cancellationToken);
                    try
                    {
                        return await connection.SendAsync(mail, envelopeFrom, recipients, isAllOrNone, cancellationToken);
                    }
                    finally
                    {
                        await GiveBackAsync(connection);
                    }
                }
                catch (SmtpFailure failure) when (kept is { IsUsable: false } && failure is { Outcome: SendOutcome.Later, Step: "MAIL" or "RSET" })
                {
                    // The server had closed it; nothing of the mail was heard.
                }
                catch (SmtpFailure failure)
                {
                    return [.. recipients.Select(_ => failure.Result)];
                }
            }
        }
        finally
        {
            _room.Release();
        }
    }

    /// <summary>Says goodbye on the connections that are idle.</summary>
    public async ValueTask DisposeAsync()
    {
        while (_idle.TryPop(out var kept))
        {
            await kept.Connection.DisposeAsync();
        }

        _room.Dispose();
    }

    private async Task<SmtpConnection?> TakeIdleAsync()
    {
        while (_idle.TryPop(out var kept))
        {
            if (_time.GetElapsedTime(kept.Since) < _options.KeepAlive)
            {
                return kept.Connection;
            }

            await kept.Connection.DisposeAsync();
        }

        return null;
    }

    private async Task GiveBackAsync(SmtpConnection connection)
    {
        if (connection.IsUsable && connection.Mails < _options.MailsPerConnection)
        {
            _idle.Push((connection, _time.GetTimestamp()));
        }
        else
        {
            await connection.DisposeAsync();
        }
    }
}
