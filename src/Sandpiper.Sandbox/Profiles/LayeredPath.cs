namespace Sandpiper.Sandbox.Profiles;

/// <summary>A directory that a program may write and that stays as it is: what it writes lands in a layer of ours above it.</summary>
/// <param name="Path">Where it appears; it is among what is shown, to be written.</param>
/// <param name="Lower">The directory itself, to be read.</param>
/// <param name="Layer">Of ours; in it lie <see cref="Upper"/> and <see cref="Work"/>.</param>
public sealed record LayeredPath(string Path, ShownPath Lower, ShownPath Layer)
{
    /// <summary>What is written.</summary>
    public const string Upper = "upper";

    /// <summary>The kernel's own, while it is mounted.</summary>
    public const string Work = "work";
}
