namespace ChatAgent.Nlg;

/// <summary>One row of a file of meanings, with or without its text.</summary>
/// <param name="Line">Where the row begins, from 1.</param>
/// <param name="Act">What is to be said.</param>
/// <param name="Style">How the person is addressed.</param>
/// <param name="LanguageCode">"es" or "en" where the row tells, else null.</param>
/// <param name="Text">A wording of it, or null where the file has meanings only.</param>
public sealed record MeaningRow(int Line, DialogAct Act, ReplyStyle Style, string? LanguageCode, string? Text);
