namespace Sandpiper.Sandbox.Profiles;

/// <summary>On which terms a program runs: for the sandbox, and to tell the user afterwards.</summary>
/// <param name="Confinement">What it may see and do.</param>
/// <param name="Hidden">Why it does not see the current directory; null when it does.</param>
public sealed record Terms(Confinement Confinement, HiddenDirectory? Hidden)
{
    /// <summary>The script that was named, where it is shown by itself and nothing beside it is.</summary>
    public ShownPath? Script { get; init; }
}
