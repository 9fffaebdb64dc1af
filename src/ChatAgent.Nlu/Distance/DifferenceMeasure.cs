using ChatAgent.Text;

namespace ChatAgent.Nlu.Distance;

/// <summary>What speaks against two texts meaning the same, as numbers from 0 (nothing) to about 1, and where.</summary>
/// <remarks>
/// With <c>oneSided</c> the question is whether the second text says what the first does, and more is allowed: what only the second has does not count. The numbers do not change when the texts are exchanged, unless one-sided.
/// </remarks>
internal sealed class DifferenceMeasure
{
    /// <summary>Names of the numbers, in their order.</summary>
    public static readonly string[] Names =
    [
        "uncovered", "uncovered_worse_side", "mostly_uncovered", "replaced", "negation_parity", "negation_moved", "negation_scope", "roles", "ownership", "order", "attachment", "value_changed", "value_missing", "name_changed",
        "name_missing", "sense", "kind", "question", "loose_match", "verb_uncovered", "substituted", "same_words_and_others", "contradiction",
    ];

    /// <summary>The numbers that contradict, rather than lack, what the other text says.</summary>
    public static readonly string[] Contradictions = ["negation_parity", "negation_moved", "roles", "ownership", "order", "attachment", "value_changed", "name_changed", "sense", "kind", "contradiction"];

    // A word of the question counts a third: the answer may leave it out.
    private const double AskedWeight = 0.35;

    private readonly UnitAlignment _alignment;
    private readonly SentenceReading _a;
    private readonly SentenceReading _b;
    private readonly bool _oneSided;
    private readonly List<TextDifference> _differences = [];
    private readonly double[] _values = new double[Names.Length];
    private readonly bool[] _changed;

    public DifferenceMeasure(UnitAlignment alignment, bool oneSided)
    {
        (_alignment, _a, _b, _oneSided) = (alignment, alignment.A, alignment.B, oneSided);
        _changed = new bool[_a.Units.Count];
        Cover();
        Negations();
        Roles();
        Ownership();
        Order();
        Attachment();
        Values();
        NamesAndSenses();
        Set("question", _a.IsQuestion != _b.IsQuestion && !oneSided ? 1 : 0);
        if (_a.IsQuestion != _b.IsQuestion && !oneSided)
        {
            _differences.Add(new TextDifference(DifferenceKind.Question, default, default));
        }

        Set("contradiction", Contradictions.Max(name => name == "contradiction" ? 0 : this[name]) >= 0.5 ? 1 : 0);
    }

    /// <summary>In the order of <see cref="Names"/>.</summary>
    public double[] Vector => _values;

    /// <summary>What was found, for showing.</summary>
    public IReadOnlyList<TextDifference> Differences => _differences;

    /// <summary>The numbers were nothing contradicted: other values count as said.</summary>
    public double[] WithoutContradictions()
    {
        var measured = (double[])_values.Clone();
        var shown = _differences.Count;
        Cover(_changed);
        var without = (double[])_values.Clone();
        measured.CopyTo(_values, 0);
        _differences.RemoveRange(shown, _differences.Count - shown);
        foreach (var name in Contradictions)
        {
            without[Array.IndexOf(Names, name)] = 0;
        }

        without[Array.IndexOf(Names, "value_missing")] = IsValueMissing ? 1 : 0;
        return without;
    }

    /// <summary>Whether a value of the first text is neither in the second nor replaced there by another.</summary>
    public bool IsValueMissing { get; private set; }

    /// <summary>Whether a value of the first text is not in the second.</summary>
    public bool LacksValue { get; private set; }

    public double this[string name] => _values[Array.IndexOf(Names, name)];

    private void Set(string name, double value) => _values[Array.IndexOf(Names, name)] = value;

    // Of both, so that exchanging the texts changes nothing.
    private double WeightOf(UnitAlignment.Pair pair) => (_a.Units[pair.I].Weight + _b.Units[pair.J].Weight) / 2;

    private static double Uncovered(SentenceReading reading, double[] cover, bool[]? asked, bool[]? given, out double mass)
    {
        var (total, missing) = (0.0, 0.0);
        for (var i = 0; i < cover.Length; i++)
        {
            var weight = reading.Units[i].Weight * (asked?[i] == true ? AskedWeight : 1);
            total += weight;
            missing += given?[i] == true ? 0 : weight * (1 - cover[i]);
        }

        mass = missing;
        return total == 0 ? 0 : missing / total;
    }

