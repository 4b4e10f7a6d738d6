namespace Sandpiper.Sandbox.Profiles;

/// <summary>What makes a directory one that is not shown unasked.</summary>
/// <param name="Kind">Of what kind it is.</param>
/// <param name="Name">A path or a name that tells, where the kind says so.</param>
public sealed record Sensitivity(SensitivityKind Kind, string? Name = null);

/// <summary>In brackets what <see cref="Sensitivity.Name"/> then is.</summary>
public enum SensitivityKind
{
    /// <summary>The root.</summary>
    WholeFileSystem,

    /// <summary>The user's home directory.</summary>
    Home,

    /// <summary>The home directory lies in it.</summary>
    AboveHome,

    /// <summary>Everybody's temporary files and sockets lie in it.</summary>
    OfEverybody,

    /// <summary>A directory of the system or of everybody lies in it (which).</summary>
    AboveSystem,

    /// <summary>Hidden in the home directory, where keys and settings are.</summary>
    HiddenInHome,

    /// <summary>It lies in a directory of the system (which).</summary>
    InSystem,

    /// <summary>It lies where keys are kept (the name that says so).</summary>
    AmongKeys,

    /// <summary>Keys lie in it (the name that says so).</summary>
    HoldsKeys,
}
