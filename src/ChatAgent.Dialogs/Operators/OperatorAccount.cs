namespace ChatAgent.Dialogs.Operators;

/// <summary>Somebody who may use the console.</summary>
/// <param name="Name">Lower case; what the log says of who wrote.</param>
/// <param name="MustChange">The password was made by somebody else; nothing is shown before it is changed.</param>
/// <param name="Stamp">Changes with the password; a session that carries another is over.</param>
public sealed record OperatorAccount(string Name, bool MustChange, string Stamp);
