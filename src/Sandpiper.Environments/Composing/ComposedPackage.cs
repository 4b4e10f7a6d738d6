using System.Collections.Immutable;
using Sandpiper.Environments.Generations;
using Sandpiper.Policies;
using Sandpiper.Store;
using Sandpiper.Wheels;

namespace Sandpiper.Environments.Composing;

/// <summary>A sealed wheel that goes into a generation, and what is recorded of it there.</summary>
/// <param name="Wheel">From the store.</param>
/// <param name="Facts">Name, version, who asked for it.</param>
/// <param name="LeftOut">Files of the wheel that do not go in: start-up hooks.</param>
public sealed record ComposedPackage(SealedWheel Wheel, InstalledPackage Facts, ImmutableHashSet<StoredFile> LeftOut)
{
    /// <summary>What it is to the environment: of two packages with one path, whose it is.</summary>
    public Standing Standing { get; init; } = Standing.Needed;

    /// <summary>For one that changes its version: what it was. Paths that it had then are its own.</summary>
    public (SealedWheel Wheel, InstalledPackage Facts)? Before { get; init; }

    /// <summary>
    /// The directory of the sealed tree that can be its record here, as long as no file of it gives way to another package's; null: this
    /// environment has to say something of its own.
    /// </summary>
    public string? SealedRecords =>
        LeftOut.IsEmpty && Facts.Yielded.IsEmpty && Facts.Name == Wheel.FileName.Name
            && string.Equals(Facts.Version.ToString(), Wheel.FileName.Version.ToString(), StringComparison.Ordinal)
        ? Wheel.RecordsFor(Facts.IsRequested) : null;

    public Artifact Artifact => new(Facts.Name, Facts.Version, Wheel.Digest);
}

/// <summary>What a package is to an environment. Who comes earlier in this list keeps a path that two of them have.</summary>
public enum Standing
{
    /// <summary>The same wheel as in the generation before.</summary>
    Kept,

    /// <summary>It was there, with another wheel.</summary>
    Changed,

    /// <summary>New, and asked for by name.</summary>
    Asked,

    /// <summary>New, and needed by another.</summary>
    Needed,
}
