using System.Collections.Concurrent;
using System.Collections.Frozen;
using ChatAgent.Nlu.Entities;
using ChatAgent.Text;

namespace ChatAgent.Nlu.Distance;

/// <summary>What a text says, as far as it can be told without a parser: units with meaning, clauses, negations, who does what to whom, what comes before what.</summary>
/// <remarks>
/// Shallow on purpose: clauses end at punctuation and conjunctions, a verb is a word whose stem is a verb's and that no article precedes, the noun before it is its subject, and prepositions tell the rest. At most
/// <see cref="MaxTokens"/> tokens are read. Immutable once made.
/// </remarks>
internal sealed class SentenceReading
{
    /// <summary>Tokens that are read; a comparison is quadratic in them.</summary>
    public const int MaxTokens = 300;

    private static readonly ConcurrentDictionary<Language, FrozenSet<string>> _light = new();

    private readonly List<MeaningUnit> _units = [];
    private readonly IReadOnlyList<Token> _tokens;
    private readonly string[] _stems;
    private readonly int[] _clauseOf;
    private readonly List<Connector> _clauses = [];
    private readonly bool[] _isConnector;
    private readonly GrammarWords _grammar;
    private readonly MeaningLexicon _lexicon;

    private SentenceReading(string text, Language language)
    {
        // 20 letters a token is more than any text has.
        var read = text.Length > MaxTokens * 20 ? text[..(MaxTokens * 20)] : text;
        var all = Tokenizer.Tokenize(read);
        (Text, Language, _tokens) = (text, language, all.Count > MaxTokens ? [.. all.Take(MaxTokens)] : all);
        (_grammar, _lexicon) = (GrammarWords.For(language), MeaningLexicon.For(language));
        _stems = [.. _tokens.Select(t => t.Kind == TokenKind.Word ? _lexicon.Stems.Of(t.Folded, t.Text) : t.Folded)];
        (_clauseOf, _isConnector) = (new int[_tokens.Count], new bool[_tokens.Count]);
        IsQuestion = _tokens.Any(static t => t.Text is "?" or "¿");
        var values = ValueReader.Read(read, _tokens, language);
        values.RemoveAll(v => IsPersonNotMonth(v) || (v.Kind == ValueKind.Period && v.End == v.First + 1 && FoldedAt(v.First - 1) is "mas" or "muy" or "llegar" or "poco"));
        FindUnits(values);
        if (_units.Count == 0)
        {
            TakeWords();
        }

        FindVerbs();
        CutClauses(values);
        Rank();
        Negate();
        GiveRoles();
    }

    public string Text { get; }

    public Language Language { get; }

    /// <summary>The folded words in their order, without punctuation.</summary>
    public IEnumerable<string> Words => _tokens.Where(static t => t.Kind != TokenKind.Punctuation).Select(static t => t.Folded);

    /// <summary>In the order of the text.</summary>
    public IReadOnlyList<MeaningUnit> Units => _units;

    /// <summary>The persons that act or are acted on by pronoun or ending: clause, person (1, 2, 3, 4) and level.</summary>
    public List<(int Clause, int Person, double Level)> Persons { get; } = [];

    public bool IsQuestion { get; }

    /// <summary>Whether a unit is itself a word that denies another ("nadie vino"); a "no" alone denies nothing here.</summary>
    public bool Denies(MeaningUnit unit) => _grammar.Negators.Contains(unit.Folded) && _units.Exists(static u => u.IsNegated);

    public int Clauses => _clauses.Count;

    /// <summary>Reads a text.</summary>
    public static SentenceReading Of(string text, Language language) => new(text, language);

    /// <summary>The stretches of text that clauses cover, in their order; for quoting.</summary>
    public IReadOnlyList<TextSpan> ClauseSpans()
    {
        var spans = new List<TextSpan>();
        for (var i = 0; i < _tokens.Count; i++)
        {
            if (_tokens[i].Kind == TokenKind.Punctuation && _tokens[i].Text is not ("¿" or "¡" or "(" or "\""))
            {
                continue;
            }

            if (_clauseOf[i] < spans.Count)
            {
                spans[_clauseOf[i]] = new TextSpan(spans[_clauseOf[i]].Start, _tokens[i].Span.End - spans[_clauseOf[i]].Start);
            }
            else
            {
                while (spans.Count < _clauseOf[i])
                {
                    spans.Add(new TextSpan(_tokens[i].Span.Start, 0));
                }

                spans.Add(_tokens[i].Span);
            }
        }

        return spans;
    }

    /// <summary>Whether a connector that orders or a full stop opens a clause.</summary>
    public Connector ConnectorOf(int clause) => _clauses[clause];

