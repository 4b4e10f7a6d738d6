using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;
using Sandpiper.Kernel.Users;
using Sandpiper.Sandbox.Networks;

namespace Sandpiper.Sandbox.Profiles;

/// <summary>From grants to a confinement, for one kind of program. The kinds differ in what is said here, and in nothing else.</summary>
public sealed record Profile
{
    /// <summary><c>run</c>: a program of the user's, with what he granted it.</summary>
    public static Profile Run { get; } = new()
    {
        // Without secrets, and a program needs them to look and behave like itself. Everything else is cleared: tokens live there.
        PassedOn =
        [
            "TERM", "COLORTERM", "NO_COLOR", "FORCE_COLOR", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "LC_TIME",
                "LC_NUMERIC",
            "LC_COLLATE", "TZ", "COLUMNS", "LINES",
        ],
    };

    // As systemd names it outside; whose it is there does not matter, for this one is empty.
    private static readonly string RuntimeDirectory = string.Create(CultureInfo.InvariantCulture, $"/run/user/{UserIds.Real}");

    /// <summary>Variables of the caller that it is given unasked.</summary>
    public required ImmutableArray<string> PassedOn { get; init; }

    /// <param name="environment">Whose packages it runs with.</param>
    /// <param name="grants">What the user granted.</param>
    /// <param name="caller">Who asks, and from where.</param>
    /// <param name="command">What is to be run.</param>
    /// <exception cref="GrantRefusedException">A grant that must not be given, or cannot.</exception>
    /// <exception cref="SandboxUnavailableException">Something that has to be shown or protected cannot be.</exception>
    public Terms For(InstalledEnvironment environment, Grants grants, Caller caller, IReadOnlyList<string> command)
    {
        var (writable, readable) = Judged(grants, environment.DataRoot, caller);
        ImmutableArray<ShownPath> own = [.. environment.Shown()];
        ShownPath[] granted = [.. writable, .. readable];
        ShownPath? around = null;
        HiddenDirectory? hidden = null;
        if (!granted.Any(shown => DirectoryTree.Holds(shown.Path, caller.CurrentDirectory))) hidden = Around(grants, caller, out around);
        else if (grants.ShowCurrentDirectory) _ = Around(grants, caller, out around);
        // The deeper path decides; the same one twice would be two mounts with one plan.
        if (around is not null && granted.Any(shown => DirectoryTree.Holds(shown.Path, around.Path))) around = null;
        ImmutableArray<ShownPath> theirs = LinksFollowed([.. granted, .. around is null ? Array.Empty<ShownPath>() : [around]]);
        string? script = NamedScript.In(command, caller.CurrentDirectory);
        ShownPath? itself = script is null || theirs.Concat(own).Any(shown => DirectoryTree.Holds(shown.Path, script))
            ? null : NamedScript.Shown(script, caller);
        // A file that is granted beside its directory is only not protected: a mount of its own could not be replaced, as many programs do.
        ShownPath[] files = [.. theirs.Where(shown => shown is { Access: PathAccess.Write, Type: FileType.Regular }
            && theirs.Any(directory => directory.Access is PathAccess.Write
                && string.Equals(directory.Path, Path.GetDirectoryName(shown.Path), StringComparison.Ordinal)))];
        DisplayAccess?[] wanted = [grants.Display ? DisplayAccess.Wayland(caller, RuntimeDirectory) : null,
            grants.X11 ? DisplayAccess.X11(caller) : null];
        ImmutableArray<DisplayAccess> displays = [.. wanted.OfType<DisplayAccess>()];
        ImmutableArray<ShownPath> shown = [.. own, .. theirs.Except(files), .. itself is null ? Array.Empty<ShownPath>() : [itself],
            .. displays.Select(display => display.Socket)];
        var confinement = new Confinement
        {
            Shown = shown,
            Packages = environment.Packages(),
            Granted = [.. files.Select(file => file.Path)],
            Devices = [.. grants.Devices.Select(path => GrantedDevices.Judged(path, caller))],
            Graphics = grants.Graphics ? GraphicsProcessors.Of(caller) : GraphicsProcessors.None,
            Displays = displays,
            RuntimeDirectory = grants.Display ? RuntimeDirectory : null,
            Masked = [.. ShadowedCommands.In(environment.Scripts), .. Secrets(theirs, caller)],
            Protected = [.. theirs.Where(s => s.Access is PathAccess.Write).SelectMany(s => ProgramPlaces.NamesIn(s, caller))],
            Home = caller.SandboxHome,
            // It is there where the script in it is, which was perhaps named from there.
            WorkingDirectory = hidden is null || (itself is not null && DirectoryTree.Holds(caller.CurrentDirectory, itself.Path))
                ? caller.CurrentDirectory : caller.SandboxHome,
            HostNetwork = grants.Network,
            Hosts = grants.Network ? [] : grants.Hosts,
            ProxyPort = ProxyVariables.PortBeside(grants.Hosts, grants.Ports),
            Ports = grants.Network ? [] : grants.Ports,
            Variables = VariablesOf(environment, grants, caller).SetItems(displays.SelectMany(display => display.Variables)),
        };
        return new Terms(confinement, hidden) { Script = itself };
    }

