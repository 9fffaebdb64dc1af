namespace ChatAgent.Email;

/// <summary>A mail as a way in hands it over, before anything of it was read.</summary>
/// <param name="EnvelopeFrom">Envelope sender; empty for the null sender "&lt;&gt;", null where the way in does not know it (IMAP, a folder).</param>
/// <param name="EnvelopeTo">Envelope recipients; empty where the way in does not know them.</param>
/// <param name="Raw">The bytes.</param>
/// <param name="ReceivedAt">UTC.</param>
public sealed record ReceivedMail(string? EnvelopeFrom, IReadOnlyList<string> EnvelopeTo, ReadOnlyMemory<byte> Raw, DateTimeOffset ReceivedAt);
