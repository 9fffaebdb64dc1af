using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ChatAgent.Neural;
using ChatAgent.Nlu.Embeddings;
using ChatAgent.Training;

namespace ChatAgent.Cli.Commands;

/// <summary><c>chatagent embeddings train|nearest|analogy|odd-one-out|bias|evaluate|project</c>: word vectors from the owner's text, and what they say.</summary>
internal static class EmbeddingsCommand
{
    private static readonly (string, string)[] GenderPairs = [("él", "ella"), ("hombre", "mujer"), ("padre", "madre"), ("hijo", "hija"), ("hermano", "hermana"), ("niño", "niña"), ("señor", "señora"), ("tío", "tía"), ("he", "she"), ("man", "woman"), ("father", "mother")];

    public static Command Create() => new("embeddings", "Word vectors.") { Train(), Nearest(), Analogy(), OddOneOut(), Bias(), Evaluate(), Project() };

    private static Command Train()
    {
        var defaults = new EmbeddingOptions();
        var text = new Option<string[]>("--text") { Description = "UTF-8 text files.", Required = true, AllowMultipleArgumentsPerToken = true };
        var method = new Option<string>("--method") { Description = "skipgram, cbow, glove, fasttext or svd.", DefaultValueFactory = static _ => "fasttext" };
        var dimensions = Number("--dimensions", "Numbers of a vector.", defaults.Dimensions);
        var window = new Option<int?>("--window") { Description = "Words to each side; 5, for glove and svd 8." };
        var minimum = Number("--min-count", "Words seen less often have no vector.", defaults.MinimumCount);
        var negatives = Number("--negatives", "Wrong words for each right one.", defaults.Negatives);
        var epochs = new Option<int?>("--epochs") { Description = "Passes; 5, for glove 20." };
        var rate = new Option<float?>("--learning-rate") { Description = "First learning rate; 0.05." };
        var subsample = new Option<double>("--subsample") { Description = "Words above this share of the text are passed over at random; 0 keeps all.", DefaultValueFactory = _ => defaults.Subsample };
        var threads = Number("--threads", "Threads; with one the same seed gives the same bits.", 1);
        var raw = new Option<bool>("--raw") { Description = "Words are what stands between blanks, as it stands." };
        var output = new Option<string>("--out") { Description = "File of the vectors; .bin is word2vec's binary.", Required = true };
        var layout = new Option<string?>("--layout") { Description = "word2vec, binary or glove; by the ending of --out." };
        var seed = Number("--seed", "Seed of all chance.", 1);
        var json = Json();
        var command = new Command("train", "Train word vectors on text.") { text, method, dimensions, window, minimum, negatives, epochs, rate, subsample, threads, raw, output, layout, seed, json };
        command.SetAction((result, cancellation) => Task.Run(() => CommandExit.Guarded(() =>
        {
            if (!Enum.TryParse<EmbeddingMethod>(result.GetValue(method), ignoreCase: true, out var chosen) || !Enum.IsDefined(chosen))
            {
                return CommandExit.Usage($"--method {result.GetValue(method)}: expected skipgram, cbow, glove, fasttext or svd.");
            }

            var target = result.GetValue(output)!;
            var named = result.GetValue(layout) ?? (target.EndsWith(".bin", StringComparison.OrdinalIgnoreCase) ? "binary" : "word2vec");
            VectorFileFormat? format = named switch { "word2vec" => VectorFileFormat.Word2VecText, "binary" => VectorFileFormat.Word2VecBinary, "glove" => VectorFileFormat.Glove, _ => null };
            if (format is not { } form)
            {
                return CommandExit.Usage($"--layout {named}: expected word2vec, binary or glove.");
            }

            var options = new EmbeddingOptions
            {
                Method = chosen, Dimensions = result.GetValue(dimensions), Window = result.GetValue(window), MinimumCount = result.GetValue(minimum), Negatives = result.GetValue(negatives),
                Epochs = result.GetValue(epochs), LearningRate = result.GetValue(rate), Subsample = result.GetValue(subsample), Threads = result.GetValue(threads), Seed = result.GetValue(seed),
            };
            try
            {
                options.Require();
            }
            catch (ArgumentOutOfRangeException outside)
            {
                return CommandExit.Usage(outside.Message.ReplaceLineEndings(" "));
            }

            var read = EmbeddingText.Read(result.GetValue(text)!, options.MinimumCount, result.GetValue(raw), cancellation);
            var clock = Stopwatch.StartNew();
            var vectors = EmbeddingTrainer.Train(read, options, ProgressDisplay.OnStandardError(), TimeProvider.System, cancellation);
            var seconds = clock.Elapsed.TotalSeconds;
            VectorFile.Save(target, vectors, form);
            Print(result.GetValue(json), writer =>
            {
                writer.WriteNumber("words", vectors.Count);
                writer.WriteNumber("dimensions", vectors.Dimensions);
                writer.WriteNumber("tokens", read.Total);
                writer.WriteNumber("trainSeconds", Math.Round(seconds, 2));
                writer.WriteNumber("wordsPerSecond", Math.Round(read.Total * (double)(chosen == EmbeddingMethod.Svd ? 1 : options.Epochs ?? (chosen == EmbeddingMethod.Glove ? 20 : 5)) / seconds));
                writer.WriteNumber("seed", options.Seed);
                writer.WriteNumber("threads", options.Threads);
            });
            return CommandExit.Done;
        }), CancellationToken.None));
        return command;
    }

