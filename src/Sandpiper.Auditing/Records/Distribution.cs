using System.Collections.Immutable;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Versions;
using Sandpiper.Packaging.Wheels;

namespace Sandpiper.Auditing.Records;

/// <summary>One package as it is recorded in a directory of packages (PyPA "Recording installed projects").</summary>
/// <param name="Directory">Its recording directory or file, by its name in the site.</param>
public sealed record Distribution(string Directory)
{
    /// <summary>As METADATA says, else as the directory is called; null: neither does.</summary>
    public PackageName? Name { get; init; }

    public Pep440Version? Version { get; init; }

    /// <summary>As the directory is called.</summary>
    public PackageName? CalledName { get; init; }

    /// <summary>Of METADATA as it lies there, which is that of the wheel; null: there is none, or it cannot be read.</summary>
    public Sha256Digest? MetadataDigest { get; init; }

    /// <summary>Installed with egg-info, or as an egg: no hashes are kept.</summary>
    public bool IsLegacy { get; init; }

    /// <summary>What belongs to it; null: there is no RECORD, nor what came before it.</summary>
    public ImmutableArray<RecordRow>? Rows { get; init; }

    /// <summary>Why RECORD cannot be read; null when it can, or is missing.</summary>
    public string? Problem { get; init; }

    /// <summary><c>pip</c>, <c>uv</c>, <c>debian</c>; null: nobody says.</summary>
    public string? Installer { get; init; }

    /// <summary>The project that it is imported from.</summary>
    public string? EditableFrom { get; init; }

    /// <summary>Somebody asked for it by name (PyPA "Recording installed projects", REQUESTED); false where nobody wrote it down.</summary>
    public bool IsRequested { get; init; }

    public ImmutableArray<Requirement> Requires { get; init; } = [];

    /// <summary>A package of the system brought it: what belongs to it the system knows, better than RECORD does.</summary>
    public bool IsOfTheSystem { get; init; }

    /// <summary>Owner of the recording directory.</summary>
    public uint UserId { get; init; }

    /// <summary><c>requests 2.34.2</c>.</summary>
    public string Label => Name is { } name ? Version is { } version ? $"{name} {version}" : name.ToString() : Directory;
}
