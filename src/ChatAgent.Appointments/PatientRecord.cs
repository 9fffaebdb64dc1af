namespace ChatAgent.Appointments;

/// <summary>A patient, as the store holds one: collection "patients", unique key <c>rut:{rut}</c>.</summary>
/// <param name="Id">The agenda's id.</param>
/// <param name="Name">Full name.</param>
/// <param name="Rut">"12345678-5".</param>
/// <param name="Email">The address on file; null when there is none.</param>
/// <param name="Language">"es" or "en", in which they are written to first; null for the clinic's own.</param>
public sealed record PatientRecord(string Id, string Name, string Rut, string? Email, string? Language = null)
{
    internal const string Collection = "patients";

    /// <summary>"Rodrigo" of "Rodrigo Sandoval", "María José" of "María José Soto Rivas": two given names when there are two family names after them.</summary>
    public string FirstName
    {
        get
        {
            var words = Name.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return words.Length >= 4 ? $"{words[0]} {words[1]}" : words[0];
        }
    }

    /// <summary>By the hash of the address, in lower case.</summary>
    internal static string AddressIndex(string email) => $"address:{SignedLinks.HashOf(email)}";

    internal static string KeyOf(string rut) => $"rut:{rut}";
}
