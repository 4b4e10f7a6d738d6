using System.Collections.Immutable;
using System.Globalization;
using Sandpiper.Assessment.Probes;
using Sandpiper.Sandbox.Bubblewrap;
using Sandpiper.Sandbox.Programs;

namespace Sandpiper.Assessment.Replicas;

/// <summary>
/// The writable part of a small system on disk: homes, <c>/etc</c>, <c>/usr/local</c> and the like, made up. What is below
/// <c>/usr</c> otherwise is this machine's own and read-only to everybody but for the few files that root could change.
/// </summary>
/// <param name="place">A directory of its own.</param>
/// <param name="users">Its people are users of their own; null: one user plays them all.</param>
internal sealed class Replica(string place, RealUsers? users = null)
{
    public RealUsers? Users { get; } = users;

    /// <summary>Stands in for every program that belongs to root.</summary>
    public static string SystemProgram { get; } =
        ((string[])["/usr/bin/passwd", "/usr/bin/su", "/usr/bin/mount"]).FirstOrDefault(File.Exists) ?? "/usr/bin/env";

    /// <summary>What the packages are served from, read-only to everybody.</summary>
    public const string Service = "/srv";

    private const UnixFileMode Private = (UnixFileMode)0b110_000_000;
    private const UnixFileMode Closed = (UnixFileMode)0b111_000_000, ForAll = (UnixFileMode)0b110_110_110;
    private const UnixFileMode Sticky = UnixFileMode.StickyBit | (UnixFileMode)0b111_111_111;
    internal const UnixFileMode Executable = (UnixFileMode)0b111_101_101;