    private void Cover(bool[]? given = null)
    {
        var a = Uncovered(_a, _alignment.CoverA, _alignment.Asked, given, out var massA);
        var b = Uncovered(_b, _alignment.CoverB, null, null, out var massB);

        // A text without any content says nothing that the other could.
        (a, b) = (_a.Units.Count == 0 && _b.Units.Count > 0 ? 1 : a, _b.Units.Count == 0 && _a.Units.Count > 0 ? 1 : b);
        var (mean, worse) = _oneSided ? (a, a) : ((a + b) / 2, Math.Max(a, b));
        Set("uncovered", mean);
        Set("uncovered_worse_side", worse);
        Set("mostly_uncovered", Math.Max(0, worse - 0.5) * 2);
        Set("replaced", _oneSided ? 0 : Math.Min(1, Math.Min(massA, massB) / 2));

        // The same sentence with a word that is no known synonym in the place of another is another sentence; a paraphrase has other words all over.
        Set("substituted", Math.Max(0, Frame() - 0.4) / 0.6 * Math.Min(1, _oneSided ? massA : Math.Max(massA, massB)));
        var matched = _alignment.Pairs.Sum(WeightOf);
        var verbatim = _alignment.Pairs.Where(p => _a.Units[p.I].Folded == _b.Units[p.J].Folded).Sum(WeightOf);
        Set("same_words_and_others", matched == 0 ? 0 : verbatim / matched * mean);
        var loose = _alignment.Pairs.Count(static p => p.Bond.Likeness is < 0.85);
        Set("loose_match", _alignment.Pairs.Count == 0 ? 0 : (double)loose / _alignment.Pairs.Count);
        Set("verb_uncovered", Math.Max(VerbsMissing(_a, _alignment.CoverA, _alignment.Asked), _oneSided ? 0 : VerbsMissing(_b, _alignment.CoverB, null)));
        Missing(_a, _alignment.CoverA, true);
        if (!_oneSided)
        {
            Missing(_b, _alignment.CoverB, false);
        }
    }

    private void Missing(SentenceReading reading, double[] cover, bool isFirst)
    {
        for (var i = 0; i < cover.Length; i++)
        {
            if (cover[i] == 0 && reading.Units[i].Weight >= 0.9)
            {
                _differences.Add(isFirst ? new TextDifference(DifferenceKind.Content, reading.Units[i].Span, default) : new TextDifference(DifferenceKind.Content, default, reading.Units[i].Span));
            }
        }
    }

    /// <summary>The longest common subsequence of words, as a share of the shorter text.</summary>
    private double Frame()
    {
        string[] a = [.. _a.Words], b = [.. _b.Words];
        if (a.Length == 0 || b.Length == 0)
        {
            return 0;
        }

        var row = new int[b.Length + 1];
        foreach (var word in a)
        {
            var diagonal = 0;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = word == b[j - 1] ? diagonal + 1 : Math.Max(row[j], row[j - 1]);
                diagonal = above;
            }
        }

