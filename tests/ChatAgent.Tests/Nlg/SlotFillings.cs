using ChatAgent.Text;

namespace ChatAgent.Nlg.Tests;

/// <summary>Random values for the slots of the clinic's acts, in the shapes of corpora/clinic/nlg/README.md, none of them taken from the corpus.</summary>
internal sealed class SlotFillings(int seed)
{
    private static readonly string[] GivenNames =
    [
        "Ana", "Íñigo", "Óscar", "Ester", "Jean-Luc", "María-Paz", "D'Artagnan", "Zoë", "Ñandú", "Beatriz", "Úrsula", "Hernán", "Ingrid", "Olga", "Iván", "Ezequiel", "Noemí", "Lautaro", "Ayelén", "Björn",
    ];

    private static readonly string[] FamilyNames =
        ["O'Higgins", "Pérez-Cotapos", "Núñez", "D'Angelo", "Von-Müller", "Ibáñez", "Ossandón", "Ñancucheo", "Errázuriz", "Çelik", "Irarrázabal", "Hoyos", "Ugarte-Lira", "Šimić", "Yáñez"];

    private static readonly (string Title, bool? Woman)[] Titles = [("Dr.", false), ("Dra.", true), ("Klgo.", false), ("Klga.", true), ("Psic.", null), ("Mat.", null)];
    private static readonly string[] Places = ["Ñuñoa", "Maipú", "Ovalle", "Iquique", "Hualpén", "San José de Maipo", "Til-Til", "O'Higgins", "Ancud", "Ütrecht", "Coihaique", "Isla de Maipo"];
    private static readonly string[] SpanishWeekdays = ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado"];
    private static readonly string[] EnglishWeekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
    private static readonly string[] SpanishMonths = ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"];
    private static readonly string[] EnglishMonths = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
    private static readonly string[] Specialties = ["Otorrinolaringología", "Medicina Interna", "Inmunología", "Oncología", "Hematología", "Cirugía Máxilo-Facial", "Urología"];
    private static readonly string[] EnglishSpecialties = ["Immunology", "Oncology", "Urology", "Internal Medicine", "Haematology", "Maxillofacial Surgery"];

    private readonly Random _random = new(seed);

    /// <summary>A value for each slot, none of which holds another.</summary>
    public Dictionary<string, string> Fill(IEnumerable<string> slots, Language language)
    {
        while (true)
        {
            var values = slots.ToDictionary(slot => slot, slot => Value(slot, language == Language.Spanish), StringComparer.Ordinal);
            if (values.All(one => values.All(other => one.Key == other.Key || !other.Value.Contains(one.Value, StringComparison.Ordinal))))
            {
                return values;
            }
        }
    }

    private string Value(string slot, bool spanish) => slot switch
    {
        "date" => Date(spanish),
        "time" => Time(),
        "doctor" => Doctor(),
        "doctors" => spanish ? $"{Article(Doctor())} y {Article(Doctor())}" : $"{Doctor()} and {Doctor()}",
        "patient" => Pick(GivenNames) + (_random.Next(3) == 0 ? $" {Pick(GivenNames)}" : string.Empty),
        "branch" => Pick(Places),
        "branches" => $"{Pick(Places)} {(spanish ? "o" : "or")} {Pick(Places)}",
        "clinic" => $"Clínica {Pick(FamilyNames)}",
        "bot" => Pick(GivenNames),
        "specialty" => Pick(spanish ? Specialties : EnglishSpecialties),
        "specialties" => spanish ? $"{Pick(Specialties)} y {Pick(Specialties)}" : $"{Pick(EnglishSpecialties)} and {Pick(EnglishSpecialties)}",
        "options" => spanish ? $"el {Date(true)} a las {_random.Next(2, 20)}:30 o el {Date(true)} a las {_random.Next(2, 20)}:15" : $"{Date(false)} at {Time()} or {Date(false)} at {Time()}",
        "hours" => spanish ? $"lunes a viernes de {_random.Next(7, 10)}:00 a {_random.Next(17, 22)}:30" : $"Monday to Friday from {_random.Next(7, 10)}:00 to {_random.Next(17, 22)}:30",
        "minutes" => $"{_random.Next(1, 12) * 5}",
        "phone" => $"+56 {_random.Next(2, 10)} {_random.Next(2000, 9999)} {_random.Next(1000, 9999)}",
        "emergency_number" => Pick(["131", "132", "911"]),
        "crisis_number" => Pick(["*4141", "600 360 7777"]),
        "address" => $"Av. {Pick(FamilyNames)} {_random.Next(10, 9999)}",
        "address_hint" => $"{(char)('a' + _random.Next(26))}***@{Pick(["gmail.com", "correo.cl", "uchile.cl"])}",
        "payment" => Pick<string>(spanish ? ["efectivo y cheque", "tarjeta, vale vista o efectivo"] : ["cash and cheque", "card, voucher or cash"]),
        "insurers" => Pick<string>(spanish ? ["Isapre Óptima y Fonasa", "Fonasa e Isapre Norte"] : ["Isapre Óptima and Fonasa", "Fonasa and Isapre Norte"]),
        "documents" => Pick<string>(spanish ? ["la cédula y 2 fotocopias", "el carné de control o la orden"] : ["the identity card and 2 photocopies", "the order or a passport"]),
        _ => spanish
            ? Pick(["por internet en clinica.example/tramites", "en el mesón del piso 3, de 9:00 a 17:00", "con su cédula o pasaporte", "escribiendo a hola@clinica.example"])
            : Pick(["online at clinica.example/forms", "at the desk on floor 3, from 9:00 to 17:00", "with an identity card or passport", "by writing to hello@clinica.example"]),
    };

    private string Doctor()
    {
        var (title, _) = Pick(Titles);
        return $"{title} {Pick(GivenNames)} {Pick(FamilyNames)} {Pick(FamilyNames)}";
    }

    private static string Article(string doctor) => doctor.StartsWith("Dra.", StringComparison.Ordinal) || doctor.StartsWith("Klga.", StringComparison.Ordinal) ? $"la {doctor}" : $"el {doctor}";

    private string Date(bool spanish)
    {
        var (day, weekday, month) = (_random.Next(1, 32), _random.Next(6), _random.Next(12));
        return spanish ? $"{SpanishWeekdays[weekday]} {day} de {SpanishMonths[month]}" : $"{EnglishWeekdays[weekday]} {day} {EnglishMonths[month]}";
    }

    private string Time() => _random.Next(6) == 0 ? $"1:{_random.Next(0, 60):D2}" : $"{_random.Next(0, 24)}:{_random.Next(0, 12) * 5:D2}";

    private T Pick<T>(T[] among) => among[_random.Next(among.Length)];
}
