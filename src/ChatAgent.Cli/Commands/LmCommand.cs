using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ChatAgent.Neural;
using ChatAgent.Nlg;
using ChatAgent.Text;
using ChatAgent.Training;

namespace ChatAgent.Cli.Commands;

/// <summary><c>chatagent lm train|perplexity|generate|suggest|gates</c>: language models of words, characters or subwords, recurrent or n-gram.</summary>
internal static class LmCommand
{
    public static Command Create() => new("lm", "Language models: train, measure, write, suggest the next words, show what opens their gates.") { Train(), Perplexity(), Generate(), Suggest(), Gates() };

    private static Command Train()
    {
        var usual = new LanguageModelOptions();
        var text = new Option<string[]>("--text") { Description = "Files of text, a text a line.", Required = true, AllowMultipleArgumentsPerToken = true };
        var validation = new Option<string[]>("--validation") { Description = "Text that is not learnt from: it chooses the epoch and lowers the rate.", AllowMultipleArgumentsPerToken = true };
        var model = new Option<string>("--model") { Description = "File for the model.", Required = true };
        var order = new Option<int?>("--order") { Description = "An n-gram model of this order, 1 to 8, with modified Kneser-Ney smoothing, instead of a recurrent one." };
        var unit = Choice("--unit", "What a token is: word, character or subword.", usual.Unit);
        var vocabulary = Number("--vocabulary", "Most tokens known.", usual.MaximumVocabulary);
        var minimum = Number("--minimum-count", "Least times that a known word or character is seen.", usual.MinimumCount);
        var same = new Option<string?>("--vocabulary-from") { Description = "A model whose tokens are taken, so that the two can be mixed." };
        var cell = Choice("--cell", $"Recurrent layers: {string.Join(", ", Enum.GetNames<RecurrentCell>().Select(name => name.ToLowerInvariant()))}.", usual.Cell);
        var layers = Number("--layers", "Layers.", usual.Layers);
        var embedding = Number("--embedding", "Numbers per token.", usual.Embedding);
        var hidden = Number("--hidden", "Numbers of state.", usual.Hidden);
        var dropout = new Option<float>("--dropout") { Description = "Share zeroed while training.", DefaultValueFactory = _ => usual.Dropout };
        var variational = new Option<bool>("--variational") { Description = "One dropout mask for all steps of a chunk." };
        var recurrentDropout = new Option<float>("--recurrent-dropout") { Description = "Share of the recurrent weights zeroed while training.", DefaultValueFactory = _ => usual.RecurrentDropout };
        var residual = new Option<bool>("--residual") { Description = "From the second layer on a layer's input is added to its output." };
        var tied = new Option<bool>("--tied") { Description = "The output's weight is the embedding's; needs --embedding equal to --hidden." };
        var bptt = Number("--bptt", "Steps of truncated backpropagation through time.", usual.Training.MaxSteps);
        var batch = Number("--batch", "Streams of text side by side.", usual.Training.Batch);
        var epochs = new Option<int?>("--epochs") { Description = "Passes over the text; default 10, of short texts as many as give 300 steps." };
        var accumulate = Number("--accumulate", "Batches whose gradients are averaged for one step.", usual.Training.Accumulate);
        var patience = Number("--patience", "Epochs without a better validation before the run stops; 0 never.", usual.Training.Patience);
        var clip = new Option<float?>("--clip") { Description = "Largest norm of all gradients; default 5, of sgd and asgd 0.25." };
        var minutes = new Option<double?>("--minutes") { Description = "Stop after this long." };
        var optimizer = Choice("--optimizer", "sgd, adam, adamw or asgd (averaged over the second half).", usual.Optimizer);
        var rate = new Option<float?>("--learning-rate") { Description = "Default 0.002, of sgd and asgd 20." };
        var decay = new Option<float?>("--decay") { Description = "Factor of the rate when validation has not become better; default 0.5, of sgd and asgd 0.25." };
        var weightDecay = new Option<float>("--weight-decay") { Description = "Of adamw.", DefaultValueFactory = _ => usual.WeightDecay };
        var threads = Number("--threads", "Threads; the result does not depend on it.", Environment.ProcessorCount);
        var seed = Number("--seed", "Of every draw.", 1);
        var checkpoint = new Option<string?>("--checkpoint") { Description = "File from which a stopped run goes on bit for bit; default MODEL.checkpoint, which is deleted when the run ends." };
        var bidirectional = new Option<bool>("--bidirectional-encoder") { Description = "Of encoders; a language model reads in one direction, and says so." };
        var json = Json();
        var command = new Command("train", "Train a language model.")
        {
            text, validation, model, order, unit, vocabulary, minimum, same, cell, layers, embedding, hidden, dropout, recurrentDropout, variational, residual, tied, bptt, batch, accumulate, epochs, patience, clip, minutes, optimizer, rate, decay, weightDecay,
            threads, seed, checkpoint, bidirectional, json,
        };
        command.SetAction((result, cancellation) => Task.Run(() => Guarded(() =>
        {
            if (result.GetValue(bidirectional))
            {
                return CommandExit.Usage("--bidirectional-encoder: a language model must not see the words that it predicts; the flag is for encoders (`seq2seq`, `classify`, `slots`).");
            }

            var isPlain = result.GetValue(optimizer) is LanguageModelOptimizer.Sgd or LanguageModelOptimizer.Asgd;
            var path = result.GetValue(model)!;
            var place = result.GetValue(checkpoint) ?? path + ".checkpoint";
            var options = usual with
            {
                Unit = result.GetValue(unit), MaximumVocabulary = result.GetValue(vocabulary), MinimumCount = result.GetValue(minimum), Cell = result.GetValue(cell), Layers = result.GetValue(layers),
                Embedding = result.GetValue(embedding), Hidden = result.GetValue(hidden), Dropout = result.GetValue(dropout), Variational = result.GetValue(variational), Tied = result.GetValue(tied),
                RecurrentDropout = result.GetValue(recurrentDropout), Residual = result.GetValue(residual),
                Optimizer = result.GetValue(optimizer), Decay = result.GetValue(decay) ?? (isPlain ? 0.25f : 0.5f), WeightDecay = result.GetValue(weightDecay),
                Training = usual.Training with
                {
                    MaxSteps = result.GetValue(bptt), Batch = result.GetValue(batch), Accumulate = result.GetValue(accumulate), Patience = result.GetValue(patience), Epochs = result.GetValue(epochs) ?? 0, Clip = result.GetValue(clip) ?? (isPlain ? 0.25f : 5f),
                    LearningRate = result.GetValue(rate) ?? (isPlain ? 20f : 0.002f), Seed = result.GetValue(seed), Checkpoint = place,
                    TimeLimit = result.GetValue(minutes) is { } limit ? TimeSpan.FromMinutes(limit) : null,
                },
            };
            if (result.GetValue(threads) is var count and (< 1 or > 1024))
            {
                return CommandExit.Usage(string.Create(CultureInfo.InvariantCulture, $"--threads {count}: expected 1 to 1024."));
            }

            if (result.GetValue(order) is { } n && n is < 1 or > KneserNey.MaxOrder)
            {
                return CommandExit.Usage(string.Create(CultureInfo.InvariantCulture, $"--order {result.GetValue(order)}: expected 1 to {KneserNey.MaxOrder}."));
            }

            var lines = ReadLines(result.GetValue(text)!);
            var heldOut = ReadLines(result.GetValue(validation) ?? []);
            var units = result.GetValue(same) is { } other ? LanguageModel.Load(other).Units : null;
            var start = Stopwatch.GetTimestamp();
            if (result.GetValue(order) is { } grams)
            {
                var counted = LanguageModelTrainer.Count(lines, grams, options, units, cancellation);
                counted.Save(path);
                var tokens = counted.Units.EncodeAll(lines).Length;
                Report(result.GetValue(json), tokens / Stopwatch.GetElapsedTime(start).TotalSeconds, 1, PerplexityOf(counted, heldOut, cancellation), counted.ParameterCount, null, start);
                return CommandExit.Done;
            }

            if (File.Exists(place))
            {
                System.Console.Error.WriteLine($"{place}: an earlier run was stopped; going on from there (delete it to begin anew).");
            }

            using var pool = new WorkerPool(result.GetValue(threads));
            var (trained, run) = LanguageModelTrainer.Train(lines, heldOut, options, units, pool, ProgressDisplay.OnStandardError(), cancellation);
            trained.Save(path);
            if (!run.IsUnfinished && result.GetValue(checkpoint) is null)
            {
                File.Delete(place);
            }

            Report(result.GetValue(json), run.UnitsPerSecond, run.Epochs, PerplexityOf(trained, heldOut, cancellation), trained.ParameterCount, run, start);
            return CommandExit.Done;
        })));
        return command;
    }

