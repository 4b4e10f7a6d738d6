namespace Sandpiper.Environments.Verifying;

/// <summary>Where something is not as it was installed: which decides what mends it.</summary>
public enum FindingPlace
{
    /// <summary>The generation: the next one is made without it.</summary>
    Generation,

    /// <summary>The sealed files of a wheel: every environment with it is concerned, and none can be composed from it.</summary>
    Store,
}
