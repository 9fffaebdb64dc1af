using System.Globalization;
using System.Text;

namespace ChatAgent.Benchmarks;

/// <summary>Spoils an utterance as a hurried person would.</summary>
internal static class TypingError
{
    private static readonly string[] Rows = ["qwertyuiop", "asdfghjklñ", "zxcvbnm"];

    /// <summary>One error in one word of four letters or more, where there is one: two letters change places, one is missing, doubled, or its neighbour on the keyboard.</summary>
    public static string Make(string text, Random random)
    {
        var words = text.Split(' ');
        int[] long4 = [.. Enumerable.Range(0, words.Length).Where(i => words[i].Length >= 4 && words[i].All(char.IsLetter))];
        if (long4.Length == 0)
        {
            return text;
        }

        var chosen = long4[random.Next(long4.Length)];
        var word = words[chosen];
        var at = random.Next(1, word.Length - 1);
        words[chosen] = random.Next(4) switch
        {
            0 => word[..at] + word[at + 1] + word[at] + word[(at + 2)..],
            1 => word.Remove(at, 1),
            2 => word.Insert(at, word[at].ToString()),
            _ => word[..at] + Neighbour(word[at], random) + word[(at + 1)..],
        };
        return string.Join(' ', words);
    }

    /// <summary>The same letters without their marks.</summary>
    public static string WithoutAccents(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var c in text.Normalize(NormalizationForm.FormD))
        {
            if (CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark)
            {
                plain.Append(c);
            }
        }

        return plain.ToString();
    }

    private static char Neighbour(char c, Random random)
    {
        foreach (var row in Rows)
        {
            if (row.IndexOf(char.ToLowerInvariant(c)) is >= 0 and var place)
            {
                return row[place == 0 ? 1 : place == row.Length - 1 ? place - 1 : place + (random.Next(2) * 2) - 1];
            }
        }

        return 'x';
    }
}
