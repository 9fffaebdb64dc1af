using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ChatAgent.Nlu.Distance;
using ChatAgent.Nlu.Embeddings;
using ChatAgent.Text;

namespace ChatAgent.Cli.Commands;

/// <summary><c>chatagent distance</c>: how far apart in meaning two texts are; <c>distance train|evaluate</c> on labelled pairs.</summary>
internal static class DistanceCommand
{
    public static Command Create()
    {
        var first = new Argument<string?>("first") { Description = "A text.", Arity = ArgumentArity.ZeroOrOne };
        var second = new Argument<string?>("second") { Description = "The text to hold against it.", Arity = ArgumentArity.ZeroOrOne };
        var language = new Option<string?>("--language") { Description = "es or en; found by itself when left out." };
        var json = Json();
        var (model, vectors) = (Model(), Vectors());
        var command = new Command("distance", "How far apart in meaning two texts are, and whether they are equivalent.") { first, second, language, json, model, vectors, Train(), Evaluate() };
        command.SetAction(result => CommandExit.Guarded(() =>
        {
            if (result.GetValue(first) is not { Length: > 0 } a || result.GetValue(second) is not { Length: > 0 } b)
            {
                return CommandExit.Usage("give two texts that are not empty: chatagent distance TEXT TEXT.");
            }

            if (!TryLanguage(result.GetValue(language), out var tongue))
            {
                return CommandExit.Usage($"--language {result.GetValue(language)}: expected es or en.");
            }

            var comparison = Comparer(result.GetValue(model), result.GetValue(vectors)).Compare(a, b, tongue);
            if (result.GetValue(json))
            {
                WriteJson(comparison, a, b);
                return CommandExit.Done;
            }

            System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{comparison.Distance:F3} {(comparison.IsEquivalent ? "equivalent" : "not equivalent")}"));
            foreach (var difference in comparison.Differences)
            {
                System.Console.WriteLine($"  {difference.Kind.ToString().ToLowerInvariant(),-10} {difference.A.In(a)} | {difference.B.In(b)}");
            }

            return CommandExit.Done;
        }));
        return command;
    }

    /// <summary>The comparer of the options <c>--model</c> and <c>--vectors</c>.</summary>
    internal static TextComparer Comparer(string? model, string? vectors) => new(model is null ? null : DistanceModel.Load(model), Cosine(vectors));

    internal static Option<string?> Model() => new("--model") { Description = "A model of 'distance train'; the house's own by default." };

    internal static Option<string?> Vectors() => new("--vectors") { Description = "Word vectors of your own (.vec, .bin), for words that no list knows." };

    internal static Option<bool> Json() => new("--json") { Description = "Print one JSON object and nothing else." };

    /// <summary>Reads <c>--language</c>; null when it is left out.</summary>
    internal static bool TryLanguage(string? code, out Language? language)
    {
        language = null;
        if (code is null)
        {
            return true;
        }

        if (LanguageCodes.TryParse(code, out var found))
        {
            language = found;
            return true;
        }

        return false;
    }

    private static Func<string, string, double>? Cosine(string? path)
    {
        if (path is null)
        {
            return null;
        }

        var vectors = VectorFile.Load(path);
        return (a, b) => vectors.Contains(a) && vectors.Contains(b) ? vectors.Similarity(a, b) : 0;
    }

