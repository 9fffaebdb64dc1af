namespace ChatAgent.Nlg;

/// <summary>Where the words of an act came from.</summary>
public enum WordingSource
{
    /// <summary>The language model.</summary>
    Model,

    /// <summary>The bot's written wordings: no model yet, an act the model does not know, or every hypothesis was refused.</summary>
    Written,
}
