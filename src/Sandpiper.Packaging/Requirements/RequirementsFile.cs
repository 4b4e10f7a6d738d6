using System.Collections.Immutable;

namespace Sandpiper.Packaging.Requirements;

/// <summary>What a requirements file with all that it includes says (pip's "Requirements File Format").</summary>
public sealed record RequirementsFile
{
    public ImmutableArray<RequirementLine> Lines { get; init; } = [];

    /// <summary><c>-i</c>, or null. As written: it may hold credentials.</summary>
    public string? IndexUrl { get; init; }

    /// <summary><c>--extra-index-url</c>, each once, as written.</summary>
    public ImmutableArray<string> ExtraIndexUrls { get; init; } = [];

    public bool NoIndex { get; init; }

    public bool Pre { get; init; }

    /// <summary>True once any line has a hash, or <c>--require-hashes</c> stands somewhere: then every line must have one.</summary>
    /// <remarks>Whoever resolves sees to that: a constraint may bring the hash, and what is required in turn needs one, too.</remarks>
    public bool RequireHashes { get; init; }

    /// <param name="path">The file; only shown and used to resolve <c>-r</c> and <c>-c</c>.</param>
    /// <param name="read">Gives the text of a file by its path; throws what it throws.</param>
    /// <param name="variable">Gives the value of <c>${NAME}</c>, or null.</param>
    /// <exception cref="RequirementsFileException">
    /// A line that is not understood, or asks for what is not supported (an editable, a build option); says which. Never repeats a URL.
    /// </exception>
    public static RequirementsFile Read(string path, Func<string, string> read, Func<string, string?> variable) =>
        new RequirementsFileReader(read, variable).Read(path);
}