    private static Command Train()
    {
        var data = new Option<string[]>("--data") { Description = "Labelled pairs, one JSON object a line.", Required = true, AllowMultipleArgumentsPerToken = true };
        var output = new Option<string>("--model") { Description = "Where the model goes.", Required = true };
        var unread = new Option<string[]>("--unread") { Description = "More of them, that nobody read while writing word lists: the threshold comes from these.", AllowMultipleArgumentsPerToken = true };
        var vectors = Vectors();
        var command = new Command("train", "Learn weights and threshold from labelled pairs of your own.") { data, unread, output, vectors };
        command.SetAction(result => CommandExit.Guarded(() =>
        {
            var rows = result.GetValue(data)!.SelectMany(LabelledPair.ReadFile).ToArray();
            if (rows.All(static r => r.IsEquivalent) || rows.All(static r => !r.IsEquivalent))
            {
                return CommandExit.Usage($"{string.Join(", ", result.GetValue(data)!)}: found {rows.Length} pairs of one label, expected pairs that are equivalent and pairs that are not.");
            }

            var model = DistanceTrainer.Train(rows, [.. (result.GetValue(unread) ?? []).SelectMany(LabelledPair.ReadFile)], Cosine(result.GetValue(vectors)));
            model.Save(result.GetValue(output)!);
            System.Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rows.Length} pairs, threshold {model.Threshold:F3}"));
            return CommandExit.Done;
        }));
        return command;
    }

    private static Command Evaluate()
    {
        var data = new Option<string[]>("--data") { Description = "Labelled pairs, one JSON object a line.", Required = true, AllowMultipleArgumentsPerToken = true };
        var errors = new Option<bool>("--errors") { Description = "List the pairs that are told wrong." };
        var (json, model, vectors) = (Json(), Model(), Vectors());
        var command = new Command("evaluate", "Measure on labelled pairs, by kind.") { data, errors, json, model, vectors };
        command.SetAction(result => CommandExit.Guarded(() =>
        {
            var rows = result.GetValue(data)!.SelectMany(LabelledPair.ReadFile).ToArray();
            if (rows.Length == 0)
            {
                return CommandExit.Usage($"{string.Join(", ", result.GetValue(data)!)}: found no pair.");
            }

            var comparer = Comparer(result.GetValue(model), result.GetValue(vectors));
            var clock = TimeProvider.System.GetTimestamp();
            var told = rows.Select(row => comparer.Compare(row.A, row.B, row.Language)).ToArray();
            var milliseconds = TimeProvider.System.GetElapsedTime(clock).TotalMilliseconds / rows.Length;
            var scores = DistanceScores.Of(rows, [.. told.Select(static t => t.IsEquivalent)]);
            if (result.GetValue(json))
            {
                WriteJson(scores, comparer.Model.Threshold, milliseconds);
                return CommandExit.Done;
            }

            foreach (var score in scores)
            {
                System.Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{score.Kind,-12} {score.Rows,4} pairs  balanced accuracy {score.BalancedAccuracy:F3} [{score.Low:F3}, {score.High:F3}]  equivalent {score.EquivalentRight}/{score.Equivalent}  other {score.OtherRight}/{score.Other}"));
            }

            if (result.GetValue(errors))
            {
                foreach (var (row, comparison) in rows.Zip(told).Where(static p => p.First.IsEquivalent != p.Second.IsEquivalent))
                {
                    System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row.Id} {comparison.Distance:F3} {(row.IsEquivalent ? "equivalent" : "other")}: {row.A} | {row.B}"));
                }
            }

            return CommandExit.Done;
        }));
        return command;
    }

    private static void WriteJson(TextComparison comparison, string a, string b)
    {
        System.Console.WriteLine(JsonLines.Object(writer =>
        {
            writer.WriteNumber("distance", Math.Round(comparison.Distance, 6));
            writer.WriteBoolean("equivalent", comparison.IsEquivalent);
            writer.WriteStartArray("differences");
            foreach (var difference in comparison.Differences)
            {
                writer.WriteStartObject();
                writer.WriteString("kind", difference.Kind.ToString().ToLowerInvariant());
                writer.WriteString("first", difference.A.In(a));
                writer.WriteString("second", difference.B.In(b));
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }));
    }

    private static void WriteJson(IReadOnlyList<DistanceScores> scores, double threshold, double milliseconds)
    {
        System.Console.WriteLine(JsonLines.Object(writer =>
        {
            Score(scores[0]);
            writer.WriteNumber("threshold", Math.Round(threshold, 6));
            writer.WriteNumber("millisecondsPerPair", Math.Round(milliseconds, 3));
            writer.WriteStartObject("kinds");
            foreach (var score in scores.Skip(1))
            {
                writer.WriteStartObject(score.Kind);
                Score(score);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();

            void Score(DistanceScores score)
            {
                writer.WriteNumber("rows", score.Rows);
                writer.WriteNumber("balancedAccuracy", Math.Round(score.BalancedAccuracy, 4));
                writer.WriteNumber("low", Math.Round(score.Low, 4));
                writer.WriteNumber("high", Math.Round(score.High, 4));
                writer.WriteNumber("equivalentRight", score.EquivalentRight);
                writer.WriteNumber("equivalent", score.Equivalent);
                writer.WriteNumber("otherRight", score.OtherRight);
                writer.WriteNumber("other", score.Other);
            }
        }));
    }
}
