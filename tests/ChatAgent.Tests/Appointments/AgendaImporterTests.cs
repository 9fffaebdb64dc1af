using ChatAgent.Dialogs;
using ChatAgent.Tests;

namespace ChatAgent.Appointments.Tests;

public sealed class AgendaImporterTests
{
    private const string Header = "patient_id,patient_name,rut,email,appointment_id,date,time,doctor,specialty,branch\n";

    [Theory]
    [InlineData("p-9,Ana Díaz,12.345.678-9,,a-9,2026-05-04,9:00,Dr. X,Pediatría,Ñuñoa", 2, "rut")]
    [InlineData("p-9,Ana Díaz,12.345.678-5,ana,a-9,2026-05-04,9:00,Dr. X,Pediatría,Ñuñoa", 2, "email")]
    [InlineData("p-9,Ana Díaz,12.345.678-5,,a-9,2026-13-04,9:00,Dr. X,Pediatría,Ñuñoa", 2, "date")]
    [InlineData("p-9,Ana Díaz,12.345.678-5,,a-9,2026-05-04,nueve,Dr. X,Pediatría,Ñuñoa", 2, "time")]
    [InlineData("p-9,Ana Díaz,12.345.678-5,,a-9,2026-05-04,9:00,,,Ñuñoa", 2, "doctor")]
    [InlineData("p-9,Ana Díaz,12.345.678-5,,a-9,2026-05-04,9:00,Dr. X,Pediatría,Ñuñoa\np-8,Eva Paz,9.876.543-3,,a-8,2026-05-04,9:00,Dr. X,Pediatría,Ñuñoa", 3, "time")]
    public async Task ImportCsvAsync_BadRow_NamesRowAndColumnAndWritesNothing(string rows, int row, string column)
    {
        await using var fixture = await AgendaFixture.OpenAsync();

        var result = await fixture.ImportAsync(Header + rows);

        var error = Assert.Single(result.Errors);
        Assert.Equal((row, column), (error.Row, error.Column));
        Assert.Null(await fixture.Agenda.FindAppointmentAsync("a-9", CancellationToken.None));
    }

    [Fact]
    public async Task ImportCsvAsync_SameFileAgain_MakesNoDoubles()
    {
        await using var fixture = await AgendaFixture.OpenAsync();

        var again = await fixture.ImportAsync(AgendaFixture.Csv);

        Assert.Equal((0, 2), (again.Appointments, again.Unchanged));
        Assert.Single(await fixture.Agenda.ListAppointmentsAsync("p-1", CancellationToken.None));
    }

    [Fact]
    public async Task ImportCsvAsync_PatientChangedItSince_KeepsWhatThePatientSaid()
    {
        await using var fixture = await AgendaFixture.OpenAsync();
        await fixture.WriteAsync(await fixture.Agenda.DeclineAsync("a-1", "c-1", CancellationToken.None));

        await fixture.ImportAsync(AgendaFixture.Csv);

        Assert.Equal(AppointmentStatus.Declined, (await fixture.Agenda.FindAppointmentAsync("a-1", CancellationToken.None))!.Status);
    }

    [Fact]
    public async Task ImportCsvAsync_SemicolonsQuotesAndMark_AreRead()
    {
        await using var fixture = await AgendaFixture.OpenAsync();

        var result = await fixture.ImportAsync("\uFEFFpatient_name;rut;date;time;doctor;specialty;branch\r\n\"Soto; Ana \"\"Anita\"\"\";9876543-3;04/05/2026;9.30;Dr. X;Pediatría;Maipú\r\n");

        Assert.Empty(result.Errors);
        Assert.Equal("Soto; Ana \"Anita\"", (await fixture.Agenda.ListAppointmentsAsync("9876543-3", CancellationToken.None))[0].Patient);
    }

    [Fact]
    public async Task ImportJsonAsync_DemoAgenda_HasAnHourInThreeDays()
    {
        await using var fixture = await AgendaFixture.OpenAsync();
        var json = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "dialogs", "clinic", "agenda.json"));

        var result = await fixture.Importer.ImportJsonAsync(json, CancellationToken.None);

        // p-1 of the fixture and p-rodrigo share a RUT: the importer says so instead of failing in the store.
        Assert.Contains(result.Errors, error => error.Column == "rut");
    }

    [Fact]
    public async Task ImportJsonAsync_NotJson_NamesTheLine()
    {
        await using var fixture = await AgendaFixture.OpenAsync();

        var error = Assert.Single((await fixture.Importer.ImportJsonAsync("{\n  \"patients\": [}", CancellationToken.None)).Errors);

        Assert.Equal(2, error.Row);
    }
}
