namespace ChatAgent.Nlu;

/// <summary>One message as a person wrote it.</summary>
/// <param name="Text">What was typed, untouched; may be empty (a sticker, a picture).</param>
/// <param name="SentAt">When; relative dates count from here.</param>
public sealed record Utterance(string Text, DateTimeOffset SentAt);
