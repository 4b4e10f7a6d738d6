namespace Sandpiper.Packaging.Requirements;

/// <summary>A requirements file that cannot be followed to the letter. Nothing of it is used.</summary>
public sealed class RequirementsFileException(string where, string because) : Exception($"{where}: {because}")
{
    /// <summary>File and line.</summary>
    public string Where { get; } = where;

    public string Because { get; } = because;
}
