using System.Collections.Immutable;
using Sandpiper.Assessment.Replicas;

namespace Sandpiper.Assessment.Approaches;

/// <summary>One way in which people install packages: who calls what, and what he owns.</summary>
/// <param name="Id">Stable; in JSON and on the command line.</param>
/// <param name="Label">The asker's number, or nothing, and a few words: <c>(1) sudo pip</c>.</param>
/// <param name="Installer">Who installs.</param>
internal sealed record Approach(string Id, string Label, Person Installer)
{
    /// <summary>How packages are installed, without the name of the package.</summary>
    public required ImmutableArray<string> Install { get; init; }

    /// <summary>How one is fetched without being installed; empty: that cannot be done apart.</summary>
    public ImmutableArray<string> Fetch { get; init; } = [];

    /// <summary>How packages are removed, without the name.</summary>
    public required ImmutableArray<string> Uninstall { get; init; }

    /// <summary>A next command of the installer that only looks.</summary>
    public required ImmutableArray<string> Look { get; init; }

    /// <summary>The Python with which you use what was installed.</summary>
    public required string Python { get; init; }

    /// <summary>Where modules go.</summary>
    public required string Site { get; init; }

    /// <summary>Where commands go.</summary>
    public required string Scripts { get; init; }

    /// <summary>What has to be done once, before the first package; as you.</summary>
    public ImmutableArray<string> Prepare { get; init; } = [];

    /// <summary>
    /// The same without pip, which is then a copy of the system's: putting it there by itself takes longer than all that follows. Empty:
    /// there is no such way.
    /// </summary>
    public ImmutableArray<string> PrepareWithoutPip { get; init; } = [];

    /// <summary>The environment that is made then, of very many files; null: none.</summary>
    public string? Environment { get; init; }

    /// <summary>Files of that environment which the tool itself writes in place.</summary>
    public ImmutableArray<string> WrittenInPlace { get; init; } = [];

    /// <summary>What the installer owns besides his home.</summary>
    public ImmutableArray<string> Owned { get; init; } = [];

    /// <summary>The installer's own code and cache, besides the system's pip.</summary>
    public ImmutableArray<string> InstallersFiles { get; init; } = [];

    /// <summary>Root does it where the installer may not.</summary>
    public bool RootWhereItFails { get; init; }

    /// <summary>Words after those of <see cref="Install"/> and <see cref="Fetch"/>.</summary>
    public ImmutableArray<string> Options { get; init; } = [];

    /// <summary>Asked for by a requirements file with hashes, not by name.</summary>
    public bool ByHash { get; init; }

    /// <summary>The approach that this is a stricter form of; null: of none.</summary>
    public string? StricterThan { get; init; }

    /// <summary>The words that refuse source packages; empty: there are none.</summary>
    public ImmutableArray<string> NoBuild { get; init; } = ["--only-binary", ":all:"];

    /// <summary>It can be told the hash of what is asked for.</summary>
    public bool TakesHashes { get; init; } = true;

    /// <summary>The same more strictly, as far as the tool can.</summary>
    public ImmutableArray<Approach> Stricter
    {
        get => field.IsDefault ? [.. NoBuild.Length > 0 ? [WheelsOnly] : Nothing, .. TakesHashes ? [RequireHashes] : Nothing] : field;
        init;
    }

    private static readonly ImmutableArray<Approach> Nothing = [];

    /// <summary>The same with no source packages.</summary>
    public Approach WheelsOnly => this with
    {
        Id = $"{Id}-wheels-only",
        Label = $"{Label}, wheels only",
        Options = NoBuild,
        StricterThan = Id,
    };

    /// <summary>The same with the bytes pinned.</summary>
    public Approach RequireHashes => this with
    {
        Id = $"{Id}-require-hashes",
        Label = $"{Label}, hashes",
        Options = ["--require-hashes"],
        ByHash = true,
        StricterThan = Id,
    };

    /// <summary>How you type the command of a package that bears another's name; empty: by your PATH, its directory first.</summary>
    public ImmutableArray<string> Typed { get; init; } = [];

    /// <summary>The environment is one command's own: it has no neighbours, and puts nothing where commands and man pages are.</summary>
    public bool IsForOneCommand { get; init; }

    /// <summary>Small programs that stand for what a person would type.</summary>
    public ImmutableArray<(string Path, string Text)> Wrappers { get; init; } = [];

    /// <summary>Programs of this machine that the approach needs and the replica does not have by itself.</summary>
    public ImmutableArray<(string Outside, string Inside)> Programs { get; init; } = [];
}
