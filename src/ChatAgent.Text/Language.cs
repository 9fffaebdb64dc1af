namespace ChatAgent.Text;

/// <summary>The languages that the agent speaks.</summary>
public enum Language
{
    Spanish,
    English,
}
