using ChatAgent.Neural;
using ChatAgent.Nlu.Intents;
using ChatAgent.Text.Corpora;

namespace ChatAgent.Nlu;

/// <summary>What is doubtful in a labelled corpus.</summary>
public sealed record CorpusReport
{
    /// <summary>Share of rows that a linear model trained on the other folds gets right.</summary>
    public required double Accuracy { get; init; }

    /// <summary>Rows that are the same but for case, accents and punctuation, with different labels.</summary>
    public required IReadOnlyList<IReadOnlyList<LabelledText>> Conflicts { get; init; }

    /// <summary>The same with one label.</summary>
    public required IReadOnlyList<IReadOnlyList<LabelledText>> Duplicates { get; init; }

    /// <summary>Intents with few rows, fewest first.</summary>
    public required IReadOnlyList<(string Intent, int Rows)> Thin { get; init; }

    /// <summary>Rows of a label that the other folds take for another one, most frequent pair first.</summary>
    public required IReadOnlyList<(string Label, string Taken, IReadOnlyList<LabelledText> Rows)> Confusions { get; init; }

    /// <summary>Looks through a corpus, five folds.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static CorpusReport Make(IReadOnlyList<LabelledText> rows, int seed, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        const int folds = 5;
        const int thin = 10;
        var meter = new ProgressMeter(progress, "rows/s", TimeProvider.System);
        string[] labels = [.. rows.Select(row => row.Label).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var numbers = labels.Index().ToDictionary(entry => entry.Item, entry => entry.Index, StringComparer.Ordinal);
        var words = rows.Select(row => UtteranceWords.Of(row.Text)).ToArray();
        var places = new int[rows.Count];
        foreach (var group in rows.Index().GroupBy(entry => entry.Item.Label, StringComparer.Ordinal))
        {
            foreach (var (place, entry) in group.Index())
            {
                places[entry.Index] = place % folds;
            }
        }

        var taken = new int[rows.Count];
        var options = new NluTrainingOptions();
        var margins = new float[labels.Length];
        for (var fold = 0; fold < folds; fold++)
        {
            int[] others = [.. Enumerable.Range(0, rows.Count).Where(i => places[i] != fold)];
            if (others.Length == 0)
            {
                continue;
            }

            var model = LinearPath.Train(
                [.. others.Select(i => words[i])], [.. others.Select(i => numbers[rows[i].Label])], labels.Length, options.LinearCost, options.LinearEpochs, seed, _ => { }, cancellationToken);
            for (var i = 0; i < rows.Count; i++)
            {
                if (places[i] == fold)
                {
                    model.Score(words[i], margins);
                    taken[i] = Array.IndexOf(margins, margins.Max());
                }
            }

            meter.Report("folds", (fold + 1.0) / folds, (fold + 1.0) * rows.Count, null);
        }

        var same = rows.Index().GroupBy(entry => string.Join(' ', words[entry.Index]), StringComparer.Ordinal).Where(group => group.Key.Length > 0 && group.Skip(1).Any())
            .Select(group => (IReadOnlyList<LabelledText>)[.. group.Select(entry => entry.Item)]).ToArray();
        return new CorpusReport
        {
            Accuracy = rows.Index().Average(entry => labels[taken[entry.Index]] == entry.Item.Label ? 1.0 : 0.0),
            Conflicts = [.. same.Where(group => group.Any(row => row.Label != group[0].Label))],
            Duplicates = [.. same.Where(group => group.All(row => row.Label == group[0].Label))],
            Thin = [.. rows.CountBy(row => row.Label, StringComparer.Ordinal).Where(entry => entry.Value < thin).OrderBy(entry => entry.Value).ThenBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => (entry.Key, entry.Value))],
            Confusions =
            [
                .. rows.Index().Where(entry => labels[taken[entry.Index]] != entry.Item.Label)
                    .GroupBy(entry => (entry.Item.Label, Taken: labels[taken[entry.Index]]))
                    .OrderByDescending(group => group.Count()).ThenBy(group => group.Key.Label, StringComparer.Ordinal).ThenBy(group => group.Key.Taken, StringComparer.Ordinal)
                    .Select(group => (group.Key.Label, group.Key.Taken, (IReadOnlyList<LabelledText>)[.. group.Select(entry => entry.Item)])),
            ],
        };
    }
}
