using System.Globalization;
using ChatAgent.Nlu;
using ChatAgent.Nlu.Appointments;
using ChatAgent.Text;
using NodaTime;

namespace ChatAgent.Dialogs;

/// <summary>Reads which of the offered hours a person takes: by place in the list, by day, by clock.</summary>
internal static class SlotChoice
{
    public const string Slot = "choice";

    /// <summary>One of the offered hours.</summary>
    public const string Chosen = "chosen";

    /// <summary>None of them; another time is asked for.</summary>
    public const string OtherTime = "other_time";

    /// <summary>None of them, and nothing else named.</summary>
    public const string None = "none";

    /// <summary>The hour that they have after all.</summary>
    public const string Keeps = "keeps";

    /// <summary>No hour at all.</summary>
    public const string Declines = "declines";

    public static IReadOnlyList<string> Values { get; } = [Chosen, OtherTime, None, Keeps, Declines];

    private static readonly string[][] Ordinals =
    [
        ["primero", "primera", "primer", "first"],
        ["segundo", "segunda", "second"],
        ["tercero", "tercera", "tercer", "third"],
        ["cuarto", "cuarta", "fourth"],
        ["quinto", "quinta", "fifth"],
    ];

    private static readonly string[] Last = ["ultimo", "ultima", "last"];

    private static readonly string[] Any = ["cualquiera", "whichever", "whatever", "either", "any", "anyone", "cualquier"];

    /// <summary>
    /// What may stand beside a place in the list. Any other word ("un segundo", "la primera vez", "no me sirve el primero", "el primero si puedo") may turn the
    /// place into something else, and taking an hour that nobody took costs more than asking again.
    /// </summary>
    private static readonly HashSet<string> Beside = [.. ("el la los las lo de del en con por para a esas esos estas estos ellas ellos hora horas opcion alternativa horario dia prefiero prefiere "
        + "preferiria quiero quisiera tomo tomare elijo escojo quedo quedamos sirve acomoda viene queda gustaria seria que sea me nos le deme demela dame agende agendeme reserve reserveme anote anoteme si ok okay ya "
        + "dale bueno listo entonces mejor perfecto genial bien esta favor porfa porfavor gracias muchas muy amable vale claro tambien igual todas todos dos tres misma mismo nomas nada mas da "
        + "the one option of them those these i ll will would d like prefer take choose pick want please thanks thank you yes yeah ok okay sure fine good great works work suits for me that is s be let "
        + "lunes martes miercoles jueves viernes sabado domingo monday tuesday wednesday thursday friday saturday slot time is best go").Split(' ')];

    private static readonly Dictionary<string, int> Numerals = new(StringComparer.Ordinal)
    {
        ["uno"] = 1, ["one"] = 1, ["dos"] = 2, ["two"] = 2, ["tres"] = 3, ["three"] = 3, ["cuatro"] = 4, ["four"] = 4, ["cinco"] = 5, ["five"] = 5,
    };

    /// <summary>The offered hour that the message takes, or null.</summary>
    /// <param name="meaning">The message.</param>
    /// <param name="offered">In the order in which the hours were named.</param>
    /// <param name="appointmentDay">The day of the hour they have: a clock time alone is read on that day, and is meant on an offered one.</param>
    public static OfferedSlot? Find(Meaning meaning, IReadOnlyList<OfferedSlot> offered, LocalDate? appointmentDay)
    {
        if (offered.Count == 0)
        {
            return null;
        }

        // "El primero" is the first on offer; as a day it would be the first of the month.
        var place = ByPlace(meaning.Text, offered);
        var proposed = (meaning.Reply?.Proposed ?? []).Where(slot => place is null || slot is not { From.Day: 1, Start: null }).ToList();
        foreach (var slot in proposed)
        {
            if (Match(slot, offered, appointmentDay) is { } match)
            {
                return match;
            }
        }

        // Another time was named: a stray "primera" in the same message does not take the first one.
        return proposed.Any(slot => slot.From != appointmentDay || slot.End is not null) ? null : place;
    }

