namespace ChatAgent.Dialogs;

/// <summary>What the dialog can ask of the agenda and do with it. Implemented over the store by ChatAgent.Appointments.</summary>
/// <remarks>
/// Reads are of the moment. A change is only prepared: its documents join the turn's commit, which fails as a whole when another came first. Safe for
/// concurrent callers.
/// </remarks>
public interface IAgendaTools
{
    /// <summary>The patient, or null.</summary>
    Task<AgendaPatient?> FindPatientAsync(string patientId, CancellationToken cancellationToken);

    /// <summary>Appointments from now on, soonest first, given up ones included; at most ten.</summary>
    Task<IReadOnlyList<AgendaAppointment>> ListAppointmentsAsync(string patientId, CancellationToken cancellationToken);

    /// <summary>Free hours, best first.</summary>
    Task<IReadOnlyList<FreeSlot>> FindSlotsAsync(SlotSearch search, CancellationToken cancellationToken);

    /// <summary>An hour by its id, if it is still free.</summary>
    Task<FreeSlot?> FindFreeSlotAsync(string slotId, CancellationToken cancellationToken);

    /// <summary>The patient will attend. An hour that was given up is taken again if it is still free.</summary>
    Task<AgendaChange> ConfirmAsync(string appointmentId, string conversationId, CancellationToken cancellationToken);

    /// <summary>The patient will not attend; the hour becomes free.</summary>
    Task<AgendaChange> DeclineAsync(string appointmentId, string conversationId, CancellationToken cancellationToken);

    /// <summary>Moves the appointment to a free hour and frees its own.</summary>
    Task<AgendaChange> MoveAsync(string appointmentId, string slotId, string conversationId, CancellationToken cancellationToken);

    /// <summary>Makes a code for a RUT ("12345678-5"). An unknown RUT takes the same way and the same time, with nothing to send.</summary>
    Task<CodeRequest> RequestCodeAsync(string rut, string conversationId, CancellationToken cancellationToken);

    /// <summary>Compares the code that was typed with the conversation's own.</summary>
    Task<CodeCheck> CheckCodeAsync(string code, string conversationId, CancellationToken cancellationToken);

    /// <summary>Sends a code to the address on file; called once after the turn that made it is on disk.</summary>
    Task SendCodeAsync(CodeMessage message, CancellationToken cancellationToken);
}
