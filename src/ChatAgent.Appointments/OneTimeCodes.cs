using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ChatAgent.Dialogs;
using ChatAgent.Store;

namespace ChatAgent.Appointments;

/// <summary>Six digits that go to the address on file and prove who the visitor is. Thread-safe.</summary>
/// <remarks>
/// A RUT that nobody has goes the same way as a known one: the same reads, the same documents, the same answer; only nothing is sent. The code is in memory
/// between commit and sending and nowhere else; on disk lies its HMAC-SHA256. Attempts and requests are counted in the turn's commit, against an ETag, so
/// that guesses at the same time count each. Guessing: 3 attempts on each of 5 codes an hour are 15 chances in a million.
/// </remarks>
public sealed class OneTimeCodes
{
    private const string Challenges = "codes";
    private const string Requests = "code-requests";

    private readonly IConversationStore _store;
    private readonly ICodeSender _sender;
    private readonly OneTimeCodeOptions _options;
    private readonly TimeProvider _time;

    public OneTimeCodes(IConversationStore store, ICodeSender sender, OneTimeCodeOptions options, TimeProvider time)
    {
        options.Check();
        (_store, _sender, _options, _time) = (store, sender, options, time);
    }

    /// <summary>Makes a code for a RUT; the conversation's last one is good no more.</summary>
    public async Task<CodeRequest> RequestAsync(string rut, string conversationId, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var requestsId = Hash($"rut|{rut}");
        var requests = await _store.FindDocumentAsync(Requests, requestsId, cancellationToken);
        var recent = (requests is null ? [] : JsonSerializer.Deserialize(requests.Json, AppointmentsJson.Compact.CodeRequests)!.At).Where(at => at > now.AddHours(-1)).ToList();
        if (recent.Count >= _options.MaxRequestsPerHour)
        {
            return new CodeRequest(TooMany: true, [], Message: null);
        }

        var patient = await _store.FindDocumentByKeyAsync(PatientRecord.KeyOf(rut), cancellationToken);
        var code = RandomNumberGenerator.GetInt32(1_000_000).ToString("D6", CultureInfo.InvariantCulture);
        var old = await _store.FindDocumentAsync(Challenges, conversationId, cancellationToken);
        DocumentWrite[] documents =
        [
            Write(Challenges, conversationId, old, JsonSerializer.Serialize(
                new CodeChallenge(patient?.Id, Hash($"code|{conversationId}|{code}"), now + _options.Lifetime, Attempts: 0), AppointmentsJson.Compact.CodeChallenge)),
            Write(Requests, requestsId, requests, JsonSerializer.Serialize(new CodeRequests([.. recent, now]), AppointmentsJson.Compact.CodeRequests)),
        ];
        return new CodeRequest(TooMany: false, documents, patient is null ? null : new CodeMessage(patient.Id, code));
    }

    /// <summary>Compares a code with the conversation's own. A right one is good once.</summary>
    public async Task<CodeCheck> CheckAsync(string code, string conversationId, CancellationToken cancellationToken)
    {
        if (await _store.FindDocumentAsync(Challenges, conversationId, cancellationToken) is not { } document)
        {
            return new CodeCheck(null, Exhausted: true, []);
        }

        var challenge = JsonSerializer.Deserialize(document.Json, AppointmentsJson.Compact.CodeChallenge)!;
        var isOpen = challenge.Attempts < _options.MaxAttempts && challenge.ExpiresAt > _time.GetUtcNow();
        var isRight = CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(Hash($"code|{conversationId}|{DigitsOf(code)}")),
            Encoding.ASCII.GetBytes(challenge.Hash));
        if (!isOpen)
        {
            return new CodeCheck(null, Exhausted: true, []);
        }

        if (isRight && challenge.PatientId is not null && await FindPatientAsync(challenge.PatientId, cancellationToken) is { } patient)
        {
            return new CodeCheck(new AgendaPatient(patient.Id, patient.FirstName), Exhausted: false, [Write(Challenges, conversationId, document, json: null)]);
        }

        var attempts = challenge.Attempts + 1;
        return new CodeCheck(null, attempts >= _options.MaxAttempts, [Write(Challenges, conversationId, document, JsonSerializer.Serialize(challenge with { Attempts = attempts }, AppointmentsJson.Compact.CodeChallenge))]);
    }

    /// <summary>Sends a code to the address on file; a patient without one gets nothing, and nobody is told.</summary>
    public async Task SendAsync(CodeMessage message, CancellationToken cancellationToken)
    {
        if (await FindPatientAsync(message.PatientId, cancellationToken) is { Email: { } email })
        {
            await _sender.SendAsync(email, message.Code, cancellationToken);
        }
    }

    private async Task<PatientRecord?> FindPatientAsync(string patientId, CancellationToken cancellationToken) =>
        await _store.FindDocumentAsync(PatientRecord.Collection, patientId, cancellationToken) is { } document
            ? JsonSerializer.Deserialize(document.Json, AppointmentsJson.Compact.PatientRecord)
            : null;

    /// <summary>"123 456" and "123-456" are the code 123456.</summary>
    private static string DigitsOf(string code) => string.Concat(code.Where(char.IsAsciiDigit));

    private string Hash(string text) => Convert.ToHexStringLower(HMACSHA256.HashData(_options.Key, Encoding.UTF8.GetBytes(text)));

    private static DocumentWrite Write(string collection, string id, Document? old, string? json) => new()
    {
        Collection = collection,
        Id = id,
        Json = json,
        ExpectedETag = old?.ETag ?? string.Empty,
    };
}
