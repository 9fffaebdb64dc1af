using ChatAgent.Dialogs;
using ChatAgent.Neural;
using ChatAgent.Store;
using ChatAgent.Text.Corpora;

namespace ChatAgent.Cli;

/// <summary>Exit codes of all commands, and what can be expected to go wrong as one line on stderr. Anything else is a fault of this program and shows its stack.</summary>
internal static class CommandExit
{
    public const int Done = 0;

    /// <summary>The work failed: disk, database, rights, or it was cancelled.</summary>
    public const int Failed = 1;

    /// <summary>A file, an option or a path is not what was expected.</summary>
    public const int BadInput = 2;

    /// <summary>Runs a command's work.</summary>
    public static int Guarded(Func<int> work)
    {
        try
        {
            return work();
        }
        catch (Exception exception) when (CodeOf(exception) is not null)
        {
            return Report(System.Console.Error, exception);
        }
    }

    /// <summary>Runs a command's work.</summary>
    /// <param name="error">Where the line goes.</param>
    /// <param name="work">The work.</param>
    /// <param name="cancelled">The code of a command that is ended on purpose.</param>
    public static async Task<int> GuardedAsync(TextWriter error, Func<Task<int>> work, int cancelled = Failed)
    {
        try
        {
            return await work();
        }
        catch (OperationCanceledException) when (cancelled == Done)
        {
            return Done;
        }
        catch (Exception exception) when (CodeOf(exception) is not null)
        {
            return Report(error, exception);
        }
    }

    /// <summary>Says what was found and expected; returns <see cref="BadInput"/>.</summary>
    public static int Usage(string message)
    {
        System.Console.Error.WriteLine(message);
        return BadInput;
    }

    private static int Report(TextWriter error, Exception exception)
    {
        error.WriteLine(exception is OperationCanceledException ? "cancelled; nothing was written." : exception.Message);
        return CodeOf(exception)!.Value;
    }

    private static int? CodeOf(Exception exception) => exception switch
    {
        DialogFormatException or CorpusFormatException or ModelFormatException or ModelTooLargeException or StoreFormatException or FormatException or FileNotFoundException or DirectoryNotFoundException => BadInput,
        StoreUnavailableException or IOException or UnauthorizedAccessException or OperationCanceledException => Failed,
        _ => null,
    };
}
