using System.Text;
using System.Text.RegularExpressions;
using ChatAgent.Text;

namespace ChatAgent.Nlg;

/// <summary>From text to the tokens of a language model and back. Immutable and thread-safe.</summary>
/// <remarks>
/// A line is a text: its tokens and then <see cref="End"/>. Words are either what stands between blanks, as in corpora that were tokenised before (Penn Treebank), or
/// also cut where signs touch them, as in running text; which of the two is seen from the text. "&lt;unk&gt;" is the unknown token wherever it stands.
/// </remarks>
public sealed partial class TextUnits
{
    /// <summary>How the token that ends a text is written.</summary>
    public const string EndWord = "</s>";

    /// <summary>One word in so many ends with a sign in running text.</summary>
    private const int RunningTextShare = 200;

    private static readonly HashSet<string> Opening = ["¿", "¡", "(", "[", "«", "“"];

    internal TextUnits(TextUnit unit, bool cutsSigns, Vocabulary vocabulary, BytePairs? pairs)
    {
        (Unit, CutsSigns, Vocabulary, Pairs) = (unit, cutsSigns, vocabulary, pairs);
        End = vocabulary[EndWord];
    }

    /// <summary>What a token is.</summary>
    public TextUnit Unit { get; }

    /// <summary>Whether signs that touch a word are tokens of their own.</summary>
    public bool CutsSigns { get; }

    /// <summary>The tokens, the unknown one and the end among them.</summary>
    public Vocabulary Vocabulary { get; }

    /// <summary>Of subwords, else null.</summary>
    public BytePairs? Pairs { get; }

    /// <summary>Number of the token that ends a text.</summary>
    public int End { get; }

    /// <summary>Learns the tokens of a text.</summary>
    /// <param name="lines">Texts; empty ones are passed over.</param>
    /// <param name="unit">What a token is.</param>
    /// <param name="maximum">Most tokens kept, the unknown one and the end included, 3 or more.</param>
    /// <param name="minimumCount">Least times that a kept token was seen, 1 or more; of words and characters.</param>
    /// <param name="cancellationToken">Ends the learning of subwords.</param>
    /// <exception cref="ArgumentException">There is no token in the text.</exception>
    public static TextUnits Learn(IReadOnlyList<string> lines, TextUnit unit, int maximum, int minimumCount, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maximum, 3);
        var cutsSigns = unit != TextUnit.Character && IsRunningText(lines);
        var pairs = unit == TextUnit.Subword ? BytePairs.Learn(lines.SelectMany(line => Words(line, cutsSigns: false)), maximum - 2, cancellationToken) : null;
        var tokens = lines.SelectMany(line => Split(line, unit, cutsSigns, pairs));
        var words = Vocabulary.Build(tokens.Where(token => token != EndWord), unit == TextUnit.Subword ? 1 : minimumCount, maximum - 1).Words;
        if (words.Count < 2 && !lines.Any(line => line.Contains(Vocabulary.UnknownWord, StringComparison.Ordinal)))
        {
            throw new ArgumentException("the text holds no token that is seen often enough", nameof(lines));
        }

        return new TextUnits(unit, cutsSigns, Vocabulary.FromWords([.. words, EndWord]), pairs);
    }

    /// <summary>The tokens of one text, without the end.</summary>
    public int[] Encode(string text) => [.. Split(text, Unit, CutsSigns, Pairs).Select(token => Vocabulary[token])];

    /// <summary>The tokens of many texts one after another, each closed by the end; empty lines are passed over.</summary>
    public int[] EncodeAll(IEnumerable<string> lines)
    {
        var tokens = new List<int>();
        foreach (var line in lines)
        {
            var text = Encode(line);
            if (text.Length > 0)
            {
                tokens.AddRange(text);
                tokens.Add(End);
            }
        }

        return [.. tokens];
    }

    /// <summary>The text of tokens; the end is left out.</summary>
    public string Decode(IEnumerable<int> tokens)
    {
        var words = tokens.Where(token => token != End).Select(token => Vocabulary[token]);
        if (Unit != TextUnit.Word)
        {
            return string.Concat(words).Replace(BytePairs.Blank, ' ').TrimStart(Unit == TextUnit.Subword ? ' ' : '\0');
        }

        var text = new StringBuilder();
        var glues = true;
        foreach (var word in words)
        {
            text.Append(glues || (CutsSigns && IsClosing(word)) ? string.Empty : " ").Append(word);
            glues = CutsSigns && Opening.Contains(word);
        }

        return text.ToString();
    }

    /// <summary>Whether a word is a sign that touches what is before it.</summary>
    internal static bool IsClosing(string word) => word.Length == 1 && char.IsPunctuation(word[0]) && !Opening.Contains(word);

    /// <summary>Words of a text; with <paramref name="cutsSigns"/> signs are words of their own.</summary>
    internal static IEnumerable<string> Words(string text, bool cutsSigns)
    {
        foreach (var word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (!cutsSigns || word == Vocabulary.UnknownWord)
            {
                yield return word;
                continue;
            }

            foreach (Match match in Pieces().Matches(word))
            {
                yield return match.Value;
            }
        }
    }

    private static IEnumerable<string> Split(string text, TextUnit unit, bool cutsSigns, BytePairs? pairs) => unit switch
    {
        TextUnit.Character => text.EnumerateRunes().Select(rune => rune.ToString()),
        TextUnit.Subword => Words(text, cutsSigns: false).SelectMany(word => word == Vocabulary.UnknownWord ? [word] : pairs!.Split(word)),
        _ => Words(text, cutsSigns),
    };

    private static bool IsRunningText(IReadOnlyList<string> lines)
    {
        var (words, signs) = (0, 0);
        foreach (var word in lines.Take(5_000).SelectMany(line => Words(line, cutsSigns: false)))
        {
            words++;
            signs += word.Length > 1 && (word[^1] is ',' or ';' or '?' or '!' or ':' || word[0] is '¿' or '¡') ? 1 : 0;
        }

        return signs * RunningTextShare > words;
    }

    /// <summary>Letters and digits with what stands between them ("9:30", "O'Ryan", "Pérez-Cotapos", "citas@losaromos.example"), a placeholder ("{date}"), or one sign.</summary>
    [GeneratedRegex(@"\{[a-z][a-z0-9_]*\}|[\p{L}\p{M}\p{N}]+([.:,'’@/\-_][\p{L}\p{M}\p{N}]+)*|\S", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 2000)]
    private static partial Regex Pieces();
}
