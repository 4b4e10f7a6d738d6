namespace Sandpiper.Packaging.Requirements;

/// <summary>A requirements file that cannot be followed to the letter. Nothing of it is used.</summary>
public sealed class RequirementsFileException(string source, string because) : Exception($"{source}: {because}")
{
    /// <summary>File and line.</summary>
    public string Where { get; } = source;

    public string Because { get; } = because;
}
