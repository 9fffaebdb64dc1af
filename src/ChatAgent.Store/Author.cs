namespace ChatAgent.Store;

/// <summary>Who wrote a row of the log.</summary>
public enum Author
{
    Client,
    Bot,
    Operator,
    System,
}
