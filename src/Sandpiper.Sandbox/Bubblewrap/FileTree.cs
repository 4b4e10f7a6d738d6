using System.Collections.Immutable;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>The file tree that a confined program sees, built from nothing.</summary>
/// <remarks>
/// The deeper path decides, whatever may be done with it: a private home stays private below a shown <c>/home</c>, a read-only directory
/// stays so in a writable one. What is protected in it the second stage adds: bubblewrap takes names, which may lead elsewhere by then.
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

    private const string Console = "/dev/console";

    // Which link it is tells the zone its name (localtime(5)).
    private const string LocalTime = "/etc/localtime", Zones = "/usr/share/zoneinfo";

    // Of a system with /usr merged they are links into it, of an older one directories of their own.
    private static readonly ImmutableArray<string> BesideUsr = ["/bin", "/lib", "/lib32", "/lib64", "/libx32", "/sbin"];

    // Over parts of --proc where a kernel lets everybody write them (bubblewrap.c, cover_proc_dirs).
    private static readonly ImmutableArray<string> MadeByBubblewrap = ["/proc/sys", "/proc/sysrq-trigger", "/proc/irq", "/proc/bus"];

    private static readonly ImmutableArray<string> DevicesOfEverybody = ["null", "zero", "full", "random", "urandom", "tty"];

    // Places that are the kernel's or the sandbox's own: shown from the host they would undo it.
    private static readonly ImmutableArray<string> NeverShown = ["/proc", "/dev", "/sys"];

    /// <param name="confinement">What the program may see.</param>
    /// <param name="ownProgram">The second stage's place outside.</param>
    /// <param name="descriptors">Where bubblewrap reads the files that are made up.</param>
    /// <returns>Arguments for bubblewrap, in order.</returns>
    /// <exception cref="SandboxUnavailableException">Something to show is not there or cannot be shown.</exception>
    public static IEnumerable<string> Of(Confinement confinement, string ownProgram, HandedOver descriptors) =>
        Mounts(confinement, ownProgram, descriptors)
            .OrderBy(mount => mount.Path, StringComparer.Ordinal) // a directory precedes what lies in it
            .ThenBy(mount => mount.Layer)
            .SelectMany(mount => mount.Arguments);

    /// <summary>Where the sandbox itself mounts something, whatever is shown in it besides.</summary>
    public static IEnumerable<string> OwnPlaces(Confinement confinement) =>
    [
        "/", SecondStage.PathInside, Console, Checked(confinement.Home),
        .. OfTheSystem(confinement.HostNetwork).Select(mount => mount.Path), .. MadeByBubblewrap,
        .. confinement.RuntimeDirectory is { } runtime ? [runtime] : Array.Empty<string>(),
    ];

    /// <summary>Where what is made lies with nobody outside: the sandbox's own memory, and its home.</summary>
    public static IEnumerable<string> PrivatePlaces(Confinement confinement) =>
    [
        Checked(confinement.Home), "/tmp", "/var/tmp", "/dev/shm",
        .. confinement.RuntimeDirectory is { } runtime ? [runtime] : Array.Empty<string>(),
    ];

    private static IEnumerable<Mount> Mounts(Confinement confinement, string ownProgram, HandedOver descriptors) =>
    [
        .. OfTheSystem(confinement.HostNetwork).Where(mount =>
            !descriptors.MadeUp.Any(file => string.Equals(file.Path, mount.Path, StringComparison.Ordinal))),
        // So that a program finds the name of the terminal that it has (ttyname(3)).
        .. descriptors.Terminal is { } terminal
            ? [new Mount(Console, MountLayer.System, ["--dev-bind", terminal, Console])] : Array.Empty<Mount>(),
        .. descriptors.MadeUp.Select(file => Mount.MadeUp(file.Path, file.Descriptor, "0644")),
        descriptors.OwnProgram is { } copied
            ? Mount.MadeUp(SecondStage.PathInside, copied, "0555")
            : new Mount(SecondStage.PathInside, MountLayer.System, ["--ro-bind", ownProgram, SecondStage.PathInside]),
        confinement.KeptHome is { } kept
            ? new Mount(Checked(kept.Path), MountLayer.Home, ["--bind", kept.Real, kept.Path])
            : Mount.Empty(Checked(confinement.Home), MountLayer.Home, HomeBytes, "0700"),
        .. confinement.Shown.Select(shown => IsLayered(confinement, shown) ? Mount.Place(Checked(shown).Path) : Mount.Of(Checked(shown))),
        .. confinement.Layered.SelectMany(OfLayers),
        // Bubblewrap goes there before it is: the second stage goes once more.
        .. confinement.Layered.Any(layered => DirectoryTree.Holds(layered.Path, confinement.WorkingDirectory))
            ? [Mount.Place(confinement.WorkingDirectory)] : Array.Empty<Mount>(),
        .. confinement.Replacements.Select(replaced => Mount.Of(Checked(replaced.By))),
        .. OfPackages(confinement.Packages),
        .. confinement.Nodes.Select(Node),
        .. confinement.Graphics.Hardware.Select(Mount.Of),
        .. confinement.Graphics.Links.Select(link => new Mount(link.Path, MountLayer.System, ["--symlink", link.Target, link.Path])),
        .. confinement.RuntimeDirectory is { } runtime
            ? [Mount.Empty(Checked(runtime), MountLayer.Home, RuntimeBytes, "0700")] : Array.Empty<Mount>(),
    ];

    private static bool IsLayered(Confinement confinement, ShownPath shown) =>
        confinement.Layered.Any(layered => string.Equals(layered.Path, shown.Path, StringComparison.Ordinal));

    private static IEnumerable<Mount> OfLayers(LayeredPath layered, int number) =>
    [
        Mount.Of(layered.Lower.Appearing(LayerMounts.LowerInside(number))),
        Mount.Of(layered.Layer.Appearing(LayerMounts.LayerInside(number))),
    ];

    private static Mount Node(ShownPath node) => DirectoryTree.Holds("/dev", node.Path) && DirectoryTree.Holds("/dev", node.Real)
        ? Mount.Of(node) : throw new SandboxUnavailableException(SandboxObstacle.PathIsTheSandboxesOwn, node.Path);

    private static IEnumerable<Mount> OfPackages(PackageTrees? packages)
    {
        if (packages is null) yield break;
        yield return new Mount(PackageMounts.StoreInside, MountLayer.System, ["--ro-bind", packages.Store.Real, PackageMounts.StoreInside]);
        foreach (ShownPath tree in packages.Trees) yield return Mount.Place(Checked(tree.Path));
    }

    private static IEnumerable<Mount> OfTheSystem(bool hostNetwork)
    {
        yield return new Mount("/usr", MountLayer.System, ["--ro-bind", "/usr", "/usr"]);
        foreach (string path in BesideUsr)
        {
            if (new FileInfo(path).LinkTarget is { } target) yield return new Mount(path, MountLayer.System, ["--symlink", target, path]);
            else yield return Mount.ReadOnlyIfThere(path);
        }
        yield return new Mount("/etc", MountLayer.System, ["--perms", "0755", "--dir", "/etc"]);
        foreach (string name in PublicSettings.Names.Concat(hostNetwork ? NetworkSettings : []))
        {
            yield return Mount.ReadOnlyIfThere($"/etc/{name}");
        }
        string? zone = new FileInfo(LocalTime).LinkTarget is { } linked ? Path.GetFullPath(linked, "/etc") : null;
        yield return zone is not null && DirectoryTree.Holds(Zones, zone)
            ? new Mount(LocalTime, MountLayer.System, ["--symlink", zone, LocalTime]) : Mount.ReadOnlyIfThere(LocalTime);
        foreach (string path in Directory.EnumerateFileSystemEntries("/etc", "python3*")) yield return Mount.ReadOnlyIfThere(path);
        yield return new Mount("/proc", MountLayer.System, ["--proc", "/proc"]);
        // Bubblewrap itself is process 1, of the same user: whoever writes its memory outlives the sandbox, with everything granted.
        yield return Mount.Empty("/proc/1", MountLayer.System, bytes: 4096, "0555");
        // Lists the keys of a user id, not of a namespace: their names alone tell which services he has tickets for.
        foreach (string path in (string[])["/proc/keys", "/proc/key-users"])
        {
            if (File.Exists(path)) yield return new Mount(path, MountLayer.System, ["--dev-bind", "/dev/null", path]);
        }
        foreach (Mount device in Devices()) yield return device;
        yield return Mount.Empty("/dev/shm", MountLayer.System, SharedMemoryBytes, "1777");
        yield return Mount.Empty("/tmp", MountLayer.System, TemporaryBytes, "1777");
        yield return Mount.Empty("/var/tmp", MountLayer.System, VariableBytes, "1777");
    }

    // What --dev makes. That would map root first, to mount the terminals, and run the program in a namespace within: then nothing inside
    // could mount. The second stage mounts them.
    private static IEnumerable<Mount> Devices()
    {
        yield return Mount.Empty("/dev", MountLayer.System, bytes: 1 << 16, "0755");
        foreach (string name in DevicesOfEverybody)
        {
            yield return new Mount($"/dev/{name}", MountLayer.System, ["--dev-bind", $"/dev/{name}", $"/dev/{name}"]);
        }
        (string Name, string Target)[] links =
            [("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1"), ("stderr", "/proc/self/fd/2"), ("fd", "/proc/self/fd"),
                ("core", "/proc/kcore"), ("ptmx", "pts/ptmx")];
        foreach (var (name, target) in links)
        {
            yield return new Mount($"/dev/{name}", MountLayer.System, ["--symlink", target, $"/dev/{name}"]);
        }
        yield return new Mount(SecondStage.TerminalsInside, MountLayer.System, ["--dir", SecondStage.TerminalsInside]);
    }

    private static ShownPath Checked(ShownPath shown)
    {
        _ = Checked(shown.Path);
        return shown;
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
