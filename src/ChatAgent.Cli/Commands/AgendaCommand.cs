using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using ChatAgent.Appointments;
using ChatAgent.Dialogs;
using ChatAgent.Store;
using ChatAgent.Training;
using NodaTime;
using NodaTime.Text;

namespace ChatAgent.Cli.Commands;

/// <summary><c>chatagent agenda import|export</c>: the appointments from and to files, beside a running host or without one.</summary>
internal static class AgendaCommand
{
    private const int ShownChanges = 200;

    private static readonly Option<string?> Database = new("--database") { Description = "A database file, in place of the root's data/chatagent.db." };
    private static readonly Option<bool> Json = new("--json") { Description = "Print one JSON object." };

    public static Command Create() => new("agenda", "Bring appointments in from CSV or JSON, and write them out.") { Import(), Export() };

    private static Command Import()
    {
        var file = new Argument<string>("file") { Description = "A .csv with a header, or a .json." };
        var mapping = new Option<string?>("--mapping") { Description = "YAML that gives another program's names for our columns, and its words for our values." };
        var dry = new Option<bool>("--dry-run") { Description = "Show what would change and write nothing." };
        var command = new Command("import", "Read an agenda. A file with an error changes nothing; the same file again makes no doubles.") { file, mapping, dry, BotSetup.RootOption, BotSetup.BotOption, Database, Json };
        command.SetAction((parsed, cancellationToken) => CommandExit.GuardedAsync(parsed.InvocationConfiguration.Error, async () =>
        {
            var path = parsed.GetValue(file)!;
            var named = parsed.GetValue(mapping) is { } map ? AgendaMapping.Load(map) : null;
            var isDryRun = parsed.GetValue(dry);
            await using var store = await OpenAsync(parsed, cancellationToken);
            var result = await new AgendaImporter(store, ZoneOf(parsed), TimeProvider.System).ImportFileAsync(path, named, isDryRun, cancellationToken);
            if (parsed.GetValue(Json))
            {
                parsed.InvocationConfiguration.Output.WriteLine(JsonSerializer.Serialize(result, AgendaCommandJson.Default.AgendaImportResult));
            }
            else
            {
                Print(path, result, isDryRun, parsed.InvocationConfiguration);
            }

            return result.Errors.Count == 0 ? CommandExit.Done : CommandExit.BadInput;
        }));
        return command;
    }

    private static void Print(string path, AgendaImportResult result, bool isDryRun, InvocationConfiguration console)
    {
        foreach (var error in result.Errors)
        {
            console.Error.WriteLine($"{path}: {error}");
        }

        if (result.Errors.Count > 0)
        {
            console.Error.WriteLine("nothing was written.");
            return;
        }

        foreach (var change in result.Changes.Take(ShownChanges))
        {
            var before = change is { Kind: AgendaImportKind.Moved, Before: { } hour } ? $" from {Hour(hour)}" : string.Empty;
            console.Output.WriteLine($"row {change.Row.ToString(CultureInfo.InvariantCulture)}: {change.Kind.ToString().ToLowerInvariant()} {change.AppointmentId}{before} {Hour(change.After)}");
        }

        if (result.Changes.Count > ShownChanges)
        {
            console.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"… and {result.Changes.Count - ShownChanges} more; --json lists all"));
        }

        console.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{(isDryRun ? "would write" : "wrote")} {result.Appointments} appointments, {result.Patients} patients, {result.Hours} free hours; {result.Unchanged} appointments were there already"));
    }

    private static Command Export()
    {
        var output = new Option<string>("--output") { Description = "The file to write; .json for JSON with the history, else CSV.", Required = true };
        var from = new Option<string?>("--from") { Description = "First day, 2026-05-04." };
        var to = new Option<string?>("--to") { Description = "Last day." };
        var command = new Command("export", "Write the appointments, as import reads them.") { output, from, to, BotSetup.RootOption, Database, Json };
        command.SetAction((parsed, cancellationToken) => CommandExit.GuardedAsync(parsed.InvocationConfiguration.Error, async () =>
        {
            if (!TryReadDay(parsed.GetValue(from), out var first) || !TryReadDay(parsed.GetValue(to), out var last))
            {
                return CommandExit.Usage("--from and --to: expected days such as 2026-05-04.");
            }

            await using var store = await OpenAsync(parsed, cancellationToken);
            var exporter = new AgendaExporter(store);
            var path = parsed.GetValue(output)!;
            int rows;
            if (path.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
            {
                await using var stream = File.Create(path);
                rows = await exporter.WriteJsonAsync(stream, first, last, cancellationToken);
            }
            else
            {
                // With a byte order mark: spreadsheets read it as UTF-8 then.
                await using var writer = new StreamWriter(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
                rows = await exporter.WriteCsvAsync(writer, first, last, cancellationToken);
            }

            parsed.InvocationConfiguration.Output.WriteLine(parsed.GetValue(Json)
                ? JsonSerializer.Serialize(new ExportedAgenda(path, rows), AgendaCommandJson.Default.ExportedAgenda)
                : string.Create(CultureInfo.InvariantCulture, $"{path}: {rows} appointments"));
            return CommandExit.Done;
        }));
        return command;
    }

    private static bool TryReadDay(string? text, out LocalDate? day)
    {
        day = null;
        if (text is null)
        {
            return true;
        }

        var parsed = LocalDatePattern.Iso.Parse(text);
        day = parsed.Success ? parsed.Value : null;
        return parsed.Success;
    }

    private static string ZoneOf(ParseResult parsed)
    {
        var root = RootFolder.Resolve(parsed.GetValue(BotSetup.RootOption));
        return DialogLoader.Load(root.ResolveBot(parsed.GetValue(BotSetup.BotOption))).Domain.Zone;
    }

    private static Task<SqliteConversationStore> OpenAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var file = parsed.GetValue(Database) is { } named ? Path.GetFullPath(named) : RootFolder.Resolve(parsed.GetValue(BotSetup.RootOption)).Database;
        return SqliteConversationStore.OpenAsync(new SqliteStoreOptions { File = file }, TimeProvider.System, cancellationToken);
    }

    private static string Hour(LocalDateTime hour) => hour.ToString("uuuu'-'MM'-'dd HH':'mm", CultureInfo.InvariantCulture);
}

internal sealed record ExportedAgenda(string File, int Appointments);

/// <summary>What the commands print with --json.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, Converters = [typeof(LocalDateTimeConverter)])]
[JsonSerializable(typeof(AgendaImportResult))]
[JsonSerializable(typeof(ExportedAgenda))]
internal sealed partial class AgendaCommandJson : JsonSerializerContext;
