using System.Collections.Immutable;

namespace Sandpiper.Assessment.Probes;

/// <summary>Something that whoever wrote a hostile package may be after; the columns of the table.</summary>
public enum Asset
{
    /// <summary>System programs, boot and services, root's secrets.</summary>
    Root,

    /// <summary>Files and secrets of other people of the machine.</summary>
    OtherUsers,

    /// <summary>Commands that everybody finds on PATH.</summary>
    CommandsForAll,

    /// <summary>The directory of packages that every start of the system's Python reads.</summary>
    SharedSitePackages,

    /// <summary>The installer's own code, and its cache.</summary>
    Installer,

    /// <summary>Your keys and tokens.</summary>
    Keys,

    /// <summary>Your files.</summary>
    Files,

    /// <summary>What your shell and your Python read when they start.</summary>
    Startup,

    /// <summary>Your own tools on PATH.</summary>
    Tools,

    /// <summary>The other packages of the same environment.</summary>
    SameEnvironment,

    /// <summary>Your other environments.</summary>
    OtherEnvironments,

    /// <summary>The network, which is the way out, and services of this machine.</summary>
    Network,
}

/// <summary>The stable names of the assets, for JSON and the command line.</summary>
public static class AssetNames
{
    private static readonly ImmutableArray<(Asset Asset, string Id)> Names =
    [
        (Asset.Root, "root"), (Asset.OtherUsers, "other-users"), (Asset.CommandsForAll, "commands-for-all"),
        (Asset.SharedSitePackages, "shared-site-packages"), (Asset.Installer, "installer"), (Asset.Keys, "keys"), (Asset.Files, "files"),
        (Asset.Startup, "startup"), (Asset.Tools, "tools"), (Asset.SameEnvironment, "same-environment"),
        (Asset.OtherEnvironments, "other-environments"), (Asset.Network, "network"),
    ];

    /// <summary>All assets, in the order of the table.</summary>
    public static ImmutableArray<Asset> All { get; } = [.. Names.Select(n => n.Asset)];

    /// <summary>All names, in the same order.</summary>
    public static ImmutableArray<string> Ids { get; } = [.. Names.Select(n => n.Id)];

    public static string Id(this Asset asset) => Names.First(n => n.Asset == asset).Id;

    /// <returns>Null when no asset has that name.</returns>
    public static Asset? Find(string id) => Names.Where(n => string.Equals(n.Id, id, StringComparison.Ordinal))
        .Select(n => (Asset?)n.Asset).FirstOrDefault();
}
