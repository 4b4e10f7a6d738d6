namespace Sandpiper.Sandbox;

/// <summary>Why there is no sandbox to be had; in brackets what the exception's subject then is.</summary>
public enum SandboxObstacle
{
    /// <summary>We are root, whom bubblewrap cannot confine.</summary>
    RootHeld,

    /// <summary>No bubblewrap (its path).</summary>
    BubblewrapAbsent,

    /// <summary>Somebody other than root could have changed it (its path).</summary>
    BubblewrapChangeable,

    /// <summary>Who shall run the program may neither start nor read this very one (its path), so nothing inside could compare.</summary>
    OwnProgramClosed,

    /// <summary>This command was built without what has to run inside first.</summary>
    NoSecondStage,

    /// <summary>No file may be as large as that is (the most bytes that it may have).</summary>
    FilesTooSmall,

    /// <summary>AppArmor refuses user namespaces (bubblewrap's message, as in the next three).</summary>
    AppArmor,

    /// <summary>The number of namespaces is limited.</summary>
    NamespaceLimit,

    /// <summary>The kernel or a container allows none.</summary>
    NoNamespaces,

    /// <summary>A container allows no mounts.</summary>
    NoMounts,

    /// <summary>Another failure of bubblewrap's (its message, perhaps empty).</summary>
    BubblewrapFailed,

    /// <summary>Bubblewrap works, but not with what was to be shown (its message; empty: it is on standard error already).</summary>
    NotWithThis,

    /// <summary>What runs first inside was killed before it was ready, and nobody here had asked for that (the signal's number).</summary>
    Killed,

    /// <summary>To be shown, but absent or out of our sight (a path, as in the next three).</summary>
    PathAbsent,

    /// <summary>The whole file system.</summary>
    PathIsEverything,

    /// <summary>A place of which the sandbox has its own.</summary>
    PathIsTheSandboxesOwn,

    /// <summary>A standard stream is a directory (its number).</summary>
    StreamIsDirectory,

    /// <summary>A standard stream is a socket that reaches more than one other (its number).</summary>
    StreamReachesOthers,

    /// <summary>No filter of system calls for this machine (its architecture).</summary>
    UnknownArchitecture,
}
