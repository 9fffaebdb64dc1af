using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace ChatAgent.Server.Mail;

/// <summary>Listens for the mail server in front, on Kestrel's sockets: a port of this machine, or a socket in the file system.</summary>
/// <remarks>
/// Beside the host's web addresses and not among them: endpoints given to Kestrel itself would put <c>--urls</c> out of force. A socket file that a killed host left
/// behind is taken away when nobody answers on it; who may connect is for the folder's permissions to say.
/// </remarks>
internal sealed partial class LmtpListener(HostOptions options, LmtpConnectionHandler handler, IConnectionListenerFactory sockets, ILogger<LmtpListener> logger) : IHostedService
{
    private const int MaxConnections = 50;
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    private readonly HashSet<Task> _connections = [];
    private IConnectionListener? _listener;
    private Task _accepting = Task.CompletedTask;

    /// <summary>Where it listens, once it does: the port that the system chose for port 0.</summary>
    public EndPoint? Address => _listener?.EndPoint;

    /// <exception cref="IOException">The address is taken; the host does not start.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Lmtp is UnixDomainSocketEndPoint file)
        {
            RemoveStale(file);
        }

        try
        {
            _listener = await sockets.BindAsync(options.Lmtp!, cancellationToken);
        }
        catch (Exception failure) when (failure is AddressInUseException or SocketException)
        {
            throw new IOException($"Mail:In:Lmtp:Listen: {options.Lmtp}: {failure.Message}", failure);
        }

        if (options.Lmtp is UnixDomainSocketEndPoint socket && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(socket.ToString(), (UnixFileMode)0b110_110_110);
        }

        _accepting = AcceptAsync();
        LogListening(_listener.EndPoint);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_listener is not null)
        {
            await _listener.UnbindAsync(cancellationToken);
            await _accepting;
            Task[] open;
            lock (_connections)
            {
                open = [.. _connections];
            }

            await Task.WhenAny(Task.WhenAll(open), Task.Delay(StopTimeout, cancellationToken));
            await _listener.DisposeAsync();
        }
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            if (await _listener!.AcceptAsync() is not { } connection)
            {
                return;
            }

            lock (_connections)
            {
                _connections.RemoveWhere(task => task.IsCompleted);
                if (_connections.Count < MaxConnections)
                {
                    _connections.Add(ServeAsync(connection));
                    continue;
                }
            }

            await connection.DisposeAsync();
        }
    }

    private async Task ServeAsync(ConnectionContext connection)
    {
        await Task.Yield();
        try
        {
            await using (connection)
            {
                await handler.OnConnectedAsync(connection);
            }
        }
        catch (Exception failure)
        {
            // One client's fault is not another's.
            LogBroken(failure);
        }
    }

    private static void RemoveStale(UnixDomainSocketEndPoint file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file.ToString())!);
        if (!File.Exists(file.ToString()))
        {
            return;
        }

        try
        {
            using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            probe.Connect(file);
        }
        catch (SocketException)
        {
            File.Delete(file.ToString());
        }
    }

    [LoggerMessage(3331, LogLevel.Information, "Mails are taken over LMTP at {Address}")]
    private partial void LogListening(EndPoint address);

    [LoggerMessage(3332, LogLevel.Error, "A conversation over LMTP broke off")]
    private partial void LogBroken(Exception exception);
}
