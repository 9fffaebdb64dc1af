namespace ChatAgent.Server.Channels;

/// <summary>How to reach a person on a channel; kept with the conversation.</summary>
/// <param name="ServiceUrl">Where a connector takes activities; null where the client asks for them.</param>
/// <param name="ConversationId">The channel's own id of the conversation.</param>
/// <param name="UserId">The channel's own id of the person.</param>
/// <param name="BotId">The channel's own id of the bot.</param>
/// <param name="Locale">The language that the client asked for, BCP 47.</param>
internal sealed record ConversationReferenceData(string? ServiceUrl, string ConversationId, string? UserId, string? BotId, string? Locale);
