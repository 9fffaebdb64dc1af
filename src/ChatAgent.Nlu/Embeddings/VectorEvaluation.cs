using System.Globalization;
using ChatAgent.Text.Corpora;

namespace ChatAgent.Nlu.Embeddings;

/// <summary>Scores word vectors against people's judgments of similarity and against analogies.</summary>
public static class VectorEvaluation
{
    /// <summary>Spearman's rank correlation between cosines and judgments, ties at their mean rank.</summary>
    /// <param name="path">Lines of two words and a number, by tabs, blanks, commas or semicolons; or a semicolon table with a header that names ES.1, ES.2 and score.</param>
    /// <exception cref="CorpusFormatException">A line is something else.</exception>
    public static VectorScore Similarity(WordVectors vectors, string path)
    {
        var (judged, measured, rows) = (new List<double>(), new List<double>(), 0);
        (int A, int B, int Score)? columns = null;
        foreach (var (number, line) in Lines(path))
        {
            var fields = line.Split(line.Contains(';', StringComparison.Ordinal) ? [';'] : line.Contains('\t', StringComparison.Ordinal) ? ['\t'] : [' ', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            fields = [.. fields.Select(field => field.Trim('"'))];
            if (columns is null && fields.Length >= 3 && fields.All(field => !TryNumber(field, out _)))
            {
                var (es1, es2) = (Array.IndexOf(fields, "ES.1"), Array.IndexOf(fields, "ES.2"));
                columns = es1 >= 0 && es2 >= 0 ? (es1, es2, fields.Length - 1) : (0, 1, 2);
                continue;
            }

            columns ??= (0, 1, 2);
            var (a, b, score) = columns.Value;
            if (fields.Length <= Math.Max(score, Math.Max(a, b)) || !TryNumber(fields[score], out var judgment))
            {
                throw new CorpusFormatException(path, number, 1, $"\"{line}\"", "two words and a number");
            }

            rows++;
            if (vectors.TryGetVector(fields[a], out var va) && vectors.TryGetVector(fields[b], out var vb))
            {
                judged.Add(judgment);
                measured.Add(WordVectors.Cosine(va, vb));
            }
        }

        return rows == 0 ? throw new CorpusFormatException(path, 1, 1, "no rows", "lines of two words and a number") : new VectorScore(Spearman(judged, measured), null, judged.Count, rows);
    }

    /// <summary>Share of analogies "a b c d" whose d is the first answer.</summary>
    /// <param name="path">Lines of four words; those that begin with ":" are headings.</param>
    /// <exception cref="CorpusFormatException">A line is something else.</exception>
    public static VectorScore Analogies(WordVectors vectors, string path, bool multiply, IProgress<double>? progress, CancellationToken cancellation)
    {
        var (rows, covered, right) = (0, 0, 0);
        var lines = Lines(path).ToList();
        foreach (var (index, (number, line)) in lines.Index())
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Report((index + 1.0) / lines.Count);
            if (line.StartsWith(':'))
            {
                continue;
            }

            var words = line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length != 4)
            {
                throw new CorpusFormatException(path, number, 1, $"{words.Length} words", "four words, or a heading that begins with \":\"");
            }

            rows++;
            if (words.All(word => vectors.TryNumber(word, out _)))
            {
                covered++;
                right += vectors.Analogy(words[0], words[1], words[2], 1, multiply) is [var first] && first.Word.Equals(words[3], StringComparison.OrdinalIgnoreCase) ? 1 : 0;
            }
        }

        return rows == 0 ? throw new CorpusFormatException(path, 1, 1, "no rows", "lines of four words") : new VectorScore(null, covered == 0 ? null : right / (double)covered, covered, rows);
    }

    /// <summary>Spearman's ρ; null below two pairs or where one side does not vary.</summary>
    public static double? Spearman(IReadOnlyList<double> a, IReadOnlyList<double> b)
    {
        var (x, y) = (Ranks(a), Ranks(b));
        if (x.Length < 2)
        {
            return null;
        }

        var (mx, my) = (x.Average(), y.Average());
        var (xy, xx, yy) = (0.0, 0.0, 0.0);
        for (var i = 0; i < x.Length; i++)
        {
            xy += (x[i] - mx) * (y[i] - my);
            xx += (x[i] - mx) * (x[i] - mx);
            yy += (y[i] - my) * (y[i] - my);
        }

        return xx * yy == 0 ? null : xy / Math.Sqrt(xx * yy);
    }

    private static double[] Ranks(IReadOnlyList<double> values)
    {
        int[] order = [.. Enumerable.Range(0, values.Count).OrderBy(i => values[i])];
        var ranks = new double[values.Count];
        for (var i = 0; i < order.Length;)
        {
            var end = i;
            while (end < order.Length && values[order[end]] == values[order[i]])
            {
                end++;
            }

            for (var k = i; k < end; k++)
            {
                ranks[order[k]] = (i + end - 1) / 2.0;
            }

            i = end;
        }

        return ranks;
    }

    private static IEnumerable<(int Number, string Line)> Lines(string path) => File.ReadLines(path).Select((line, i) => (i + 1, line.Trim())).Where(line => line.Item2.Length > 0 && !line.Item2.StartsWith('#'));

    private static bool TryNumber(string text, out double value) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
}