        return (double)row[b.Length] / Math.Min(a.Length, b.Length);
    }

    private static double VerbsMissing(SentenceReading reading, double[] cover, bool[]? asked)
    {
        var (all, missing) = (0, 0.0);
        for (var i = 0; i < cover.Length; i++)
        {
            if (reading.Units[i].IsVerb && reading.Units[i].Weight > 0.5 && asked?[i] != true)
            {
                all++;
                missing += 1 - cover[i];
            }
        }

        return all == 0 ? 0 : missing / all;
    }

    private void Negations()
    {
        var (scoped, wrong) = (0.0, 0.0);
        var (onlyA, onlyB) = (false, false);
        foreach (var pair in _alignment.Pairs)
        {
            var (x, y, bond) = (_a.Units[pair.I], _b.Units[pair.J], pair.Bond);

            // "nadie" and "todos": the denial is counted already.
            if (_a.Denies(x) || _b.Denies(y))
            {
                continue;
            }

            var differs = (x.IsNegated != y.IsNegated) != bond.IsContrary;
            onlyA |= differs && x.IsNegated && !y.IsInNegation;
            onlyB |= differs && y.IsNegated && !x.IsInNegation;
            scoped += WeightOf(pair);
            wrong += (x.IsInNegation != y.IsInNegation) != bond.IsContrary ? WeightOf(pair) : 0;
            if (differs)
            {
                _differences.Add(new TextDifference(DifferenceKind.Negation, x.Span, y.Span));
            }
        }

        var denied = IsDeniedOnOneSide();
        Set("negation_parity", denied ? 1 : 0);
        if (denied && _differences.TrueForAll(static d => d.Kind != DifferenceKind.Negation))
        {
            _differences.Add(new TextDifference(DifferenceKind.Negation, default, default));
        }

        Set("negation_moved", onlyA && onlyB ? 1 : 0);
        Set("negation_scope", scoped == 0 ? 0 : wrong / scoped);
    }

    /// <summary>Whether, in clauses that answer to each other, one text denies what the other says: denials and contraries are paired ("no está abierto", "está cerrado").</summary>
    private bool IsDeniedOnOneSide()
    {
        // Clauses that share units are one matter; those of B are numbered after those of A.
        var matter = Enumerable.Range(0, _a.Clauses + _b.Clauses).ToArray();
        foreach (var (i, j, _) in _alignment.Pairs)
        {
            matter[Root(_a.Units[i].Clause)] = Root(_a.Clauses + _b.Units[j].Clause);
        }

        var denials = new (int A, int B, int Contraries)[matter.Length];
        Denials(_a, 0, _alignment.OfA, static (d, n) => (d.A + n, d.B, d.Contraries));
        Denials(_b, _a.Clauses, _alignment.OfB, static (d, n) => (d.A, d.B + n, d.Contraries));
        foreach (var (i, j, bond) in _alignment.Pairs)
        {
            if (bond.IsContrary && !_a.Denies(_a.Units[i]) && !_b.Denies(_b.Units[j]))
            {
                denials[Root(_a.Units[i].Clause)].Contraries++;
            }
        }

        return denials.Any(static d => d.Contraries == 0 ? d.A != d.B : (d.A + d.B + d.Contraries) % 2 == 1);

        int Root(int clause)
        {
            while (matter[clause] != clause)
            {
                clause = matter[clause];
            }

            return clause;
        }

        void Denials(SentenceReading reading, int offset, int[] partners, Func<(int A, int B, int Contraries), int, (int A, int B, int Contraries)> add)
        {
            // What lies in clauses of which the other text says nothing is denied for itself.
            var answered = new HashSet<int>();
            for (var i = 0; i < partners.Length; i++)
            {
                if (partners[i] >= 0)
                {
                    answered.Add(reading.Units[i].Clause);
                }
            }

            for (var i = 0; i < partners.Length; i++)
            {
                var unit = reading.Units[i];
                if (unit.IsNegated && (partners[i] >= 0 || (unit.IsVerb && answered.Contains(unit.Clause))))
                {
                    var root = Root(offset + unit.Clause);
                    denials[root] = add(denials[root], 1);
                }
            }
        }
    }

    private void Roles()
    {
        var parts = new List<(int ClauseA, double LevelA, int ClauseB, double LevelB, TextSpan A, TextSpan B)>();
        foreach (var (i, j, bond) in _alignment.Pairs)
        {
            var (x, y) = (_a.Units[i], _b.Units[j]);
            if (x.Level >= 0 && y.Level >= 0 && !bond.IsContrary && !bond.IsConverse)
            {
                parts.Add((x.Clause, x.Level, y.Clause, y.Level, x.Span, y.Span));
            }
        }

        foreach (var (clauseA, person, levelA) in OwnPersons(_a))
        {
            foreach (var (clauseB, other, levelB) in OwnPersons(_b))
            {
                if (person == other)
                {
                    parts.Add((clauseA, levelA, clauseB, levelB, default, default));
                }
            }
        }

        var (agree, conflict) = (0, 0);
        for (var p = 0; p < parts.Count; p++)
        {
            for (var q = p + 1; q < parts.Count; q++)
            {
                var (x, y) = (parts[p], parts[q]);
                if (x.ClauseA != y.ClauseA || x.ClauseB != y.ClauseB || x.LevelA == y.LevelA || x.LevelB == y.LevelB || Link(x.ClauseA, x.ClauseB) is not { } converse)
                {
                    continue;
                }

                var same = (x.LevelA < y.LevelA) == (x.LevelB < y.LevelB) != converse;
                (agree, conflict) = same ? (agree + 1, conflict) : (agree, conflict + 1);
                if (!same)
                {
                    _differences.Add(new TextDifference(DifferenceKind.Roles, x.A.Length > 0 ? x.A : y.A, x.B.Length > 0 ? x.B : y.B));
                }
            }
        }

        Set("roles", conflict == 0 ? 0 : Math.Max(0.5, (double)conflict / (agree + conflict)));
    }

    /// <summary>Persons of a text; one that acts on itself ("me voy") only acts.</summary>
    private static IEnumerable<(int Clause, int Person, double Level)> OwnPersons(SentenceReading reading) =>
        reading.Persons.GroupBy(static p => (p.Clause, p.Person)).Select(static g => (g.Key.Clause, g.Key.Person, g.Min(static p => p.Level)));

    /// <summary>Whether two clauses tell of one event, and then whether one tells it from the other side; null when they do not.</summary>
    private bool? Link(int clauseA, int clauseB)
    {
        var linked = false;
        var converse = false;
        foreach (var (i, j, bond) in _alignment.Pairs)
        {
            var (x, y) = (_a.Units[i], _b.Units[j]);
            if (x.Clause != clauseA || y.Clause != clauseB)
            {
                continue;
            }

            if (x.IsVerb || y.IsVerb || bond.IsConverse)
            {
                var lexicon = MeaningLexicon.For(_a.Language);
                linked |= !(x.IsVerb && GrammarWords.Has(GrammarWords.For(_a.Language).Still, lexicon.Stems.Of(x.Folded, x.Folded), lexicon.Stems));
                converse ^= bond.IsConverse;
            }
        }

        // "ayudó al doctor", "recibió ayuda": the noun carries the event, and the verb beside it looks from the other side.
        converse ^= linked && LooksFromOtherSide(_a, clauseA, _alignment.OfA) != LooksFromOtherSide(_b, clauseB, _alignment.OfB);

        // No verb on either side ("Ana mayor que Luis"): what was said of them is.
        return linked ? converse : HasVerb(_a, clauseA) || HasVerb(_b, clauseB) ? null : false;
    }

    private static bool LooksFromOtherSide(SentenceReading reading, int clause, int[] partners)
    {
        for (var i = 0; i < partners.Length; i++)
        {
            var unit = reading.Units[i];
            if (unit.Clause == clause && partners[i] < 0 && unit.IsVerb && unit.IsFinite && unit.Meanings.Any(static m => m.IsConverse))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasVerb(SentenceReading reading, int clause) => reading.Units.Any(u => u.Clause == clause && u.IsVerb);

    private void Ownership()
    {
        var conflict = false;
        foreach (var (i, j, _) in _alignment.Pairs)
        {
            var ofA = Owned(_a, i);
            var ofB = Owned(_b, j);
            var strangerA = ofA.FirstOrDefault(x => _alignment.OfA[x] >= 0 && !ofB.Contains(_alignment.OfA[x]), -1);
            var strangerB = ofB.FirstOrDefault(y => _alignment.OfB[y] >= 0 && !ofA.Contains(_alignment.OfB[y]), -1);
            if (strangerA >= 0 && strangerB >= 0)
            {
                conflict = true;
                _differences.Add(new TextDifference(DifferenceKind.Attachment, _a.Units[strangerA].Span, _b.Units[strangerB].Span));
            }
        }

        Set("ownership", conflict ? 1 : 0);
    }

    private static List<int> Owned(SentenceReading reading, int owner)
    {
        var found = new List<int>();
        for (var i = 0; i < reading.Units.Count; i++)
        {
            if (reading.Units[i].Owner == owner)
            {
                found.Add(i);
            }
        }

        return found;
    }

    private void Order()
    {
        var (agree, conflict) = (0.0, 0.0);
        for (var p = 0; p < _alignment.Pairs.Count; p++)
        {
            for (var q = p + 1; q < _alignment.Pairs.Count; q++)
            {
                var a = Math.Sign(_a.Units[_alignment.Pairs[p].I].Rank - _a.Units[_alignment.Pairs[q].I].Rank);
                var b = Math.Sign(_b.Units[_alignment.Pairs[p].J].Rank - _b.Units[_alignment.Pairs[q].J].Rank);
                if (a != 0 && b != 0)
                {
                    var weight = WeightOf(_alignment.Pairs[p]) * WeightOf(_alignment.Pairs[q]);
                    (agree, conflict) = a == b ? (agree + weight, conflict) : (agree, conflict + weight);
                    if (a != b)
                    {
                        _differences.Add(new TextDifference(DifferenceKind.Order, _a.Units[_alignment.Pairs[p].I].Span, _b.Units[_alignment.Pairs[p].J].Span));
                    }
                }
            }
        }

        Set("order", agree + conflict == 0 ? 0 : conflict / (agree + conflict));
    }

    /// <summary>Two clauses whose members change partners: "vestido rojo, zapatos negros" and "vestido negro, zapatos rojos".</summary>
    private void Attachment()
    {
        var together = new double[_a.Clauses, _b.Clauses];
        foreach (var pair in _alignment.Pairs)
        {
            if (WeightOf(pair) > 0.5)
            {
                together[_a.Units[pair.I].Clause, _b.Units[pair.J].Clause]++;
            }
        }

        for (var a = 0; a < _a.Clauses; a++)
        {
            for (var other = a + 1; other < _a.Clauses; other++)
            {
                for (var b = 0; b < _b.Clauses; b++)
                {
                    for (var second = b + 1; second < _b.Clauses; second++)
                    {
                        if (together[a, b] > 0 && together[a, second] > 0 && together[other, b] > 0 && together[other, second] > 0)
                        {
                            Set("attachment", 1);
                            var moved = _alignment.Pairs.First(p => _a.Units[p.I].Clause == a && _b.Units[p.J].Clause == second);
                            _differences.Add(new TextDifference(DifferenceKind.Attachment, _a.Units[moved.I].Span, _b.Units[moved.J].Span));
                            return;
                        }
                    }
                }
            }
        }
    }

    private void Values()
    {
        var (all, missing, changed) = (0, 0, 0);
        for (var i = 0; i < _a.Units.Count; i++)
        {
            if (_a.Units[i].Value is not { } value)
            {
                continue;
            }

            all++;
            if (_alignment.OfA[i] >= 0 || _alignment.CoverA[i] > 0)
            {
                continue;
            }

            missing++;
            for (var j = 0; j < _b.Units.Count; j++)
            {
                if (_b.Units[j].Value is { } other && other.Kind == value.Kind && _alignment.OfB[j] < 0 && _alignment.CoverB[j] == 0)
                {
                    changed++;
                    _changed[i] = true;
                    _differences.Add(new TextDifference(DifferenceKind.Value, _a.Units[i].Span, _b.Units[j].Span));
                    break;
                }
            }
        }

        (LacksValue, IsValueMissing) = (missing > 0, missing > changed);
        if (!_oneSided)
        {
            var others = _b.Units.Count(static u => u.Value is not null);
            all += others;
            missing += Enumerable.Range(0, _b.Units.Count).Count(j => _b.Units[j].Value is not null && _alignment.OfB[j] < 0 && _alignment.CoverB[j] == 0);
        }

        Set("value_changed", changed > 0 ? 1 : 0);
        Set("value_missing", all == 0 ? 0 : (double)missing / all);
    }

    private void NamesAndSenses()
    {
        var freeA = Free(_a, _alignment.CoverA);
        var freeB = Free(_b, _alignment.CoverB);
        var namesA = freeA.Where(static u => u.IsName).ToArray();
        var namesB = freeB.Where(static u => u.IsName).ToArray();
        Set("name_changed", namesA.Length > 0 && namesB.Length > 0 ? 1 : 0);
        Set("name_missing", namesA.Length > 0 || (namesB.Length > 0 && !_oneSided) ? 1 : 0);
        if (namesA.Length > 0 && namesB.Length > 0)
        {
            _differences.Add(new TextDifference(DifferenceKind.Name, namesA[0].Span, namesB[0].Span));
        }

        var lexicon = MeaningLexicon.For(_a.Language);
        foreach (var x in freeA)
        {
            foreach (var y in freeB)
            {
                // "julio" the month is a value, Julio the patient a name.
                var senses = (x.Sense is not null && y.Sense is not null && x.Sense != y.Sense && lexicon.Stems.Of(x.Folded, x.Folded) == lexicon.Stems.Of(y.Folded, y.Folded))
                    || (x.IsName && y.Value is not null && y.Folded == x.Folded) || (y.IsName && x.Value is not null && x.Folded == y.Folded);
                if (senses)
                {
                    Set("sense", 1);
                    _differences.Add(new TextDifference(DifferenceKind.Sense, x.Span, y.Span));
                }
                else if (x.Value is null && y.Value is null && lexicon.KindsOf(x.Key) is { Count: > 0 } kinds && lexicon.KindsOf(y.Key).Intersect(kinds).Any())
                {
                    Set("kind", 1);
                    _differences.Add(new TextDifference(DifferenceKind.Kind, x.Span, y.Span));
                }
            }
        }
    }

    private static MeaningUnit[] Free(SentenceReading reading, double[] cover) => [.. reading.Units.Where((_, i) => cover[i] == 0)];
}
