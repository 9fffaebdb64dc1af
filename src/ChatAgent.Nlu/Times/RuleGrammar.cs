using ChatAgent.Text;

namespace ChatAgent.Nlu.Times;

/// <summary>Symbols defined by readable patterns over tokens; each symbol has a value wherever it matches.</summary>
/// <remarks>
/// A pattern is a line of words and signs as the lexer folds them:
/// <code>
///   word  stem*     that word, a word beginning so   (a|b c)   one of several, tried in order
///   [x y]           perhaps                          {s} {s:k} the symbol s, captured under s or k
///   !(x)  &amp;(x)      not followed by x, followed by x  &lt;(a|b)   the token before is a or b
///   ~               no white space before the next   ^  $      the beginning, the end of the text
/// </code>
/// Alternatives backtrack. Of several rules of one symbol the longest match wins, then the first written. A rule whose builder returns null does not match. Symbols may refer to
/// one another but not begin with themselves. Matches are memoised by symbol and place, so a text costs time linear in its length. The grammar is immutable once built
/// and may be used from several threads.
/// </remarks>
internal sealed class RuleGrammar
{
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly List<Symbol> _symbols = [];

    /// <summary>Defines a symbol by a look at one token; null is no match.</summary>
    public void Token(string name, Func<RuleToken, object?> read) =>
        Define(name).Read = (tokens, at) => at < tokens.Length && read(tokens[at]) is { } value ? (at + 1, value) : (-1, null);

    /// <summary>Defines a symbol by code: where the match that begins at a token ends (-1 for none) and its value.</summary>
    public void Code(string name, Func<RuleToken[], int, (int End, object? Value)> read) => Define(name).Read = read;

    /// <summary>Adds a rule to a symbol.</summary>
    public void Rule(string name, string pattern, Func<Captures, object?> build) => Define(name).Rules.Add((new PatternReader(pattern, this).Read(), build));

    /// <summary>Adds a rule without a value of its own (for guards and sets of words).</summary>
    public void Words(string name, string pattern) => Rule(name, pattern, static _ => true);

    /// <summary>The number under which a symbol is matched.</summary>
    public int Id(string name) => _ids.TryGetValue(name, out var id) ? id : throw new KeyNotFoundException($"Symbol \"{name}\" is not defined in this grammar.");

    /// <summary>Begins the reading of a text.</summary>
    public Reading Read(RuleToken[] tokens) => new(this, tokens);

    /// <summary>Throws when a pattern names a symbol that nobody defines; called once after the rules are written.</summary>
    public RuleGrammar Checked()
    {
        foreach (var (name, id) in _ids)
        {
            if (_symbols[id].Read is null && _symbols[id].Rules.Count == 0)
            {
                throw new InvalidOperationException($"Symbol \"{name}\" is used in a pattern but never defined.");
            }
        }

        foreach (var symbol in _symbols)
        {
            symbol.Index(this);
        }

        return this;
    }

    private Symbol Define(string name)
    {
        if (!_ids.TryGetValue(name, out var id))
        {
            id = _symbols.Count;
            _ids.Add(name, id);
            _symbols.Add(new Symbol());
        }

        return _symbols[id];
    }

    private sealed class Symbol
    {
        public Func<RuleToken[], int, (int End, object? Value)>? Read { get; set; }

        public List<(Node Start, Func<Captures, object?> Build)> Rules { get; } = [];

        private readonly Dictionary<char, (Node Start, Func<Captures, object?> Build)[]> _byFirst = [];
        private (Node Start, Func<Captures, object?> Build)[] _anyFirst = [];
        private bool _visiting;

        /// <summary>The rules that can begin with a token, in the order in which they were written.</summary>
        public (Node Start, Func<Captures, object?> Build)[] Beginning(in RuleToken token) =>
            token.Folded.Length > 0 && _byFirst.TryGetValue(token.Folded[0], out var some) ? some : _anyFirst;