    private static Command Nearest()
    {
        var words = Words();
        var (vectors, count, json) = (Vectors(), Number("--count", "Words shown.", 10), Json());
        var metric = new Option<string>("--metric") { Description = "cosine or euclidean.", DefaultValueFactory = static _ => "cosine" };
        var command = new Command("nearest", "The words nearest to each word.") { words, vectors, metric, count, json };
        command.SetAction(result => CommandExit.Guarded(() =>
        {
            if (!Enum.TryParse<VectorMetric>(result.GetValue(metric), ignoreCase: true, out var measure) || !Enum.IsDefined(measure))
            {
                return CommandExit.Usage($"--metric {result.GetValue(metric)}: expected cosine or euclidean.");
            }

            var loaded = VectorFile.Load(result.GetValue(vectors)!);
            return Show(result.GetValue(json), [.. result.GetValue(words)!.Select(word => (word, loaded.Nearest(word, result.GetValue(count), measure)))]);
        }));
        return command;
    }

    private static Command Analogy()
    {
        var words = Words();
        var (vectors, count, json) = (Vectors(), Number("--count", "Words shown.", 5), Json());
        var multiply = new Option<bool>("--multiply") { Description = "3CosMul in place of 3CosAdd." };
        var command = new Command("analogy", "A is to B as C is to what?") { words, vectors, multiply, count, json };
        command.SetAction(result => CommandExit.Guarded(() => result.GetValue(words) is [var a, var b, var c]
            ? Show(result.GetValue(json), [($"{a} : {b} = {c}", VectorFile.Load(result.GetValue(vectors)!).Analogy(a, b, c, result.GetValue(count), result.GetValue(multiply)))])
            : CommandExit.Usage($"found {result.GetValue(words)!.Length} words, expected three: A is to B as C is to what?")));
        return command;
    }

    private static Command OddOneOut()
    {
        var words = Words();
        var (vectors, json) = (Vectors(), Json());
        var command = new Command("odd-one-out", "The word that does not belong, and how near each is to the others.") { words, vectors, json };
        command.SetAction(result => CommandExit.Guarded(() => result.GetValue(words) is { Length: >= 3 } asked
            ? Show(result.GetValue(json), [(VectorFile.Load(result.GetValue(vectors)!).OddOneOut(asked) is var order ? order[0].Word : string.Empty, order)])
            : CommandExit.Usage($"found {result.GetValue(words)!.Length} words, expected three or more.")));
        return command;
    }

