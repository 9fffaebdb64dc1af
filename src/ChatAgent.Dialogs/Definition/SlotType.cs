namespace ChatAgent.Dialogs;

/// <summary>What a slot holds.</summary>
public enum SlotType
{
    /// <summary>Words, as they stand in a reply.</summary>
    Text,

    /// <summary>A day, worded for the language: "martes 28 de abril".</summary>
    Date,

    /// <summary>A clock time, worded "10:45".</summary>
    Time,

    /// <summary>A clause of facts.yml, scoped by branch or specialty.</summary>
    Fact,

    /// <summary>One of a closed list; flows decide on it.</summary>
    Category,

    /// <summary>The value of the entity with the slot's name; flows collect it.</summary>
    Entity,
}
