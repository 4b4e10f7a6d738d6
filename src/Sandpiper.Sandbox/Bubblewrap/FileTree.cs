using System.Collections.Immutable;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>The file tree that a confined program sees, built from nothing.</summary>
/// <remarks>
/// The deeper path decides, whatever may be done with it: a private home stays private below a shown <c>/home</c>, a read-only directory
/// stays so in a writable one.
/// </remarks>
internal static class FileTree
{
    // Memory, for that is what a tmpfs is: what a program fills beyond them fails there and not as a machine without memory.
    private const long TemporaryBytes = 1L << 30;   // the largest of 27 real builds stayed below
    private const long HomeBytes = 256L << 20;      // caches of tools (~/.cache/ccache, fonts, byte code)
    private const long SharedMemoryBytes = 1L << 30; // multiprocessing's queues and arrays: one batch of images is 192 MiB
    private const long RuntimeBytes = 64L << 20;    // XDG_RUNTIME_DIR: pictures that windows share with the compositor, where not in memfds
    private const long VariableBytes = 64L << 20;   // /var/tmp: few programs know it

    private static readonly ImmutableArray<string> NetworkSettings = ["resolv.conf"];

    /// <summary>Memory that becomes read-only when all is in its place, as the root does.</summary>
    public const string DevicesInside = "/dev";

    /// <summary>
    /// Memory, too. Behind it is bubblewrap itself, of the same user: whoever writes its memory outlives the sandbox, with everything
    /// granted.
    /// </summary>
    public const string FirstProcess = "/proc/1";

    private const string Console = "/dev/console";

    private const UnixFileMode EverybodyLooks = (UnixFileMode)0b101_101_101;
    private const UnixFileMode EverybodysOwn = UnixFileMode.StickyBit | (UnixFileMode)0b111_111_111;

    // Which link it is tells the zone its name (localtime(5)).
    private const string LocalTime = "/etc/localtime", Zones = "/usr/share/zoneinfo";

    // Of a system with /usr merged they are links into it, of an older one directories of their own.
    private static readonly ImmutableArray<string> NamesBesideUsr = ["/bin", "/lib", "/lib32", "/lib64", "/libx32", "/sbin"];

    // Over parts of --proc where a kernel lets everybody write them (bubblewrap.c, cover_proc_dirs).
    private static readonly ImmutableArray<string> MadeByBubblewrap = ["/proc/sys", "/proc/sysrq-trigger", "/proc/irq", "/proc/bus"];

    private static readonly ImmutableArray<string> DevicesOfEverybody = ["null", "zero", "full", "random", "urandom", "tty"];

    // Places that are the kernel's or the sandbox's own: shown from the host they would undo it.
    private static readonly ImmutableArray<string> NeverShown = ["/proc", "/dev", "/sys"];

    /// <param name="confinement">What the program may see.</param>
    /// <param name="terminal">The path of the terminal that the program has to itself; null: it has none, or that has no name.</param>
    /// <returns>A directory precedes what lies in it.</returns>
    /// <exception cref="SandboxUnavailableException">Something to show cannot be shown.</exception>
    public static ImmutableArray<Mount> Of(Confinement confinement, string? terminal = null) =>
    [
        .. Mounts(confinement, terminal).OrderBy(mount => mount.Path, StringComparer.Ordinal).ThenBy(mount => mount.Layer),
    ];

    /// <summary>What is there before the second stage mounts anything.</summary>
    public static IEnumerable<string> MadeBefore => ["/", "/proc", .. MadeByBubblewrap];

    /// <summary>Where the sandbox itself mounts something, whatever is shown in it besides.</summary>
    public static IEnumerable<string> OwnPlaces(Confinement confinement) =>
    [
        .. MadeBefore, SecondStage.PathInside, "/etc", Console, Checked(confinement.Home),
        .. OfTheSystem(confinement.HostNetwork).Select(mount => mount.Path),
        .. confinement.RuntimeDirectory is { } runtime ? [runtime] : Array.Empty<string>(),
    ];

    /// <summary>Where what is made lies with nobody outside: the sandbox's own memory, and its home.</summary>
    public static IEnumerable<string> PrivatePlaces(Confinement confinement) =>
    [
        Checked(confinement.Home), "/tmp", "/var/tmp", "/dev/shm",
        .. confinement.RuntimeDirectory is { } runtime ? [runtime] : Array.Empty<string>(),
    ];

    private static IEnumerable<Mount> Mounts(Confinement confinement, string? terminal) =>
    [
        .. OfTheSystem(confinement.HostNetwork),
        // So that a program finds the name of the terminal that it has (ttyname(3)).
        .. terminal is not null ? [Device(Console, terminal)] : Array.Empty<Mount>(),
        .. SyntheticFiles.For(confinement).Select(file => new Mount.MadeUp(file.Path, [.. file.Content])),
        confinement.KeptHome is { } kept ? Kept(kept) : Private(confinement.Home, HomeBytes),
        .. confinement.RuntimeDirectory is { } runtime ? [Private(runtime, RuntimeBytes)] : Array.Empty<Mount>(),
        .. OfHost(confinement),
        .. confinement.Packages is { } packages ? Packages(packages, confinement.Shown) : [],
        .. confinement.Nodes.Select(Node),
        .. confinement.Graphics.Hardware.Select(Own),
        .. confinement.Graphics.Links.Select(link => new Mount.Link(link.Path, link.Target)),
    ];