    private static void Report(bool json, double speed, int epochs, double? perplexity, long parameters, TrainingResult? run, long start) => Print(json, writer =>
    {
        writer.WriteNumber("tokensPerSecond", Math.Round(speed));
        writer.WriteNumber("epochs", epochs);
        if (perplexity is { } value)
        {
            writer.WriteNumber("validationPerplexity", Math.Round(value, 3));
        }

        writer.WriteNumber("parameters", parameters);
        if (run is not null)
        {
            writer.WriteNumber("loss", Math.Round(run.Loss, 5));
            writer.WriteNumber("bestEpoch", run.BestEpoch);
        }

        if (run is { IsUnfinished: true })
        {
            writer.WriteBoolean("unfinished", true);
        }

        if (run?.Diagnosis is { } diagnosis)
        {
            writer.WriteString("diagnosis", diagnosis);
        }

        writer.WriteNumber("trainSeconds", Math.Round(Stopwatch.GetElapsedTime(start).TotalSeconds, 1));
    });

    private static double? PerplexityOf(LanguageModel model, IReadOnlyList<string> lines, CancellationToken cancellation) =>
        model.Units.EncodeAll(lines) is { Length: > 0 } tokens ? LanguageModel.Perplexity(model.LogProbabilities(tokens, cancellation)) : null;