        /// <summary>Sorts the rules by the letters with which they can begin, so that most of them are never tried.</summary>
        public void Index(RuleGrammar grammar)
        {
            var firsts = Rules.Select(rule => new HashSet<char>() is var letters && rule.Start.AddFirst(letters, grammar) ? letters : null).ToArray();
            _anyFirst = [.. Rules.Where((_, i) => firsts[i] is null)];
            foreach (var letter in firsts.Where(static f => f is not null).SelectMany(static f => f!).Distinct())
            {
                _byFirst[letter] = [.. Rules.Where((_, i) => firsts[i]?.Contains(letter) ?? true)];
            }
        }

        /// <summary>Adds the letters with which a match can begin; false when it can begin with any.</summary>
        public bool AddFirst(HashSet<char> letters, RuleGrammar grammar)
        {
            if (Read is not null || _visiting)
            {
                return false;
            }

            _visiting = true;
            var known = Rules.TrueForAll(rule => rule.Start.AddFirst(letters, grammar));
            _visiting = false;
            return known;
        }
    }

    /// <summary>What a pattern captured.</summary>
    public sealed class Captures
    {
        private readonly List<(string Key, object Value)> _items = [];

        /// <summary>Whether the optional part with that symbol was there.</summary>
        public bool Has(string key) => Find(key) is not null;

        /// <summary>The value captured under a key that the pattern always has.</summary>
        public T Get<T>(string key) => Find(key) is T value ? value : throw new InvalidOperationException($"Nothing captured under \"{key}\".");

        /// <summary>The value captured under a key, or null when its part was not there.</summary>
        public T? Maybe<T>(string key)
            where T : struct => Find(key) is T value ? value : null;

        /// <summary>The object captured under a key, or null when its part was not there.</summary>
        public T? Form<T>(string key)
            where T : class => Find(key) as T;

        internal int Count => _items.Count;

        internal void Add(string key, object value) => _items.Add((key, value));

        internal void CutTo(int count) => _items.RemoveRange(count, _items.Count - count);

        private object? Find(string key)
        {
            foreach (var (name, value) in _items)
            {
                if (name == key)
                {
                    return value;
                }
            }

            return null;
        }
    }

    /// <summary>One text under this grammar, with its memo. Not thread-safe.</summary>
    public sealed class Reading(RuleGrammar grammar, RuleToken[] tokens)
    {
        private readonly (int State, object? Value)[] _memo = new (int, object?)[grammar._symbols.Count * (tokens.Length + 1)];

        public RuleToken[] Tokens => tokens;

        /// <summary>The end of the longest match of a symbol at a token, or -1.</summary>
        public int Match(int symbol, int at, out object? value)
        {
            // State 0 is unread, -1 no match, else the end; no match is empty, so an end is never 0.
            ref var memo = ref _memo[(symbol * (tokens.Length + 1)) + at];
            if (memo.State == 0)
            {
                memo.State = -1;
                memo = Find(grammar._symbols[symbol], at);
            }

            value = memo.Value;
            return memo.State;
        }

        private (int End, object? Value) Find(Symbol symbol, int at)
        {
            if (symbol.Read is { } read)
            {
                return read(tokens, at);
            }

            (int End, object? Value) best = (-1, null);
            if (at >= tokens.Length)
            {
                return best;
            }

            var captures = new Captures();
            foreach (var (start, build) in symbol.Beginning(tokens[at]))
            {
                captures.CutTo(0);
                var end = start.Match(this, at, captures);
                if (end > best.End && end > at && build(captures) is { } value)
                {
                    best = (end, value);
                }
            }

            return best;
        }
    }

    /// <summary>A place in a pattern; what follows it hangs on it, so that alternatives can backtrack.</summary>
    private abstract class Node
    {
        public abstract int Match(Reading reading, int at, Captures captures);

