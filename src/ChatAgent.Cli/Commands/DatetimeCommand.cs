using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ChatAgent.Nlu.Times;
using ChatAgent.Text;
using NodaTime;
using NodaTime.Text;

namespace ChatAgent.Cli.Commands;

/// <summary><c>chatagent datetime parse</c>: what the expressions of time in a text mean.</summary>
internal static class DatetimeCommand
{
    public static Command Create()
    {
        var text = new Argument<string?>("text") { Description = "The text to read.", Arity = ArgumentArity.ZeroOrOne };
        var language = new Option<string>("--language") { Description = "es or en.", DefaultValueFactory = static _ => "es" };
        var reference = new Option<string?>("--reference") { Description = "When the words were written, ISO 8601; now by default." };
        var reading = new Option<string>("--reading") { Description = "chile: day before month, one value each.", DefaultValueFactory = static _ => "chile" };
        var input = new Option<string?>("--input") { Description = "Cases, one JSON object a line: text, and optionally id, reference, lang." };
        var output = new Option<string?>("--output") { Description = "Where the answers go, one JSON line a case." };
        var json = new Option<bool>("--json") { Description = "Print one JSON object and nothing else." };
        var parse = new Command("parse", "Dates, times, periods, durations, recurrences and numbers of a text.") { text, language, reference, reading, input, output, json };
        parse.SetAction(result =>
        {
            if (!LanguageCodes.TryParse(result.GetValue(language), out var tongue))
            {
                return CommandExit.Usage($"--language {result.GetValue(language)}: expected es or en.");
            }

            if (result.GetValue(reading) is not "chile" and var other)
            {
                return CommandExit.Usage($"--reading {other}: this build reads chile.");
            }

            if (!TryReference(result.GetValue(reference), out var now))
            {
                return CommandExit.Usage($"--reference {result.GetValue(reference)}: expected ISO 8601, such as 2026-04-25T18:49:00-04:00.");
            }

            return (result.GetValue(input), result.GetValue(output), result.GetValue(text)) switch
            {
                ({ } cases, { } answers, null) => ParseFile(cases, answers, now, tongue),
                (null, null, { } words) => ParseText(words, now, tongue, result.GetValue(json)),
                _ => CommandExit.Usage("give TEXT, or --input CASES.jsonl with --output OUT.jsonl."),
            };
        });
        return new Command("datetime", "Expressions of time.") { parse };
    }

    private static int ParseText(string text, LocalDateTime now, Language language, bool json)
    {
        var found = Read(text, now, language);
        if (json)
        {
            using var stream = System.Console.OpenStandardOutput();
            using var writer = new Utf8JsonWriter(stream, JsonLines.Readable);
            WriteCase(writer, null, text, found);
            writer.Flush();
            System.Console.WriteLine();
            return 0;
        }

        foreach (var expression in found)
        {
            System.Console.WriteLine($"{expression.Span.Start,4}-{expression.Span.End,-4} {expression.Kind.ToString().ToLowerInvariant(),-10} {string.Join(" | ", expression.Values),-34} {expression.Timex,-28} {expression.Text}");
        }

        return 0;
    }

    private static int ParseFile(string input, string output, LocalDateTime now, Language language)
    {
        if (!JsonLines.TryRead(input, out var rows, out var problem))
        {
            return CommandExit.Usage(problem);
        }

        using var stream = File.Create(output);
        foreach (var (line, row) in rows)
        {
            if (!row.TryGetProperty("text", out var text) || text.ValueKind != JsonValueKind.String)
            {
                return CommandExit.Usage($"{input}({line},1): found no \"text\", expected a string.");
            }

            var at = now;
            if (row.TryGetProperty("reference", out var stated) && !TryReference(stated.GetString(), out at))
            {
                return CommandExit.Usage($"{input}({line},1): \"reference\" is {stated}, expected ISO 8601.");
            }

            var tongue = (row.TryGetProperty("lang", out var lang) || row.TryGetProperty("language", out lang)) && LanguageCodes.TryParse(lang.GetString(), out var own) ? own : language;
            using (var writer = new Utf8JsonWriter(stream, JsonLines.Readable))
            {
                WriteCase(writer, row.TryGetProperty("id", out var id) ? id : null, text.GetString()!, Read(text.GetString()!, at, tongue));
            }

            stream.WriteByte((byte)'\n');
        }

        return 0;
    }

    private static IReadOnlyList<TimeExpression> Read(string text, LocalDateTime now, Language language) =>
        TimeExpressionParser.Parse(text, new TimeParseOptions { Reference = now, Language = language, Numbers = true });

    private static void WriteCase(Utf8JsonWriter writer, JsonElement? id, string text, IReadOnlyList<TimeExpression> found)
    {
        writer.WriteStartObject();
        if (id is { } name)
        {
            writer.WritePropertyName("id");
            name.WriteTo(writer);
        }

        writer.WriteString("text", text);
        writer.WriteStartArray("expressions");
        foreach (var expression in found)
        {
            writer.WriteStartObject();
            writer.WriteString("text", expression.Text);
            writer.WriteNumber("start", expression.Span.Start);
            writer.WriteNumber("end", expression.Span.End);
            writer.WriteString("kind", expression.Kind.ToString().ToLowerInvariant());
            writer.WriteStartArray("values");
            foreach (var value in expression.Values)
            {
                writer.WriteStringValue(value);
            }

            writer.WriteEndArray();
            writer.WriteString("timex", expression.Timex);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static bool TryReference(string? iso, out LocalDateTime now)
    {
        if (iso is null)
        {
            now = TimeParseOptions.At(TimeProvider.System.GetUtcNow()).Reference;
            return true;
        }

        var offset = OffsetDateTimePattern.ExtendedIso.Parse(iso);
        var local = LocalDateTimePattern.ExtendedIso.Parse(iso);
        if (offset.Success || local.Success)
        {
            // A stated offset is the writer's own clock: its wall time is the reference.
            now = offset.Success ? offset.Value.LocalDateTime : local.Value;
            return true;
        }

        var day = LocalDatePattern.Iso.Parse(iso);
        now = day.Success ? day.Value.AtMidnight() : default;
        return day.Success;
    }
}
