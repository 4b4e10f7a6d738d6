using System.Collections.Immutable;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Packaging.Requirements;

/// <summary>One requirement of a requirements file, with where it stood.</summary>
/// <param name="Requirement">What is asked for.</param>
/// <param name="Hashes">SHA-256 digests one of which the artifact must have; empty: none given on this line.</param>
/// <param name="IsConstraint">It came by <c>-c</c>: it limits, but is not installed by itself.</param>
/// <param name="Source">File and line: <c>requirements.txt:12</c>.</param>
public sealed record RequirementLine(Requirement Requirement, ImmutableArray<Sha256Digest> Hashes, bool IsConstraint, string Source);

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
    /// <exception cref="RequirementsFileException">A line that is not understood, or asks for what is not supported (an editable, a build option); says which.</exception>
    public static RequirementsFile Read(string path, Func<string, string> read, Func<string, string?> variable) => throw new NotImplementedException();
}

/// <summary>A requirements file that cannot be followed to the letter. Nothing of it is used.</summary>
public sealed class RequirementsFileException(string source, string because) : Exception($"{source}: {because}")
{
    /// <summary>File and line.</summary>
    public string Where { get; } = source;

    public string Because { get; } = because;
}