    private static Command Perplexity()
    {
        var models = Models();
        var text = new Option<string[]>("--text") { Description = "Files of text, a text a line.", Required = true, AllowMultipleArgumentsPerToken = true };
        var known = new Option<bool>("--vocabulary-from-model") { Description = "Words that the model does not know count as its unknown token (so they do in any case; without the flag their share is warned of)." };
        var validation = new Option<string[]>("--validation") { Description = "With several models: text that their weights are fitted on; without it they weigh alike.", AllowMultipleArgumentsPerToken = true };
        var (weights, map) = (Weights(), Map());
        var json = Json();
        var command = new Command("perplexity", "How well a model predicts a text; several models are mixed.") { models, text, known, validation, weights, map, json };
        command.SetAction((result, cancellation) => Task.Run(() => Guarded(() =>
        {
            var lines = ReadLines(result.GetValue(text)!);
            var wide = Mix(result.GetValue(models)!, ReadLines(result.GetValue(validation) ?? []), result.GetValue(map));
            var format = result.GetValue(weights);
            var model = wide.With(format);
            var tokens = model.Units.EncodeAll(lines);
            if (tokens.Length == 0)
            {
                return CommandExit.Usage($"{string.Join(", ", result.GetValue(text)!)}(1,1): the text is empty, expected at least one word.");
            }

            var start = Stopwatch.GetTimestamp();
            var logs = model.LogProbabilities(tokens, cancellation);
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            var unknown = tokens.Count(token => token == Vocabulary.Unknown);
            if (!result.GetValue(known) && unknown * 10 > tokens.Length)
            {
                System.Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{unknown} of {tokens.Length} tokens are unknown to the model: its perplexity says little of this text."));
            }

            // The wide weights read the same text, so that what the narrow ones cost is seen.
            var perplexity = LanguageModel.Perplexity(logs);
            var before = format == WeightFormat.Float32 ? perplexity : LanguageModel.Perplexity(wide.LogProbabilities(tokens, cancellation));
            var characters = lines.Where(line => line.Length > 0).Sum(line => line.EnumerateRunes().Count() + 1);
            Print(result.GetValue(json), writer =>
            {
                writer.WriteNumber("perplexity", Math.Round(perplexity, 4));
                writer.WriteNumber("tokens", tokens.Length);
                writer.WriteNumber("unknown", unknown);
                writer.WriteNumber("tokensPerSecond", Math.Round(tokens.Length / seconds));
                writer.WriteNumber("bitsPerCharacter", Math.Round(-logs.Sum(value => (double)value) / Math.Log(2) / characters, 4));
                if (format != WeightFormat.Float32)
                {
                    writer.WriteString("weightFormat", NameOf(format));
                    writer.WriteNumber("float32Perplexity", Math.Round(before, 4));
                    writer.WriteNumber("loss", Math.Round(perplexity - before, 4));
                }

                if (model is MixedLanguageModel mixed)
                {
                    writer.WriteStartArray("weights");
                    foreach (var weight in mixed.Weights)
                    {
                        writer.WriteNumberValue(Math.Round(weight, 4));
                    }

                    writer.WriteEndArray();
                }
            });
            return CommandExit.Done;
        })));
        return command;
    }