    private string FoldedAt(int i) => i >= 0 && i < _tokens.Count ? _tokens[i].Folded : string.Empty;

    // "Julio viene el lunes": the grammar of times reads a month.
    private bool IsPersonNotMonth(TextValue value) =>
        value.End == value.First + 1 && value.Kind == ValueKind.Period && SenseOf(value.First) is "persona" or "person";

    private void FindUnits(List<TextValue> values)
    {
        // Verbs count in every form, other words as they are: "solo" carries little, "sol" does not share that.
        var light = _light.GetOrAdd(Language, language => GrammarWords.For(language).Light.Where(word => language == Language.English || word[^1] == 'r').Select(word => MeaningLexicon.For(language).Stems.Of(word, word)).ToFrozenSet(StringComparer.Ordinal));
        for (var i = 0; i < _tokens.Count;)
        {
            var here = values.Where(v => v.First == i).ToArray();
            if (here.Length > 0)
            {
                foreach (var value in here)
                {
                    _units.Add(new MeaningUnit { First = i, End = value.End, Span = SpanOf(i, value.End), Key = value.Value, Folded = FoldedAt(i), Value = value, Weight = 1 });
                }

                i = here[0].End;
                continue;
            }

            var phrase = LongestPhrase(i, values);
            if (phrase > i + 1)
            {
                var key = string.Join(' ', _stems[i..phrase]);
                _units.Add(new MeaningUnit { First = i, End = phrase, Span = SpanOf(i, phrase), Key = key, Folded = string.Join(' ', _tokens.Skip(i).Take(phrase - i).Select(static t => t.Folded)), Meanings = _lexicon.MeaningsOf(key) });
                i = phrase;
                continue;
            }

            var token = _tokens[i];
            if (token.Kind == TokenKind.Word && (!IsFunction(i) || IsEating(i) || IsAsking(i)))
            {
                var name = IsName(i);
                _units.Add(new MeaningUnit
                {
                    First = i,
                    End = i + 1,
                    Span = token.Span,
                    Key = name ? token.Folded : _stems[i],
                    Folded = token.Folded,
                    Meanings = name ? [] : _lexicon.MeaningsOf(_stems[i]),
                    IsName = name,
                    Weight = light.Contains(_stems[i]) || _grammar.Light.Contains(token.Folded) ? 0.3 : 1,
                    Sense = SenseOf(i),
                });
            }
            else if (token.Kind is TokenKind.Number or TokenKind.Rut or TokenKind.Phone or TokenKind.Email or TokenKind.Url or TokenKind.Emoji)
            {
                _units.Add(new MeaningUnit { First = i, End = i + 1, Span = token.Span, Key = token.Folded, Folded = token.Folded, Weight = token.Kind == TokenKind.Emoji ? 0.3 : 1 });
            }

            i++;
        }
    }

    // "hola", "no", "gracias": where nothing else stands, these are what is said.
    private void TakeWords()
    {
        for (var i = 0; i < _tokens.Count && _units.Count < MaxTokens; i++)
        {
            if (_tokens[i].Kind != TokenKind.Punctuation)
            {
                _units.Add(new MeaningUnit { First = i, End = i + 1, Span = _tokens[i].Span, Key = _stems[i], Folded = FoldedAt(i), Meanings = _lexicon.MeaningsOf(_stems[i]) });
            }
        }
    }

    private int LongestPhrase(int i, List<TextValue> values)
    {
        if (_tokens[i].Kind != TokenKind.Word)
        {
            return i;
        }

        for (var end = Math.Min(_tokens.Count, i + MeaningLexicon.MaxPhrase); end > i + 1; end--)
        {
            var fits = true;
            for (var k = i; k < end && fits; k++)
            {
                fits = _tokens[k].Kind == TokenKind.Word && !values.Exists(v => v.First <= k && k < v.End);
            }

            if (fits && _lexicon.MeaningsOf(string.Join(' ', _stems[i..end])).Count > 0)
            {
                return end;
            }
        }

        return i;
    }

    private TextSpan SpanOf(int first, int end) => new(_tokens[first].Span.Start, _tokens[end - 1].Span.End - _tokens[first].Span.Start);

    // "sí" and "él" are told from "si" and "el" by what was typed.
    private bool IsFunction(int i) => (_grammar.Functions.Contains(_tokens[i].Folded) || _grammar.Being.Contains(_tokens[i].Folded)) && !_tokens[i].Text.Equals("Sí", StringComparison.OrdinalIgnoreCase);

