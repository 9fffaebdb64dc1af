using System.Collections.Frozen;

namespace ChatAgent.Nlg;

/// <summary>Words of a training text that may be shown to whoever types: those that name nobody. Immutable and thread-safe.</summary>
/// <remarks>
/// A word is public when the text has it in lower case, without digits and signs of an address. What is only seen with a capital may be somebody's name, wherever it
/// stands, and so is kept back, but for the words with which messages begin. Names that a text writes in lower case look like words; texts with such names have to be
/// delexicalised before; their placeholders ("{date}") are public.
/// </remarks>
public sealed class PublicWords
{
    private static readonly string[] Openings =
    [
        "Hola", "Buenas", "Buenos", "Gracias", "Muchas", "Sí", "Si", "No", "Estimado", "Estimada", "Claro", "Perfecto", "Por", "Disculpe", "Hello", "Hi", "Good", "Thanks", "Thank", "Dear", "Yes", "No",
        "Please", "I", "I'm", "I'll", "I'd", "I've",
    ];

    private readonly FrozenSet<string> _words;

    private PublicWords(IEnumerable<string> words)
    {
        _words = words.ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>The words in ordinal order.</summary>
    public IReadOnlyList<string> Words => [.. _words.Order(StringComparer.Ordinal)];

    /// <summary>The public words of a text.</summary>
    public static PublicWords Of(IEnumerable<string> lines)
    {
        var lower = new HashSet<string>(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var word in lines.SelectMany(line => TextUnits.Words(line, cutsSigns: true)))
        {
            seen.Add(word);
            if (IsPlaceholder(word) || word.All(letter => char.IsLower(letter) || char.GetUnicodeCategory(letter) == System.Globalization.UnicodeCategory.NonSpacingMark || letter is '-' or '\'' or '’'))
            {
                lower.Add(word);
            }
        }

        // "Mañana" at the beginning of a sentence is the word that stands elsewhere in lower case.
        var raised = seen.Where(word => char.IsUpper(word[0]) && lower.Contains(char.ToLowerInvariant(word[0]) + word[1..]));
        return new PublicWords([.. lower, .. raised, .. Openings.Where(seen.Contains)]);
    }

    /// <summary>Restores what <see cref="Words"/> gave.</summary>
    public static PublicWords FromWords(IEnumerable<string> words) => new(words);

    /// <summary>Whether a word stands for a value: "{date}".</summary>
    internal static bool IsPlaceholder(string word) => word.Length > 2 && word[0] == '{' && word[^1] == '}';

    /// <summary>Whether a word may be shown.</summary>
    public bool Contains(string word) => _words.Contains(word);
}
