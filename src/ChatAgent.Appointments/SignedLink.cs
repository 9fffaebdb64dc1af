namespace ChatAgent.Appointments;

/// <summary>What a signed link says.</summary>
/// <param name="AppointmentId">The appointment it was made for.</param>
/// <param name="AddressHash"><see cref="SignedLinks.HashOf"/> of the address it was sent to.</param>
public sealed record SignedLink(string AppointmentId, string AddressHash);
