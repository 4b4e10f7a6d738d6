namespace Sandpiper.Archives.Zip;

/// <summary>The rules of the ZIP reader, one for each reason to refuse; codes are stable and never reused.</summary>
public static class ZipRules
{
    /// <summary>It does not end with the end record of a ZIP archive, or something follows that record which is not its comment.</summary>
    public const string End = "SP-ZIP-01";

    /// <summary>A header is missing where another one points, cut off, or outside the file.</summary>
    public const string Header = "SP-ZIP-02";

    /// <summary>A comment with control characters: every header begins with some, so a second archive could hide there.</summary>
    public const string Comment = "SP-ZIP-03";

    /// <summary>Split over several files.</summary>
    public const string Split = "SP-ZIP-04";

    /// <summary>The ZIP64 end record is missing, misplaced, or contradicts the plain one.</summary>
    public const string Zip64End = "SP-ZIP-05";

    /// <summary>The central directory does not fill the place, or hold the number of entries, that the end record gives.</summary>
    public const string Directory = "SP-ZIP-06";

    /// <summary>Local header and central directory give different checksums.</summary>
    public const string DifferentChecksum = "SP-ZIP-07";

    /// <summary>Local header and central directory give different sizes.</summary>
    public const string DifferentSize = "SP-ZIP-08";

    /// <summary>Local header and central directory give different names.</summary>
    public const string DifferentName = "SP-ZIP-09";

    /// <summary>Local header and central directory give different flags or methods.</summary>
    public const string DifferentForm = "SP-ZIP-10";

    /// <summary>The descriptor behind the content is missing or contradicts the directory; or content that only it could end.</summary>
    public const string Descriptor = "SP-ZIP-11";

    /// <summary>Members overlap, or there are bytes that belong to none: another reader could find a member there.</summary>
    public const string Gap = "SP-ZIP-12";

    /// <summary>Encrypted content or headers.</summary>
    public const string Encrypted = "SP-ZIP-13";

    /// <summary>Patch data, or flags and versions that have no meaning for stored and deflated content.</summary>
    public const string Feature = "SP-ZIP-14";

    /// <summary>A compression method other than stored and deflate.</summary>
    public const string Method = "SP-ZIP-15";

    /// <summary>Extra fields that are cut off or repeated, or a ZIP64 one with other numbers than are needed.</summary>
    public const string Extra = "SP-ZIP-16";

    /// <summary>A second name or comment in an extra field, which only some readers use.</summary>
    public const string SecondName = "SP-ZIP-17";

    /// <summary>A symbolic link.</summary>
    public const string Link = "SP-ZIP-24";

    /// <summary>A device, pipe or socket.</summary>
    public const string Special = "SP-ZIP-25";

    /// <summary>A directory by its name and a file by its attributes or content, or the reverse.</summary>
    public const string Directoryness = "SP-ZIP-26";

    /// <summary>Content that is no deflate stream, or one that ends before or after its compressed size.</summary>
    public const string Deflate = "SP-ZIP-27";

    /// <summary>Content of another size or checksum than promised.</summary>
    public const string Content = "SP-ZIP-28";
}
