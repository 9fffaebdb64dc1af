using System.Collections.Frozen;
using ChatAgent.Nlu.Times;
using ChatAgent.Text;

namespace ChatAgent.Nlu.Appointments;

/// <summary>Tokens of a reply as the rules want them: folded, shorthand and contractions written out, sentence by sentence.</summary>
internal sealed class ReplyWords
{
    /// <summary>A reply that says more than this in words is read from its beginning only: an answer stands there, and time stays bounded.</summary>
    private const int MostTokens = 600;

    private static readonly FrozenDictionary<string, string> _contractions = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["can't"] = "can not", ["cant"] = "can not", ["cannot"] = "can not", ["won't"] = "will not", ["wont"] = "will not", ["shan't"] = "shall not", ["i'm"] = "i am", ["im"] = "i am", ["i've"] = "i have", ["ive"] = "i have",
        ["i'll"] = "i will", ["i'd"] = "i would", ["we'll"] = "we will", ["we're"] = "we are", ["we've"] = "we have", ["we'd"] = "we would", ["he'll"] = "he will", ["she'll"] = "she will", ["they'll"] = "they will", ["it's"] = "it is",
        ["that's"] = "that is", ["there's"] = "there is", ["what's"] = "what is", ["where's"] = "where is", ["who's"] = "who is", ["he's"] = "he is", ["she's"] = "she is", ["they're"] = "they are", ["you're"] = "you are", ["let's"] = "let us",
        ["didnt"] = "did not", ["dont"] = "do not", ["doesnt"] = "does not", ["isnt"] = "is not", ["wouldnt"] = "would not", ["couldnt"] = "could not", ["havent"] = "have not", ["thats"] = "that is", ["gotta"] = "have to", ["nope."] = "nope",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private ReplyWords(RuleToken[] tokens, int[] sentences, bool[] questions)
    {
        Tokens = tokens;
        Sentences = sentences;
        Questions = questions;
    }

    public RuleToken[] Tokens { get; }

    /// <summary>The number of the sentence in which each token stands.</summary>
    public int[] Sentences { get; }

    /// <summary>Whether each sentence asks: it has a question mark.</summary>
    public bool[] Questions { get; }

    /// <summary>Cuts a text into the tokens of its sentences.</summary>
    public static ReplyWords Read(string text, Language language)
    {
        var tokens = new List<RuleToken>();
        var sentences = new List<int>();
        var questions = new List<bool> { false };
        var last = 0;
        var open = false;
        foreach (var token in Tokenizer.Tokenize(text.Length > 8 * MostTokens ? text[..(8 * MostTokens)] : text))
        {
            if (tokens.Count >= MostTokens)
            {
                break;
            }

            // A line feed between two tokens ends a sentence as a full stop does.
            if (open && text.AsSpan(last, Math.Max(0, token.Span.Start - last)).Contains('\n'))
            {
                questions.Add(false);
                open = false;
            }

            last = token.Span.End;
            if (token.Text is "¿" && open && questions[^1] is false)
            {
                questions.Add(false);
            }

            var marked = token.Kind == TokenKind.Word && token.Text.Any(static c => c is 'í' or 'Í' or 'é' or 'É' or 'á' or 'ó');
            foreach (var word in Expand(token, language).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                tokens.Add(new RuleToken(word, token.Span, -1, true, marked));
                sentences.Add(questions.Count - 1);
            }

            open = true;
            if (token.Text is "?" or "¿")
            {
                questions[^1] = true;
            }

            if (token.Text is "." or "?" or "!" or ";" or "..." or "…")
            {
                questions.Add(false);
                open = false;
            }
        }

        return new ReplyWords([.. tokens], [.. sentences], [.. questions]);
    }

    private static string Expand(Token token, Language language)
    {
        if (token.Kind == TokenKind.Emoji)
        {
            // "👍🏽" is "👍": the tone of a hand and the shape of a sign change nothing.
            return token.Text.Length > 2 && char.IsSurrogatePair(token.Text, 0) ? token.Text[..2] : token.Text[..1].Length == 1 && !char.IsSurrogate(token.Text[0]) && token.Text.Length > 1 && token.Text[1] == '\uFE0F' ? token.Text[..1] : token.Text;
        }

        if (language != Language.English || token.Kind != TokenKind.Word)
        {
            return token.Folded;
        }

        if (_contractions.TryGetValue(token.Folded, out var written))
        {
            return written;
        }

        return token.Folded.EndsWith("n't", StringComparison.Ordinal) ? $"{token.Folded[..^3]} not" : token.Folded;
    }
}
