using System.Net.Sockets;
using ChatAgent.Dialogs;
using ChatAgent.Store;

namespace ChatAgent.Server;

/// <summary>Runs the host as a program: what stops the start is one line on stderr that says what to do.</summary>
internal static class ServerProgram
{
    private const int Failed = 1;
    private const int BadInput = 2;

    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            await using var app = ServerApp.Build(args);
            await app.RunAsync();
            return 0;
        }
        catch (IOException exception) when (exception.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException
            or SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse })
        {
            return Stop(Failed, $"{exception.Message.Split('\n')[0]} Another program uses the port; choose a free one: --urls http://localhost:3979");
        }
        catch (Exception exception) when (exception is DialogFormatException or StoreFormatException or InvalidDataException or DirectoryNotFoundException)
        {
            return Stop(BadInput, exception.Message);
        }
        catch (FormatException exception) when (exception.Message.StartsWith("Invalid url", StringComparison.Ordinal))
        {
            return Stop(BadInput, $"{exception.Message} An address looks like --urls http://localhost:3979");
        }
        catch (Exception exception) when (exception is StoreUnavailableException or UnauthorizedAccessException or IOException)
        {
            return Stop(Failed, exception.Message);
        }
    }

    private static int Stop(int code, string message)
    {
        Console.Error.WriteLine(message);
        return code;
    }
}
