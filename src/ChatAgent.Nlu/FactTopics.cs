namespace ChatAgent.Nlu;

/// <summary>Names of what a question can be about.</summary>
public static class FactTopics
{
    public const string Date = "date";
    public const string Time = "time";
    public const string Professional = "professional";
    public const string Specialty = "specialty";
    public const string Place = "place";
    public const string ArrivalMinutes = "arrival_minutes";
    public const string IdentityCard = "identity_card";
    public const string Voucher = "voucher";
    public const string HowToChange = "how_to_change";
    public const string Price = "price";
    public const string Insurance = "insurance";
    public const string Preparation = "preparation";
    public const string Medication = "medication";
    public const string Parking = "parking";
    public const string Floor = "floor";
    public const string Companion = "companion";
    public const string Refund = "refund";
    public const string Modality = "modality";
    public const string Other = "other";
}