        /// <summary>Adds the letters with which a match can begin; false when it can begin with any.</summary>
        public abstract bool AddFirst(HashSet<char> letters, RuleGrammar grammar);
    }

    private sealed class Accept : Node
    {
        public override bool AddFirst(HashSet<char> letters, RuleGrammar grammar) => false;

        public override int Match(Reading reading, int at, Captures captures) => at;
    }

    private sealed class Literal(string word, Node next) : Node
    {
        public override bool AddFirst(HashSet<char> letters, RuleGrammar grammar) => letters.Add(word[0]) || true;

        public override int Match(Reading reading, int at, Captures captures) =>
            at < reading.Tokens.Length && reading.Tokens[at].Folded == word ? next.Match(reading, at + 1, captures) : -1;
    }

    private sealed class Stem(string stem, Node next) : Node
    {
        public override bool AddFirst(HashSet<char> letters, RuleGrammar grammar) => letters.Add(stem[0]) || true;

        public override int Match(Reading reading, int at, Captures captures) =>
            at < reading.Tokens.Length && reading.Tokens[at].Folded.StartsWith(stem, StringComparison.Ordinal) ? next.Match(reading, at + 1, captures) : -1;
    }

    private sealed class Glued(Node next) : Node
    {
        public override bool AddFirst(HashSet<char> letters, RuleGrammar grammar) => next.AddFirst(letters, grammar);

        public override int Match(Reading reading, int at, Captures captures) =>
            at < reading.Tokens.Length && !reading.Tokens[at].SpaceBefore ? next.Match(reading, at, captures) : -1;
    }

    private sealed class Sub(int symbol, string key, Node next) : Node
    {
        public override bool AddFirst(HashSet<char> letters, RuleGrammar grammar) => grammar._symbols[symbol].AddFirst(letters, grammar);

        public override int Match(Reading reading, int at, Captures captures)
        {
            var end = reading.Match(symbol, at, out var value);
            if (end < 0)
            {
                return -1;
            }

            captures.Add(key, value!);
            return next.Match(reading, end, captures);
        }
    }

    private sealed class Choice(Node[] ways) : Node
    {
        public override bool AddFirst(HashSet<char> letters, RuleGrammar grammar) => Array.TrueForAll(ways, way => way.AddFirst(letters, grammar));

        public override int Match(Reading reading, int at, Captures captures)
        {
            var count = captures.Count;
            foreach (var way in ways)
            {
                var end = way.Match(reading, at, captures);
                if (end >= 0)
                {
                    return end;
                }

                captures.CutTo(count);
            }

            return -1;
        }
    }

    private sealed class TextStart(Node next) : Node
    {
        public override bool AddFirst(HashSet<char> letters, RuleGrammar grammar) => next.AddFirst(letters, grammar);

        public override int Match(Reading reading, int at, Captures captures) => at == 0 ? next.Match(reading, at, captures) : -1;
    }

    private sealed class TextEnd(Node next) : Node
    {
        public override bool AddFirst(HashSet<char> letters, RuleGrammar grammar) => false;

        public override int Match(Reading reading, int at, Captures captures) => at == reading.Tokens.Length ? next.Match(reading, at, captures) : -1;
    }

    private sealed class Ahead(Node ahead, bool wanted, Node next) : Node
    {
        public override bool AddFirst(HashSet<char> letters, RuleGrammar grammar) => next.AddFirst(letters, grammar);

        public override int Match(Reading reading, int at, Captures captures) =>
            ahead.Match(reading, at, wanted ? captures : new Captures()) >= 0 == wanted ? next.Match(reading, at, captures) : -1;
    }

    private sealed class Behind(Node behind, Node next) : Node
    {
        public override bool AddFirst(HashSet<char> letters, RuleGrammar grammar) => next.AddFirst(letters, grammar);

        public override int Match(Reading reading, int at, Captures captures) =>
            at > 0 && behind.Match(reading, at - 1, new Captures()) == at ? next.Match(reading, at, captures) : -1;
    }