    private static Command Generate()
    {
        var models = Models();
        var prompt = new Option<string>("--prompt") { Description = "How the texts begin.", DefaultValueFactory = _ => string.Empty };
        var beam = Number("--beam", "Hypotheses kept after each token, 1 (greedy) to 64.", 5);
        var penalty = new Option<double>("--length-penalty") { Description = "0 (none) to 1; larger values prefer longer texts.", DefaultValueFactory = _ => 0.6 };
        var tokens = Number("--tokens", "Most tokens.", 40);
        var count = Number("--count", "How many texts.", 1);
        var repeat = new Option<int?>("--no-repeat") { Description = "No run of so many tokens twice; 0 allows all. Default 3 of words, 0 of characters and subwords." };
        var sample = new Option<bool>("--sample") { Description = "Draw by chance instead of searching." };
        var temperature = new Option<double>("--temperature") { Description = "With --sample: below 1 more careful.", DefaultValueFactory = _ => 1.0 };
        var topK = Number("--top-k", "With --sample: among the likeliest so many; 0 for all.", 0);
        var topP = new Option<double>("--top-p") { Description = "With --sample: among the likeliest that hold this share.", DefaultValueFactory = _ => 1.0 };
        var required = new Option<string[]>("--require") { Description = "Words that each text must say, once each.", AllowMultipleArgumentsPerToken = true };
        var forbidden = new Option<string[]>("--forbid") { Description = "Words that no text says.", AllowMultipleArgumentsPerToken = true };
        var seed = Number("--seed", "Of chance.", 1);
        var groups = Number("--groups", "Groups of hypotheses that keep apart from each other (diverse beam search); a divisor of --beam.", 1);
        var diversity = new Option<double>("--diversity") { Description = "With --groups: what a token costs for each hypothesis of an earlier group that took it, in log-probability.", DefaultValueFactory = _ => 0.5 };
        var (weights, map) = (Weights(), Map());
        var json = Json();
        var command = new Command("generate", "Write texts from a beginning.")
        {
            models, prompt, beam, penalty, tokens, count, repeat, sample, temperature, topK, topP, required, forbidden, groups, diversity, seed, weights, map, json,
        };
        command.SetAction((result, cancellation) => Task.Run(() => Guarded(() =>
        {
            var model = Mix(result.GetValue(models)!, [], result.GetValue(map)).With(result.GetValue(weights));
            var prefix = model.Units.Encode(result.GetValue(prompt)!);
            if (FindUnknown(model, [.. result.GetValue(required) ?? [], .. result.GetValue(forbidden) ?? []]) is { } unknown)
            {
                return CommandExit.Usage($"\"{unknown}\" is not one token of the model; --require and --forbid take its tokens.");
            }

            List<(string Text, double LogProbability)> texts;
            if (result.GetValue(sample))
            {
                var options = new TextSamplerOptions { Temperature = result.GetValue(temperature), TopK = result.GetValue(topK), TopP = result.GetValue(topP), MaxTokens = result.GetValue(tokens) };
                var random = new Random(result.GetValue(seed));
                texts = [.. Enumerable.Range(0, result.GetValue(count)).Select(_ => TextSampler.Draw(model, prefix, options, random)).Select(drawn => (model.Units.Decode(drawn.Tokens), drawn.LogProbability))];
            }
            else
            {
                var options = new BeamSearchOptions
                {
                    BeamWidth = Math.Max(result.GetValue(beam), result.GetValue(count) > 1 ? result.GetValue(count) : 1), LengthPenalty = result.GetValue(penalty),
                    Groups = result.GetValue(groups), Diversity = result.GetValue(diversity), MaxTokens = prefix.Length + result.GetValue(tokens), NoRepeatLength = result.GetValue(repeat) ?? (model.Units.Unit == TextUnit.Word ? 3 : 0), Count = result.GetValue(count),
                };
                var constraints = new BeamConstraints
                {
                    Prefix = prefix,
                    Required = [.. (result.GetValue(required) ?? []).Select(word => (IReadOnlyList<int>)[model.Units.Vocabulary[word]])],
                    Forbidden = [Vocabulary.Unknown, .. (result.GetValue(forbidden) ?? []).Select(word => model.Units.Vocabulary[word])],
                };
                texts = [.. BeamSearch.Search(model, prefix.Contains(Vocabulary.Unknown) ? constraints with { Forbidden = [.. constraints.Forbidden.Skip(1)] } : constraints, options, cancellationToken: cancellation)
                    .Where(hypothesis => hypothesis.Refused is null).Select(hypothesis => (model.Units.Decode(hypothesis.Tokens), hypothesis.LogProbability))];
            }

            if (texts.Count == 0)
            {
                System.Console.Error.WriteLine("no text that holds what was asked for ends within --tokens; a wider --beam or more tokens may find one.");
                return CommandExit.Failed;
            }

            if (result.GetValue(json))
            {
                Print(json: true, writer =>
                {
                    writer.WriteStartArray("texts");
                    foreach (var (text, logProbability) in texts)
                    {
                        writer.WriteStartObject();
                        writer.WriteString("text", text);
                        writer.WriteNumber("logProbability", Math.Round(logProbability, 4));
                        writer.WriteEndObject();
                    }

                    writer.WriteEndArray();
                });
                return CommandExit.Done;
            }

            texts.ForEach(text => System.Console.WriteLine(text.Text));
            return CommandExit.Done;
        })));
        return command;
    }

