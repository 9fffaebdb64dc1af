using ChatAgent.Text;

namespace ChatAgent.Nlu.Distance;

/// <summary>Which unit of one text answers to which of another, each to at most one, and how well.</summary>
/// <remarks>
/// Pairs are taken in the order of their likeness; equals are ordered by how alike their places are, so that exchanging the texts gives the same pairs. Likeness: 1 the same word, value or name; 0.95 the same stem; 0.9 the
/// same line of the lexicon; 0.6 to 0.8 a typing error, a shared root, or near vectors where the owner has some. Values agree or do not.
/// </remarks>
internal sealed class UnitAlignment
{
    private const double MinLikeness = 0.5;

    private const double AskedLikeness = 0.8;

    public UnitAlignment(SentenceReading a, SentenceReading b, Func<string, string, double>? vectors)
    {
        (A, B) = (a, b);
        var candidates = new List<(double Likeness, double Place, int I, int J, Bond Bond)>();
        var bonds = new Bond[a.Units.Count, b.Units.Count];
        for (var i = 0; i < a.Units.Count; i++)
        {
            for (var j = 0; j < b.Units.Count; j++)
            {
                bonds[i, j] = Likeness(a.Units[i], b.Units[j], a.Language, vectors);
            }
        }

        for (var i = 0; i < a.Units.Count; i++)
        {
            for (var j = 0; j < b.Units.Count; j++)
            {
                if (bonds[i, j] is { Likeness: >= MinLikeness } bond)
                {
                    // Of two that are alike the one beside the same word, then the one at the same place: "la ley 21.081 modificó la ley 19.496".
                    var beside = Beside(i, j, 1) + Beside(i, j, -1);
                    var place = Math.Abs(((i + 0.5) / a.Units.Count) - ((j + 0.5) / b.Units.Count)) - beside;
                    candidates.Add((bond.Likeness, place, i, j, bond));
                }
            }
        }

        int Beside(int i, int j, int step) => i + step >= 0 && i + step < a.Units.Count && j + step >= 0 && j + step < b.Units.Count && bonds[i + step, j + step].Likeness > 0.85 ? a.Units[i + step].Value is null ? 1 : 3 : 0;

        candidates.Sort(static (x, y) => y.Likeness != x.Likeness ? y.Likeness.CompareTo(x.Likeness) : x.Place != y.Place ? x.Place.CompareTo(y.Place) : (x.I + x.J) != (y.I + y.J) ? (x.I + x.J).CompareTo(y.I + y.J) : Math.Min(x.I, x.J).CompareTo(Math.Min(y.I, y.J)));
        (OfA, OfB) = (Enumerable.Repeat(-1, a.Units.Count).ToArray(), Enumerable.Repeat(-1, b.Units.Count).ToArray());
        (CoverA, CoverB) = (new double[a.Units.Count], new double[b.Units.Count]);
        foreach (var (likeness, _, i, j, bond) in candidates)
        {
            if (OfA[i] < 0 && OfB[j] < 0)
            {
                (OfA[i], OfB[j]) = (j, i);
                CoverA[i] = CoverB[j] = likeness;
                Pairs.Add(new Pair(i, j, bond));
            }
        }

        // What a text says twice covers as well, if less: "el producto ... devolver el producto".
        foreach (var (likeness, _, i, j, _) in candidates.Where(static c => !c.Bond.IsContrary && !c.Bond.IsConverse))
        {
            CoverA[i] = OfA[i] < 0 ? Math.Max(CoverA[i], 0.8 * likeness) : CoverA[i];
            CoverB[j] = OfB[j] < 0 ? Math.Max(CoverB[j], 0.8 * likeness) : CoverB[j];
        }
    }

    public SentenceReading A { get; }

    public SentenceReading B { get; }

    /// <summary>The unit of B that answers to each of A, or -1; and the other way round.</summary>
    public int[] OfA { get; }

    public int[] OfB { get; }

    /// <summary>How well each unit is answered, 0 to 1.</summary>
    public double[] CoverA { get; }

    public double[] CoverB { get; }

    public List<Pair> Pairs { get; } = [];

