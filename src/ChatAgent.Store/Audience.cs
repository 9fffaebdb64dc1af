namespace ChatAgent.Store;

/// <summary>Who may see a row of the log. Views filter by it: Direct Line and Connector show <see cref="Client"/>, the console also <see cref="Operator"/>. The numbers are stored.</summary>
[Flags]
public enum Audience
{
    /// <summary>Kept for explanation and replay only.</summary>
    Internal = 0,
    Client = 1,
    Bot = 2,
    Operator = 4,
    Everyone = Client | Bot | Operator,
}
