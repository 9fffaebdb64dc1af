using System.Collections.Frozen;

namespace ChatAgent.Text;

/// <summary>Shorthand of Spanish and English chat, written out. Keys and values are folded.</summary>
/// <remarks>Only forms that are no word of the other language; "x" and "k" are Spanish here because bots that answer in Chile see "x favor" far more often than a bare English x.</remarks>
public static class ChatShorthand
{
    private static readonly FrozenDictionary<string, string> Table = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["q"] = "que", ["k"] = "que", ["qe"] = "que", ["ke"] = "que", ["xq"] = "porque", ["pq"] = "porque", ["xk"] = "porque", ["porq"] = "porque", ["xke"] = "porque",
        ["x"] = "por", ["xfa"] = "porfa", ["xfavor"] = "por favor", ["pf"] = "por favor", ["pls"] = "please", ["plz"] = "please", ["plis"] = "please",
        ["tb"] = "tambien", ["tbn"] = "tambien", ["tmb"] = "tambien", ["tmbn"] = "tambien", ["tbien"] = "tambien", ["tambn"] = "tambien",
        ["dsp"] = "despues", ["dps"] = "despues", ["desp"] = "despues", ["bn"] = "bien", ["d"] = "de", ["dnd"] = "donde", ["dde"] = "donde", ["cdo"] = "cuando", ["cnd"] = "cuando",
        ["msj"] = "mensaje", ["mje"] = "mensaje", ["grax"] = "gracias", ["grcs"] = "gracias", ["gcs"] = "gracias", ["gs"] = "gracias", ["grs"] = "gracias", ["salu2"] = "saludos",
        ["stoy"] = "estoy", ["toy"] = "estoy", ["tamos"] = "estamos", ["ntp"] = "no te preocupes", ["nc"] = "no se", ["ns"] = "no se", ["finde"] = "fin de semana",
        ["hr"] = "hora", ["hrs"] = "horas", ["min"] = "minutos", ["mins"] = "minutos", ["tel"] = "telefono", ["fono"] = "telefono", ["dr"] = "doctor", ["dra"] = "doctora",
        ["u"] = "you", ["ur"] = "your", ["thx"] = "thanks", ["tnx"] = "thanks", ["thks"] = "thanks", ["ty"] = "thank you", ["appt"] = "appointment", ["apt"] = "appointment", ["doc"] = "doctor",
        ["tmrw"] = "tomorrow", ["tmr"] = "tomorrow", ["tomoro"] = "tomorrow", ["cuz"] = "because", ["idk"] = "i do not know", ["gonna"] = "going to", ["wanna"] = "want to",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The written-out form, or the word itself.</summary>
    public static string Expand(string folded) => folded.Length <= 6 && Table.TryGetValue(folded, out var full) ? full : folded;
}
