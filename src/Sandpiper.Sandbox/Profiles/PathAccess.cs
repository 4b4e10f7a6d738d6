namespace Sandpiper.Sandbox.Profiles;

/// <summary>What a program may do with something of the host that it is shown.</summary>
public enum PathAccess
{
    /// <summary>Read it.</summary>
    Read,

    /// <summary>Write it, too.</summary>
    Write,

    /// <summary>Read it, although what it lies in may be written (<c>.git</c>): neither changed nor replaced nor moved.</summary>
    Protected,

    /// <summary>Nothing: <c>/dev/null</c> is in its place.</summary>
    Masked,
}
