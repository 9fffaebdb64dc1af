using System.Diagnostics;
using System.Globalization;
using ChatAgent.Dialogs;
using ChatAgent.Nlg;
using ChatAgent.Text;

namespace ChatAgent.Benchmarks;

/// <summary>Finishing an operator's sentence: time a keystroke on one thread, and how many keys it saves, over every beginning of the clinic's dev wordings, which nothing was learnt from.</summary>
internal static class SentenceCompletion
{
    public static void Run(string[] args)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "ChatAgent.sln")))
        {
            root = root.Parent ?? throw new InvalidOperationException($"no ChatAgent.sln above {AppContext.BaseDirectory}");
        }

        var bot = DialogLoader.Load(Path.Combine(root.FullName, "dialogs", "clinic"));
        var checker = new SlotChecker(bot.Domain.Entities.Where(entity => entity.Key is "doctor" or "branch" or "insurer").SelectMany(entity => entity.Value.Values.Keys));
        foreach (var (code, language) in LanguageCodes.All.Select(one => (one.Code, one.Language)))
        {
            var corpus = Path.Combine(root.FullName, "corpora", "clinic");
            var start = Stopwatch.GetTimestamp();
            var completion = TextCompletion.Learn(Formal("train"), File.ReadAllLines(Path.Combine(corpus, "text", $"{code}.txt")), language, checker)!;
            var learnt = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            var held = Formal("dev");

            // The first round warms the code up.
            Type(completion, held);
            var (times, keys, letters) = Type(completion, held);
            System.Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{code}: learnt in {learnt:F0} ms; {times.Length} completions, median {times[times.Length / 2]:F2} ms, p99 {times[times.Length * 99 / 100]:F2} ms; {keys} keys with Tab for {letters} letters, {100.0 * (letters - keys) / letters:F0} % fewer"));

            ReplyPair[] Formal(string split) =>
                [.. ReplyPairReader.Read(Path.Combine(corpus, "nlg", $"{code}.{split}.jsonl"), language).Where(pair => pair.Style == bot.Domain.Style)];
        }
    }

    /// <summary>Types every text with its own values at hand; Tab where the whole completion is what the text has.</summary>
    private static (double[] Milliseconds, int Keys, int Letters) Type(TextCompletion completion, ReplyPair[] pairs)
    {
        var (times, keys) = (new List<double>(), 0);
        foreach (var pair in pairs)
        {
            for (var at = 0; at < pair.Text.Length; keys++)
            {
                var start = Stopwatch.GetTimestamp();
                var found = completion.Complete(pair.Text[..at], pair.Slots);
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                at += found is not null && pair.Text[at..].StartsWith(found, StringComparison.OrdinalIgnoreCase) ? found.Length : 1;
            }
        }

        return ([.. times.Order()], keys, pairs.Sum(pair => pair.Text.Length));
    }
}
