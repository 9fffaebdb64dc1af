using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace ChatAgent.Email;

/// <summary>TLS towards a mail server: its certificate must be valid for the name that was asked for.</summary>
internal static class WireTls
{
    /// <param name="plain">Closed with the result.</param>
    /// <param name="host">The name that the certificate must bear.</param>
    /// <param name="authority">A PEM file of authorities that are believed in place of the system's; null for the system's.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="AuthenticationException">The certificate is not valid for that name, or the two sides find no protocol.</exception>
    public static async Task<SslStream> SecureAsync(Stream plain, string host, string? authority, CancellationToken cancellationToken)
    {
        var tls = new SslStream(plain);
        try
        {
            var options = new SslClientAuthenticationOptions { TargetHost = host, EnabledSslProtocols = SslProtocols.None };
            if (authority is not null)
            {
                var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
                policy.CustomTrustStore.ImportFromPemFile(authority);
                options.CertificateChainPolicy = policy;
            }

            await tls.AuthenticateAsClientAsync(options, cancellationToken);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether a host is this machine: there alone may a password be sent in the clear.</summary>
    public static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