    /// <summary>Which units of A a question names; null without one.</summary>
    public bool[]? Asked { get; private set; }

    /// <summary>Marks what a question names: it need hardly be said again. Values must.</summary>
    public void Ask(UnitAlignment question)
    {
        Asked = new bool[CoverA.Length];
        for (var i = 0; i < CoverA.Length; i++)
        {
            Asked[i] = question.CoverA[i] >= AskedLikeness && A.Units[i].Value is null;
        }

        // A point that says nothing but what was asked must be said in full.
        Asked = Array.TrueForAll(Enumerable.Range(0, Asked.Length).ToArray(), i => Asked[i] || A.Units[i].Weight < 0.5) ? null : Asked;
    }

    private static Bond Likeness(MeaningUnit x, MeaningUnit y, Language language, Func<string, string, double>? vectors)
    {
        if (x.Value is not null || y.Value is not null)
        {
            // "ley 19.496" and "Ley 19496", "el 2" and "segundo": one normal form.
            return x.Value is { } v && y.Value is { } w && v.Kind == w.Kind && v.Value == w.Value ? new Bond(1, false, false) : default;
        }

        if (x.Sense is { } sense && y.Sense is { } other && sense != other)
        {
            return default;
        }

        var meaning = Shared(x, y);
        if (x.Folded == y.Folded)
        {
            return new Bond(1, false, false);
        }

        if (x.Key == y.Key && x.IsName == y.IsName)
        {
            return new Bond(0.95, false, false);
        }

        if (meaning is { } shared)
        {
            return new Bond(0.9, shared.Contrary, shared.Converse);
        }

        if (x.IsName != y.IsName)
        {
            return default;
        }

        var lexicon = MeaningLexicon.For(language);
        if (!(IsKnown(x, lexicon) && IsKnown(y, lexicon)) && Math.Min(x.Folded.Length, y.Folded.Length) >= 6 && Entities.EditDistance.Between(x.Folded, y.Folded, 1) <= 1)
        {
            return new Bond(0.8, false, false);
        }

        if (!x.IsName && SharedRoot(x.Key, y.Key))
        {
            return new Bond(0.65, false, false);
        }

        return vectors is not null && !x.IsName && vectors(x.Folded, y.Folded) is >= MinLikeness and var near ? new Bond(Math.Min(near, 0.8), false, false) : default;
    }

    // "llegar" and "llevar" are two words and no typing error.
    private static bool IsKnown(MeaningUnit unit, MeaningLexicon lexicon) => unit.Meanings.Count > 0 || lexicon.IsVerb(unit.Key);

    /// <summary>A meaning that both have; the one on which they agree before one on which they are contrary.</summary>
    private static (bool Contrary, bool Converse)? Shared(MeaningUnit x, MeaningUnit y)
    {
        (bool Contrary, bool Converse)? best = null;
        foreach (var m in x.Meanings)
        {
            foreach (var n in y.Meanings)
            {
                if (m.Line == n.Line)
                {
                    var found = (m.IsContrary != n.IsContrary, m.IsConverse != n.IsConverse);
                    best = best is null || (best.Value.Contrary && !found.Item1) || (best.Value.Converse && !found.Item1 && !found.Item2) ? found : best;
                }
            }
        }

        return best;
    }

    // "alergia" and "alérgico", "fabrica" and "fabricación": five letters at least, most of the shorter one.
    private static bool SharedRoot(string x, string y)
    {
        if (x.Contains(' ', StringComparison.Ordinal) || y.Contains(' ', StringComparison.Ordinal))
        {
            return false;
        }

        var common = 0;
        while (common < x.Length && common < y.Length && x[common] == y[common])
        {
            common++;
        }

        return common >= 5 && common >= 0.7 * Math.Max(x.Length, y.Length) - 1;
    }

    /// <summary>How two units are alike.</summary>
    public readonly record struct Bond(double Likeness, bool IsContrary, bool IsConverse);

    /// <summary>A unit of A and the unit of B that answers to it.</summary>
    public readonly record struct Pair(int I, int J, Bond Bond);
}
