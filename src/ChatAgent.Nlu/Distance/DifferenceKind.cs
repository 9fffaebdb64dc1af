namespace ChatAgent.Nlu.Distance;

/// <summary>In what two texts differ.</summary>
public enum DifferenceKind
{
    /// <summary>One text has content that the other has not.</summary>
    Content,

    /// <summary>One denies what the other says, or says the contrary.</summary>
    Negation,

    /// <summary>Who does it and to whom are exchanged.</summary>
    Roles,

    /// <summary>A number, date, hour or length of time is another.</summary>
    Value,

    /// <summary>What comes first, or causes the other, is exchanged.</summary>
    Order,

    /// <summary>What belongs together in one text belongs to something else in the other.</summary>
    Attachment,

    /// <summary>A person or place by name is another.</summary>
    Name,

    /// <summary>A word is used in another sense.</summary>
    Sense,

    /// <summary>A thing is replaced by another of its kind ("rojo", "negro").</summary>
    Kind,

    /// <summary>One asks, the other states.</summary>
    Question,
}
