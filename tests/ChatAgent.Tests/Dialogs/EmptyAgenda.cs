namespace ChatAgent.Dialogs.Tests;

/// <summary>An agenda with nobody and nothing in it.</summary>
internal sealed class EmptyAgenda : IAgendaTools
{
    public Task<AgendaPatient?> FindPatientAsync(string patientId, CancellationToken cancellationToken) => Task.FromResult<AgendaPatient?>(null);

    public Task<IReadOnlyList<AgendaAppointment>> ListAppointmentsAsync(string patientId, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<AgendaAppointment>>([]);

    public Task<IReadOnlyList<FreeSlot>> FindSlotsAsync(SlotSearch search, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<FreeSlot>>([]);

    public Task<FreeSlot?> FindFreeSlotAsync(string slotId, CancellationToken cancellationToken) => Task.FromResult<FreeSlot?>(null);

    public Task<AgendaChange> ConfirmAsync(string appointmentId, string conversationId, CancellationToken cancellationToken) => Gone();

    public Task<AgendaChange> DeclineAsync(string appointmentId, string conversationId, CancellationToken cancellationToken) => Gone();

    public Task<AgendaChange> MoveAsync(string appointmentId, string slotId, string conversationId, CancellationToken cancellationToken) => Gone();

    public Task<CodeRequest> RequestCodeAsync(string rut, string conversationId, CancellationToken cancellationToken) =>
        Task.FromResult(new CodeRequest(TooMany: false, [], Message: null));

    public Task<CodeCheck> CheckCodeAsync(string code, string conversationId, CancellationToken cancellationToken) =>
        Task.FromResult(new CodeCheck(Patient: null, Exhausted: true, []));

    public Task SendCodeAsync(CodeMessage message, CancellationToken cancellationToken) => Task.CompletedTask;

    private static Task<AgendaChange> Gone() => Task.FromResult(new AgendaChange(AgendaOutcome.Gone, null, []));
}