    // Everything else of the real /etc is no business of a probe. What is missing is not copied.
    private static readonly ImmutableArray<string> Settings =
        ["ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "mime.types"];

    /// <summary>Links into /usr by the hundred: this machine's own, read-only to everybody as that is.</summary>
    public const string Alternatives = "/etc/alternatives";

    public string Place { get; } = place;

    /// <summary>Where something of the replica lies on this machine.</summary>
    /// <param name="path">As people of the replica see it.</param>
    public string Outside(string path) =>
        // What Sandpiper installed is known by its full path here, and is seen by it inside, too.
        path.StartsWith(Place + "/", StringComparison.Ordinal) ? path
        : path.StartsWith("/usr/local", StringComparison.Ordinal) || !path.StartsWith("/usr/", StringComparison.Ordinal) ? Place + path
        : $"{Place}/usr-changed{path}";

    /// <summary>Makes the system with nothing installed, its decoys in place.</summary>
    public void Make(Layout? layout)
    {
        foreach (string directory in (string[])["etc/systemd/system", "etc/alternatives", "boot", "root/.ssh",
            "root/.cache/pip", "opt", "srv/bin", "srv/index",
            "var/tmp", "tmp", "usr/local/bin", "usr/local/lib", "usr/local/share", "usr/local/include", "var/lib/packages/.cache/pip",
            "home/you/.ssh", "home/you/.config", "home/you/.local/bin", "home/you/.cache/pip", "home/other/.ssh", "home/other/.local/bin"])
        {
            Directory.CreateDirectory($"{Place}/{directory}");
        }
        CopySettings();
        Write("/etc/passwd", string.Concat(Enum.GetValues<Person>()
            .Select(p => $"{p.Login()}:x:{p.Uid()}:{p.Uid()}::{p.Home()}:/bin/bash\n")));
        Write("/etc/group", string.Concat(Enum.GetValues<Person>().Select(p => $"{p.Login()}:x:{p.Uid()}:\n")));
        Write("/etc/hosts", "127.0.0.1 localhost replica\n");
        Write("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n");
        Write(Service + "/bin/sudo", SudoBroker.Stub, Executable);
        Write(Drop, "");
        Write(SudoBroker.Requests, "");
        foreach (Person person in Enum.GetValues<Person>())
        {
            Write($"{person.Home()}/.bashrc", "# start file\n");
            foreach (string tool in (string[])["pip", "uv"]) Write($"{person.Home()}/.cache/{tool}/decoy", "# cached\n");
        }
        Write(SystemProgram, "#!/bin/sh\n# a made-up program of root's\n", Executable);
        if (layout is null) return;
        if (layout.PipPackage is { } pip) Write($"{pip}/__init__.py", File.ReadAllText($"{pip}/__init__.py"));
        if (!layout.SharedSite.StartsWith("/usr/local/", StringComparison.Ordinal)) CopyDirectory(layout.SharedSite);
        foreach (Decoy decoy in layout.Decoys.Where(d => !d.IsSecret && !File.Exists(Outside(d.Path))))
        {
            Write(decoy.Path, "# nobody changed this\n");
        }
        GiveHomes();
    }

    /// <summary>Every home to whose it is, closed to others; where people are no users of their own, a view sees to that.</summary>
    public void GiveHomes()
    {
        if (Users is null) return;
        foreach (Person person in Enum.GetValues<Person>())
        {
            Give(person, person.Home());
            File.SetUnixFileMode(Outside(person.Home()), Closed);
        }
        foreach (string open in (string[])[Drop, SudoBroker.Requests]) File.SetUnixFileMode(Outside(open), ForAll);
        foreach (string open in (string[])["/tmp", "/var/tmp"]) File.SetUnixFileMode(Outside(open), Sticky);
    }

    /// <summary>Gives somebody a directory and what is in it.</summary>
    public void Give(Person person, string path)
    {
        if (Users is null) return;
        string user = person.Uid().ToString(CultureInfo.InvariantCulture);
        ProgramOutput given =
            PlainProgram.Run("/bin/chown", ["-Rh", "--", $"{user}:{user}", Outside(path)], NoVariables, Patience, 64 << 10);
        if (given.ExitCode != 0) throw new IOException($"`{path}` could not be given to uid {user}: {given.ErrorText()}");
    }

    /// <summary>Gives every secret a content of its own, which tells whose it was when it comes back.</summary>
    public void SetSecrets(IEnumerable<Decoy> decoys, string canary)
    {
        foreach (Decoy decoy in decoys.Where(d => d.IsSecret)) Write(decoy.Path, SecretOf(canary, decoy.Asset) + "\n", Private);
    }

    public static string SecretOf(string canary, Asset asset) => $"{canary}-{asset.Id()}";

    /// <summary>A way out that is no network: everybody may add to it.</summary>
    public const string Drop = "/var/tmp/drop";

    /// <summary>A copy of this one, as it is now.</summary>
    public Replica CopyTo(string directory)
    {
        Copy(Place, directory);
        return new Replica(directory, Users);
    }

    /// <summary>Puts what is in a directory back as it is in another replica; the directory itself stays, for views show it.</summary>
    public void Restore(string path, Replica from)
    {
        Clear(Outside(path));
        if (Directory.Exists(from.Outside(path))) Copy(from.Outside(path) + "/.", Outside(path));
    }

    /// <summary>Removes what is in a directory.</summary>
    internal static void Clear(string directory)
    {
        if (!Directory.Exists(directory)) return;
        foreach (var entry in new DirectoryInfo(directory).EnumerateFileSystemInfos())
        {
            if (entry is DirectoryInfo { LinkTarget: null } below) below.Delete(recursive: true);
            else entry.Delete();
        }
    }

    /// <summary>Removes a replica, sealed directories in it included.</summary>
    public static void Remove(string directory)
    {
        // Names of ours, made by us; chmod follows no links below what it is given.
        _ = PlainProgram.Run("/bin/chmod", ["-R", "u+rwX", "--", directory], NoVariables, Patience, 64 << 10);
        Directory.Delete(directory, recursive: true);
    }

    private void CopyDirectory(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Outside(path))!);
        Copy(path, Outside(path), OfThisMachine);
    }

    /// <summary>For what is copied from this machine: whose it is there is nobody in the replica.</summary>
    internal const string OfThisMachine = "--no-preserve=ownership";

    /// <param name="ways">More options of cp(1).</param>
    internal static void Copy(string from, string to, params string[] ways)
    {
        // Not hard links, unless asked for: what one trial changes must not be what the next one starts from.
        ProgramOutput copied =
            PlainProgram.Run("/bin/cp", ["-a", "--reflink=auto", .. ways, "--", from, to], NoVariables, Patience, 64 << 10);
        if (copied.ExitCode != 0) throw new IOException($"a copy could not be made: {copied.ErrorText()}");
    }

    /// <summary>There is a file, or a link, which names its target as people of the replica see it.</summary>
    public bool HasFile(string path) => new FileInfo(Outside(path)) is { Exists: true } or { LinkTarget: not null };

    /// <summary>Writes a file; its directories are made.</summary>
    public void Write(string path, string text, UnixFileMode? mode = null)
    {
        string outside = Outside(path);
        Directory.CreateDirectory(Path.GetDirectoryName(outside)!);
        File.WriteAllText(outside, text);
        if (mode is { } given) File.SetUnixFileMode(outside, given);
    }

    private void CopySettings()
    {
        foreach (string path in Settings.Select(s => $"/etc/{s}").Concat(Directory.EnumerateFileSystemEntries("/etc", "python3*"))
            .Where(Path.Exists))
        {
            _ = PlainProgram.Run("/bin/cp", ["-a", OfThisMachine, "--", path, $"{Place}/etc/"], NoVariables, Patience, 64 << 10);
        }
    }

    private static readonly ImmutableDictionary<string, string> NoVariables = ImmutableDictionary<string, string>.Empty;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
}
