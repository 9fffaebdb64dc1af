namespace ChatAgent.Dialogs;

/// <summary>How far an appointment's confirmation has come.</summary>
public enum AppointmentStatus
{
    /// <summary>In the agenda; the patient has not said whether they come.</summary>
    Booked,

    /// <summary>The patient said that they come.</summary>
    Confirmed,

    /// <summary>The patient said that they do not come; the hour is free again.</summary>
    Declined,
}