    private static IEnumerable<Mount> OfHost(Confinement confinement)
    {
        foreach (ShownPath shown in confinement.Shown)
        {
            bool isCopy = shown.Access is PathAccess.Write && confinement.Copies.Contains(shown.Path, StringComparer.Ordinal);
            if (confinement.Layered.FirstOrDefault(layered => string.Equals(layered.Path, shown.Path, StringComparison.Ordinal))
                is { } layered)
            {
                yield return new Mount.Layered(Checked(shown.Path), JudgedPath.Of(layered.Lower), JudgedPath.Of(layered.Layer));
            }
            else yield return Shown(shown) with { IsCopy = isCopy };
        }
    }

    // Where the store lies in what is shown, what else of it is shown, too, is there; and for one nothing has to stand around it.
    private static IEnumerable<Mount> Packages(ShownPackages packages, ImmutableArray<ShownPath> shown) =>
        packages.Trees.Length == 1 || shown.Any(around => DirectoryTree.Holds(around.Path, packages.Store.Path))
            ? packages.Trees.Select(tree => new Mount.Shown(Checked(packages.PathOf(tree.Name)),
                new JudgedPath($"{packages.Store.Real}/{tree.Name}", tree.Identity), PathAccess.Read))
            : [new Mount.Packages(Checked(packages.Store.Path), JudgedPath.Of(packages.Store), packages.Trees)];

    private static Mount.Shown Shown(ShownPath shown) => new(Checked(shown.Path), JudgedPath.Of(shown), shown.Access);

    private static Mount.Shown Kept(ShownPath home) => Shown(home) with { Layer = MountLayer.Home, IsOwn = true };

    private static Mount.Memory Private(string path, long bytes) =>
        new(Checked(path), MountLayer.Home, bytes, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    private static Mount.Shown Node(ShownPath node) => DirectoryTree.Holds("/dev", node.Path) && DirectoryTree.Holds("/dev", node.Real)
        ? Own(node) : throw new SandboxUnavailableException(SandboxObstacle.PathIsTheSandboxesOwn, node.Path);

    // Hardware, in the places that only the sandbox gives.
    private static Mount.Shown Own(ShownPath shown) =>
        new(shown.Path, JudgedPath.Of(shown), shown.Access) { IsOwn = shown.Access is PathAccess.Device };

    private static Mount.OfTheSystem IfThere(string path) => new(path, path, IsDevice: false, MayBeAbsent: true);

    private static Mount.OfTheSystem Device(string path, string real) => new(path, real, IsDevice: true, MayBeAbsent: false);

    private static Mount.Memory Memory(string path, long bytes, UnixFileMode mode) =>
        new(path, MountLayer.System, bytes, mode);

    private static IEnumerable<Mount> OfTheSystem(bool hostNetwork)
    {
        yield return new Mount.OfTheSystem("/usr", "/usr", IsDevice: false, MayBeAbsent: false);
        foreach (string path in NamesBesideUsr.Where(Path.Exists))
            yield return new FileInfo(path).LinkTarget is { } target ? new Mount.Link(path, target) : IfThere(path);
        foreach (string name in PublicSettings.Names.Concat(hostNetwork ? NetworkSettings : [])) yield return IfThere($"/etc/{name}");
        string? zone = new FileInfo(LocalTime).LinkTarget is { } linked ? Path.GetFullPath(linked, "/etc") : null;
        yield return zone is not null && DirectoryTree.Holds(Zones, zone) ? new Mount.Link(LocalTime, zone) : IfThere(LocalTime);
        foreach (string path in Directory.EnumerateFileSystemEntries("/etc", "python3*")) yield return IfThere(path);
        yield return Memory(FirstProcess, bytes: 4096, EverybodyLooks);
        // Lists the keys of a user id, not of a namespace: their names alone tell which services he has tickets for.
        foreach (string path in (string[])["/proc/keys", "/proc/key-users"])
        {
            if (File.Exists(path)) yield return Device(path, "/dev/null");
        }
        foreach (Mount device in Devices()) yield return device;
        yield return Memory("/dev/shm", SharedMemoryBytes, EverybodysOwn);
        yield return Memory("/tmp", TemporaryBytes, EverybodysOwn);
        yield return Memory("/var/tmp", VariableBytes, EverybodysOwn);
    }

    // What --dev makes. That would map root first, to mount the terminals, and run the program in a namespace within: then nothing inside
    // could mount. The second stage mounts them.
    private static IEnumerable<Mount> Devices()
    {
        yield return Memory(DevicesInside, bytes: 1 << 16, EverybodyLooks | UnixFileMode.UserWrite);
        foreach (string name in DevicesOfEverybody) yield return Device($"/dev/{name}", $"/dev/{name}");
        (string Name, string Target)[] links =
            [("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1"), ("stderr", "/proc/self/fd/2"), ("fd", "/proc/self/fd"),
                ("core", "/proc/kcore"), ("ptmx", "pts/ptmx")];
        foreach (var (name, target) in links) yield return new Mount.Link($"/dev/{name}", target);
        yield return new Mount.Place(SecondStage.TerminalsInside);
    }

    private static string Checked(string path)
    {
        if (!Path.IsPathFullyQualified(path) || path.Contains('\0')
            || !string.Equals(path, Path.GetFullPath(path), StringComparison.Ordinal))
        {
            throw new ArgumentException($"not a full path: `{path}`", nameof(path));
        }
        string whole = Path.TrimEndingDirectorySeparator(path);
        if (whole is "/") throw new SandboxUnavailableException(SandboxObstacle.PathIsEverything, path);
        if (NeverShown.Any(own => DirectoryTree.Holds(own, whole)))
        {
            throw new SandboxUnavailableException(SandboxObstacle.PathIsTheSandboxesOwn, path);
        }
        return whole;
    }
}
