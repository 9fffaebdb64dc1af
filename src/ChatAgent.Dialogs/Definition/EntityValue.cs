using ChatAgent.Text;

namespace ChatAgent.Dialogs;

/// <summary>One value of an entity's list.</summary>
/// <param name="Canonical">As the agenda and the first language write it: "Dra. Camila Rojas Peña".</param>
/// <param name="Synonyms">What people say for it; neither the canonical value nor a name in a language is among them.</param>
/// <param name="Names">Where a language writes it otherwise: "Dr. Camila Rojas Peña", "General Medicine".</param>
public sealed record EntityValue(string Canonical, IReadOnlyList<string> Synonyms, IReadOnlyDictionary<Language, string> Names)
{
    public string NameIn(Language language) => Names.GetValueOrDefault(language, Canonical);
}
