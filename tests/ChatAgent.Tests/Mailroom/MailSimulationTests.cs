using ChatAgent.Dialogs.Tests;
using ChatAgent.Nlu;
using ChatAgent.Nlu.Appointments;
using ChatAgent.Text;
using NodaTime;

namespace ChatAgent.Mailroom.Tests;

/// <summary>A campaign against written patients, and the arithmetic of its errors.</summary>
public sealed class MailSimulationTests(TrainedClinic clinic) : IClassFixture<TrainedClinic>
{
    [Fact]
    public async Task Run_WrittenPatients_EndAsTheirWordsSay()
    {
        SimulatedPatient[] patients =
        [
            Patient("yes", "Sí, confirmo mi asistencia", AppointmentIntent.Confirm, 9),
            Patient("no", "No podré asistir, por favor anulen mi hora", AppointmentIntent.Decline, 10),
            Patient("hedge", "Si ando con ganas, voy", AppointmentIntent.Conditional, 11),
            Patient("calendar", "", AppointmentIntent.Decline, 12, SimulatedWay.Calendar),
            Patient("machine", "Sí, confirmo mi asistencia", AppointmentIntent.Confirm, 13, SimulatedWay.Automatic),
            Patient("silent", "Sí, confirmo mi asistencia", AppointmentIntent.Confirm, 14, SimulatedWay.Never),
        ];

        var report = await new MailSimulation(clinic.Bundle, new CampaignRules(), TrainedClinic.Agenda).RunAsync(patients, progress: null, CancellationToken.None);

        Assert.Equal((6, 6, 2), (report.Patients, report.Asked, report.Reminded));
        Assert.Equal(
            [("conditional", "open", 1), ("confirm", "confirmed", 1), ("decline", "declined", 2), ("none", "open", 2)],
            report.Outcomes.Select(outcome => (outcome.Label, outcome.Ended, outcome.Count)));
        Assert.Equal((0, 5, 0, 4), (report.FalseYes.Errors, report.FalseYes.Cases, report.FalseNo.Errors, report.FalseNo.Cases));
        Assert.Empty(report.Errors);
    }

    [Fact]
    public async Task Run_LabelsThatSaySomethingElse_CountAsErrors()
    {
        SimulatedPatient[] patients = [Patient("a", "Sí, confirmo mi asistencia", AppointmentIntent.Conditional, 9), Patient("b", "No podré asistir, anulen mi hora", AppointmentIntent.Question, 10)];

        var report = await new MailSimulation(clinic.Bundle, new CampaignRules(), "{}").RunAsync(patients, progress: null, CancellationToken.None);

        Assert.Equal((1, 2, 1, 2), (report.FalseYes.Errors, report.FalseYes.Cases, report.FalseNo.Errors, report.FalseNo.Cases));
        Assert.Equal(["a", "b"], report.Errors.Select(error => error.Id));
    }

    [Fact]
    public async Task Run_TwoPatientsOfOneDoctorAtOneHour_ArePlayedInTwoClinics()
    {
        SimulatedPatient[] patients = [Patient("a", "Sí, confirmo", AppointmentIntent.Confirm, 9), Patient("b", "No voy a poder ir", AppointmentIntent.Decline, 9)];

        Assert.Equal(2, (await new MailSimulation(clinic.Bundle, new CampaignRules(), "{}").RunAsync(patients, progress: null, CancellationToken.None)).Patients);
    }

    [Fact]
    public void Generate_SameSeed_MakesTheSamePatientsWithoutForeignDates()
    {
        LabelledReply[] replies = [Patient("a", "Sí, voy", AppointmentIntent.Confirm, 9).Reply, Patient("b", "Sí, el martes a las 10 voy", AppointmentIntent.Confirm, 9).Reply];
        var zone = DateTimeZoneProviders.Tzdb["America/Santiago"];

        var patients = SimulatedPatients.Generate(replies, 200, new LocalDate(2026, 5, 4), zone, seed: 3);

        Assert.Equal(patients, SimulatedPatients.Generate(replies, 200, new LocalDate(2026, 5, 4), zone, seed: 3));
        Assert.NotEqual(patients, SimulatedPatients.Generate(replies, 200, new LocalDate(2026, 5, 4), zone, seed: 4));
        Assert.All(patients, patient => Assert.Equal("Sí, voy", patient.Reply.Text));
        Assert.Equal(200, patients.Select(patient => (patient.Reply.Appointment.Doctor, patient.Reply.Appointment.Start)).Distinct().Count());
        Assert.Contains(patients, patient => patient.By == SimulatedWay.Never);
    }

    [Theory]
    [InlineData(0, 0, 0, 1)]
    [InlineData(0, 50, 0, 0.0713)]
    [InlineData(5, 50, 0.0435, 0.2136)]
    [InlineData(50, 50, 0.9287, 1)]
    public void ErrorRate_Interval_IsWilsons(int errors, int cases, double lower, double upper)
    {
        var rate = new ErrorRate(errors, cases);

        Assert.Equal(lower, rate.Lower, 4);
        Assert.Equal(upper, rate.Upper, 4);
    }

    private static SimulatedPatient Patient(string id, string text, AppointmentIntent intent, int hour, SimulatedWay by = SimulatedWay.Words) => new(
        new LabelledReply(
            id,
            Language.Spanish,
            new DateTimeOffset(2026, 4, 21, 15, hour, 0, TimeSpan.FromHours(-4)),
            new AppointmentContext(id, new LocalDateTime(2026, 4, 24, hour, 0), "Dra. Camila Rojas Peña", "Medicina General", "Ñuñoa", "Jorge Valdebenito"),
            [],
            text,
            KnownFacts.Default,
            intent,
            [],
            NeedsHuman: false),
        by);
}
