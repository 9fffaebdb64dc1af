using System.Globalization;
using ChatAgent.Dialogs;
using ChatAgent.Text;
using NodaTime;

namespace ChatAgent.Nlg.Tests;

/// <summary>Acts of a bot with values drawn at random: people, dates and hours that no corpus holds, and the clauses of the owner's facts.</summary>
/// <param name="bot">Its acts and facts.</param>
/// <param name="frequent">Acts that half of the draws are made among, so that their variety shows; the other half is made among all.</param>
/// <param name="seed">Of every draw.</param>
internal sealed class RandomFillings(BotDefinition bot, IReadOnlySet<string> frequent, int seed)
{
    private static readonly string[] Women =
    [
        "Ángela", "Begoña", "Carmen", "Dolores", "Évelyn", "Francisca", "Ignacia", "Inés", "Isabel", "Josefa-Paz", "Jacqueline", "Luz", "María José", "Millaray", "Ñusta", "Olivia", "Pilar",
        "Rocío", "Ximena", "Yasna",
    ];

    private static readonly string[] Men =
    [
        "Álvaro", "Benjamín", "Borja", "Cristóbal", "D'Angelo", "Elías", "Gaspar", "Hernán", "Íñigo", "Ignacio", "Jean-Pierre", "José María", "Luca", "Martín", "Nahuel", "Óscar", "Raúl", "Óliver",
        "Tomás", "Zacarías",
    ];

    private static readonly string[] Families =
    [
        "O'Higgins Ruiz", "D'Alençon Pérez", "Pérez-Cotapos Soto", "Núñez Ávila", "Undurraga Ríos", "Ibáñez Vidal", "Yáñez Iturra", "Ossandón Hoyos", "Müller Çelik", "de la Fuente Ortúzar",
        "Huenchumilla Ñanco", "Saint-Jean Fernández", "Errázuriz Á.", "MacKenna Lyon",
    ];

    private static readonly string[] Branches = ["Ñuñoa", "Maipú", "La Florida", "Independencia", "O'Higgins", "Puente Alto", "San Joaquín", "Ovalle"];

    private readonly Random _random = new(seed);

    /// <summary>Every name that may be drawn.</summary>
    public static IEnumerable<string> Names => [.. Women, .. Men, .. Families, .. Branches];

    public bool IsFrequent(string act) => frequent.Contains(act);

    /// <summary>One act with a value for every slot.</summary>
    public RandomFilling Next()
    {
        var half = _random.Next(2) == 0;
        ActDefinition[] acts = [.. bot.Domain.Acts.Values.Where(act => half || IsFrequent(act.Name)).OrderBy(act => act.Name, StringComparer.Ordinal)];
        var language = _random.Next(2) == 0 ? Language.Spanish : Language.English;
        return Of(acts[_random.Next(acts.Length)], language, _random.Next(4) == 0 ? ReplyStyle.Informal : ReplyStyle.Formal, (ulong)_random.NextInt64());
    }

    /// <summary>The act with a value for every slot.</summary>
    public RandomFilling Of(ActDefinition act, Language language, ReplyStyle style, ulong requestSeed)
    {
        var (slots, woman) = (new Dictionary<string, string>(StringComparer.Ordinal), _random.Next(2) == 0);

        // A fact that differs by branch is given for one; such an act names the branch, and only branches with facts do.
        var scope = new FactScope(_random.Next(2) == 0 ? "Ñuñoa" : "Maipú", Pick([.. bot.Domain.Entities["specialty"].Values.Keys]));
        var ofFacts = act.Slots.Any(slot => bot.Facts.Names.Contains(slot, StringComparer.Ordinal));
        foreach (var slot in act.Slots)
        {
            slots[slot] = slot switch
            {
                "patient" => Pick(_random.Next(2) == 0 ? Women : Men),
                "doctor" => Doctor(language, woman),
                "specialty" => Specialty(language),
                "branch" => ofFacts ? scope.Branch! : Pick(Branches),
                "branches" => $"Ñuñoa {(language == Language.Spanish ? "o" : "or")} {Pick(["Maipú", "La Florida", "Puente Alto"])}",
                "date" => Date(language),
                "time" => Time(),
                "options" => Options(language),
                "bot" => Pick(["Alma", "Íris", "Óscar", "Ana-Lía"]),
                _ => bot.Facts.Find(slot, _random.Next(3) == 0 && !act.Slots.Contains("branch") ? FactScope.Unknown : scope, language) ?? bot.Facts.Find(slot, scope, language)!,
            };
        }

        return new RandomFilling(new DialogAct(act.Name, slots), language, style, requestSeed, woman);
    }

    private string Pick(string[] among) => among[_random.Next(among.Length)];

    private string Doctor(Language language, bool woman)
    {
        var name = $"{Pick(woman ? Women : Men)} {Pick(Families)}";
        return (language, _random.Next(5)) switch
        {
            (Language.English, 0) => name,
            (Language.English, _) => $"Dr. {name}",
            (_, 0) => $"Psic. {name}",
            (_, 1) => $"{(woman ? "Klga" : "Klgo")}. {name}",
            _ => $"{(woman ? "Dra" : "Dr")}. {name}",
        };
    }

    private string Specialty(Language language)
    {
        var value = bot.Domain.Entities["specialty"].Values.Values.ElementAt(_random.Next(bot.Domain.Entities["specialty"].Values.Count));
        return language == Language.Spanish ? value.Canonical : value.Names[Language.English];
    }

    private string Date(Language language) => SlotWording.Date(new LocalDate(2026, 1, 1).PlusDays(_random.Next(730)), language);

    /// <summary>One hour in six is 1:00 to 1:59 or 13:00 to 13:59, which are said with different articles.</summary>
    private string Time()
    {
        var hour = _random.Next(6) switch { 0 => Pick(["1", "13"]), _ => _random.Next(24).ToString(CultureInfo.InvariantCulture) };
        return $"{hour}:{Pick(["00", "15", "20", "30", "45", "50"])}";
    }

    private string Options(Language language)
    {
        string[] options = [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ =>
        {
            var (date, time) = (Date(language), Time());
            return language == Language.English ? $"{date} at {time}" : $"el {date} a la{(time.StartsWith("1:", StringComparison.Ordinal) ? string.Empty : "s")} {time}";
        })];
        var or = language == Language.Spanish ? " o " : " or ";
        return options.Length == 1 ? options[0] : string.Join(", ", options[..^1]) + or + options[^1];
    }
}

/// <param name="Act">With a value for every slot.</param>
/// <param name="Language">Of the wording.</param>
/// <param name="Style">Of the wording.</param>
/// <param name="Seed">Of the request.</param>
/// <param name="WomanDoctor">Whether the doctor, if there is one, is a woman.</param>
internal sealed record RandomFilling(DialogAct Act, Language Language, ReplyStyle Style, ulong Seed, bool WomanDoctor)
{
    public GenerationRequest Request => new() { Acts = [Act], Language = Language, Style = Style, Seed = Seed };
}
