namespace ChatAgent.Benchmarks;

/// <summary>Times of day as people in Chile say them, with the clock's form; made from how hours, minutes and parts of the day are put together.</summary>
/// <remarks>Whatever is said names one time: a twelve-hour form always tells the part of the day. "las ocho de la tarde" is said as well as "las ocho de la noche".</remarks>
internal static class SpokenTimes
{
    private static readonly string[] Units =
    [
        "cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce", "trece", "catorce", "quince", "dieciséis", "diecisiete",
        "dieciocho", "diecinueve", "veinte", "veintiuno", "veintidós", "veintitrés", "veinticuatro", "veinticinco", "veintiséis", "veintisiete", "veintiocho", "veintinueve",
    ];

    private static readonly string[] Openings = ["", "", "", "a ", "a ", "como a ", "tipo ", "a eso de ", "más o menos a ", "sería a ", "desde "];

    /// <summary>Every way in which one time is said, without what may stand before it.</summary>
    public static IEnumerable<string> Ways(int hour, int minute)
    {
        foreach (var part in Parts(hour))
        {
            foreach (var minutes in After(minute))
            {
                yield return $"{Hour(hour % 12 == 0 ? 12 : hour % 12)}{minutes} {part}";
            }
        }

        if (minute > 30)
        {
            var next = (hour + 1) % 24;
            foreach (var part in Parts(next))
            {
                var name = Hour(next % 12 == 0 ? 12 : next % 12);
                foreach (var minutes in minute == 45 ? ["un cuarto", "cuarto", "quince"] : new[] { Number(60 - minute) })
                {
                    yield return $"{minutes} para {name} {part}";
                    yield return $"{name} menos {(minutes == "un cuarto" ? "cuarto" : minutes)} {part}";
                    yield return $"faltando {minutes}{(minutes.EndsWith("cuarto", StringComparison.Ordinal) ? "" : " minutos")} para {name} {part}";
                }
            }
        }

        // By twenty-four hours: from 13 on nothing else can be meant, before that "horas" tells it.
        var count = hour == 1 ? "una" : hour == 21 ? "veintiuna" : Number(hour);
        var article = hour == 1 ? "la" : "las";
        if (minute == 0)
        {
            yield return $"{article} {count} {(hour == 1 ? "hora" : "horas")}";
        }
        else
        {
            yield return $"{article} {count} {(minute < 10 ? "cero " : "")}{Number(minute)} horas";
            yield return $"{article} {count} horas con {Minutes(minute)}";
            yield return $"{article} {count} horas y {Minutes(minute)}";
        }

        if (hour >= 13 && minute > 0)
        {
            yield return $"{article} {count} {(minute < 10 ? "cero " : "")}{Number(minute)}";
            yield return $"{article} {count} con {Number(minute)}";
            yield return $"{article} {count} y {Number(minute)}";
        }
    }

    /// <summary>One of the ways, with what people say before it.</summary>
    public static string Say(int hour, int minute, Random random)
    {
        string[] ways = [.. Ways(hour, minute)];
        return Openings[random.Next(Openings.Length)] + ways[random.Next(ways.Length)];
    }

    private static string Hour(int hour) => hour == 1 ? "la una" : $"las {Units[hour]}";

    private static string Number(int n) => n < 30 ? Units[n] : n % 10 == 0 ? Tens(n) : $"{Tens(n)} y {Units[n % 10]}";

    private static string Tens(int n) => (n / 10) switch { 3 => "treinta", 4 => "cuarenta", _ => "cincuenta" };

    private static string Minutes(int n) => n == 1 ? "un minuto" : $"{(n % 10 == 1 && n > 20 ? n == 21 ? "veintiún" : $"{Tens(n)} y un" : Number(n))} minutos";

    private static IEnumerable<string> After(int minute)
    {
        switch (minute)
        {
            case 0:
                return ["", " en punto"];
            case 15:
                return [" y cuarto", " y quince", " quince", " con quince"];
            case 30:
                return [" y media", " treinta", " y treinta"];
            case < 10:
                return [$" y {Number(minute)}", $" con {Number(minute)}", $" cero {Number(minute)}", $" con {Minutes(minute)}", $" pasadas {Number(minute)}"];
            default:
                return [$" y {Number(minute)}", $" {Number(minute)}", $" con {Number(minute)}", $" y {Minutes(minute)}"];
        }
    }

    private static string[] Parts(int hour) => hour switch
    {
        0 => ["de la noche", "de la medianoche"],
        < 6 => ["de la madrugada", "de la mañana", "am"],
        < 12 => ["de la mañana", "am"],
        12 => ["del día", "del mediodía", "pm"],
        < 19 => ["de la tarde", "pm"],
        < 21 => ["de la tarde", "de la noche", "pm"],
        _ => ["de la noche", "pm"],
    };
}
