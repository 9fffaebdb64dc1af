using ChatAgent.Nlu;
using ChatAgent.Nlu.Appointments;
using ChatAgent.Nlu.Times;
using NodaTime;

namespace ChatAgent.Mailroom;

/// <summary>Makes patients by chance from labelled replies: who answers what, how and when. The same seed makes the same patients.</summary>
/// <remarks>
/// The mix is that of a clinic's inbox as receptions tell it, not a measured one. Words that name a day or an hour are left out, because they belong to the
/// appointment that they were written for; so is what another thread or program answered.
/// </remarks>
public static class SimulatedPatients
{
    private static readonly (AppointmentIntent Intent, double Share)[] Mix =
    [
        (AppointmentIntent.Confirm, 0.62), (AppointmentIntent.Decline, 0.12), (AppointmentIntent.Conditional, 0.05), (AppointmentIntent.Question, 0.10),
        (AppointmentIntent.Reschedule, 0.06), (AppointmentIntent.WrongPerson, 0.02), (AppointmentIntent.Unrelated, 0.03),
    ];

    private static readonly (string Given, string Family)[] Names =
    [
        ("Rosa", "Cárdenas Mella"), ("Luis", "Oyarzo"), ("Camila", "Bravo Tapia"), ("Hernán", "Ñancupil"), ("Paulina", "O'Ryan Soto"), ("Jorge", "Pérez-Cotapos"),
        ("Elba", "Muñoz Lagos"), ("Matías", "Ibáñez"), ("Francisca", "Vidal Rain"), ("Sergio", "Leiva Araya"), ("Noemí", "Catalán Vera"), ("Benjamín", "Úbeda Fuentes"),
    ];

    /// <param name="replies">Labelled replies that nobody trained on.</param>
    /// <param name="count">How many patients, 1 to 100,000.</param>
    /// <param name="firstDay">First day of appointments.</param>
    /// <param name="zone">Of the clinic's clocks.</param>
    /// <param name="seed">Of chance.</param>
    public static IReadOnlyList<SimulatedPatient> Generate(IReadOnlyList<LabelledReply> replies, int count, LocalDate firstDay, DateTimeZone zone, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 100_000);
        var random = new Random(seed);
        var timeless = replies.Where(reply => reply.Proposed.Count == 0 && !NamesATime(reply)).ToLookup(reply => reply.Intent);
        var doctors = replies.Select(reply => (reply.Appointment.Doctor, reply.Appointment.Specialty, reply.Appointment.Place)).Distinct().ToList();
        var day = firstDay;
        var taken = new HashSet<(string, LocalDateTime)>();
        var patients = new List<SimulatedPatient>();
        while (patients.Count < count)
        {
            var (doctor, specialty, branch) = doctors[random.Next(doctors.Count)];
            var start = day + new LocalTime(9 + random.Next(9), random.Next(4) * 15);
            if (day.DayOfWeek is IsoDayOfWeek.Saturday or IsoDayOfWeek.Sunday || taken.Count(hour => hour.Item2.Date == day) >= doctors.Count * 4)
            {
                day = day.PlusDays(1);
                continue;
            }

            var (given, family) = Names[random.Next(Names.Length)];
            if (!taken.Add((doctor, start)) || timeless[Draw(random)].ToList() is not { Count: > 0 } choices)
            {
                continue;
            }

            var written = choices[random.Next(choices.Count)];
            var asked = (start.Date.PlusDays(-3) + new LocalTime(10, 0)).InZoneLeniently(zone).ToDateTimeOffset();

            // Most answer within hours, some the next day or the one after.
            var sent = asked.AddMinutes(2 + Math.Min(2_600, -240 * Math.Log(1 - random.NextDouble())));
            var way = random.NextDouble() switch
            {
                < 0.12 => SimulatedWay.Never,
                < 0.16 => SimulatedWay.Automatic,
                < 0.22 when written.Intent is AppointmentIntent.Confirm or AppointmentIntent.Decline => SimulatedWay.Calendar,
                _ => SimulatedWay.Words,
            };
            patients.Add(new SimulatedPatient(
                written with
                {
                    Id = $"{written.Id}/{patients.Count}",
                    SentAt = sent,
                    Appointment = new AppointmentContext($"s{patients.Count}", start, doctor, specialty, branch, $"{given} {family}"),
                    Others = [],
                },
                way));
        }

        return patients;
    }

    private static AppointmentIntent Draw(Random random)
    {
        var at = random.NextDouble();
        foreach (var (intent, share) in Mix)
        {
            at -= share;
            if (at < 0)
            {
                return intent;
            }
        }

        return Mix[0].Intent;
    }

    private static bool NamesATime(LabelledReply reply) =>
        reply.Text.Any(char.IsAsciiDigit) || TimeExpressionParser.Parse(reply.Text, TimeParseOptions.At(reply.SentAt, language: reply.Language)).Count > 0;
}
