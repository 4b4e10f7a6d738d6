namespace Sandpiper.Archives.Zip;

/// <summary>The rules of the ZIP reader; codes are stable and never reused.</summary>
internal static class ZipRules
{
    /// <summary>No end record where every reader would find one; bytes before, between or behind what the archive describes.</summary>
    public const string Layout = "SP-ZIP-01";

    /// <summary>A header is missing, cut off or not what its signature says.</summary>
    public const string Header = "SP-ZIP-02";

    /// <summary>The archive is split, or its end records disagree (ZIP64 confusion).</summary>
    public const string EndRecord = "SP-ZIP-03";

    /// <summary>Encrypted, patched or masked content.</summary>
    public const string Encrypted = "SP-ZIP-04";

    /// <summary>A compression method other than stored and deflate, or a version that does not go with it.</summary>
    public const string Method = "SP-ZIP-05";

    /// <summary>Local header and central directory differ in name, flags, method or time of use.</summary>
    public const string Disagreement = "SP-ZIP-06";

    /// <summary>Local header, central directory, data descriptor or content differ in checksum or size.</summary>
    public const string Content = "SP-ZIP-07";

    /// <summary>Extra fields that are malformed, repeated, or would rename the member.</summary>
    public const string Extra = "SP-ZIP-08";

    /// <summary>A name that is no relative path of plain segments.</summary>
    public const string Name = "SP-ZIP-09";

    /// <summary>Two members of one name, or a file where another member needs a directory.</summary>
    public const string Duplicate = "SP-ZIP-10";

    /// <summary>A symbolic link or another special file; a directory with content.</summary>
    public const string Kind = "SP-ZIP-11";

    /// <summary>It would cost more than an archive may.</summary>
    public const string Limit = "SP-ZIP-12";
}
