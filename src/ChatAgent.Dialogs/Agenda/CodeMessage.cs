namespace ChatAgent.Dialogs;

/// <summary>A code on its way to the address on file. Lives in memory only, between the commit and the sending.</summary>
/// <param name="PatientId">Whose address.</param>
/// <param name="Code">Six digits.</param>
public sealed record CodeMessage(string PatientId, string Code)
{
    /// <summary>Without the code: a record's own words end up in logs.</summary>
    public override string ToString() => $"code for {PatientId}";
}
