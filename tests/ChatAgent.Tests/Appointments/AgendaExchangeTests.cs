using System.Text;
using ChatAgent.Dialogs;
using NodaTime;

namespace ChatAgent.Appointments.Tests;

/// <summary>Agendas of other programs: names and words mapped, looked at before they are written, and written out again.</summary>
public sealed class AgendaExchangeTests
{
    private const string Mapping = """
        columns:
          patient_name: Nombre Paciente
          rut: RUT
          email: Correo
          appointment_id: Folio
          start: Fecha y hora
          doctor: Profesional
          branch: Sede
          specialty: Especialidad
          status: Estado
          minutes: Duración
        values:
          branch: {NUNOA: Ñuñoa}
          status: {Agendada: booked, Anulada: cancelled}
        """;

    private const string Foreign = """
        Folio;Nombre Paciente;RUT;Correo;Fecha y hora;Duración;Profesional;Especialidad;Sede;Estado
        F1;Ana Soto;9.876.543-3;ana@correo.example;04/05/2026 9:00;45;Dr. X;Pediatría;NUNOA;Agendada
        F2;Luis Vera;17.654.321-3;;04/05/2026 10:00;;Dr. X;Pediatría;Maipú;anulada
        """;

    private const string ForeignJson = """
        {"agenda": {"citas": [
          {"Folio": "F1", "Nombre Paciente": "Ana Soto", "RUT": "9.876.543-3", "Correo": "ana@correo.example", "Fecha y hora": "2026-05-04T09:00", "Duración": 45, "Profesional": "Dr. X", "Especialidad": "Pediatría", "Sede": "NUNOA", "Estado": "Agendada"}
        ]}}
        """;

    [Fact]
    public async Task ImportCsvAsync_ForeignNames_AreReadByTheMapping()
    {
        await using var fixture = await AgendaFixture.OpenAsync();

        var result = await fixture.Importer.ImportCsvAsync(new StringReader(Foreign), AgendaMapping.Parse(Mapping, "map.yml"), isDryRun: false, CancellationToken.None);

        Assert.Empty(result.Errors);
        var first = (await fixture.Agenda.FindAppointmentAsync("F1", CancellationToken.None))!;
        Assert.Equal((new LocalDateTime(2026, 5, 4, 9, 0), 45, "Ñuñoa", AppointmentStatus.Booked), (first.Start, first.Minutes, first.Branch, first.Status));
        Assert.Equal(AppointmentStatus.Declined, (await fixture.Agenda.FindAppointmentAsync("F2", CancellationToken.None))!.Status);
    }

    [Fact]
    public async Task ImportJsonRowsAsync_ListWithinTheFile_IsReadLikeTheTable()
    {
        await using var fixture = await AgendaFixture.OpenAsync();

        var result = await fixture.Importer.ImportJsonRowsAsync(ForeignJson, AgendaMapping.Parse("rows: agenda.citas\n" + Mapping, "map.yml"), isDryRun: false, CancellationToken.None);

        Assert.Empty(result.Errors);
        Assert.Equal(45, (await fixture.Agenda.FindAppointmentAsync("F1", CancellationToken.None))!.Minutes);
    }

    [Fact]
    public async Task ImportCsvAsync_DryRun_TellsTheChangesAndWritesNothing()
    {
        await using var fixture = await AgendaFixture.OpenAsync();
        var moved = AgendaFixture.Csv.Replace("a-1,2026-04-28,10:30", "a-1,2026-04-28,12:45", StringComparison.Ordinal);

        var result = await fixture.Importer.ImportCsvAsync(new StringReader(moved), AgendaMapping.None, isDryRun: true, CancellationToken.None);

        var change = Assert.Single(result.Changes);
        Assert.Equal((2, AgendaImportKind.Moved, "a-1"), (change.Row, change.Kind, change.AppointmentId));
        Assert.Equal(new LocalDateTime(2026, 4, 28, 10, 30), (await fixture.Agenda.FindAppointmentAsync("a-1", CancellationToken.None))!.Start);
    }

    [Fact]
    public async Task ImportCsvAsync_GivenUpInTheFile_FreesItsHourAndKeepsTheHistory()
    {
        await using var fixture = await AgendaFixture.OpenAsync();

        await fixture.ImportAsync("appointment_id,patient_id,patient_name,rut,date,time,doctor,specialty,branch,status\na-1,p-1,Rodrigo Sandoval,12.345.678-5,2026-04-28,10:30,Dra. Camila Rojas Peña,Medicina General,Ñuñoa,cancelled\n");

        var appointment = (await fixture.Agenda.FindAppointmentAsync("a-1", CancellationToken.None))!;
        Assert.Equal(AppointmentStatus.Declined, appointment.Status);
        Assert.Equal(2, appointment.History.Count);
    }

