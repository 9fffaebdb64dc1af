namespace ChatAgent.Nlg;

/// <summary>A source text and the target text that is to be written for it.</summary>
public readonly record struct SequencePair(string Source, string Target);
