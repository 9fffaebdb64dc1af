using System.Globalization;

namespace ChatAgent.Nlu.Appointments;

/// <summary>How well replies are read, by the label guide's scoring.</summary>
/// <remarks>
/// Accuracy and macro-F1 count every row, also those that the reader would hand over; the two costly errors count what is acted on only: a row that is not a yes read as one
/// without abstention. A proposal is right when the sets agree; a window counts as equal when the days agree and the overlap is at least half of the union.
/// </remarks>
public sealed class ReplyScores
{
    private ReplyScores(int rows) => Rows = rows;

    public int Rows { get; }

    public double Accuracy { get; private set; }

    public double MacroF1 { get; private set; }

    /// <summary>Share of the rows on which the reader does not abstain.</summary>
    public double Coverage { get; private set; }

    public double CoveredAccuracy { get; private set; }

    /// <summary>Accuracy on the nine tenths of the rows with the highest confidence.</summary>
    public double AccuracyAtNinety { get; private set; }

    /// <summary>Rows that are no yes and were recorded as one: id and text.</summary>
    public List<(string Id, string Text)> FalseYes { get; } = [];

    public int NotYes { get; private set; }

    public double FalseYesRate => FalseYes.Count / (double)Math.Max(1, NotYes);

    /// <summary>Rows that are no refusal and were recorded as one: id and text.</summary>
    public List<(string Id, string Text)> FalseNo { get; } = [];

    public int NotNo { get; private set; }

    public double FalseNoRate => FalseNo.Count / (double)Math.Max(1, NotNo);

    public double HumanRecall { get; private set; }

    public double HumanPrecision { get; private set; }

    /// <summary>Rows whose label proposes a slot.</summary>
    public int WithProposed { get; private set; }

    public int ProposedRight { get; private set; }

    public double ProposedExact => ProposedRight / (double)Math.Max(1, WithProposed);

    public int WithoutProposed { get; private set; }

    /// <summary>Rows without a slot in the label where the reader gives one.</summary>
    public int Invented { get; private set; }

    public double InventedRate => Invented / (double)Math.Max(1, WithoutProposed);

    /// <summary>Rows by intent said and intent read, 8 by 8 in the guide's order.</summary>
    public int[,] Confusions { get; } = new int[8, 8];

    /// <summary>Reads and scores labelled rows.</summary>
    /// <param name="rows">Rows with an intent.</param>
    /// <param name="read">The reader.</param>
    public static ReplyScores Of(IReadOnlyList<LabelledReply> rows, Func<LabelledReply, AppointmentReply> read)
    {
        var scores = new ReplyScores(rows.Count);
        var replies = rows.Select(read).ToArray();
        int right = 0, covered = 0, coveredRight = 0, found = 0, raised = 0, needed = 0;
        for (var i = 0; i < rows.Count; i++)
        {
            var (row, reply) = (rows[i], replies[i]);
            var said = row.Intent ?? throw new ArgumentException($"Row {row.Id} has no intent.", nameof(rows));
            var agrees = reply.Intent == said;
            scores.Confusions[(int)said, (int)reply.Intent]++;
            right += agrees ? 1 : 0;
            covered += reply.Abstains ? 0 : 1;
            coveredRight += agrees && !reply.Abstains ? 1 : 0;
            scores.NotYes += said == AppointmentIntent.Confirm ? 0 : 1;
            scores.NotNo += said == AppointmentIntent.Decline ? 0 : 1;
            if (!agrees && !reply.Abstains && reply.Intent is AppointmentIntent.Confirm or AppointmentIntent.Decline)
            {
                (reply.Intent == AppointmentIntent.Confirm ? scores.FalseYes : scores.FalseNo).Add((row.Id, row.Text));
            }

            needed += row.NeedsHuman ? 1 : 0;
            raised += reply.NeedsHuman ? 1 : 0;
            found += row.NeedsHuman && reply.NeedsHuman ? 1 : 0;
            var slots = reply.Proposed.Select(static s => s.ToString()).ToArray();
            if (row.Proposed.Count > 0)
            {
                scores.WithProposed++;
                scores.ProposedRight += SameSlots(row.Proposed, slots) ? 1 : 0;
            }
            else
            {
                scores.WithoutProposed++;
                scores.Invented += slots.Length > 0 ? 1 : 0;
            }
        }

        scores.Accuracy = right / (double)Math.Max(1, rows.Count);
        scores.Coverage = covered / (double)Math.Max(1, rows.Count);
        scores.CoveredAccuracy = coveredRight / (double)Math.Max(1, covered);
        scores.HumanRecall = found / (double)Math.Max(1, needed);
        scores.HumanPrecision = found / (double)Math.Max(1, raised);
        var surest = Enumerable.Range(0, rows.Count).OrderByDescending(i => replies[i].Confidence).Take((int)Math.Ceiling(0.9 * rows.Count)).ToArray();
        scores.AccuracyAtNinety = surest.Count(i => replies[i].Intent == rows[i].Intent) / (double)Math.Max(1, surest.Length);
        scores.MacroF1 = scores.F1();
        return scores;
    }

    /// <summary>Whether two sets of slots in the guide's notation agree.</summary>
    public static bool SameSlots(IReadOnlyList<string> expected, IReadOnlyList<string> actual) =>
        expected.Count == actual.Count && expected.All(e => actual.Any(a => SameSlot(e, a))) && actual.All(a => expected.Any(e => SameSlot(e, a)));

    private static bool SameSlot(string expected, string actual)
    {
        if (expected == actual)
        {
            return true;
        }

        return Window(expected) is var (day, start, end) && Window(actual) is var (otherDay, otherStart, otherEnd) && day == otherDay
            && Math.Min(end, otherEnd) - Math.Max(start, otherStart) >= 0.5 * (Math.Max(end, otherEnd) - Math.Min(start, otherStart));
    }

    /// <summary>Day, first and last minute of "2026-04-30T13:00/2026-04-30T20:00" or "T13:00/T20:00"; null for other slots.</summary>
    private static (string Day, int Start, int End)? Window(string slot)
    {
        var ends = slot.Split('/');
        if (ends.Length != 2 || ends[0].Split('T') is not [var day, var start] || ends[1].Split('T') is not [var lastDay, var end] || day != lastDay)
        {
            return null;
        }

        return (day, Minutes(start), Minutes(end));

        static int Minutes(string clock) => (60 * int.Parse(clock[..2], CultureInfo.InvariantCulture)) + int.Parse(clock[3..], CultureInfo.InvariantCulture);
    }

    /// <summary>Mean F1 over the intents that stand in the labels.</summary>
    private double F1()
    {
        var sum = 0.0;
        var classes = 0;
        for (var k = 0; k < 8; k++)
        {
            int said = 0, read = 0;
            for (var j = 0; j < 8; j++)
            {
                said += Confusions[k, j];
                read += Confusions[j, k];
            }

            if (said > 0)
            {
                classes++;
                sum += 2.0 * Confusions[k, k] / (said + read);
            }
        }

        return sum / Math.Max(1, classes);
    }
}
