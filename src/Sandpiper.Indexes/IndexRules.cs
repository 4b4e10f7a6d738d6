namespace Sandpiper.Indexes;

/// <summary>The codes of what an index did; stable and never reused.</summary>
public static class IndexRules
{
    /// <summary>Nobody answered: no such host, refused, timed out, too slow, broken off.</summary>
    public const string Unreachable = "SP-INDEX-01";

    /// <summary>
    /// An answer that is neither the page nor "no such project": 401, 403, 5xx. It is never passed over for another index.
    /// </summary>
    public const string Status = "SP-INDEX-02";

    /// <summary>A page of a kind, version or content that cannot be read.</summary>
    public const string Page = "SP-INDEX-03";

    /// <summary>More bytes than promised, or than such a thing may have.</summary>
    public const string TooLong = "SP-INDEX-04";

    /// <summary>Fewer bytes than promised.</summary>
    public const string TooShort = "SP-INDEX-05";

    /// <summary>Bytes with another SHA-256 than the index or the user named.</summary>
    public const string Digest = "SP-INDEX-06";

    /// <summary>A file for which neither the index nor the user names a SHA-256.</summary>
    public const string NoDigest = "SP-INDEX-07";

    /// <summary>A redirect to a place where it must not lead: from https to http, to a file, too many.</summary>
    public const string Redirect = "SP-INDEX-08";

    /// <summary>Not on this machine, and asking was switched off.</summary>
    public const string Offline = "SP-INDEX-09";

    /// <summary>The certificates to check the index with cannot be read.</summary>
    public const string Certificates = "SP-INDEX-10";

    /// <summary>A file at an address where such an index must not lead: http from https, a server from a directory.</summary>
    public const string Elsewhere = "SP-INDEX-11";

    /// <summary>The address of an index is none.</summary>
    public const string Address = "SP-INDEX-12";

    /// <summary>A file of an index in a directory is there and cannot be read.</summary>
    public const string Unreadable = "SP-INDEX-13";

    /// <summary>A name that is installed from an index that is not asked: another one could hold anything under it (P7).</summary>
    public const string Owner = "SP-INDEX-14";
}
