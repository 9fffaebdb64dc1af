namespace ChatAgent.Nlu;

/// <summary>How well stretches are found: a stretch counts only with its name and both ends right (conlleval).</summary>
/// <param name="Precision">Right ones of those said, 0 to 1.</param>
/// <param name="Recall">Right ones of those there are.</param>
/// <param name="F1">Their harmonic mean.</param>
/// <param name="TagAccuracy">Right tags of all words.</param>
/// <param name="WholeRows">Rows with every stretch right and none besides.</param>
public sealed record SlotScores(double Precision, double Recall, double F1, double TagAccuracy, double WholeRows)
{
    /// <summary>Scores a tagger.</summary>
    /// <param name="rows">Words with the right tags.</param>
    /// <param name="tag">Gives a row's tags.</param>
    public static SlotScores Of(IReadOnlyList<TaggedText> rows, Func<TaggedText, IReadOnlyList<string>> tag)
    {
        var (right, said, there, tags, words, whole) = (0, 0, 0, 0, 0, 0);
        foreach (var row in rows)
        {
            var answer = tag(row);
            var (own, found) = (TaggedText.Stretches(row.Tags), TaggedText.Stretches(answer));
            var both = own.Intersect(found).Count();
            (right, said, there) = (right + both, said + found.Count, there + own.Count);
            (tags, words) = (tags + row.Tags.Zip(answer).Count(pair => pair.First == pair.Second), words + row.Words.Count);
            whole += both == own.Count && both == found.Count ? 1 : 0;
        }

        var (precision, recall) = (said == 0 ? 0 : (double)right / said, there == 0 ? 0 : (double)right / there);
        return new SlotScores(precision, recall, right == 0 ? 0 : 2 * precision * recall / (precision + recall), words == 0 ? 0 : (double)tags / words, rows.Count == 0 ? 0 : (double)whole / rows.Count);
    }
}