    /// <summary>"como" is eating where it can be no comparison.</summary>
    private bool IsEating(int i) => Language == Language.Spanish && FoldedAt(i) == "como" && !IsAsking(i)
        && ((i == 0 && !_tokens.Any(static t => t.Text == ",")) || FoldedAt(i - 1) is "y" or "despues" or "luego" or "yo" or "no" or "primero" or "siempre" or "nunca");

    /// <summary>An interrogative: written with its accent, or in a question.</summary>
    private bool IsAsking(int i) => Language == Language.Spanish
        ? FoldedAt(i) is "donde" or "cuando" or "cual" or "quien" or "como" && (_tokens[i].Text.AsSpan().ContainsAny('ó', 'á', 'é') || (IsQuestion && (i == 0 || FoldedAt(i - 1) is "¿" or "," or "y" or "de" or "a")))
        : IsQuestion && FoldedAt(i) is "where" or "when" or "who" or "which";

    private bool IsName(int i)
    {
        var token = _tokens[i];
        var acts = char.IsUpper(token.Text[0]) && PersonNames.IsCommon(token.Folded) && IsVerbAfter(i);
        if (token.Text.Length < 2 || SenseOf(i) is "mes" or "month" || (_lexicon.MeaningsOf(_stems[i]).Count > 0 && !acts))
        {
            return false;
        }

        if (SenseOf(i) is "persona" or "person")
        {
            return true;
        }

        var opens = i == 0 || _tokens[i - 1].Text is "." or "?" or "!" or "¿" or "¡" or "\n" or ":" or "\"";
        return (char.IsUpper(token.Text[0]) && (!opens || (PersonNames.IsCommon(token.Folded) && (!_lexicon.IsVerb(_stems[i]) || acts)))) || (PersonNames.IsCommon(token.Folded) && FoldedAt(i - 1) is "don" or "doña" or "dona" or "senor" or "senora" or "dr" or "dra");
    }

    private string? SenseOf(int i)
    {
        var senses = _lexicon.SensesOf(_stems[i]);
        if (senses.Count == 0)
        {
            return null;
        }

        var best = (Score: 0.0, Name: (string?)null);
        foreach (var sense in senses)
        {
            var score = 0.0;
            foreach (var cue in sense.Cues)
            {
                score += cue.Kind switch
                {
                    MeaningLexicon.CueKind.Before => FoldedAt(i - 1) == cue.Word ? 2 : 0,
                    MeaningLexicon.CueKind.After => FoldedAt(i + 1) == cue.Word ? 2 : 0,
                    MeaningLexicon.CueKind.Capital => i > 0 && _tokens[i - 1].Kind == TokenKind.Word && char.IsUpper(_tokens[i].Text[0]) ? 2.5 : 0,
                    MeaningLexicon.CueKind.NoCapital => char.IsLower(_tokens[i].Text[0]) ? 0.5 : 0,
                    MeaningLexicon.CueKind.VerbAfter => IsVerbAfter(i) ? 2.5 : 0,
                    MeaningLexicon.CueKind.NumberBefore => i > 0 && (_tokens[i - 1].Kind == TokenKind.Number || (FoldedAt(i - 1) is "de" && i > 1 && _tokens[i - 2].Kind == TokenKind.Number)) ? 2 : 0,
                    _ => Stands(cue.Word, i) ? 1 : 0,
                };
            }

            best = score > best.Score ? (score, sense.Name) : score == best.Score ? (score, null) : best;
        }

        return best.Name;
    }

