namespace Sandpiper.Sandbox.Profiles;

/// <summary>What a program may do with something of the host that it is shown.</summary>
public enum PathAccess
{
    /// <summary>Read it.</summary>
    Read,

    /// <summary>Write it, too.</summary>
    Write,

    /// <summary>Open it as the device that it is, to read and to write.</summary>
    Device,
}