    private static Command Bias()
    {
        var words = Words();
        var (vectors, json) = (Vectors(), Json());
        var pairs = new Option<string[]>("--pairs") { Description = "first/second, such as él/ella; pairs of gender by default.", AllowMultipleArgumentsPerToken = true };
        var command = new Command("bias", "How far words lean along the direction of pairs of words, with the pairs behind the number.") { words, vectors, pairs, json };
        command.SetAction(result => CommandExit.Guarded(() =>
        {
            var chosen = result.GetValue(pairs) is { Length: > 0 } given ? given.Select(pair => pair.Split('/')).Select(parts => (parts[0], parts.Length == 2 ? parts[1] : string.Empty)).ToArray() : GenderPairs;
            if (chosen.FirstOrDefault(static pair => pair.Item1.Length == 0 || pair.Item2.Length == 0) is { Item1: not null } broken)
            {
                return CommandExit.Usage($"--pairs {broken.Item1}: expected first/second.");
            }

            var report = BiasReport.Of(VectorFile.Load(result.GetValue(vectors)!), result.GetValue(words)!, chosen);
            if (!result.GetValue(json))
            {
                System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the pairs agree on {report.Explained:P0} of their differences"));
                foreach (var (first, second, agreement) in report.Pairs)
                {
                    System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{agreement,7:F3}  {first} - {second}"));
                }

                return Show(false, [("lean", report.Words)]);
            }

            Print(true, writer =>
            {
                writer.WriteNumber("explained", Math.Round(report.Explained, 4));
                writer.WriteStartArray("pairs");
                foreach (var (first, second, agreement) in report.Pairs)
                {
                    writer.WriteStartObject();
                    writer.WriteString("first", first);
                    writer.WriteString("second", second);
                    writer.WriteNumber("agreement", Math.Round(agreement, 4));
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
                Write(writer, "words", report.Words);
            });
            return CommandExit.Done;
        }));
        return command;
    }

    private static Command Evaluate()
    {
        var (vectors, json) = (Vectors(), Json());
        var similarity = new Option<string?>("--similarity") { Description = "Lines of two words and a judgment." };
        var analogies = new Option<string?>("--analogies") { Description = "Lines of four words." };
        var multiply = new Option<bool>("--multiply") { Description = "3CosMul in place of 3CosAdd." };
        var command = new Command("evaluate", "Score vectors against judgments of similarity or analogies.") { vectors, similarity, analogies, multiply, json };
        command.SetAction((result, cancellation) => Task.Run(() => CommandExit.Guarded(() =>
        {
            if (result.GetValue(similarity) is null == result.GetValue(analogies) is null)
            {
                return CommandExit.Usage("give --similarity FILE or --analogies FILE.");
            }

            var loaded = VectorFile.Load(result.GetValue(vectors)!);
            var score = result.GetValue(similarity) is { } judged
                ? VectorEvaluation.Similarity(loaded, judged)
                : VectorEvaluation.Analogies(loaded, result.GetValue(analogies)!, result.GetValue(multiply), null, cancellation);
            Print(result.GetValue(json), writer =>
            {
                if (score.Spearman is { } spearman)
                {
                    writer.WriteNumber("spearman", Math.Round(spearman, 5));
                }
                else
                {
                    writer.WriteNull("spearman");
                }

                if (score.Accuracy is { } accuracy)
                {
                    writer.WriteNumber("accuracy", Math.Round(accuracy, 5));
                }
                else
                {
                    writer.WriteNull("accuracy");
                }

                writer.WriteNumber("covered", score.Covered);
                writer.WriteNumber("rows", score.Rows);
            });
            return CommandExit.Done;
        }), CancellationToken.None));
        return command;
    }

    private static Command Project()
    {
        var vectors = Vectors();
        var method = new Option<string>("--method") { Description = "pca, tsne or umap.", DefaultValueFactory = static _ => "pca" };
        var dimensions = Number("--dimensions", "2 or 3.", 2);
        var count = Number("--count", $"The first words of the file, 3 to {Projection.MostPoints}.", 500);
        var seed = Number("--seed", "Seed of all chance.", 1);
        var output = new Option<string>("--out") { Description = "JSON file of the points.", Required = true };
        var command = new Command("project", "Vectors as points in 2D or 3D.") { vectors, method, dimensions, count, seed, output };
        command.SetAction((result, cancellation) => Task.Run(() => CommandExit.Guarded(() =>
        {
            if (!Enum.TryParse<ProjectionMethod>(result.GetValue(method), ignoreCase: true, out var chosen) || !Enum.IsDefined(chosen))
            {
                return CommandExit.Usage($"--method {result.GetValue(method)}: expected pca, tsne or umap.");
            }

            var loaded = VectorFile.Load(result.GetValue(vectors)!);
            var shown = Math.Min(loaded.Count, result.GetValue(count));
            if (result.GetValue(dimensions) is not (2 or 3) || shown is < 3 or > Projection.MostPoints)
            {
                return CommandExit.Usage($"--dimensions {result.GetValue(dimensions)}, {shown} words: expected 2 or 3, and 3 to {Projection.MostPoints} words.");
            }

            var rows = loaded.Words.Take(shown).Select(word => loaded.VectorOf(word).ToArray()).ToList();
            var points = Projection.Project(rows, chosen, result.GetValue(dimensions), result.GetValue(seed), new ProgressMeter(ProgressDisplay.OnStandardError(), "points/s", TimeProvider.System), cancellation);
            using var stream = File.Create(result.GetValue(output)!);
            using var writer = new Utf8JsonWriter(stream, JsonLines.Readable);
            writer.WriteStartObject();
            writer.WriteString("method", chosen.ToString().ToLowerInvariant());
            writer.WriteNumber("dimensions", result.GetValue(dimensions));
            writer.WriteStartArray("points");
            for (var i = 0; i < shown; i++)
            {
                writer.WriteStartObject();
                writer.WriteString("word", loaded.Words[i]);
                writer.WriteNumber("x", points[i, 0]);
                writer.WriteNumber("y", points[i, 1]);
                if (points.GetLength(1) == 3)
                {
                    writer.WriteNumber("z", points[i, 2]);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
            return CommandExit.Done;
        }), CancellationToken.None));
        return command;
    }

    private static Argument<string[]> Words() => new("words") { Description = "Words.", Arity = ArgumentArity.OneOrMore };

    private static Option<string> Vectors() => new("--vectors") { Description = "File of word vectors: word2vec text or binary, GloVe, fastText .vec.", Required = true };

    private static Option<int> Number(string name, string description, int value) => new(name) { Description = description, DefaultValueFactory = _ => value };

    private static Option<bool> Json() => new("--json") { Description = "Print one JSON object and nothing else." };

    private static int Show(bool json, IReadOnlyList<(string Asked, IReadOnlyList<Neighbour> Words)> answers)
    {
        if (json)
        {
            Print(true, writer =>
            {
                writer.WriteStartArray("answers");
                foreach (var (asked, words) in answers)
                {
                    writer.WriteStartObject();
                    writer.WriteString("asked", asked);
                    Write(writer, "words", words);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            });
            return CommandExit.Done;
        }

        foreach (var (asked, words) in answers)
        {
            System.Console.WriteLine(asked);
            foreach (var word in words)
            {
                System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{word.Value,7:F3}  {word.Word}"));
            }
        }

        return CommandExit.Done;
    }

    private static void Write(Utf8JsonWriter writer, string name, IReadOnlyList<Neighbour> words)
    {
        writer.WriteStartArray(name);
        foreach (var word in words)
        {
            writer.WriteStartObject();
            writer.WriteString("word", word.Word);
            writer.WriteNumber("value", Math.Round(word.Value, 5));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>One JSON object, or its fields a line each for a person.</summary>
    private static void Print(bool json, Action<Utf8JsonWriter> write)
    {
        var text = JsonLines.Object(write);
        if (json)
        {
            System.Console.WriteLine(text);
            return;
        }

        using var document = JsonDocument.Parse(text);
        foreach (var field in document.RootElement.EnumerateObject())
        {
            System.Console.WriteLine($"{field.Name,-16} {field.Value}");
        }
    }
}
