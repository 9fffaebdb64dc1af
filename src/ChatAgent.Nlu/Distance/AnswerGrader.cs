using ChatAgent.Text;

namespace ChatAgent.Nlu.Distance;

/// <summary>Grades free answers against a rubric: which points are covered, missing or contradicted, and by which words.</summary>
/// <remarks>
/// A point is held against every stretch of one to <see cref="MaxClauses"/> clauses in a row of the answer, whether the stretch says what the point does, whatever else it says. It is contradicted when no stretch says it and one
/// would, were it not denied, with roles or order exchanged or with another value. What the question names need not be said again. Immutable and thread-safe; an answer's first <see cref="SentenceReading.MaxTokens"/> tokens are read.
/// </remarks>
public sealed class AnswerGrader
{
    private const int MaxClauses = 4;

    // A statement that costs must be made plainly: half the distance at which a point counts.
    // Of two stretches that say it about as well, the shorter is quoted.
    private const double Tie = 0.02;

    private readonly TextComparer _comparer;
    private readonly Language _language;
    private readonly SentenceReading _question;
    private readonly (RubricPoint Point, SentenceReading[] Wordings)[] _points;
    private readonly (RubricPoint Point, SentenceReading[] Wordings)[] _mustNot;

    /// <param name="rubric">What is asked and expected.</param>
    /// <param name="comparer">Compares texts; the house's own by default.</param>
    public AnswerGrader(Rubric rubric, TextComparer? comparer = null)
    {
        (Rubric, _comparer) = (rubric, comparer ?? new TextComparer());
        _language = rubric.Language ?? TextComparer.LanguageOf(rubric.Question, string.Join(' ', rubric.Points.Select(static p => p.Wordings[0])));
        _question = SentenceReading.Of(rubric.Question, _language);
        _points = [.. rubric.Points.Select(Read)];
        _mustNot = [.. rubric.MustNot.Select(Read)];
    }

    /// <summary>What is asked and expected.</summary>
    public Rubric Rubric { get; }

    /// <summary>Grades an answer.</summary>
    public AnswerGrade Grade(string answer)
    {
        var stretches = Stretches(answer);
        var points = _points.Select(p => Judge(p.Point, p.Wordings, stretches, _comparer.Model.OneSided.Threshold)).ToArray();
        var mustNot = _mustNot.Select(p => Judge(p.Point, p.Wordings, stretches, _comparer.Model.OneSided.Threshold / 2)).ToArray();
        var all = points.Sum(static p => p.Point.Weight);
        var covered = points.Where(static p => p.Status == PointStatus.Covered).Sum(static p => p.Point.Weight);
        var penalty = mustNot.Where(static p => p.Status == PointStatus.Covered).Sum(static p => p.Point.Weight);
        var score = Math.Clamp((covered - penalty) / all, 0, 1);
        return new AnswerGrade(score, score >= Rubric.Pass - 1e-9, points, mustNot);
    }

    private (RubricPoint Point, SentenceReading[] Wordings) Read(RubricPoint point) => (point, [.. point.Wordings.Select(text => SentenceReading.Of(text, _language))]);

    private List<(TextSpan Span, int Clauses, SentenceReading Reading)> Stretches(string answer)
    {
        var whole = SentenceReading.Of(answer, _language);
        var clauses = whole.ClauseSpans();
        var stretches = new List<(TextSpan, int, SentenceReading)>();
        for (var first = 0; first < clauses.Count; first++)
        {
            // "no es cierto que la ley ...": what is said may not be torn from who denies it, nor "ni a ..." from its "no".
            if (whole.ConnectorOf(first) == Connector.That)
            {
                continue;
            }

            for (var count = 1; count <= MaxClauses && first + count <= clauses.Count; count++)
            {
                if (first + count < clauses.Count && whole.ConnectorOf(first + count) == Connector.That)
                {
                    continue;
                }

                var last = clauses[first + count - 1];
                var span = new TextSpan(clauses[first].Start, Math.Max(0, last.End - clauses[first].Start));
                if (span.Length > 0)
                {
                    stretches.Add((span, count, SentenceReading.Of(span.In(answer), _language)));
                }
            }
        }

        return stretches;
    }

    private PointGrade Judge(RubricPoint point, SentenceReading[] wordings, List<(TextSpan Span, int Clauses, SentenceReading Reading)> stretches, double threshold)
    {
        var said = (Distance: 1.0, Clauses: 0, Span: default(TextSpan), Kinds: (IReadOnlyList<DifferenceKind>)[]);
        var otherwise = said;
        foreach (var wording in wordings)
        {
            foreach (var (span, clauses, reading) in stretches)
            {
                var (measure, distance, without) = _comparer.Says(wording, reading, _question);
                said = IsBetter(distance, clauses, said) ? (distance, clauses, span, KindsOf(measure)) : said;
                otherwise = measure["contradiction"] > 0 && IsBetter(without, clauses, otherwise) ? (without, clauses, span, KindsOf(measure)) : otherwise;
            }
        }

        return said.Distance <= threshold ? new PointGrade(point, PointStatus.Covered, said.Distance, [said.Span], said.Kinds)
            : otherwise.Distance <= threshold ? new PointGrade(point, PointStatus.Contradicted, said.Distance, [otherwise.Span], otherwise.Kinds)
            : new PointGrade(point, PointStatus.Missing, said.Distance, [], []);
    }

    private static bool IsBetter(double distance, int clauses, (double Distance, int Clauses, TextSpan, IReadOnlyList<DifferenceKind>) best) =>
        distance < best.Distance - Tie || (distance < best.Distance + Tie && clauses < best.Clauses);

    private static DifferenceKind[] KindsOf(DifferenceMeasure measure) => [.. measure.Differences.Select(static d => d.Kind).Distinct().Order()];
}
