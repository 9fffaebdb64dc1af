using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using ChatAgent.Store;
using ChatAgent.Training;

namespace ChatAgent.Cli.Commands;

/// <summary><c>chatagent store verify|backup|compact|export</c>: the database, beside a running host or without one.</summary>
internal static class StoreCommand
{
    private static readonly Option<string?> Root = new("--root") { Description = "The folder that holds dialogs/ and data/ (else CHATAGENT_ROOT, else upwards from here)." };
    private static readonly Option<string?> Database = new("--database") { Description = "A database file, in place of the root's data/chatagent.db." };
    private static readonly Option<bool> Json = new("--json") { Description = "Print one JSON object." };

    public static Command Create() => new("store", "Check, copy, shrink or export the conversations' database.")
    {
        Verify(),
        Backup(),
        Compact(),
        Export(),
    };

    private static Command Verify()
    {
        var command = new Command("verify", "Check the store's promises on the data as it lies on disk; exit code 1 when one is broken.") { Root, Database, Json };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed, async (file, output) =>
        {
            var findings = await StoreVerifier.VerifyAsync(file, cancellationToken);
            if (parsed.GetValue(Json))
            {
                output.WriteLine(JsonSerializer.Serialize(new(file, findings.Count == 0, findings), StoreCommandJson.Default.Verified));
            }
            else
            {
                foreach (var finding in findings)
                {
                    output.WriteLine($"{finding.Check}: {finding.Message}");
                }

                output.WriteLine(findings.Count == 0 ? $"{file}: sound" : $"{file}: {findings.Count.ToString(CultureInfo.InvariantCulture)} findings");
            }

            return findings.Count == 0 ? CommandExit.Done : CommandExit.Failed;
        }));
        return command;
    }

    private static Command Backup()
    {
        var destination = new Argument<string?>("file")
        {
            Description = "The copy, a file that does not exist yet (else data/backups/chatagent-DATE-TIME.db).",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("backup", "Write a consistent copy, also while the host runs.") { destination, Root, Database, Json };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed, async (file, output) =>
        {
            var copy = Path.GetFullPath(parsed.GetValue(destination) ?? Path.Combine(
                Path.GetDirectoryName(file)!,
                "backups",
                string.Create(CultureInfo.InvariantCulture, $"chatagent-{TimeProvider.System.GetUtcNow():yyyyMMdd-HHmmss}.db")));
            await using var store = await OpenAsync(file, cancellationToken);
            var bytes = await store.BackupAsync(copy, cancellationToken);
            output.WriteLine(parsed.GetValue(Json)
                ? JsonSerializer.Serialize(new(copy, bytes), StoreCommandJson.Default.BackedUp)
                : string.Create(CultureInfo.InvariantCulture, $"{copy}: {bytes:N0} bytes"));
            return CommandExit.Done;
        }));
        return command;
    }

    private static Command Compact()
    {
        var command = new Command("compact", "Give free space back to the disk; the writes of a running host wait meanwhile.") { Root, Database, Json };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed, async (file, output) =>
        {
            await using var store = await OpenAsync(file, cancellationToken);
            var (before, after) = await store.CompactAsync(cancellationToken);
            output.WriteLine(parsed.GetValue(Json)
                ? JsonSerializer.Serialize(new(before, after), StoreCommandJson.Default.Compacted)
                : string.Create(CultureInfo.InvariantCulture, $"{file}: {before:N0} bytes before, {after:N0} after"));
            return CommandExit.Done;
        }));
        return command;
    }

    private static Command Export()
    {
        var destination = new Option<string?>("--output") { Description = "The file to write (else standard output)." };
        var command = new Command("export", "Write conversations, logs and documents as JSON lines.") { destination, Root, Database, Json };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed, async (file, output) =>
        {
            if (parsed.GetValue(destination) is not { } path)
            {
                if (parsed.GetValue(Json))
                {
                    parsed.InvocationConfiguration.Error.WriteLine("--json prints one object; name the file for the lines with --output FILE.");
                    return CommandExit.BadInput;
                }

                await using var standard = System.Console.OpenStandardOutput();
                await using var buffer = new BufferedStream(standard, 65_536);
                await StoreExporter.ExportAsync(file, buffer, cancellationToken);
                return CommandExit.Done;
            }

            ExportCounts counts;
            await using (var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 65_536))
            {
                counts = await StoreExporter.ExportAsync(file, stream, cancellationToken);
            }

            output.WriteLine(parsed.GetValue(Json)
                ? JsonSerializer.Serialize(counts, StoreCommandJson.Default.ExportCounts)
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{path}: {counts.Conversations} conversations, {counts.Entries} entries, {counts.Documents} documents"));
            return CommandExit.Done;
        }));
        return command;
    }

    private static Task<SqliteConversationStore> OpenAsync(string file, CancellationToken cancellationToken) =>
        SqliteConversationStore.OpenAsync(new SqliteStoreOptions { File = file, CreateIfMissing = false }, TimeProvider.System, cancellationToken);

    /// <summary>Finds the database and runs the command.</summary>
    private static Task<int> RunAsync(ParseResult parsed, Func<string, TextWriter, Task<int>> run) => CommandExit.GuardedAsync(
        parsed.InvocationConfiguration.Error,
        () => run(parsed.GetValue(Database) is { } named ? Path.GetFullPath(named) : RootFolder.Resolve(parsed.GetValue(Root)).Database, parsed.InvocationConfiguration.Output));

    internal sealed record Verified(string Database, bool Sound, IReadOnlyList<StoreFinding> Findings);

    internal sealed record BackedUp(string File, long Bytes);

    internal sealed record Compacted(long Before, long After);
}

/// <summary>What the commands print with --json.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StoreCommand.Verified))]
[JsonSerializable(typeof(StoreCommand.BackedUp))]
[JsonSerializable(typeof(StoreCommand.Compacted))]
[JsonSerializable(typeof(ExportCounts))]
internal sealed partial class StoreCommandJson : JsonSerializerContext;