    private static Command Suggest()
    {
        var models = Models();
        var prompt = new Option<string>("--prompt") { Description = "What stands there so far, also in the middle of a word.", Required = true };
        var count = Number("--count", "How many.", 5);
        var words = Number("--words", "Words that follow each suggestion.", 3);
        var (weights, map) = (Weights(), Map());
        var json = Json();
        var command = new Command("suggest", "The next words and how the text may go on, with probabilities.") { models, prompt, count, words, weights, map, json };
        command.SetAction(result => Guarded(() =>
        {
            var service = new SuggestionService(Mix(result.GetValue(models)!, [], result.GetValue(map)).With(result.GetValue(weights)));
            var suggestions = service.Suggest(result.GetValue(prompt)!, result.GetValue(count), result.GetValue(words));
            if (result.GetValue(json))
            {
                Print(json: true, writer =>
                {
                    writer.WriteStartArray("suggestions");
                    foreach (var suggestion in suggestions)
                    {
                        writer.WriteStartObject();
                        writer.WriteString("word", suggestion.Word);
                        writer.WriteNumber("probability", Math.Round(suggestion.Probability, 6));
                        writer.WriteString("continuation", suggestion.Continuation);
                        writer.WriteEndObject();
                    }

                    writer.WriteEndArray();
                });
                return CommandExit.Done;
            }

            foreach (var suggestion in suggestions)
            {
                System.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{suggestion.Probability:F4}  {suggestion.Word}{(suggestion.Continuation.Length > 0 ? $" {suggestion.Continuation}" : string.Empty)}"));
            }

            return CommandExit.Done;
        }));
        return command;
    }

