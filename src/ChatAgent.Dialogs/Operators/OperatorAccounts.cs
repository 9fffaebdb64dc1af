using System.Security.Cryptography;
using System.Text.Json;
using ChatAgent.Store;

namespace ChatAgent.Dialogs.Operators;

/// <summary>The people who may use the console, kept as documents; used by the host and by the command line alike. Safe for concurrent callers.</summary>
public sealed class OperatorAccounts(IConversationStore store, TimeProvider time)
{
    /// <summary>The operator that a new installation begins with.</summary>
    public const string FirstName = "recepcion";

    /// <summary>Fewest characters of a password that somebody chooses.</summary>
    public const int MinPasswordLength = 12;

    /// <summary>Most characters of a password, so that nobody keeps the hash busy.</summary>
    public const int MaxPasswordLength = 200;

    private const string Collection = "operators";
    private const int MaxNameLength = 40;
    private const int MaxOperators = 1000;

    /// <summary>Without letters and digits that look alike; 31 of them, so that 16 give 79 bits.</summary>
    private const string PasswordAlphabet = "abcdefghjkmnpqrstuvwxyz23456789";
    private const int PasswordGroups = 4;
    private const int GroupLength = 4;

    /// <summary>Makes the first operator when there is none.</summary>
    /// <returns>The password, which is kept nowhere else, or null when there are operators already.</returns>
    public async Task<string?> EnsureFirstAsync(CancellationToken cancellationToken)
    {
        if ((await store.ListDocumentsAsync(Collection, null, null, 1, cancellationToken)).Count > 0)
        {
            return null;
        }

        try
        {
            return await AddAsync(FirstName, mustChange: false, cancellationToken);
        }
        catch (StoreConflictException)
        {
            // Another process was faster, and has shown its password.
            return null;
        }
    }

    /// <summary>Makes an operator and returns a password for the first entry.</summary>
    /// <exception cref="ArgumentException">The name is not one; the message says what is allowed.</exception>
    /// <exception cref="StoreConflictException">There is an operator of that name.</exception>
    public Task<string> AddAsync(string name, CancellationToken cancellationToken) => AddAsync(name, mustChange: true, cancellationToken);

    /// <summary>Gives an operator a new password, to be changed at the next entry, and ends all sessions of theirs.</summary>
    /// <returns>The password, which is kept nowhere else; null when there is no such operator.</returns>
    public async Task<string?> ResetAsync(string name, CancellationToken cancellationToken)
    {
        if (await store.FindDocumentAsync(Collection, Fold(name), cancellationToken) is not { } document)
        {
            return null;
        }

        var password = MakePassword();
        await WriteAsync(Fold(name), password, mustChange: true, document.ETag, cancellationToken);
        return password;
    }

    /// <summary>Takes an operator's access away.</summary>
    /// <returns>False when there was no such operator.</returns>
    public async Task<bool> RemoveAsync(string name, CancellationToken cancellationToken)
    {
        if (await store.FindDocumentAsync(Collection, Fold(name), cancellationToken) is not { } document)
        {
            return false;
        }

        await store.WriteDocumentsAsync([new DocumentWrite { Collection = Collection, Id = document.Id, Json = null, ExpectedETag = document.ETag }], cancellationToken);
        return true;
    }

    /// <summary>Names in order.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await store.ListDocumentsAsync(Collection, null, null, MaxOperators, cancellationToken)).Select(document => document.Id)];

    /// <summary>The operator, or null.</summary>
    public async Task<OperatorAccount?> FindAsync(string name, CancellationToken cancellationToken) =>
        await ReadAsync(name, cancellationToken) is ({ } stored, _) ? ToAccount(stored) : null;

    /// <summary>The operator whose name and password these are, or null. Takes the same time for a name that there is not.</summary>
    public async Task<OperatorAccount?> CheckAsync(string name, string password, CancellationToken cancellationToken)
    {
        var (stored, _) = await ReadAsync(name, cancellationToken);
        var matches = password.Length <= MaxPasswordLength && PasswordHash.Matches(password, stored?.Hash ?? PasswordHash.OfNobody);
        return matches && stored is not null ? ToAccount(stored) : null;
    }

    /// <summary>Changes a password that is known; other sessions of the operator end.</summary>
    /// <returns>The operator with the new stamp; null when <paramref name="current"/> is not the password.</returns>
    /// <exception cref="ArgumentException">The new password is too short, too long or the old one.</exception>
    public async Task<OperatorAccount?> ChangePasswordAsync(string name, string current, string next, CancellationToken cancellationToken)
    {
        if (next.Length is < MinPasswordLength or > MaxPasswordLength || next == current)
        {
            throw new ArgumentException($"a password has {MinPasswordLength} to {MaxPasswordLength} characters and differs from the one before", nameof(next));
        }

        var (stored, etag) = await ReadAsync(name, cancellationToken);
        if (stored is null || !PasswordHash.Matches(current, stored.Hash))
        {
            return null;
        }

        return ToAccount(await WriteAsync(stored.Name, next, mustChange: false, etag, cancellationToken));
    }

    private async Task<string> AddAsync(string name, bool mustChange, CancellationToken cancellationToken)
    {
        var folded = Fold(name);
        if (folded.Length is 0 or > MaxNameLength || !folded.All(letter => char.IsLetterOrDigit(letter) || letter is '.' or '-' or '_'))
        {
            throw new ArgumentException($"\"{name}\" is not an operator's name: 1 to {MaxNameLength} letters, digits, '.', '-' or '_'", nameof(name));
        }

        var password = MakePassword();
        await WriteAsync(folded, password, mustChange, expectedETag: string.Empty, cancellationToken);
        return password;
    }

    private async Task<(StoredOperator? Stored, string? ETag)> ReadAsync(string name, CancellationToken cancellationToken) =>
        await store.FindDocumentAsync(Collection, Fold(name), cancellationToken) is { } document
            ? (JsonSerializer.Deserialize(document.Json, OperatorJson.Default.StoredOperator), document.ETag)
            : (null, null);

    private async Task<StoredOperator> WriteAsync(string name, string password, bool mustChange, string? expectedETag, CancellationToken cancellationToken)
    {
        var stored = new StoredOperator(name, PasswordHash.Make(password), mustChange, RandomNumberGenerator.GetHexString(16, lowercase: true), time.GetUtcNow());
        var write = new DocumentWrite { Collection = Collection, Id = name, Json = JsonSerializer.Serialize(stored, OperatorJson.Default.StoredOperator), ExpectedETag = expectedETag };
        await store.WriteDocumentsAsync([write], cancellationToken);
        return stored;
    }

    private static OperatorAccount ToAccount(StoredOperator stored) => new(stored.Name, stored.MustChange, stored.Stamp);

    private static string Fold(string name) => name.Trim().ToLowerInvariant();

    private static string MakePassword() =>
        string.Join('-', Enumerable.Range(0, PasswordGroups).Select(_ => RandomNumberGenerator.GetString(PasswordAlphabet, GroupLength)));
}
