namespace ChatAgent.Appointments;

/// <summary>Takes a one-time code to the address on file.</summary>
public interface ICodeSender
{
    /// <param name="address">An e-mail address.</param>
    /// <param name="code">Six digits.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    Task SendAsync(string address, string code, CancellationToken cancellationToken);
}
