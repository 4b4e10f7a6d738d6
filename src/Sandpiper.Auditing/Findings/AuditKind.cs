namespace Sandpiper.Auditing.Findings;

/// <summary>What can be found in a directory of packages. What it is called is the console's business.</summary>
/// <remarks>The numbers are what users quote, <c>SP-AUDIT-NN</c>: none is used again for another meaning.</remarks>
public enum AuditKind
{
    /// <summary>No RECORD, and no package of the system, has this file.</summary>
    Unowned = 1,

    /// <summary>Another content than RECORD, or the system's package, says.</summary>
    Changed = 2,

    /// <summary>RECORD has it, the disk does not.</summary>
    Missing = 3,

    /// <summary>A package without RECORD: what belongs to it cannot be told.</summary>
    NoRecord = 4,

    UnreadableRecord = 5,

    /// <summary>RECORD names what lies outside the environment: uninstalling would remove it.</summary>
    RecordLeadsOut = 6,

    /// <summary>Runs at every start of this Python.</summary>
    StartUpCode = 7,

    /// <summary>Puts a directory on the search path of every start.</summary>
    StartUpPath = 8,

    /// <summary>Moves the interpreter's idea of its own library.</summary>
    InterpreterSettings = 9,

    /// <summary>Several packages claim one file.</summary>
    SeveralOwners = 10,

    /// <summary>Of several packages that claim one file, one had it replaced.</summary>
    Overwritten = 11,

    /// <summary>Somebody else may write it.</summary>
    WritableByOthers = 12,

    /// <summary>Somebody else may replace it, for a directory above is his.</summary>
    AncestorWritable = 13,

    /// <summary>Called as a module of the standard library is.</summary>
    ShadowsLibrary = 14,

    /// <summary>Called as a command of the system is.</summary>
    ShadowsCommand = 15,

    /// <summary>Byte code that can be imported, of which there is no source.</summary>
    ByteCodeWithoutSource = 16,

    /// <summary>Python runs it, and it is not of its source.</summary>
    ByteCodeUnlikeSource = 17,

    /// <summary>Byte code that Python compares with no source.</summary>
    UncheckedByteCode = 18,

    /// <summary>Byte code that somebody else put there than who owns the source.</summary>
    ByteCodeOfAnother = 19,

    /// <summary>Byte code of an earlier source; Python compiles anew.</summary>
    StaleByteCode = 20,

    /// <summary>Installed in a way that keeps no hashes: egg-info, eggs.</summary>
    LegacyInstall = 21,

    /// <summary>Imported from a directory of somebody's project.</summary>
    EditableInstall = 22,

    /// <summary>Installed by root outside the system's own packages.</summary>
    InstalledByRoot = 23,

    /// <summary>The system's Python says that the system manages it (PEP 668).</summary>
    ExternallyManaged = 24,

    /// <summary>It does not, so that pip writes there.</summary>
    NotExternallyManaged = 25,

    /// <summary>A pipe, a socket or a device among the modules.</summary>
    SpecialFile = 26,

    /// <summary>A name that is not UTF-8 or holds characters that do not print.</summary>
    OddName = 27,

    /// <summary>A link that leads out of the environment.</summary>
    LinkLeadsOut = 28,

    /// <summary>Two versions of one package lie there.</summary>
    TwoVersions = 29,

    /// <summary>The package calls itself otherwise than its directory does.</summary>
    OtherName = 30,

    /// <summary>Runs with the rights of its owner or group.</summary>
    SetsUser = 31,

    /// <summary>Could not be looked at: nothing is known of it.</summary>
    NotLookedAt = 32,

    /// <summary>The release is recorded as malware.</summary>
    KnownMalware = 33,

    /// <summary>The release has a recorded vulnerability.</summary>
    KnownVulnerability = 34,

    /// <summary>What an uninstall that failed left behind.</summary>
    LeftOver = 35,

    /// <summary>No configured index has this release.</summary>
    UnknownRelease = 36,

    /// <summary>The index has the release, with no wheel whose METADATA is this one.</summary>
    UnknownContent = 37,

    /// <summary>The index has only source of it, or keeps no wheel's METADATA: it cannot be compared.</summary>
    NotCompared = 38,
}
