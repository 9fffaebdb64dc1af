using ChatAgent.Dialogs;
using ChatAgent.Nlu.Appointments;
using ChatAgent.Store;
using NodaTime;

namespace ChatAgent.Appointments.Tests;

public sealed class AgendaTests
{
    private const string Rojas = "Dra. Camila Rojas Peña";

    private static readonly LocalDateTime Booked = new(2026, 4, 28, 10, 30);

    [Fact]
    public async Task MoveAsync_TwoConversationsSameHour_OnlyOneCommits()
    {
        await using var fixture = await AgendaFixture.OpenAsync();
        var free = Assert.Single(await FindAsync(fixture, ProposedSlot.At(new LocalDate(2026, 4, 30), new LocalTime(9, 0)), count: 1));

        // Both have read the hour as free before either commits.
        var first = await fixture.Agenda.MoveAsync("a-1", free.Id, "c-1", CancellationToken.None);
        var second = await fixture.Agenda.MoveAsync("a-2", free.Id, "c-2", CancellationToken.None);
        await fixture.WriteAsync(first);

        var conflict = await Assert.ThrowsAsync<StoreConflictException>(() => fixture.WriteAsync(second));
        Assert.Equal($"slot:{free.Id}", conflict.TakenKey);
        Assert.Equal(AgendaOutcome.Taken, (await fixture.Agenda.MoveAsync("a-2", free.Id, "c-2", CancellationToken.None)).Outcome);
        Assert.Equal(new LocalDateTime(2026, 4, 28, 11, 15), await fixture.StartOfAsync("a-2"));
    }

    [Fact]
    public async Task MoveAsync_Committed_FreesTheOldHourAndKeepsTheHistory()
    {
        await using var fixture = await AgendaFixture.OpenAsync();
        var free = (await FindAsync(fixture, ProposedSlot.Day(new LocalDate(2026, 4, 30))))[0];
        await fixture.WriteAsync(await fixture.Agenda.MoveAsync("a-1", free.Id, "c-1", CancellationToken.None));

        Assert.Contains(await FindAsync(fixture, ProposedSlot.At(Booked.Date, Booked.TimeOfDay)), slot => slot.Start == Booked);
        var appointment = await fixture.Agenda.FindAppointmentAsync("a-1", CancellationToken.None);
        Assert.Equal([(AppointmentStatus.Booked, Booked, "import"), (AppointmentStatus.Confirmed, free.Start, "c-1")], appointment!.History.Select(entry => (entry.Status, entry.Start, entry.By)));
    }

    [Fact]
    public async Task DeclineAsync_Committed_OffersTheHourToOthers()
    {
        await using var fixture = await AgendaFixture.OpenAsync();
        Assert.DoesNotContain(await FindAsync(fixture, ProposedSlot.Day(Booked.Date)), slot => slot.Start == Booked);

        await fixture.WriteAsync(await fixture.Agenda.DeclineAsync("a-1", "c-1", CancellationToken.None));

        Assert.Contains(await FindAsync(fixture, ProposedSlot.Day(Booked.Date)), slot => slot.Start == Booked);
    }

    [Fact]
    public async Task ConfirmAsync_AfterDeclineAndAnotherTookIt_IsTaken()
    {
        await using var fixture = await AgendaFixture.OpenAsync();
        await fixture.WriteAsync(await fixture.Agenda.DeclineAsync("a-1", "c-1", CancellationToken.None));
        await fixture.WriteAsync(await fixture.Agenda.MoveAsync("a-2", SlotRecord.IdOf(Rojas, Booked), "c-2", CancellationToken.None));

        Assert.Equal(AgendaOutcome.Taken, (await fixture.Agenda.ConfirmAsync("a-1", "c-1", CancellationToken.None)).Outcome);
    }

    [Fact]
    public async Task ConfirmAsync_HourHasPassed_IsGone()
    {
        await using var fixture = await AgendaFixture.OpenAsync();
        fixture.Time.Advance(TimeSpan.FromDays(7));

        Assert.Equal(AgendaOutcome.Gone, (await fixture.Agenda.ConfirmAsync("a-1", "c-1", CancellationToken.None)).Outcome);
        Assert.Empty(await fixture.Agenda.ListAppointmentsAsync("p-1", CancellationToken.None));
    }

    [Fact]
    public async Task FindSlotsAsync_NothingFitsTheDay_BringsTheNearest()
    {
        await using var fixture = await AgendaFixture.OpenAsync();

        var slots = await FindAsync(fixture, ProposedSlot.Day(new LocalDate(2026, 4, 29)));

        Assert.NotEmpty(slots);
        Assert.All(slots, slot => Assert.Contains(slot.Start.Date, new[] { new LocalDate(2026, 4, 28), new LocalDate(2026, 4, 30) }));
    }

    [Fact]
    public async Task IdentifyAsync_AddressHasChangedSinceTheLink_IsNobody()
    {
        await using var fixture = await AgendaFixture.OpenAsync();
        var links = new SignedLinks(new byte[32], fixture.Time);
        var token = links.Create("a-1", "rodrigo@correo.example", fixture.Time.GetUtcNow().AddDays(3));
        Assert.True(links.TryRead(token, out var link));
        Assert.Equal("Rodrigo", (await fixture.Agenda.IdentifyAsync(link, CancellationToken.None))!.FirstName);

        await fixture.ImportAsync(AgendaFixture.Csv.Replace("rodrigo@correo.example", "nueva@correo.example", StringComparison.Ordinal));

        Assert.Null(await fixture.Agenda.IdentifyAsync(link, CancellationToken.None));
    }

    private static Task<IReadOnlyList<FreeSlot>> FindAsync(AgendaFixture fixture, ProposedSlot proposed, int count = 5) => fixture.Agenda.FindSlotsAsync(
        new SlotSearch { Doctor = Rojas, Branch = "Ñuñoa", Proposed = [proposed], Near = Booked, Count = count },
        CancellationToken.None);
}
