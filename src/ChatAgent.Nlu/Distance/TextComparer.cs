using ChatAgent.Text;

namespace ChatAgent.Nlu.Distance;

/// <summary>Tells whether two texts mean the same, Spanish or English, without pretrained weights.</summary>
/// <remarks>
/// Words and phrases are aligned by stems and a hand-written lexicon; then it is read from each text what is denied, who does what to whom, what comes before what, which numbers, dates, hours and names stand in it and in which sense a
/// word is used (<see cref="SentenceReading"/>); what differs is weighed by a <see cref="DistanceModel"/>. Exchanging the texts gives the same distance, a text is at distance 0 from itself. Immutable and thread-safe; time is
/// quadratic in the tokens, of which the first <see cref="SentenceReading.MaxTokens"/> are read.
/// </remarks>
public sealed class TextComparer
{
    private readonly Func<string, string, double>? _vectors;

    /// <param name="model">Weights and threshold; the house's own by default.</param>
    /// <param name="vectors">Cosine of two folded words, for words that the lexicon does not know; null without.</param>
    public TextComparer(DistanceModel? model = null, Func<string, string, double>? vectors = null) => (Model, _vectors) = (model ?? DistanceModel.BuiltIn, vectors);

    /// <summary>Weights and threshold.</summary>
    public DistanceModel Model { get; }

    /// <summary>Compares two texts.</summary>
    /// <param name="a">The first text.</param>
    /// <param name="b">The second text.</param>
    /// <param name="language">Their language; null finds it.</param>
    public TextComparison Compare(string a, string b, Language? language = null)
    {
        if (string.Equals(a, b, StringComparison.Ordinal))
        {
            return new TextComparison(0, true, []);
        }

        var tongue = language ?? LanguageOf(a, b);
        var measure = new DifferenceMeasure(new UnitAlignment(SentenceReading.Of(a, tongue), SentenceReading.Of(b, tongue), _vectors), oneSided: false);
        var distance = Model.Both.Distance(measure.Vector);
        return new TextComparison(distance, distance <= Model.Threshold, Ordered(measure.Differences));
    }

    /// <summary>Whether the second text says what the first does, whatever else it says and given what was asked.</summary>
    /// <returns>The measure, its distance, and the distance were nothing contradicted.</returns>
    internal (DifferenceMeasure Measure, double Distance, double Without) Says(SentenceReading said, SentenceReading by, SentenceReading asked)
    {
        var alignment = new UnitAlignment(said, by, _vectors);
        alignment.Ask(new UnitAlignment(said, asked, _vectors));
        var measure = new DifferenceMeasure(alignment, oneSided: true);

        // A number, date or hour of the model answer is said or not; no other words make up for it.
        return (measure, measure.LacksValue ? 1 : Model.OneSided.Distance(measure.Vector), measure.IsValueMissing ? 1 : Model.OneSided.Distance(measure.WithoutContradictions()));
    }

    /// <summary>The language of two texts together; Spanish when nothing tells.</summary>
    internal static Language LanguageOf(string a, string b)
    {
        var (found, confidence) = LanguageIdentifier.Identify($"{(a.Length > 1000 ? a[..1000] : a)} {(b.Length > 1000 ? b[..1000] : b)}");
        return confidence > 0.5 ? found : Language.Spanish;
    }

    private static TextDifference[] Ordered(IReadOnlyList<TextDifference> differences) => [.. differences.Distinct().OrderBy(static d => d.Kind == DifferenceKind.Content ? 1 : 0)];
}
