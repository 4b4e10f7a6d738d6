using System.Collections.Immutable;
using Sandpiper.Kernel.Files;
using Sandpiper.Environments.Destinations;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Environments.Generations;

/// <summary>One immutable state of an environment, as its <c>generation.json</c> tells it.</summary>
public sealed record Generation
{
    public required string Environment { get; init; }

    /// <summary>Counted from 1; never used twice.</summary>
    public required int Number { get; init; }

    /// <summary>Absolute.</summary>
    public required string Directory { get; init; }

    /// <summary>Absolute: where it was made, which is what its commands name; null in one of an earlier version.</summary>
    public string? MadeAt { get; init; }

    /// <summary>
    /// The data root was moved, or copied, since: its commands start nothing here, or the Python of the place that they name.
    /// </summary>
    public bool IsMoved => MadeAt is not null && !string.Equals(MadeAt, Directory, StringComparison.Ordinal)
        && FileFacts.IdentityOf(MadeAt) != FileFacts.IdentityOf(Directory);

    public required DateTimeOffset Created { get; init; }

    /// <summary>Path of the base interpreter, without links.</summary>
    public required string Python { get; init; }

    /// <summary>Where the base interpreter's own files lie.</summary>
    public required string PythonPrefix { get; init; }

    /// <summary><c>python3.11</c>.</summary>
    public required string PythonName { get; init; }

    /// <summary>Ordered by name.</summary>
    public required ImmutableArray<InstalledPackage> Packages { get; init; }

    /// <summary>
    /// Files that were written for this generation alone, not taken from the store: path below the directory, and content.
    /// </summary>
    public required ImmutableSortedDictionary<string, Sha256Digest> WrittenFiles { get; init; }

    /// <summary>Names of the commands of its packages in <c>bin</c>.</summary>
    public required ImmutableArray<string> Commands { get; init; }

    /// <summary>What the environment was made for (<c>install --tool</c>); null: for no command in particular.</summary>
    public Tool? Tool { get; init; }

    /// <summary>The commands that it would have on a person's PATH: of the shared environment all, else those of its tool.</summary>
    public ImmutableArray<string> OnPath =>
        string.Equals(Environment, ManagedEnvironment.Shared, StringComparison.Ordinal) ? Commands : Tool?.Commands ?? [];

    /// <summary>Files that are copies of those of the store: the file system had no hard link for them.</summary>
    public ImmutableArray<string> Copies { get; init; } = [];

    /// <summary>How its files came out of the store, and those of the next generation will.</summary>
    public LinkMode LinkMode { get; init; }

    /// <summary>Byte code is made for it and shown in it, and will be for the next generation.</summary>
    public bool ShowsByteCode { get; init; } = true;

    /// <summary>Directories that are links into the store. Ordered by path.</summary>
    public ImmutableArray<LinkedDirectory> Linked { get; init; } = [];

    /// <summary>Where in it the files of packages are.</summary>
    public Destination Destination => Destination.VirtualEnvironment(PythonName);

    /// <summary>Absolute.</summary>
    public string Scripts => Path.Combine(Directory, Destination.Scripts);

    /// <summary>Absolute.</summary>
    public string SitePackages => Path.Combine(Directory, Destination.SitePackages);
}
