namespace ChatAgent.Appointments;

/// <summary>A code that a conversation waits for: collection "codes", id of the conversation. The code itself is nowhere.</summary>
/// <param name="PatientId">Who it would prove; null for a RUT that nobody has.</param>
/// <param name="Hash">Of code and conversation under the house's key, base64.</param>
/// <param name="ExpiresAt">UTC.</param>
/// <param name="Attempts">Wrong codes so far.</param>
internal sealed record CodeChallenge(string? PatientId, string Hash, DateTimeOffset ExpiresAt, int Attempts);

/// <summary>When codes were asked for a RUT: collection "code-requests", id a keyed hash of the RUT.</summary>
/// <param name="At">UTC, oldest first; those of the last hour.</param>
internal sealed record CodeRequests(IReadOnlyList<DateTimeOffset> At);