    [Fact]
    public async Task ImportCsvAsync_ALengthWasCorrected_KeepsWhatThePatientSaid()
    {
        await using var fixture = await AgendaFixture.OpenAsync();
        await fixture.WriteAsync(await fixture.Agenda.ConfirmAsync("a-1", "c-1", CancellationToken.None));

        await fixture.ImportAsync("appointment_id,patient_id,patient_name,rut,date,time,doctor,specialty,branch,minutes\na-1,p-1,Rodrigo Sandoval,12.345.678-5,2026-04-28,10:30,Dra. Camila Rojas Peña,Medicina General,Ñuñoa,40\n");

        var appointment = (await fixture.Agenda.FindAppointmentAsync("a-1", CancellationToken.None))!;
        Assert.Equal((AppointmentStatus.Confirmed, 40), (appointment.Status, appointment.Minutes));
    }

    [Theory]
    [InlineData("date,time,doctor,specialty,branch,patient_name,rut,status\n2026-05-04,9:00,Dr. X,Pediatría,Maipú,Ana,9876543-3,quizás\n", "row 2, status")]
    [InlineData("date,time,doctor,specialty,branch,patient_name,rut,minutes\n2026-05-04,9:00,Dr. X,Pediatría,Maipú,Ana,9876543-3,2\n", "row 2, minutes")]
    [InlineData("date,time,doctor,specialty,branch,patient_name,rut,language\n2026-05-04,9:00,Dr. X,Pediatría,Maipú,Ana,9876543-3,fr\n", "row 2, language")]
    [InlineData("date,time,doctor,branch,patient_name,rut\n2026-05-04,9:00,Dr. X,Maipú,Ana,9876543-3\n", "row 2, specialty")]
    [InlineData("start,doctor,branch,patient_name,rut\nmañana,Dr. X,Maipú,Ana,9876543-3\n", "row 2, start")]
    [InlineData("time,doctor,branch\n9:00,Dr. X,Maipú\n", "row 1, date")]
    public async Task ImportCsvAsync_WrongField_NamesRowAndColumn(string csv, string place)
    {
        await using var fixture = await AgendaFixture.OpenAsync();

        Assert.StartsWith(place, Assert.Single((await fixture.ImportAsync(csv)).Errors).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ImportJsonRowsAsync_NoList_SaysWhatIsExpected()
    {
        await using var fixture = await AgendaFixture.OpenAsync();

        var result = await fixture.Importer.ImportJsonRowsAsync("{\"citas\": []}", AgendaMapping.None, isDryRun: false, CancellationToken.None);

        Assert.Contains("is not a list of rows", Assert.Single(result.Errors).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_UnknownColumn_NamesThePlace()
    {
        var error = Assert.Throws<DialogFormatException>(() => AgendaMapping.Parse("columns:\n  paciente: x\n", "map.yml"));

        Assert.Contains("map.yml(2,3): \"paciente\" is not a column of ours", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WriteCsvAsync_ReadAgain_ChangesNothing()
    {
        await using var fixture = await AgendaFixture.OpenAsync();
        await fixture.WriteAsync(await fixture.Agenda.ConfirmAsync("a-1", "c-1", CancellationToken.None));
        var csv = new StringWriter();

        Assert.Equal(2, await new AgendaExporter(fixture.Store).WriteCsvAsync(csv, null, null, CancellationToken.None));

        var again = await fixture.ImportAsync(csv.ToString());
        Assert.Empty(again.Errors);
        Assert.Equal((0, 2), (again.Appointments, again.Unchanged));
        Assert.Contains(",confirmed,\r\n", csv.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WriteJsonAsync_DaysGiven_HoldsThoseDaysWithTheirHistory()
    {
        await using var fixture = await AgendaFixture.OpenAsync();
        await fixture.WriteAsync(await fixture.Agenda.DeclineAsync("a-2", "c-9", CancellationToken.None));
        using var stream = new MemoryStream();

        Assert.Equal(0, await new AgendaExporter(fixture.Store).WriteJsonAsync(Stream.Null, new LocalDate(2026, 4, 29), null, CancellationToken.None));
        await new AgendaExporter(fixture.Store).WriteJsonAsync(stream, new LocalDate(2026, 4, 28), new LocalDate(2026, 4, 28), CancellationToken.None);

        Assert.Contains("\"by\": \"c-9\"", Encoding.UTF8.GetString(stream.ToArray()), StringComparison.Ordinal);
    }
}
