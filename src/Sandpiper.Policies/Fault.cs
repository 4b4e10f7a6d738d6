namespace Sandpiper.Policies;

/// <summary>
/// Everything that can be wrong with a wheel, or with one in an environment.
/// What it is called is the console's business.
/// </summary>
/// <remarks>
/// Each belongs to one rule (<see cref="Rules.CodeOf"/>). The numbers stand in manifests of the store: none is used again.
/// </remarks>
public enum Fault
{
    /// <summary>The archive contradicts itself; its own room says how, and names the rule.</summary>
    Archive = 1,

    NoWheelName = 101,

    NoDistInfo = 201,
    TwoProjects = 202,
    DistInfoOfAnother = 203,
    ProjectThroughData = 204,

    NoMetadata = 301,
    UnreadableMetadata = 302,
    MetadataOfAnother = 303,

    NoWheelDocument = 401,
    UnreadableWheelDocument = 402,
    UnknownWheelFormat = 403,

    NoRecord = 501,
    UnreadableRecord = 502,

    NotListed = 601,

    NotThere = 701,

    OtherSize = 801,
    OtherContent = 802,

    NoHash = 901,

    DataOfAnother = 1001,
    UnknownPlace = 1002,
    ScriptInDirectory = 1003,

    ReplacesEnvironment = 1101,

    NoEntryPoints = 1201,
    UnreadableEntryPoints = 1202,

    FilesThatAreOne = 1301,
    DirectoriesThatAreOne = 1302,

    OtherMetadata = 1401,

    LongPath = 1501,

    ModuleWithoutSource = 1601,

    /// <summary>Its file name stood for other bytes when it was installed before; Seen are these, Claimed those.</summary>
    OtherBytesThanBefore = 1701,

    ImportedAtStart = 2001,

    CodeAtStart = 2101,

    PathsAtStart = 2201,

    FunctionsAtStart = 2301,

    /// <summary>The environment's own: settings, links, the interpreter's names.</summary>
    PartOfEnvironment = 10101,
    FileOfAnother = 10102,
    ModuleOfAnother = 10103,

    ShadowsLibrary = 10201,
    ProgramShadowsLibrary = 10202,
}