    private static OfferedSlot? Match(ProposedSlot proposed, IReadOnlyList<OfferedSlot> offered, LocalDate? appointmentDay)
    {
        // "Cualquier día en la mañana", "la próxima semana" say where to look, and take none of the hours.
        if (proposed.From is null ? proposed.End is not null : proposed.From != proposed.To)
        {
            return null;
        }

        var onDay = offered.Where(slot => IsOnDay(proposed, slot.Start.Date)).ToList();
        var exact = onDay.Where(slot => IsAtTime(proposed, slot.Start.TimeOfDay)).ToList();
        if (exact.Count > 0)
        {
            return exact.Count == 1 ? exact[0] : null;
        }

        var clockOnly = proposed.From is null || proposed.From == appointmentDay;
        var sameClock = clockOnly && proposed.Start is not null ? offered.Where(slot => IsAtTime(proposed, slot.Start.TimeOfDay)).ToList() : [];
        return sameClock.Count == 1 ? sameClock[0] : null;
    }

    private static bool IsOnDay(ProposedSlot proposed, LocalDate day) =>
        (proposed.From is null || day >= proposed.From) && (proposed.To is null || day <= proposed.To);

    private static bool IsAtTime(ProposedSlot proposed, LocalTime time) => (proposed.Start, proposed.End) switch
    {
        (null, _) => true,
        ({ } start, null) => time == start,
        ({ } start, { } end) => time >= start && time <= end,
    };

    private static OfferedSlot? ByPlace(string text, IReadOnlyList<OfferedSlot> offered)
    {
        var words = Tokenizer.Tokenize(text).Where(token => token.Kind is TokenKind.Word or TokenKind.Number).Select(token => token.Folded).ToList();
        if (text.Contains('?', StringComparison.Ordinal) || words.Exists(word => !Beside.Contains(word) && !IsPlace(word)))
        {
            return null;
        }

        for (var i = 0; i < words.Count; i++)
        {
            // "el primero de mayo" is a day, "a primera hora" a time of day, "one second" a moment.
            var isOther = i + 1 < words.Count && words[i + 1] == "de" || i > 0 && words[i - 1] == "a" && i + 1 < words.Count && words[i + 1] == "hora" || i > 0 && words[i - 1] == "one";
            if (isOther)
            {
                continue;
            }

            var place = Array.FindIndex(Ordinals, names => names.Contains(words[i], StringComparer.Ordinal));
            if (place >= 0 && place < offered.Count)
            {
                return offered[place];
            }

            if (Last.Contains(words[i], StringComparer.Ordinal))
            {
                return offered[^1];
            }

            // "Cualquiera" leaves the choice to us; "cualquier día" asks for more than what is on offer.
            if (Any.Contains(words[i], StringComparer.Ordinal) && !(i + 1 < words.Count && words[i + 1] is "dia" or "fecha" or "semana" or "hora" or "horario" or "day" or "date" or "time"))
            {
                return offered[0];
            }
        }

        return ByNumeral(words, offered);
    }

    private static bool IsPlace(string word) => Array.Exists(Ordinals, names => names.Contains(word, StringComparer.Ordinal))
        || Last.Contains(word, StringComparer.Ordinal) || Any.Contains(word, StringComparer.Ordinal) || Numerals.ContainsKey(word) || word.All(char.IsAsciiDigit);

    /// <summary>"2", "la 2", "opción dos", "option 2": short messages only; "a las dos" is a clock time.</summary>
    private static OfferedSlot? ByNumeral(List<string> words, IReadOnlyList<OfferedSlot> offered)
    {
        if (words.Count is 0 or > 3 || words.Contains("las") || words.Contains("at"))
        {
            return null;
        }

        var number = int.TryParse(words[^1], CultureInfo.InvariantCulture, out var digits) ? digits : Numerals.GetValueOrDefault(words[^1]);
        return number >= 1 && number <= offered.Count ? offered[number - 1] : null;
    }
}
