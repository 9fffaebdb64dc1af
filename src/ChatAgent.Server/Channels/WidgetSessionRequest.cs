namespace ChatAgent.Server.Channels;

/// <summary>The widget asks for a session.</summary>
/// <param name="Visit">What an earlier session gave; null or unreadable begins a new conversation.</param>
/// <param name="Link">The signed token of a mail's link, which says who the person is.</param>
/// <param name="Locale">BCP 47; the language to greet in.</param>
internal sealed record WidgetSessionRequest(string? Visit, string? Link, string? Locale);
