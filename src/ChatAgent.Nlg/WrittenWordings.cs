using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using ChatAgent.Text;

namespace ChatAgent.Nlg;

/// <summary>The owner's own wordings of each act, with <c>{slot}</c> where a value goes: the net under the language model. Immutable and thread-safe.</summary>
/// <remarks>
/// A Spanish wording is written for one gender and hour ("con el {doctor}", "a las {time}"); <see cref="Lexicalizer.Fill"/> brings it into agreement with the values.
/// Where an act has no wording in the style asked for, those of the other style are used.
/// </remarks>
public sealed partial class WrittenWordings
{
    private readonly FrozenDictionary<(Language Language, ReplyStyle Style, string Act), Wording[]> _wordings;

    /// <summary>Checks and keeps the wordings.</summary>
    /// <param name="wordings">At least one wording an entry.</param>
    /// <param name="slotsOfActs">Where given, the slots of every act: a wording has to say each of them once and no other.</param>
    /// <exception cref="WordingFormatException">A wording is empty or has a broken placeholder, an unknown slot, or lacks or repeats a slot; names language, act and wording.</exception>
    public WrittenWordings(
        IReadOnlyDictionary<(Language Language, ReplyStyle Style, string Act), IReadOnlyList<string>> wordings,
        IReadOnlyDictionary<string, IReadOnlyCollection<string>>? slotsOfActs = null)
    {
        _wordings = wordings.ToFrozenDictionary(
            entry => entry.Key,
            entry => entry.Value.Count > 0
                ? entry.Value.Select(text => Check(entry.Key, text, slotsOfActs)).ToArray()
                : throw Broken(entry.Key, "has no wording, expected at least one"));
    }

    /// <summary>No wordings at all: for a generator that is only measured.</summary>
    public static WrittenWordings None { get; } = new(new Dictionary<(Language, ReplyStyle, string), IReadOnlyList<string>>());

    /// <summary>The wordings of an act as they were written, or false when there are none in this language.</summary>
    public bool TryFind(Language language, ReplyStyle style, string act, [NotNullWhen(true)] out IReadOnlyList<string>? wordings)
    {
        wordings = Find(language, style, act)?.Select(wording => wording.Text).ToArray();
        return wordings is not null;
    }

    /// <summary>The texts of an act that can be said with the values at hand, those that say the most of them first, each rank turned to begin at the seed's place.</summary>
    /// <exception cref="InvalidOperationException">The act has no wording in this language, or each needs a slot without a value.</exception>
    internal IEnumerable<string> Texts(DialogAct act, Language language, ReplyStyle style, ulong seed)
    {
        var wordings = Find(language, style, act.Name)
            ?? throw new InvalidOperationException($"act \"{act.Name}\" has no written wording in {language.ToCode()}");
        var sayable = Array.FindAll(wordings, wording => Array.TrueForAll(wording.Slots, act.Slots.ContainsKey));
        if (sayable.Length == 0)
        {
            throw new InvalidOperationException(
                $"act \"{act.Name}\" has no written wording in {language.ToCode()} for the slots {Listed(act.Slots.Keys)}; the first needs {Listed(wordings[0].Slots)}");
        }

        foreach (var rank in sayable.GroupBy(wording => wording.Slots.Length).OrderByDescending(rank => rank.Key))
        {
            Wording[] equal = [.. rank];
            var offset = (int)(seed % (ulong)equal.Length);
            for (var step = 0; step < equal.Length; step++)
            {
                yield return Lexicalizer.Fill(equal[(offset + step) % equal.Length].Text, act.Slots, language);
            }
        }
    }

    private Wording[]? Find(Language language, ReplyStyle style, string act)
    {
        var other = style == ReplyStyle.Formal ? ReplyStyle.Informal : ReplyStyle.Formal;
        return _wordings.TryGetValue((language, style, act), out var found) || _wordings.TryGetValue((language, other, act), out found) ? found : null;
    }

    private static Wording Check((Language Language, ReplyStyle Style, string Act) key, string text, IReadOnlyDictionary<string, IReadOnlyCollection<string>>? slotsOfActs)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw Broken(key, "has an empty wording");
        }

        string[] slots = [.. Placeholder().Matches(text).Select(match => match.Groups["slot"].Value)];
        if (Placeholder().Replace(text, string.Empty).AsSpan().ContainsAny('{', '}'))
        {
            throw Broken(key, $"has a broken placeholder in \"{text}\", expected {{slot}} in lower case");
        }

        if (slotsOfActs is null)
        {
            return new Wording(text, slots);
        }

        if (!slotsOfActs.TryGetValue(key.Act, out var known))
        {
            throw Broken(key, "is not an act of this bot");
        }

        if (Array.Find(slots, slot => !known.Contains(slot, StringComparer.Ordinal)) is { } unknown)
        {
            throw Broken(key, $"has the slot \"{unknown}\" in \"{text}\", expected {Listed(known)}");
        }

        if (known.FirstOrDefault(slot => !slots.Contains(slot, StringComparer.Ordinal)) is { } missing)
        {
            throw Broken(key, $"lacks the slot \"{missing}\" in \"{text}\"");
        }

        return slots.Distinct(StringComparer.Ordinal).Count() == slots.Length ? new Wording(text, slots) : throw Broken(key, $"says a slot twice in \"{text}\"");
    }

    private static WordingFormatException Broken((Language Language, ReplyStyle Style, string Act) key, string what) =>
        new($"act \"{key.Act}\" ({key.Language.ToCode()}, {key.Style}) {what}");

    private static string Listed(IEnumerable<string> slots) => string.Join(", ", slots.Order(StringComparer.Ordinal).Select(slot => $"\"{slot}\"")) is { Length: > 0 } list ? list : "no slot";

    /// <param name="Slots">Of its placeholders, in order.</param>
    private sealed record Wording(string Text, string[] Slots);

    [GeneratedRegex(@"\{(?<slot>[a-z][a-z0-9_]*)\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();
}