    private bool Stands(string cue, int except)
    {
        var words = cue.Split(' ');
        for (var i = 0; i + words.Length <= _stems.Length; i++)
        {
            var all = i != except || words.Length > 1;
            for (var k = 0; k < words.Length && all; k++)
            {
                all = _stems[i + k] == words[k];
            }

            if (all)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a verb of its own follows, pronouns and "no" between.</summary>
    private bool IsVerbAfter(int i)
    {
        var k = i + 1;
        while (k < _tokens.Count && FoldedAt(k) is "no" or "se" or "me" or "le" or "te" or "lo" or "la" or "les" or "nos" or "ya" or "todavia" or "aun" or "siempre" or "nunca" or "will" or "has" or "is" or "can" or "would")
        {
            k++;
        }

        return k < _tokens.Count && _tokens[k].Kind == TokenKind.Word && (_lexicon.IsVerb(_stems[k]) || LooksFinite(_tokens[k]) || FoldedAt(k) is "es" or "fue" or "esta" or "ha" or "era");
    }

    private bool LooksFinite(Token token)
    {
        var typed = token.Text.ToLowerInvariant();
        var folded = token.Folded;
        return Language == Language.Spanish
            ? (typed.Length > 3 && typed[^1] is 'ó' or 'é') || (folded.Length > 5 && (folded.EndsWith("aron", StringComparison.Ordinal) || folded.EndsWith("ieron", StringComparison.Ordinal) || folded.EndsWith("aba", StringComparison.Ordinal) || folded.EndsWith("aban", StringComparison.Ordinal)))
                || (typed.Length > 4 && typed[^1] == 'á') || (typed.Length > 5 && typed.EndsWith("án", StringComparison.Ordinal))
            : folded.Length > 4 && folded.EndsWith("ed", StringComparison.Ordinal);
    }

    private void FindVerbs()
    {
        foreach (var unit in _units)
        {
            if (unit.Value is not null || unit.IsName || _tokens[unit.First].Kind != TokenKind.Word)
            {
                continue;
            }

            var token = _tokens[unit.First];
            var before = FoldedAt(unit.First - 1);
            var stem = _stems[unit.First];

            // After an article stands a noun, unless the article is a pronoun ("los invitamos"); after a preposition a verb is an infinitive.
            var looks = LooksFinite(token);
            var isVerb = _grammar.Determiners.Contains(before) || before is "un" or "una"
                ? before is "la" or "los" or "las" && (looks || token.Folded.EndsWith("mos", StringComparison.Ordinal))
                : _grammar.Prepositions.ContainsKey(before) && before is not ("to" or "como") ? _lexicon.IsVerb(stem) && IsNonFinite(token) && !IsParticiple(token.Folded) : looks || _lexicon.IsVerb(stem);
            if (!isVerb)
            {
                continue;
            }

            unit.IsVerb = true;
            unit.IsFinite = Language == Language.Spanish ? !IsNonFinite(token) : !token.Folded.EndsWith("ing", StringComparison.Ordinal) && before is not "to";
            unit.Person = PersonOf(token, unit.First);
        }
    }

    private bool IsNonFinite(Token token)
    {
        var folded = token.Folded;
        foreach (var clitic in (ReadOnlySpan<string>)["me", "te", "se", "lo", "la", "los", "las", "le", "les", "nos"])
        {
            if (folded.Length - clitic.Length > 3 && folded.EndsWith(clitic, StringComparison.Ordinal) && folded[..^clitic.Length] is var rest
                && (rest.EndsWith("ar", StringComparison.Ordinal) || rest.EndsWith("er", StringComparison.Ordinal) || rest.EndsWith("ir", StringComparison.Ordinal) || rest.EndsWith("ndo", StringComparison.Ordinal)))
            {
                return true;
            }
        }

        return folded.EndsWith("ar", StringComparison.Ordinal) || folded.EndsWith("er", StringComparison.Ordinal) || folded.EndsWith("ir", StringComparison.Ordinal) || folded.EndsWith("ndo", StringComparison.Ordinal) || IsParticiple(folded);
    }

    private bool IsParticiple(string folded) => Language == Language.Spanish
        ? folded.Length > 4 && (folded.EndsWith("ado", StringComparison.Ordinal) || folded.EndsWith("ada", StringComparison.Ordinal) || folded.EndsWith("ido", StringComparison.Ordinal) || folded.EndsWith("ida", StringComparison.Ordinal)
            || folded.EndsWith("ados", StringComparison.Ordinal) || folded.EndsWith("adas", StringComparison.Ordinal) || folded.EndsWith("idos", StringComparison.Ordinal) || folded.EndsWith("idas", StringComparison.Ordinal)
            || folded is "hecho" or "hecha" or "dicho" or "visto" or "vista" or "puesto" or "escrito" or "escrita" or "roto" or "rota" or "abierto" or "devuelto" or "muerto" or "muerta")
        : folded.EndsWith("ed", StringComparison.Ordinal) || folded.EndsWith("en", StringComparison.Ordinal) || _lexicon.IsVerb(_lexicon.Stems.Of(folded, folded));

    private int PersonOf(Token token, int at)
    {
        var typed = token.Text.ToLowerInvariant();
        var folded = token.Folded;
        if (Language == Language.English)
        {
            return _grammar.Subjects.GetValueOrDefault(FoldedAt(at - 1));
        }

        if (folded is "soy" or "estoy" or "voy" or "doy" or "he" or "hice" or "tuve" or "puse" or "dije" or "vine" or "quise" or "pude" or "se")
        {
            return 1;
        }

        if (folded.EndsWith("mos", StringComparison.Ordinal))
        {
            return 4;
        }

        if (folded.EndsWith("aste", StringComparison.Ordinal) || folded.EndsWith("iste", StringComparison.Ordinal) || (folded.Length > 3 && (folded.EndsWith("as", StringComparison.Ordinal) || folded.EndsWith("es", StringComparison.Ordinal))) || folded is "vas" or "das" or "has")
        {
            return 2;
        }

        if (typed[^1] is 'é' or 'í')
        {
            return 1;
        }

        if (typed[^1] == 'o' && !IsParticiple(folded) && !folded.EndsWith("ndo", StringComparison.Ordinal))
        {
            return 1;
        }

        return typed[^1] is 'ó' || folded.EndsWith('n') || folded.EndsWith('a') || folded.EndsWith('e') ? 3 : 0;
    }

    private void CutClauses(List<TextValue> values)
    {
        _clauses.Add(Connector.None);
        var (unitAt, sentenceStart) = (UnitAtToken(), true);
        var pending = Connector.None;
        var finite = 0;
        var content = 0;
        for (var i = 0; i < _tokens.Count; i++)
        {
            var inValue = values.Exists(v => v.First < i && i < v.End);
            var inPhrase = unitAt[i] is { } phrase && phrase.First < i;
            var token = _tokens[i];
            if (!inValue && token.Kind == TokenKind.Punctuation && token.Text is "," or ";" or "." or ":" or "?" or "!" or "\n" or "(" or ")" or "—" && !(token.Text == "," && i + 1 == _tokens.Count))
            {
                if (content > 0)
                {
                    Open(Connector.Plain);
                }

                sentenceStart = token.Text is not ("," or "(" or ")");
                if (sentenceStart)
                {
                    pending = Connector.None;
                }

                _clauseOf[i] = _clauses.Count - 1;
                continue;
            }

            if (!inValue && !inPhrase && ConnectorAt(i, out var length) is { } connector)
            {
                if (connector == Connector.First)
                {
                    // "primero" marks its clause; it opens none.
                    Mark(i, length, Connector.First);
                }
                else if (connector == Connector.Then && content > 0 && EndsClause(i + length))
                {
                    // "el consumidor decide después".
                    Mark(i, length, Connector.Then);
                }
                else
                {
                    if (content > 0 || (_clauses[^1] is not (Connector.None or Connector.Plain) && connector is not Connector.Plain))
                    {
                        Open(connector);
                    }
                    else if (connector != Connector.Plain)
                    {
                        _clauses[^1] = connector;
                    }

                    pending = connector is Connector.Before or Connector.After or Connector.AfterClause && IsFirstOfSentence(i) ? connector : Connector.None;
                    for (var k = i; k < i + length; k++)
                    {
                        (_clauseOf[k], _isConnector[k]) = (_clauses.Count - 1, true);
                    }
                }

                i += length - 1;
                continue;
            }

            if (!inValue && !inPhrase && token.Folded == _grammar.That && i > 0 && ((content > 0 && unitAt[i - 1] is { IsVerb: true }) || _grammar.Being.Contains(FoldedAt(i - 1))) && FiniteWithin(i + 1, unitAt))
            {
                Open(Connector.That);
                _clauseOf[i] = _clauses.Count - 1;
                continue;
            }

            if (pending != Connector.None && content > 0 && Language == Language.English && _grammar.Subjects.ContainsKey(token.Folded) && finite >= (pending == Connector.AfterClause ? 1 : 0))
            {
                Open(Connector.Plain);
                pending = Connector.None;
            }

            if (unitAt[i] is { } unit && unit.First == i)
            {
                // The main clause after an opening "después de comer", with no comma between, begins at its verb.
                if (pending != Connector.None && content > 0 && unit.IsFinite && finite >= (pending == Connector.AfterClause ? 1 : 0))
                {
                    var from = i;
                    while (from > 0 && FoldedAt(from - 1) is "se" or "me" or "te" or "le" or "les" or "lo" or "nos" or "no" or "ya" or "debe" && unitAt[from - 1]?.IsFinite != true)
                    {
                        from--;
                    }

                    Open(Connector.Plain);
                    for (var k = from; k < i; k++)
                    {
                        _clauseOf[k] = _clauses.Count - 1;
                    }

                    pending = Connector.None;
                }

                finite += unit.IsFinite ? 1 : 0;
                content++;
                sentenceStart = false;
            }

            _clauseOf[i] = _clauses.Count - 1;
        }

        foreach (var unit in _units)
        {
            unit.Clause = _clauseOf[unit.First];
        }

        void Open(Connector connector)
        {
            _clauses.Add(connector);
            (finite, content) = (0, 0);
        }

        void Mark(int at, int length, Connector mark)
        {
            for (var k = at; k < at + length; k++)
            {
                (_clauseOf[k], _isConnector[k]) = (_clauses.Count - 1, true);
            }

            if (_clauses[^1] is Connector.None or Connector.Plain)
            {
                _clauses[^1] = mark;
            }
        }
    }

    private bool FiniteWithin(int from, MeaningUnit?[] unitAt)
    {
        for (var i = from; i < Math.Min(_tokens.Count, from + 5); i++)
        {
            if (_tokens[i].Kind == TokenKind.Punctuation)
            {
                return false;
            }

            if (unitAt[i] is { IsFinite: true })
            {
                return true;
            }
        }

        return false;
    }

    private bool IsFirstOfSentence(int at)
    {
        for (var i = at - 1; i >= 0; i--)
        {
            if (_tokens[i].Kind != TokenKind.Punctuation)
            {
                return false;
            }

            if (_tokens[i].Text is "." or ";" or "?" or "!" or "\n")
            {
                return true;
            }
        }

        return true;
    }

    private bool EndsClause(int at) => at >= _tokens.Count || _tokens[at].Kind == TokenKind.Punctuation || FoldedAt(at) is "y" or "and";

    private MeaningUnit?[] UnitAtToken()
    {
        var at = new MeaningUnit?[_tokens.Count];
        foreach (var unit in _units)
        {
            for (var i = unit.First; i < unit.End; i++)
            {
                at[i] ??= unit;
            }
        }

        return at;
    }

    private Connector? ConnectorAt(int i, out int length)
    {
        foreach (var (words, connector) in _grammar.Connectors)
        {
            var all = true;
            for (var k = 0; k < words.Length && all; k++)
            {
                all = FoldedAt(i + k) == words[k];
            }

            // "sí" affirms, "si" is a condition; "de pronto", "desde luego" are none.
            if (all && !(words[0] == "si" && _tokens[i].Text.Contains('í', StringComparison.OrdinalIgnoreCase)) && !(words[0] is "despues" or "luego" or "antes" && FoldedAt(i + 1) is "de" or "que" && words.Length == 1))
            {
                length = words.Length;
                return connector;
            }
        }

        length = 1;
        return Language == Language.Spanish && FoldedAt(i) == "como" && IsFirstOfSentence(i) && !IsEating(i) && !IsQuestion ? Connector.AfterClause : null;
    }

    /// <summary>Gives every clause its place in the stated order of time, cause or condition.</summary>
    private void Rank()
    {
        var ranks = new int[_clauses.Count];
        var opened = 0;
        for (var i = 0; i < _clauses.Count; i++)
        {
            var previous = i == 0 ? 0 : ranks[i - 1];
            var first = i == 0;
            ranks[i] = _clauses[i] switch
            {
                Connector.Before => first ? 0 : previous + 1,
                Connector.After or Connector.AfterClause => first ? 0 : previous - 1,
                Connector.Then => previous + 1,
                Connector.First => previous - 1,
                Connector.That => previous,
                _ => previous + opened,
            };
            opened = !first ? 0 : _clauses[i] switch { Connector.Before => -1, Connector.After or Connector.AfterClause => 1, _ => 0 };
        }

        foreach (var unit in _units)
        {
            unit.Rank = ranks[unit.Clause];
        }
    }

    private void Negate()
    {
        var raised = new List<MeaningUnit>();
        for (var clause = 0; clause < _clauses.Count; clause++)
        {
            var denied = false;
            for (var i = 0; i < _tokens.Count; i++)
            {
                if (_clauseOf[i] != clause || !(_grammar.Negators.Contains(FoldedAt(i)) || FoldedAt(i).EndsWith("n't", StringComparison.Ordinal)))
                {
                    continue;
                }

                // "no sólo", "no más", "¿no?" deny nothing; a negator within a phrase of the lexicon is that phrase's.
                if (FoldedAt(i + 1) is "solo" or "obstante" or "only" || _units.Exists(u => u.First <= i && i < u.End && u.End > u.First + 1 && u.Value is null))
                {
                    continue;
                }

                // "ningún proveedor puede": before the verb it denies the verb.
                var verb = _units.FirstOrDefault(u => u.Clause == clause && u.IsVerb && (u.IsFinite || Language == Language.English));
                var noun = _grammar.NegatorsOfNoun.Contains(FoldedAt(i)) && (FoldedAt(i) is "sin" or "without" || verb is null || verb.First < i);
                if (clause > 0 && verb is null && _grammar.NegatorsOfList.Contains(FoldedAt(i)) && _units.Exists(u => u.Clause < clause && u.IsNegated))
                {
                    _units.Where(u => u.Clause == clause && u.First > i).ToList().ForEach(static u => u.IsInNegation = true);
                    continue;
                }

                var concord = denied && _grammar.Concords.Contains(FoldedAt(i));
                denied |= FoldedAt(i) is not ("sin" or "without");
                var reach = clause;
                var target = TargetOf(i, clause, noun);

                // "no quiero que llamen" denies the calling; "no es que no quiera" denies the denial.
                if (clause + 1 < _clauses.Count && _clauses[clause + 1] == Connector.That && !noun
                    && ((target is { IsVerb: true } && GrammarWords.Has(_grammar.Raising, target.Key, _lexicon.Stems)) || (FoldedAt(i + 1) is "es" && FoldedAt(i + 2) == _grammar.That)))
                {
                    reach = clause + 1;
                    target = _units.FirstOrDefault(u => u.Clause == reach && u.IsVerb) ?? _units.FirstOrDefault(u => u.Clause == reach);
                    if (target is not null)
                    {
                        raised.Add(target);
                    }

                    continue;
                }

                if (target is null)
                {
                    continue;
                }

                target.IsNegated |= !concord;
                foreach (var unit in _units.Where(u => u.Clause == clause && (noun ? u == target : u.First > i || u == target)))
                {
                    unit.IsInNegation = true;
                }
            }
        }

        foreach (var target in raised)
        {
            target.IsNegated = !target.IsNegated;
            foreach (var unit in _units.Where(u => u.Clause == target.Clause))
            {
                unit.IsInNegation = target.IsNegated;
            }
        }
    }

    private MeaningUnit? TargetOf(int negator, int clause, bool noun) =>
        _units.FirstOrDefault(u => u.Clause == clause && u.First > negator && (noun || u.IsVerb)) ?? _units.FirstOrDefault(u => u.Clause == clause && u.First > negator)
        ?? _units.LastOrDefault(u => u.Clause == clause && u.First < negator && u.IsVerb) ?? _units.LastOrDefault(u => u.Clause == clause && u.First < negator);

    private void GiveRoles()
    {
        for (var clause = 0; clause < _clauses.Count; clause++)
        {
            var members = _units.Where(u => u.Clause == clause).ToArray();
            var verb = Array.FindIndex(members, static u => u.IsVerb && u.IsFinite);
            verb = verb < 0 ? Array.FindIndex(members, static u => u.IsVerb) : verb;
            var tokens = Enumerable.Range(0, _tokens.Count).Where(i => _clauseOf[i] == clause).ToArray();
            if (tokens.Length == 0)
            {
                continue;
            }

            var being = Array.Find(tokens, i => _grammar.Being.Contains(FoldedAt(i)) && i + 1 < _tokens.Count);
            var isBeing = tokens.Any(i => _grammar.Being.Contains(FoldedAt(i)));
            var verbAt = verb >= 0 ? members[verb].First : isBeing ? being : -1;
            var passive = isBeing && tokens.Any(i => i > being && IsParticiple(FoldedAt(i)) && i - being <= 3) && (Language == Language.Spanish || tokens.Any(i => FoldedAt(i) == "by") || verb >= 0);
            passive = passive && (Language == Language.Spanish || (verb >= 0 && !_tokens[members[verb].First].Folded.EndsWith("ing", StringComparison.Ordinal)));
            if (passive && isBeing)
            {
                verbAt = being;
            }

            var compared = tokens.Any(i => _grammar.Comparatives.Contains(FoldedAt(i)));
            var recipientFirst = false;

            // "la lavadora la reparó el técnico": the pronoun repeats an object that stands first.
            var fronted = Language == Language.Spanish && verb >= 0 && !passive && FoldedAt(members[verb].First - 1) is "lo" or "la" or "los" or "las" && members[0].First < members[verb].First - 1
                && members.Any(u => u.First > members[verb].First && !u.IsVerb && PrepositionBefore(u.First, tokens[0], out _) is null);
            var recipients = 0;
            var loses = verb >= 0 && members[verb].Meanings.Any(static m => m.IsConverse);
            var previous = (Unit: (MeaningUnit?)null, Level: -1.0, End: -1);
            var index = 0;
            foreach (var unit in members)
            {
                index++;
                if (unit.IsVerb || unit.Value is { Kind: not ValueKind.Number })
                {
                    continue;
                }

                var preposition = PrepositionBefore(unit.First, tokens[0], out var at);
                var role = preposition is { } word ? _grammar.Prepositions[word] : RoleLevel.Subject;
                var level = role switch
                {
                    RoleLevel.Recipient => (double)RoleLevel.Recipient + (0.25 * recipients++),
                    RoleLevel.Source => (double)RoleLevel.Source,
                    RoleLevel.Against => (double)RoleLevel.Against,
                    RoleLevel.Companion => loses ? (double)RoleLevel.Companion : -1,
                    RoleLevel.By => passive ? 0 : -1,
                    RoleLevel.None => -1,
                    _ => -2,
                };
                if (level == -2)
                {
                    if (compared && FoldedBefore(unit.First, _grammar.Than))
                    {
                        level = (double)RoleLevel.Recipient;
                    }
                    else if (previous.Unit is { } last && IsAdjacent(last.End, unit.First))
                    {
                        // "el perro negro": one noun phrase, one part.
                        level = previous.Level;
                    }
                    else
                    {
                        var before = verbAt >= 0 && unit.First < verbAt;
                        level = before || verbAt < 0 ? passive || fronted ? 1 : 0 : passive ? -1 : recipientFirst || fronted ? 0 : 1;
                    }
                }
                else if (role == RoleLevel.Recipient && verbAt >= 0 && unit.First < verbAt)
                {
                    recipientFirst = true;
                }
                else if (role == RoleLevel.Source && previous.Unit is { } owner && owner.Value is null && IsAdjacent(owner.End, at) && (owner.First < verbAt || !tokens.Any(i => i > unit.First && FoldedAt(i) is "a" or "hasta" or "to" && _grammar.Prepositions.ContainsKey(FoldedAt(i)))))
                {
                    unit.Owner = _units.IndexOf(owner);
                    level = -1;
                }

                // "frente al proveedor": against, not to.
                if (role == RoleLevel.Recipient && FoldedBefore(at, "frente"))
                {
                    level = (double)RoleLevel.Against;
                }

                unit.Level = level;
                previous = (unit, level, unit.End);
            }

            GivePersons(clause, tokens, verb >= 0 ? members[verb] : null, passive);
        }
    }

    private void GivePersons(int clause, int[] tokens, MeaningUnit? verb, bool passive)
    {
        // "me duele", "se me perdió", "me hace falta": the pronoun is who feels it, neither who does it nor to whom it is done.
        var feels = _units.Any(u => u.Clause == clause && u.IsVerb && GrammarWords.Has(_grammar.Experiencing, _stems[u.First], _lexicon.Stems));
        if (verb is { Person: 1 or 2 or 4 } && Language == Language.Spanish)
        {
            Persons.Add((clause, verb.Person, passive ? 1 : 0));
        }

        foreach (var i in tokens)
        {
            var word = FoldedAt(i);
            var typed = _tokens[i].Text.ToLowerInvariant();
            var before = FoldedAt(i - 1);
            if (Language == Language.Spanish && ((typed is "él" && before is not ("a" or "de" or "con")) || (word is "tu" && typed != "tú")))
            {
                if (typed == "él")
                {
                    Persons.Add((clause, 3, 0));
                }

                continue;
            }

            var isBy = before == _grammar.By && passive;
            var isTo = before is "a" or "to";
            if (_grammar.Subjects.TryGetValue(word, out var subject))
            {
                Persons.Add((clause, subject, isBy ? 0 : isTo ? 3 : passive ? 1 : 0));
            }
            else if (_grammar.Objects.TryGetValue(word, out var person))
            {
                if (feels || before is "se")
                {
                    continue;
                }

                Persons.Add((clause, person, isBy ? 0 : 3));
            }
            else if (typed is "él" || (isTo && word is "mi" or "ti"))
            {
                Persons.Add((clause, typed is "él" ? 3 : word == "mi" ? 1 : 2, isTo ? 3 : 0));
            }
            else if (word == "you")
            {
                var subjectSide = verb is not null && i < verb.First && !isBy;
                Persons.Add((clause, 2, isBy ? 0 : subjectSide ? passive ? 1 : 0 : 3));
            }
        }
    }

    /// <summary>The preposition that governs a noun: the words between are articles or what is part of no unit.</summary>
    private string? PrepositionBefore(int first, int from, out int at)
    {
        for (at = first - 1; at >= from; at--)
        {
            var word = FoldedAt(at);
            if (_grammar.Prepositions.ContainsKey(word))
            {
                return word;
            }

            if (!(_grammar.Determiners.Contains(word) || word is "un" or "una" or "lo" or "los" or "don" or "dona" or "senor" or "senora"))
            {
                return null;
            }
        }

        return null;
    }

    private bool FoldedBefore(int first, string word)
    {
        for (var i = first - 1; i >= 0 && i >= first - 3; i--)
        {
            if (FoldedAt(i) == word)
            {
                return true;
            }

            if (!_grammar.Determiners.Contains(FoldedAt(i)))
            {
                return false;
            }
        }

        return false;
    }

    private static bool IsAdjacent(int end, int first) => end == first;
}
