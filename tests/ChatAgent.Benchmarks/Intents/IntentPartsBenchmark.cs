using System.Diagnostics;
using System.Globalization;
using ChatAgent.Nlu;
using ChatAgent.Nlu.Intents;
using ChatAgent.Text;
using ChatAgent.Text.Corpora;

namespace ChatAgent.Benchmarks;

/// <summary>How well messages with two intents are cut in two and those with one are left whole, and whether the words that an explanation shows are those that count.</summary>
/// <remarks>
/// <c>intent-parts [--corpus FOLDER] [--test]</c>: two rows of different intents and one language, joined in turn as people join them, and each row alone; on the development rows
/// every setting is printed, with --test that of the engine on the test rows, with the explanations of 500 utterances. An explanation is faithful when deleting its words
/// leaves a lower score than deleting as many random ones, by the mean of <see cref="Draws"/> draws; utterances of one word, which have no other words, are passed over.
/// </remarks>
internal static class IntentPartsBenchmark
{
    private const int Draws = 10;

    public static void Run(string[] args)
    {
        var at = Array.IndexOf(args, "--corpus");
        var folder = at >= 0 ? args[at + 1] : Path.Combine("corpora", "clinic", "nlu");
        var isTest = args.Contains("--test");
        var clock = Stopwatch.StartNew();
        var engine = NluTrainer.Train(NluTrainingData.FromFolder(folder), new NluTrainingOptions(), null, CancellationToken.None);
        System.Console.Error.WriteLine($"trained in {clock.Elapsed.TotalSeconds:F0} s");
        var part = isTest ? "test" : "dev";
        IReadOnlyList<LabelledText>[] languages = [CorpusReader.Read(Path.Combine(folder, $"es.{part}.yml")), CorpusReader.Read(Path.Combine(folder, $"en.{part}.yml"))];
        var joined = Joined(languages);
        LabelledText[] single = [.. languages.SelectMany(rows => rows)];
        System.Console.WriteLine($"{joined.Count} joined rows of {part}, {single.Length} single");
        foreach (var leastScore in isTest ? [new IntentSegmenter(engine.IntentModel).LeastScore] : new[] { 0.6, 0.7, 0.8, 0.9, 0.95 })
        {
            foreach (var bonus in isTest ? [new IntentSegmenter(engine.IntentModel).SplitBonus] : new[] { -0.2, -0.1, -0.05, 0, 0.05, 0.2 })
            {
                Measure(engine, new IntentSegmenter(engine.IntentModel) { LeastScore = leastScore, SplitBonus = bonus }, joined, single);
            }
        }

        if (isTest)
        {
            Faithfulness(engine, single);
        }
    }

    private static void Measure(NluEngine engine, IntentSegmenter segmenter, List<(string Text, string[] Intents)> joined, LabelledText[] single)
    {
        IReadOnlyList<IntentPart> Split(string text)
        {
            var tokens = Tokenizer.Tokenize(text);
            return tokens.Count == 0 ? [] : segmenter.Split(text, tokens, engine.IntentModel.Read(UtteranceWords.Of(tokens)));
        }

        var (exact, found, whole) = (0, 0, 0);
        var clock = Stopwatch.StartNew();
        foreach (var (text, intents) in joined)
        {
            string[] said = [.. Split(text).Select(part => part.Intent)];
            exact += said.SequenceEqual(intents) ? 1 : 0;
            found += intents.Count(said.Contains);
        }

        var microseconds = clock.Elapsed.TotalMicroseconds / joined.Count;
        whole += single.Count(row => Split(row.Text).Count <= 1);
        System.Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"least score {segmenter.LeastScore,4:F2}, bonus {segmenter.SplitBonus,5:F2}: both in order {100.0 * exact / joined.Count:F1} %, intents found {50.0 * found / joined.Count:F1} %, single left whole {100.0 * whole / single.Length:F1} %, {microseconds:F0} µs"));
    }

    private static List<(string Text, string[] Intents)> Joined(IReadOnlyList<LabelledText>[] languages)
    {
        string[][] joints = [[", y ", ". ", " y ", "\n", ", ", ", además "], [", and ", ". ", " and ", "\n", ", ", ", also "]];
        var random = new Random(7);
        var joined = new List<(string, string[])>();
        foreach (var (language, rows) in languages.Index())
        {
            for (var i = 0; i < rows.Count; i++)
            {
                var (first, second) = (rows[i], rows[random.Next(rows.Count)]);
                if (first.Label != second.Label)
                {
                    joined.Add((first.Text + joints[language][i % joints[language].Length] + second.Text, [first.Label, second.Label]));
                }
            }
        }

        return joined;
    }

    private static void Faithfulness(NluEngine engine, LabelledText[] rows)
    {
        var random = new Random(11);
        random.Shuffle(rows);
        var (measured, faithful, changes, shown) = (0, 0, 0, 0);
        foreach (var row in rows)
        {
            var tokens = Tokenizer.Tokenize(row.Text);
            int[] words = [.. Enumerable.Range(0, tokens.Count).Where(i => tokens[i].Kind != TokenKind.Punctuation)];
            if (measured == 500 || words.Length < 2)
            {
                continue;
            }

            var explanation = engine.Explain(row.Text)!;
            double ScoreWithout(IEnumerable<TextSpan> spans)
            {
                var text = row.Text.ToCharArray();
                foreach (var span in spans)
                {
                    text.AsSpan(span.Start, span.Length).Fill(' ');
                }

                return engine.Classify(new string(text), int.MaxValue).Intents.First(intent => intent.Intent == explanation.Intent).Score;
            }

            var left = ScoreWithout(explanation.Evidence.Select(evidence => evidence.Span));
            var chance = 0.0;
            for (var draw = 0; draw < Draws; draw++)
            {
                random.Shuffle(words);
                chance += ScoreWithout(words[..explanation.Evidence.Count].Select(i => tokens[i].Span)) / Draws;
            }

            measured++;
            faithful += explanation.Evidence.Count > 0 && left < chance ? 1 : 0;
            changes += explanation.Change is null ? 0 : 1;
            shown += explanation.Evidence.Count;
        }

        System.Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"explanations: {measured} utterances, faithful {100.0 * faithful / measured:F1} %, words shown {(double)shown / measured:F2}, with what would have changed it {100.0 * changes / measured:F1} %"));
    }
}
