namespace ChatAgent.Nlu;

/// <summary>One name of a list and the ways to say it.</summary>
/// <param name="Entity">The list: "doctor", "branch", "specialty", "insurer".</param>
/// <param name="Value">The canonical name, which also counts as a way to say it: "Dra. Camila Rojas Peña".</param>
/// <param name="Synonyms">Further ways: "traumatólogo" for "Traumatología". Of a doctor, title, first name and surnames in their usual pairs are understood by themselves.</param>
public sealed record LexiconEntry(string Entity, string Value, IReadOnlyList<string> Synonyms);