    /// <summary>Reads one pattern, from its end to its beginning so that each part knows what follows it.</summary>
    private sealed class PatternReader(string pattern, RuleGrammar grammar)
    {
        private int _at;

        public Node Read()
        {
            var parts = Alternatives();
            return _at == pattern.Length ? Join(parts, new Accept()) : throw Broken("end of pattern");
        }

        private static Node Join(List<Func<Node, Node>[]> ways, Node next)
        {
            var nodes = ways.Select(way => way.Reverse().Aggregate(next, (rest, part) => part(rest))).ToArray();
            return nodes.Length == 1 ? nodes[0] : new Choice(nodes);
        }

        private List<Func<Node, Node>[]> Alternatives()
        {
            var ways = new List<Func<Node, Node>[]> { Sequence() };
            while (_at < pattern.Length && pattern[_at] == '|')
            {
                _at++;
                ways.Add(Sequence());
            }

            return ways;
        }

        private Func<Node, Node>[] Sequence()
        {
            var parts = new List<Func<Node, Node>>();
            while (_at < pattern.Length && pattern[_at] is not ('|' or ')' or ']'))
            {
                var c = pattern[_at];
                if (c == ' ')
                {
                    _at++;
                }
                else if (c == '(')
                {
                    var ways = Group(')');
                    parts.Add(next => Join(ways, next));
                }
                else if (c == '[')
                {
                    var ways = Group(']');
                    parts.Add(next => new Choice([Join(ways, next), next]));
                }
                else if (c == '^')
                {
                    _at++;
                    parts.Add(static next => new TextStart(next));
                }
                else if (c == '$')
                {
                    _at++;
                    parts.Add(static next => new TextEnd(next));
                }
                else if (c is '!' or '<' or '&' && _at + 1 < pattern.Length && pattern[_at + 1] == '(')
                {
                    _at++;
                    var inner = Join(Group(')'), new Accept());
                    parts.Add(c switch
                    {
                        '!' => next => new Ahead(inner, false, next),
                        '&' => next => new Ahead(inner, true, next),
                        _ => next => new Behind(inner, next),
                    });
                }
                else if (c == '~')
                {
                    _at++;
                    parts.Add(static next => new Glued(next));
                }
                else if (c == '{')
                {
                    var end = pattern.IndexOf('}', _at);
                    var names = pattern[(_at + 1)..end].Split(':');
                    _at = end + 1;
                    grammar.Define(names[0]);
                    var id = grammar._ids[names[0]];
                    parts.Add(next => new Sub(id, names[^1], next));
                }
                else
                {
                    var word = Word();
                    if (_at < pattern.Length && pattern[_at] == '*' && char.IsLetter(word[0]))
                    {
                        _at++;
                        parts.Add(next => new Stem(word, next));
                    }
                    else
                    {
                        parts.Add(next => new Literal(word, next));
                    }
                }
            }

            return [.. parts];
        }

        private List<Func<Node, Node>[]> Group(char close)
        {
            _at++;
            var ways = Alternatives();
            if (_at >= pattern.Length || pattern[_at] != close)
            {
                throw Broken($"\"{close}\"");
            }

            _at++;
            return ways;
        }

        private string Word()
        {
            var start = _at;
            _at += char.IsHighSurrogate(pattern[start]) && start + 1 < pattern.Length ? 2 : 1;
            while (char.IsLetter(pattern[start]) && _at < pattern.Length && char.IsLetter(pattern[_at]))
            {
                _at++;
            }

            while (char.IsAsciiDigit(pattern[start]) && _at < pattern.Length && char.IsAsciiDigit(pattern[_at]))
            {
                _at++;
            }

            return pattern[start.._at];
        }

        private InvalidOperationException Broken(string expected) => new($"Pattern \"{pattern}\", column {_at + 1}: expected {expected}.");
    }
}
