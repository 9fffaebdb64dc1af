using System.Globalization;
using System.Text;
using ChatAgent.Text;
using NodaTime;

namespace ChatAgent.Appointments;

/// <summary>An hour that a doctor works: collection "slots". It is free as long as no document holds its key.</summary>
/// <param name="Doctor">"Dra. Camila Rojas Peña".</param>
/// <param name="Specialty">"Medicina General".</param>
/// <param name="Branch">"Ñuñoa".</param>
/// <param name="Start">Wall time at the place.</param>
public sealed record SlotRecord(string Doctor, string Specialty, string Branch, LocalDateTime Start)
{
    internal const string Collection = "slots";

    /// <summary>Doctor and start; ordinal order within a doctor is the order of time.</summary>
    public string Id => IdOf(Doctor, Start);

    internal string Index => IndexOf(Doctor, Branch);

    /// <summary>The unique key <c>slot:{doctor}:{start}</c>.</summary>
    internal static string KeyOf(string doctor, LocalDateTime start) => $"slot:{IdOf(doctor, start)}";

    internal static string IdOf(string doctor, LocalDateTime start) => string.Create(CultureInfo.InvariantCulture, $"{Slug(doctor)}:{start:uuuu'-'MM'-'dd'T'HH':'mm}");

    internal static string IndexOf(string doctor, string branch) => $"doctor:{Slug(doctor)}:{Slug(branch)}";

    /// <summary>"dra-camila-rojas-pena": a spelling without accents or capitals names the same doctor.</summary>
    internal static string Slug(string name)
    {
        var slug = new StringBuilder(name.Length);
        foreach (var c in TextNormalizer.Fold(name))
        {
            if (char.IsAsciiLetterOrDigit(c))
            {
                slug.Append(c);
            }
            else if (slug.Length > 0 && slug[^1] != '-')
            {
                slug.Append('-');
            }
        }

        return slug.ToString().TrimEnd('-');
    }
}