    private static Command Gates()
    {
        var path = new Option<string>("--model") { Description = "A trained recurrent model.", Required = true };
        var text = new Argument<string>("text") { Description = "A text that the model reads." };
        var json = Json();
        var command = new Command("gates", "Which words open a network's gates: for each layer and gate a heat map over the text.") { path, text, json };
        command.SetAction(result => Guarded(() =>
        {
            if (LanguageModel.Load(result.GetValue(path)!) is not RecurrentLanguageModel model)
            {
                return CommandExit.Usage($"{result.GetValue(path)}: an n-gram model has no gates, expected a recurrent one.");
            }

            var tokens = model.Units.Encode(result.GetValue(text)!);
            if (tokens.Length == 0)
            {
                return CommandExit.Usage("the text is empty, expected at least one word.");
            }

            var report = model.Gates(tokens);
            string[] words = [TextUnits.EndWord, .. tokens.Select(token => model.Units.Vocabulary[token])];
            if (!result.GetValue(json))
            {
                System.Console.Write(report.Draw(words, colours: !System.Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))));
                return CommandExit.Done;
            }

            Print(json: true, writer =>
            {
                writer.WriteStartArray("tokens");
                foreach (var word in words)
                {
                    writer.WriteStringValue(word);
                }

                writer.WriteEndArray();
                writer.WriteStartArray("gates");
                foreach (var row in report.Rows)
                {
                    writer.WriteStartObject();
                    writer.WriteNumber("layer", row.Layer + 1);
                    writer.WriteString("gate", row.Gate);
                    writer.WriteStartArray("values");
                    foreach (var value in row.Values)
                    {
                        writer.WriteNumberValue(Math.Round(value, 4));
                    }

                    writer.WriteEndArray();
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            });
            return CommandExit.Done;
        }));
        return command;
    }

    private static LanguageModel Mix(string[] paths, IReadOnlyList<string> validation, bool mapped)
    {
        LanguageModel[] loaded = [.. paths.Select(path => LanguageModel.Load(path, mapped))];
        return loaded.Length == 1 ? loaded[0]
            : loaded[0].Units.EncodeAll(validation) is { Length: > 0 } tokens ? MixedLanguageModel.Fit(loaded, tokens)
            : new MixedLanguageModel(loaded, [.. loaded.Select(_ => 1.0)]);
    }

    private static string? FindUnknown(LanguageModel model, IEnumerable<string> words) => words.FirstOrDefault(word => model.Units.Vocabulary[word] == Vocabulary.Unknown);

    private static List<string> ReadLines(IEnumerable<string> paths)
    {
        var strict = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
        var lines = new List<string>();
        foreach (var path in paths)
        {
            try
            {
                lines.AddRange(File.ReadLines(path, strict).Select(line => line.Trim()).Where(line => line.Length > 0));
            }
            catch (DecoderFallbackException e)
            {
                throw new FormatException($"{path}: found bytes that are not UTF-8, expected text in UTF-8.", e);
            }
        }

        return lines;
    }

    /// <summary>What a person can mend is one line and exit code 2.</summary>
    private static int Guarded(Func<int> work) => CommandExit.Guarded(() =>
    {
        try
        {
            return work();
        }
        catch (ArgumentException refused)
        {
            return CommandExit.Usage(refused.Message.Split(" (Parameter", 2)[0]);
        }
        catch (TrainingDivergedException diverged)
        {
            System.Console.Error.WriteLine(diverged.Message);
            return CommandExit.Failed;
        }
    });

    private static void Print(bool json, Action<Utf8JsonWriter> fields)
    {
        var text = JsonLines.Object(fields);
        if (json)
        {
            System.Console.WriteLine(text);
            return;
        }

        using var document = JsonDocument.Parse(text);
        foreach (var field in document.RootElement.EnumerateObject())
        {
            System.Console.WriteLine($"{field.Name,-22} {field.Value.GetRawText()}");
        }
    }

    private static Option<string[]> Models() => new("--model") { Description = "A trained model; several of one vocabulary are mixed.", Required = true, AllowMultipleArgumentsPerToken = true };

    private static Option<WeightFormat> Weights() => new("--weights")
    {
        Description = "Width of a recurrent model's weights: float32, bf16 or int8; narrow ones are faster and lose a little, which `lm perplexity` prints.",
        DefaultValueFactory = _ => WeightFormat.Float32,
        CustomParser = argument =>
        {
            foreach (var format in Enum.GetValues<WeightFormat>())
            {
                if (string.Equals(argument.Tokens[0].Value, NameOf(format), StringComparison.OrdinalIgnoreCase))
                {
                    return format;
                }
            }

            argument.AddError($"--weights \"{argument.Tokens[0].Value}\": expected {string.Join(", ", Enum.GetValues<WeightFormat>().Select(NameOf))}.");
            return default;
        },
    };

    private static string NameOf(WeightFormat format) => format switch { WeightFormat.BFloat16 => "bf16", WeightFormat.Int8 => "int8", _ => "float32" };

    private static Option<bool> Map() => new("--map") { Description = "Map a recurrent model's file into memory instead of reading it; nobody may cut it short meanwhile." };

    private static Option<T> Choice<T>(string name, string description, T usual)
        where T : struct, Enum => new(name) { Description = description, DefaultValueFactory = _ => usual };

    private static Option<int> Number(string name, string description, int usual) => new(name) { Description = description, DefaultValueFactory = _ => usual };

    private static Option<bool> Json() => new("--json") { Description = "One JSON object on one line, and nothing else." };
}
