namespace Sandpiper.Sandbox.Profiles;

/// <summary>What a program may do with something of the host that it is shown.</summary>
public enum PathAccess
{
    /// <summary>Read it.</summary>
    Read,

    /// <summary>Write it, too.</summary>
    Write,
}
