namespace Sandpiper.Archives.Members;

/// <summary>
/// The rules for names and limits of members, whatever the format of the archive: a reason to refuse each. Codes are stable and never
/// reused; they were given when ZIP was the only format.
/// </summary>
public static class MemberRules
{
    /// <summary>A name that is not UTF-8, or not marked so: readers would spell it differently.</summary>
    public const string NameEncoding = "SP-ZIP-18";

    /// <summary>Control, invisible or unassigned characters in a name.</summary>
    public const string NameCharacters = "SP-ZIP-19";

    /// <summary>A name that is no relative path of plain segments.</summary>
    public const string NamePath = "SP-ZIP-20";

    /// <summary>A name that is too long or has too many segments.</summary>
    public const string NameLength = "SP-ZIP-21";

    /// <summary>Two members of one name.</summary>
    public const string Duplicate = "SP-ZIP-22";

    /// <summary>A file where another member needs a directory.</summary>
    public const string FileAsDirectory = "SP-ZIP-23";

    /// <summary>Too many members, or a central directory that is too large.</summary>
    public const string TooMany = "SP-ZIP-29";

    /// <summary>A member that is too large.</summary>
    public const string TooLarge = "SP-ZIP-30";

    /// <summary>All members together are too large.</summary>
    public const string TooLargeInAll = "SP-ZIP-31";

    /// <summary>It grows too much when it is unpacked.</summary>
    public const string Ratio = "SP-ZIP-32";
}
