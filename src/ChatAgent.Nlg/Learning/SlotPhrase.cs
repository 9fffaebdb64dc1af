namespace ChatAgent.Nlg;

/// <summary>A run of words that says a value, as training pairs taught it.</summary>
/// <param name="Feature">"family_friendly=no".</param>
/// <param name="Words">Folded, without blanks.</param>
/// <param name="Alone">The words say the slot whatever was given: where it was not, they may not be said.</param>
internal sealed record SlotPhrase(string Feature, string[] Words, bool Alone);
