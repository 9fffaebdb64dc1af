using System.Collections.Immutable;
using ChatAgent.Nlu;
using ChatAgent.Text;

namespace ChatAgent.Dialogs;

/// <summary>The public facts of the owner: facts.yml. Each is a clause in every language, for everybody or by branch and specialty.</summary>
public sealed class FactBook
{
    private readonly ImmutableDictionary<string, Fact> _facts;

    internal FactBook(IEnumerable<Fact> facts)
    {
        _facts = facts.ToImmutableDictionary(fact => fact.Name, StringComparer.Ordinal);
        Known = new KnownFacts(KnownFacts.Default.Topics.Union(_facts.Values.Select(fact => fact.Topic).OfType<string>(), StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>Every fact by name; the name is that of the slot it fills.</summary>
    public IEnumerable<string> Names => _facts.Keys;

    /// <summary>What the agent can answer: the appointment's own data and the topics of these facts.</summary>
    public KnownFacts Known { get; }

    /// <summary>The fact that answers a topic, or null.</summary>
    public string? ForTopic(string topic) =>
        _facts.Values.FirstOrDefault(fact => string.Equals(fact.Topic, topic, StringComparison.Ordinal))?.Name;

    /// <summary>Looks a fact up.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="scope">What is known of branch and specialty.</param>
    /// <param name="language">Of the clause.</param>
    /// <returns>
    /// The clause of the most specific entry that fits; null when no entry fits because the fact differs by a branch or specialty that is not known, or
    /// when there is no such fact.
    /// </returns>
    public string? Find(string name, FactScope scope, Language language) =>
        _facts.TryGetValue(name, out var fact)
            ? fact.Entries
                .Where(entry => Fits(entry.Scope.Branch, scope.Branch) && Fits(entry.Scope.Specialty, scope.Specialty))
                .MaxBy(entry => (entry.Scope.Branch is null ? 0 : 1) + (entry.Scope.Specialty is null ? 0 : 1))
                ?.Clauses[language]
            : null;

    /// <summary>Branches by which the fact differs, in the order of the file; empty when it holds everywhere.</summary>
    public IReadOnlyList<string> BranchesOf(string name) =>
        _facts.TryGetValue(name, out var fact) ? [.. fact.Entries.Select(entry => entry.Scope.Branch).OfType<string>().Distinct(StringComparer.Ordinal)] : [];

    private static bool Fits(string? required, string? known) => required is null || string.Equals(required, known, StringComparison.Ordinal);

    internal sealed record Fact(string Name, string? Topic, IReadOnlyList<Entry> Entries);

    internal sealed record Entry(FactScope Scope, IReadOnlyDictionary<Language, string> Clauses);
}
