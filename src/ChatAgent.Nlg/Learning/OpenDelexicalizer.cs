namespace ChatAgent.Nlg;

/// <summary>Writes <c>{slot}</c> for copied values wherever people's texts have them. Not thread-safe while it learns.</summary>
/// <remarks>
/// A value of one or two characters or of digits alone ("a", "2") may stand in a text by chance; of several places the one whose neighbours are usual for the slot is
/// taken, as counted over the texts where there was one place only.
/// </remarks>
internal sealed class OpenDelexicalizer(SlotLexicon lexicon)
{
    private readonly Dictionary<(string Slot, bool Before, string Word), int> _neighbours = [];

    /// <summary>Counts the neighbours of values that stand in one place only.</summary>
    public void Learn(IEnumerable<ReplyPair> pairs)
    {
        foreach (var pair in pairs)
        {
            var folded = ValueFinder.Fold(pair.Text);
            foreach (var (slot, value) in pair.Slots.Where(slot => lexicon.IsCopied(slot.Key, slot.Value)))
            {
                (int At, int Length)[] places = [.. ValueFinder.Occurrences(folded, ValueFinder.Fold(value)).Take(2)];
                if (places.Length == 1)
                {
                    var (before, after) = NeighboursOf(folded, places[0]);
                    Count(SlotLexicon.BaseOf(slot), true, before);
                    Count(SlotLexicon.BaseOf(slot), false, after);
                }
            }
        }
    }

    /// <summary>The text with placeholders, and whether every copied value was found.</summary>
    public (string Text, bool IsWhole) Delexicalize(string text, IReadOnlyDictionary<string, string> slots)
    {
        var parts = new List<(string Text, bool IsSlot)> { (text, false) };
        var whole = true;
        foreach (var (slot, value) in slots.Where(slot => lexicon.IsCopied(slot.Key, slot.Value)).OrderByDescending(slot => slot.Value.Length).ThenBy(slot => slot.Key, StringComparer.Ordinal))
        {
            whole &= ValueFinder.FormsOf(value).Any(form => Replace(parts, slot, form, isShort: value.Length <= 2 || value.All(char.IsAsciiDigit)));
        }

        return (string.Concat(parts.Select(part => part.Text)), whole);
    }

    private bool Replace(List<(string Text, bool IsSlot)> parts, string slot, string form, bool isShort)
    {
        var places = new List<(int Part, int At, int Length, int Usual)>();
        for (var i = 0; i < parts.Count; i++)
        {
            if (!parts[i].IsSlot)
            {
                var folded = ValueFinder.Fold(parts[i].Text);
                places.AddRange(ValueFinder.Occurrences(folded, form).Select(place => (i, place.At, place.Length, isShort ? Usual(slot, folded, place) : 0)));
            }
        }

        if (isShort || slot != SlotLexicon.BaseOf(slot) || places.Count > 3)
        {
            places = [.. places.OrderByDescending(place => place.Usual).ThenBy(place => place.Part).ThenBy(place => place.At).Take(1)];
        }

        foreach (var (part, at, length, _) in places.OrderByDescending(place => place.Part).ThenByDescending(place => place.At))
        {
            var text = parts[part].Text;
            parts[part] = (text[..at], false);
            parts.Insert(part + 1, ($"{{{slot}}}", true));
            parts.Insert(part + 2, (text[(at + length)..], false));
        }

        return places.Count > 0;
    }

    private int Usual(string slot, string folded, (int At, int Length) place)
    {
        var (before, after) = NeighboursOf(folded, place);
        var name = SlotLexicon.BaseOf(slot);
        return Math.Min(1000, _neighbours.GetValueOrDefault((name, true, before))) + (3 * Math.Min(1000, _neighbours.GetValueOrDefault((name, false, after))));
    }

    private void Count(string slot, bool before, string word) => _neighbours[(slot, before, word)] = _neighbours.GetValueOrDefault((slot, before, word)) + 1;

    private static (string Before, string After) NeighboursOf(string folded, (int At, int Length) place)
    {
        var before = folded[..place.At].TrimEnd();
        var after = folded[(place.At + place.Length)..].TrimStart();
        var end = after.IndexOf(' ', StringComparison.Ordinal);
        return (before[(before.LastIndexOf(' ') + 1)..], end < 0 ? after : after[..end]);
    }
}
