namespace ChatAgent.Nlu.Distance;

/// <summary>The part of a noun in what its clause tells, in the order from who acts to whom it is done; two nouns are compared by this order.</summary>
internal enum RoleLevel
{
    /// <summary>No part that could be exchanged with another ("in", "for").</summary>
    None = -1,

    Subject = 0,

    Object = 1,

    /// <summary>Where something comes from ("from", "de").</summary>
    Source = 2,

    /// <summary>To whom or where to; what something is compared with.</summary>
    Recipient = 3,

    /// <summary>Against whom.</summary>
    Against = 4,

    /// <summary>With whom; the loser's side of "perder con".</summary>
    Companion = 5,

    /// <summary>After "by": who acts, when the clause is passive.</summary>
    By = 6,
}
