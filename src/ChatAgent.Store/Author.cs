namespace ChatAgent.Store;

/// <summary>Who wrote a row of the log. The numbers are stored.</summary>
public enum Author
{
    Client = 0,
    Bot = 1,
    Operator = 2,
    System = 3,
}
