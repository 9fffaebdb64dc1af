namespace ChatAgent.Nlg;

/// <summary>What a reply model learns from: pairs as units, and how their slots get into words.</summary>
/// <remarks>
/// Where slots combine freely, people's texts leave values out and add others: a text that does not say each of its slots just once is not learnt from, as long as
/// enough others remain. Of the texts of one meaning those that agree most with the rest may be kept alone: what one person said in a hundred ways teaches hesitation.
/// </remarks>
internal sealed class Lessons
{
    private readonly OpenDelexicalizer? _delexicalizer;

    private Lessons(SlotLexicon lexicon, OpenDelexicalizer? delexicalizer, IReadOnlyList<ReplyPair> pairs, string[][] units)
    {
        (Lexicon, _delexicalizer, Pairs, Units) = (lexicon, delexicalizer, pairs, units);
    }

    public SlotLexicon Lexicon { get; }

    /// <summary>Those that are learnt from.</summary>
    public IReadOnlyList<ReplyPair> Pairs { get; }

    /// <summary>Those that tell how people word a meaning: all whose copied values are in the text.</summary>
    public IReadOnlyList<(ReplyPair Pair, string[] Units)> Referees { get; private init; } = [];

    /// <summary>Of each pair, delexicalised.</summary>
    public string[][] Units { get; }

    public static Lessons From(IReadOnlyList<ReplyPair> pairs, ReplyModelOptions options)
    {
        if (!options.Open)
        {
            string[][] units = [.. pairs.Select(pair => Split(Delexicalizer.Delexicalize(pair)))];
            return new Lessons(SlotLexicon.Plain, null, pairs, units) { Referees = [.. pairs.Zip(units)] };
        }

        var lexicon = SlotLexiconLearner.Learn(pairs);
        var delexicalizer = new OpenDelexicalizer(lexicon);
        delexicalizer.Learn(pairs);
        var reader = new PhraseReader(lexicon);
        var rows = pairs.Select(pair => (Pair: pair, Said: delexicalizer.Delexicalize(pair.Text, pair.Slots))).Select(row => (row.Pair, Units: Split(row.Said.Text), row.Said.IsWhole)).ToList();
        var referees = rows.FindAll(row => row.IsWhole);
        var clean = rows.FindAll(row => row.IsWhole && reader.SaysEachOnce(row.Units, lexicon.FeaturesOf(row.Pair.Slots)));
        if (clean.Count >= rows.Count / 4)
        {
            rows = clean;
        }

        if (options.KeptShare < 1.0)
        {
            rows = Agreement.Keep(rows, row => $"{row.Pair.Act} {string.Join(' ', lexicon.FeaturesOf(row.Pair.Slots))}", row => row.Units, options.KeptShare);
        }

        return new Lessons(lexicon, delexicalizer, [.. rows.Select(row => row.Pair)], [.. rows.Select(row => row.Units)]) { Referees = [.. referees.Select(row => (row.Pair, row.Units))] };
    }

    /// <summary>The units of any pair.</summary>
    public string[] UnitsOf(ReplyPair pair) => Split(_delexicalizer is null ? Delexicalizer.Delexicalize(pair) : _delexicalizer.Delexicalize(pair.Text, pair.Slots).Text);

    /// <summary>What any pair means.</summary>
    public ReplyMeaning MeaningOf(ReplyPair pair) => new(pair.Act, Lexicon.FeaturesOf(pair.Slots), pair.Language, pair.Style);

    private static string[] Split(string delexicalised) => [.. ReplyUnits.Split(delexicalised)];
}
