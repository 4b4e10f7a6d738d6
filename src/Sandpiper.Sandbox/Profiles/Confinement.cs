using System.Collections.Immutable;
using System.Net;
using Sandpiper.Sandbox.Networks;

namespace Sandpiper.Sandbox.Profiles;

/// <summary>What one confined program may see and do; whatever is not named here it may not.</summary>
public sealed record Confinement
{
    /// <summary>What it is shown of the host besides the system. The program is started only if just that is shown.</summary>
    public ImmutableArray<ShownPath> Shown { get; init; } = [];

    /// <summary>Packages that it is shown beside <see cref="Shown"/>; null: none.</summary>
    public ShownPackages? Packages { get; init; }

    /// <summary>
    /// In what is shown: names that shall not be found. <c>/dev/null</c> is in their place. Those that may not be changed
    /// in a writable directory (<see cref="ProtectedNames"/>) are not told here: whatever is there at the start is protected.
    /// </summary>
    public ImmutableArray<string> Masked { get; init; } = [];

    /// <summary>In what is shown: files in whose place others are found.</summary>
    public ImmutableArray<(string Path, ShownPath By)> Replaced { get; init; } = [];

    /// <summary>In what may be written: further names that may not be changed, each directly in such a directory.</summary>
    public ImmutableArray<string> Protected { get; init; } = [];

    /// <summary>Files directly in what may be written that may be, whatever their names: the user granted each.</summary>
    public ImmutableArray<string> Granted { get; init; } = [];

    /// <summary>Of what may be written: paths at which a copy is found, in which no name is protected, for nobody else runs it
    /// there.</summary>
    public ImmutableArray<string> Copies { get; init; } = [];

    /// <summary>Those of them that are no copies yet: only what is written is.</summary>
    public ImmutableArray<LayeredPath> Layered { get; init; } = [];

    /// <summary>Where it starts; must exist inside.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>What appears at <see cref="Home"/>; null: an empty directory that is gone afterwards.</summary>
    public ShownPath? KeptHome { get; init; }

    /// <summary>Its home, private; the path is the user's real one so that absolute paths mean the same.</summary>
    public required string Home { get; init; }

    /// <summary>Its whole environment.</summary>
    public ImmutableDictionary<string, string> Variables { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>False: no network but its own loopback. True: the host's network.</summary>
    public bool HostNetwork { get; init; }

    /// <summary>Whom it reaches through our proxy, with its own network. Nobody with the host's, of which they are part.</summary>
    public ImmutableArray<HostGrant> Hosts { get; init; } = [];

    /// <summary>Of its loopback, where our proxy answers; its <see cref="Variables"/> name it.</summary>
    public int ProxyPort { get; init; } = ProxyVariables.Port;

    /// <summary>Where servers of it are reached from outside.</summary>
    public ImmutableArray<PortGrant> Ports { get; init; } = [];

    /// <summary>It is the kernel of a notebook whose client, outside, wrote this; the ports of it are among <see cref="Ports"/>.</summary>
    public NotebookConnection? Notebook { get; init; }

    /// <summary>Devices of the host's that it may use, each in its place in <c>/dev</c>.</summary>
    public ImmutableArray<ShownPath> Devices { get; init; } = [];

    /// <summary>Graphics cards that it may compute on.</summary>
    public GraphicsProcessors Graphics { get; init; } = GraphicsProcessors.None;

    /// <summary>Ways to the screen; their sockets are among <see cref="Shown"/>.</summary>
    public ImmutableArray<DisplayAccess> Displays { get; init; } = [];

    /// <summary>An empty directory of its own for sockets of a session (XDG_RUNTIME_DIR); null: there is none.</summary>
    public string? RuntimeDirectory { get; init; }

    /// <summary>On how many processors it is started; null: on all.</summary>
    public int? Processors { get; init; }

    /// <summary>Whoever waits outside is told of all that it names: files, programs, hosts. It may do as much and as little.</summary>
    public bool TellsAll { get; init; }

    /// <summary>The proxies by which this machine reaches <see cref="Hosts"/>; null: it needs none.</summary>
    public IWebProxy? Upstream { get; init; }

    /// <summary>He is told of the names whose addresses it asks for, whatever else he is told.</summary>
    public bool TellsNames { get; init; }

    /// <summary>Every device node that is mounted.</summary>
    internal IEnumerable<ShownPath> Nodes => Devices.Concat(Graphics.Nodes).DistinctBy(node => node.Path, StringComparer.Ordinal);

    /// <summary>Everything of the host's that has a place, the packages as one.</summary>
    internal IEnumerable<ShownPath> Mounted => Packages is null ? Shown : Shown.Append(Packages.Store);

    /// <summary>Whether something of the host's that is shown is found at a path, or around it.</summary>
    internal bool Shows(string path) => Shown.Any(shown => DirectoryTree.Holds(shown.Path, path))
        || (Packages is not null && DirectoryTree.Holds(Packages.Store.Path, path)
            && Packages.Paths.Any(package => DirectoryTree.Holds(package, path)));

    /// <summary>The same with a home that is kept, in which the places of what is shown are made.</summary>
    /// <param name="content">A directory of the host's that no other program writes, but those that had it for their home.</param>
    /// <exception cref="SandboxUnavailableException">It is not there, or they cannot be made.</exception>
    public Confinement WithHome(string content)
    {
        ImmutableArray<string> made = PlacesInHome.Make(content, Home, Mounted);
        return this with { KeptHome = ShownPath.Needed(content, PathAccess.Write).Appearing(Home), MadeInHome = made };
    }

    /// <summary>Directories below the home that had to be made for that, what is around them first.</summary>
    public ImmutableArray<string> MadeInHome { get; private init; } = [];

    /// <summary>Paths below the home at which something else is mounted.</summary>
    public IEnumerable<string> MountedInHome => PlacesInHome.Of(Home, Mounted);

    /// <summary>What may be written, as it was granted.</summary>
    public IEnumerable<string> Writable => PathsWith(PathAccess.Write).Concat(Granted);

    /// <summary>The paths that are shown with this access, in order.</summary>
    public IEnumerable<string> PathsWith(PathAccess access)
    {
        foreach (ShownPath shown in Shown)
        {
            if (shown.Access == access) yield return shown.Path;
        }
    }
}
