using ChatAgent.Text;

namespace ChatAgent.Nlg;

/// <summary>Reads a finished text back, knowing the values and nothing of how the text was made: the second witness beside the search.</summary>
public interface IReplyChecker
{
    /// <summary>The first thing that is wrong with a text ("missing:date", "invented:name"), or null.</summary>
    /// <param name="text">The finished text of one act.</param>
    /// <param name="slots">The values that were given.</param>
    /// <param name="language">Of the text.</param>
    string? Check(string text, IReadOnlyDictionary<string, string> slots, Language language);
}
