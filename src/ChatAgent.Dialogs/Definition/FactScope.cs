namespace ChatAgent.Dialogs;

/// <summary>Where a fact holds, or what is known of the place that a question is about; null means every one, or not known.</summary>
public sealed record FactScope(string? Branch, string? Specialty)
{
    public static FactScope Unknown { get; } = new(null, null);
}
