namespace ChatAgent.Server.Channels;

/// <summary>How far the preparation is.</summary>
/// <param name="Ready">Whether the agent understands; messages sent before wait and are answered then.</param>
/// <param name="Stage">What is being trained; null when nothing is.</param>
/// <param name="Fraction">0 to 1 of that stage.</param>
/// <param name="Webchat">Whether the official Web Chat is there.</param>
internal sealed record WidgetStatus(bool Ready, string? Stage, double? Fraction, bool Webchat);