    // Whose directory a program starts in: all of the project, where that may be shown, so that its settings are found; else this one.
    private static HiddenDirectory? Around(Grants grants, Caller caller, out ShownPath? around)
    {
        around = null;
        if (!grants.ShowCurrentDirectory) return new HiddenDirectory.OnRequest();
        if (caller.At(caller.CurrentDirectory, PathAccess.Read) is not { } here)
            return ShownPath.HasNoText(caller.CurrentDirectory) ? new HiddenDirectory.NoText() : new HiddenDirectory.Gone();
        if (Project.Of(caller) is { } project && DirectoryTree.Holds(project.Directory, here.Path)
            && caller.At(project.Directory, PathAccess.Read) is { } all && WhyHidden(all, caller) is null)
        {
            around = all;
            return null;
        }
        if (WhyHidden(here, caller) is { } why) return why;
        around = here;
        return null;
    }

    private static HiddenDirectory? WhyHidden(ShownPath shown, Caller caller)
    {
        using SafeFileHandle? held = shown.TryHold();
        return held is null ? new HiddenDirectory.Gone()
            : SensitiveDirectories.WhyNotShown(shown.Real, held, caller) is { } why ? new HiddenDirectory.Kept(why) : null;
    }

    // A link in what is shown leads inside to where it leads outside; that is where what is behind it has to be.
    // What may be written comes last, and may be read.
    private static ImmutableArray<ShownPath> LinksFollowed(ImmutableArray<ShownPath> all)
    {
        return [.. all.Select(AtItsPlace).DistinctBy(shown => shown.Path, StringComparer.Ordinal).OrderBy(shown => shown.Access)];

        ShownPath AtItsPlace(ShownPath shown) => !string.Equals(shown.Path, shown.Real, StringComparison.Ordinal)
            && all.Any(other => other.Path.Length < shown.Path.Length && DirectoryTree.Holds(other.Path, shown.Path))
            ? shown.AtItsPlace() : shown;
    }

    // But not what was itself named.
    private static IEnumerable<string> Secrets(ImmutableArray<ShownPath> shown, Caller caller) => shown
        .Concat(caller.At(caller.CurrentDirectory, PathAccess.Read) is { } here ? [here] : [])
        .Where(s => s.Type is FileType.Directory).SelectMany(SecretsIn).Distinct(StringComparer.Ordinal)
        .Where(secret => !shown.Any(s => string.Equals(s.Path, secret, StringComparison.Ordinal)));

    private static string[] SecretsIn(ShownPath directory)
    {
        using SafeFileHandle? held = directory.TryHold();
        return held is null ? [] : [.. SensitiveDirectories.SecretsIn(held).Select(name => Path.Join(directory.Path, name))];
    }

    /// <summary>Whether they could be given now: a grant is judged when it is remembered, and at every run.</summary>
    /// <param name="dataRoot">Where the sealed packages of every environment lie.</param>
    /// <exception cref="GrantRefusedException">One of them must not be given, or cannot.</exception>
    public static void Judge(Grants grants, string dataRoot, Caller caller)
    {
        _ = Judged(grants, dataRoot, caller);
        foreach (string device in grants.Devices) _ = GrantedDevices.Judged(device, caller);
    }

    private static (ImmutableArray<ShownPath> Writable, ImmutableArray<ShownPath> Readable) Judged(
        Grants grants, string dataRoot, Caller caller) =>
        ([.. grants.Write.Select(path => GrantedPaths.Writable(path, dataRoot, caller, IsSettled(path, grants)))],
            [.. grants.Read.Select(path => GrantedPaths.Readable(path, caller, IsSettled(path, grants)))]);

    private static bool IsSettled(string path, Grants grants) =>
        grants.Settled.Contains(Path.TrimEndingDirectorySeparator(path), StringComparer.Ordinal);

    private ImmutableDictionary<string, string> VariablesOf(InstalledEnvironment environment, Grants grants, Caller caller)
    {
        var variables = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (string name in PassedOn.Concat(grants.Variables))
        {
            if (caller.Variables.TryGetValue(name, out string? value)) variables[name] = value;
        }
        variables["PATH"] = $"{environment.Scripts}:/usr/local/bin:/usr/bin:/bin";
        variables["HOME"] = caller.SandboxHome;
        variables["USER"] = variables["LOGNAME"] = caller.UserName;
        variables["SHELL"] = "/bin/sh";
        variables["TMPDIR"] = "/tmp";
        variables["VIRTUAL_ENV"] = environment.Directory;
        if (!grants.Network && !grants.Hosts.IsEmpty)
        {
            int proxy = ProxyVariables.PortBeside(grants.Hosts, grants.Ports);
            foreach (var (name, value) in ProxyVariables.For(proxy)) variables[name] = value;
        }
        // What git only notes for the next time it would fail to note, and that would be told as what a program failed for.
        variables["GIT_OPTIONAL_LOCKS"] = "0";
        // Byte code is what others run instead of the source beside: what is new of it is kept aside, so that honest programs make none.
        if (!grants.Write.IsEmpty) variables["PYTHONDONTWRITEBYTECODE"] = "1";
        return variables.ToImmutable();
    }
}
