namespace ChatAgent.Dialogs;

/// <summary>What a channel needs beside the text of a message: an activity's other fields.</summary>
/// <param name="Locale">"es-CL", "en".</param>
/// <param name="InputHint">"expectingInput" or "acceptingInput".</param>
/// <param name="SuggestedActions">Short answers to choose from; null for none.</param>
public sealed record MessagePayload(string? Locale, string? InputHint, SuggestedActions? SuggestedActions);

/// <summary>Short answers to choose from.</summary>
public sealed record SuggestedActions(IReadOnlyList<SuggestedAction> Actions);

/// <summary>One short answer; choosing it sends its value as the person's own words.</summary>
/// <param name="Type">"imBack".</param>
/// <param name="Title">What the button says.</param>
/// <param name="Value">What is sent.</param>
public sealed record SuggestedAction(string Type, string Title, string Value);
