using ChatAgent.Text;

namespace ChatAgent.Nlu.Intents;

/// <summary>The words of an utterance as both intent paths read them.</summary>
/// <remarks>
/// Folded words, split at apostrophes ("what's" is "what", "s", as people without that key write it); times, dates, numbers of identity and addresses stand as
/// one word for all their kind, because which one was typed says nothing of the intent; of the punctuation only the question mark remains.
/// </remarks>
internal static class UtteranceWords
{
    /// <summary>Words read of one utterance; what follows in a very long one is ignored.</summary>
    public const int MaxWords = 256;

    public static List<string> Of(string typed) => Of(Tokenizer.Tokenize(typed));

    public static List<string> Of(IReadOnlyList<Token> tokens)
    {
        var words = new List<string>(Math.Min(tokens.Count, MaxWords) + 2);
        foreach (var token in tokens)
        {
            if (words.Count >= MaxWords)
            {
                break;
            }

            switch (token.Kind)
            {
                case TokenKind.Word:
                    AddParts(token.Folded, words);
                    break;
                case TokenKind.Number or TokenKind.Emoji or TokenKind.Placeholder:
                    words.Add(token.Folded);
                    break;
                case TokenKind.Time:
                    words.Add("<time>");
                    break;
                case TokenKind.Date:
                    words.Add("<date>");
                    break;
                case TokenKind.Rut:
                    words.Add("<rut>");
                    break;
                case TokenKind.Phone:
                    words.Add("<phone>");
                    break;
                case TokenKind.Url:
                    words.Add("<url>");
                    break;
                case TokenKind.Email:
                    words.Add("<email>");
                    break;
                case TokenKind.Punctuation when token.Text == "?":
                    words.Add("?");
                    break;
                default:
                    break;
            }
        }

        return words;
    }

    /// <summary>Whether the word stands for a kind and has no letters of its own.</summary>
    public static bool IsKind(string word) => word[0] is '<' or '{';

    private static void AddParts(string folded, List<string> words)
    {
        var start = 0;
        for (var i = 0; i <= folded.Length; i++)
        {
            if (i == folded.Length || folded[i] is '\'' or ' ' or '_')
            {
                if (i > start)
                {
                    words.Add(folded[start..i]);
                }

                start = i + 1;
            }
        }
    }
}
