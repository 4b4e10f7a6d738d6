using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sandpiper.Indexes.Fetching;

/// <summary>Certificates that the user trusts instead of the system's (<c>SSL_CERT_FILE</c>).</summary>
internal static class TrustedCertificates
{
    /// <summary>Trusts those in a PEM file and no others.</summary>
    /// <exception cref="IndexException">
    /// It cannot be read or holds none. Going on with the system's would trust whom the user did not name (uv had that: #20741).
    /// </exception>
    public static X509ChainPolicy In(string file)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw Unusable(file, "cannot be read", error);
        }
        return policy.CustomTrustStore.Count > 0 ? policy : throw Unusable(file, "holds no certificate", null);
    }

    private static IndexException Unusable(string file, string why, Exception? inner) =>
        new(IndexRules.Certificates, $"SSL_CERT_FILE names `{file}`, which {why}", null, inner) { IsRefusal = true };
}
