using System.Diagnostics;
using System.Globalization;
using ChatAgent.Neural;
using ChatAgent.Nlg;

namespace ChatAgent.Benchmarks;

/// <summary>Five suggestions while a person types, by a GRU of 2×650 with a vocabulary of 10,000 words, one thread, with weights of 4, 2 and 1 byte.</summary>
/// <remarks>
/// A text of 40 words is typed letter by letter, and after every letter and every blank <see cref="SuggestionService"/> is asked. In the middle of a word the
/// model's last answer is looked through again; where the letters are a word, the model reads it at once, one step, because what follows may be suggested, and the blank after it finds the answer
/// ready. Parameters are random, which costs what trained ones cost.
/// </remarks>
internal static class SuggestionBenchmark
{
    private const int Vocabulary = 10_000, Hidden = 650, Letters = 22, Words = 40;

    /// <param name="args">Texts typed for each width, 20 by default.</param>
    public static void Run(string[] args)
    {
        var texts = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 20;
        string[] words = [.. Enumerable.Range(0, Vocabulary - 2).Select(Word)];
        var units = TextUnits.Learn([string.Join(' ', words)], TextUnit.Word, Vocabulary, 1);
        var network = new TokenNetwork(new TokenNetworkOptions { Vocabulary = units.Vocabulary.Count, Embedding = Hidden, Hidden = Hidden, Layers = 2, Tied = true }, new Random(1));
        foreach (var format in Enum.GetValues<WeightFormat>())
        {
            var service = new SuggestionService(new RecurrentLanguageModel(network, units, PublicWords.Of(words), format));
            var random = new Random(2);
            service.Suggest("a");
            var (looked, stepped) = (new List<double>(), new List<double>());
            for (var text = 0; text < texts; text++)
            {
                var typed = string.Empty;
                for (var word = 0; word < Words; word++)
                {
                    var next = words[random.Next(words.Length)] + " ";
                    for (var at = 0; at < next.Length; at++)
                    {
                        typed += next[at];
                        var start = Stopwatch.GetTimestamp();
                        service.Suggest(typed);
                        (at == next.Length - 2 ? stepped : looked).Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                    }
                }
            }

            Print($"{format,-9} at a word's last letter, a step of the model: {Figures(stepped)}; at other letters and blanks: {Figures(looked)}");
        }
    }

    private static string Figures(List<double> times)
    {
        times.Sort();
        return string.Create(CultureInfo.InvariantCulture, $"median {times[times.Count / 2]:F3} ms, 95 % within {times[times.Count * 95 / 100]:F3}, best {times[0]:F3}");
    }

    /// <summary>Four letters that no other number gets.</summary>
    private static string Word(int number) => string.Create(4, number, (letters, rest) =>
    {
        for (var i = 0; i < letters.Length; i++, rest /= Letters)
        {
            letters[i] = (char)('a' + ((rest + (7 * i)) % Letters));
        }
    });

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
