using System.Collections.Immutable;

namespace Sandpiper.Packaging.Requirements;

/// <summary>What a requirements file with all that it includes says (pip's "Requirements File Format").</summary>
public sealed record RequirementsFile
{
    public ImmutableArray<RequirementLine> Lines { get; init; } = [];

    /// <summary><c>-i</c>, or null.</summary>
    public string? IndexUrl { get; init; }

    public ImmutableArray<string> ExtraIndexUrls { get; init; } = [];

    public bool NoIndex { get; init; }

    public bool Pre { get; init; }

    /// <summary>True once any line has a hash, or <c>--require-hashes</c> stands somewhere: then every line must have one.</summary>
    public bool RequireHashes { get; init; }

    /// <param name="path">The file; only shown and used to resolve <c>-r</c> and <c>-c</c>.</param>
    /// <param name="read">Gives the text of a file by its path; throws what it throws.</param>
    /// <param name="variable">Gives the value of <c>${NAME}</c>, or null.</param>
    /// <exception cref="RequirementsFileException">A line that is not understood, or asks for what is not supported; says which.</exception>
    public static RequirementsFile Read(string path, Func<string, string> read, Func<string, string?> variable) =>
        new RequirementsFileReader(read, variable).Read(path);
}
