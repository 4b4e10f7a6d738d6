using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Profiles;

/// <summary>Directories that nobody means to show to a program just by standing in them.</summary>
public static class SensitiveDirectories
{
    // /usr is public and shown anyway; of the rest a program needs nothing, and much in it is somebody's secret or socket.
    private static readonly ImmutableArray<string> OfTheSystem =
        ["/boot", "/dev", "/etc", "/proc", "/root", "/run", "/sys", "/var/lib", "/var/run"];

    // Everybody puts things there, sockets among them; what somebody made below them is his own again.
    private static readonly ImmutableArray<string> OfEverybody = ["/tmp", "/var/tmp", "/dev/shm"];

    // Where programs keep keys, tokens and wallets; wherever they lie, whosever home that is.
    private static readonly ImmutableArray<string> Keys =
    [
        ".aws", ".azure", ".docker", ".gnupg", ".kube", ".mozilla", ".password-store", ".ssh", ".thunderbird",
        ".git-credentials", ".netrc", ".npmrc", ".pgpass", ".pypirc", "id_dsa", "id_ecdsa", "id_ed25519", "id_rsa",
    ];

    // Of these a project has its own (a registry's settings, files for containers), which close nothing; what may be secret in them is
    // masked.
    private static readonly ImmutableArray<string> OfProjects = [".docker", ".npmrc"];

    private static readonly ImmutableArray<string> KeysThatClose = [.. Keys.Except(OfProjects, StringComparer.Ordinal)];

    private static readonly ImmutableArray<string> SecretsOfProjects = [".docker/config.json", ".npmrc"];

    // Nobody keeps these for the program that he starts beside them.
    private static readonly ImmutableArray<string> KeysOnly =
        [".aws", ".gnupg", ".kube", ".password-store", ".ssh", "id_dsa", "id_ecdsa", "id_ed25519", "id_rsa"];

    private const int MostSubdirectories = 256;

    /// <summary>Why a directory is not shown unasked to whom <paramref name="caller"/> is; null when it may be.</summary>
    /// <param name="real">Where it is known to lie: a name that is looked up once more may lead elsewhere by now.</param>
    /// <param name="held">The directory itself.</param>
    internal static Sensitivity? WhyNotShown(string real, SafeFileHandle held, Caller caller) =>
        ByItsRealPlace(real, caller) ?? ByItsContent(held);

    /// <summary>The same of what lies there now.</summary>
    internal static Sensitivity? WhyNotShownAt(string real, Caller caller) => ByItsRealPlace(real, caller) ?? ByItsContent(real);

    /// <summary>Why <paramref name="directory"/> is not shown unasked, or null when it may be.</summary>
    /// <param name="directory">Absolute; links are followed.</param>
    /// <param name="home">The user's home directory.</param>
    public static Sensitivity? WhyNotShown(string directory, string home) =>
        ByItsPlace(RealPath.Of(directory), RealPath.Of(home)) ?? ByItsContent(RealPath.Of(directory));

    /// <summary>The same without a look into it.</summary>
    internal static Sensitivity? ByItsPlace(string directory, Caller caller) => ByItsRealPlace(RealPath.Of(directory), caller);

    /// <summary>The same of a path that no link leads to.</summary>
    internal static Sensitivity? ByItsRealPlace(string real, Caller caller) => ByItsPlace(real, RealPath.Of(caller.Home))
        ?? (caller.LoginHome is { } home ? ByItsPlace(real, RealPath.Of(home)) : null);

    private static Sensitivity? ByItsPlace(string real, string realHome)
    {
        if (real is "/") return new(SensitivityKind.WholeFileSystem);
        if (string.Equals(real, realHome, StringComparison.Ordinal)) return new(SensitivityKind.Home);
        if (DirectoryTree.Holds(real, realHome)) return new(SensitivityKind.AboveHome);
        if (OfEverybody.Contains(real, StringComparer.Ordinal)) return new(SensitivityKind.OfEverybody);
        if (OfTheSystem.Concat(OfEverybody).FirstOrDefault(root => DirectoryTree.Holds(real, root)) is { } inside)
        {
            return new(SensitivityKind.AboveSystem, inside);
        }
        bool atHome = realHome is not "/" && DirectoryTree.Holds(realHome, real);
        if (atHome && real.AsSpan(realHome.Length).TrimStart('/') is ['.', ..]) return new(SensitivityKind.HiddenInHome);
        // A home may itself lie there: /root, /var/lib/jenkins.
        if (!atHome && OfTheSystem.FirstOrDefault(root => DirectoryTree.Holds(root, real)) is { } system)
        {
            return new(SensitivityKind.InSystem, system);
        }
        return Keys.FirstOrDefault(real.Split('/').Contains) is { } within ? new(SensitivityKind.AmongKeys, within) : null;
    }

    private static Sensitivity? ByItsContent(string real)
    {
        using SafeFileHandle held = RawFile.Open(real, RawFile.AsPlace | RawFile.OnlyDirectories, out _);
        return held.IsInvalid ? null : ByItsContent(held);
    }

    private static Sensitivity? ByItsContent(SafeFileHandle held) =>
        (KeysThatClose.FirstOrDefault(name => Path.Exists($"{ShownPath.Named(held)}/{name}")) ?? KeyOneLevelDown(held)) is { } key
            ? new(SensitivityKind.HoldsKeys, key) : null;

    /// <summary>Whether it is called as keys are, or lies where they are kept.</summary>
    internal static bool IsKey(string path) => KeysThatClose.Any(path.Split('/').Contains);

    /// <summary>Files in a directory that is shown which may hold a token all the same: names below it, through no link.</summary>
    internal static IEnumerable<string> SecretsIn(SafeFileHandle directory) => SecretsOfProjects
        .Where(name => $"{ShownPath.Named(directory)}/{name}" is var path
            && !ProgramFile.IsOutOfReach(path) // there inside as well
            && FileStatus.TryRead(path, out FileStatus status) && status.Type is FileType.Regular);

    // A copy of a home, or of several: `backup/laptop/.ssh`. Through no link: a program that exchanges one of these names for a link to the
    // home could keep everybody from starting anything here.
    private static string? KeyOneLevelDown(SafeFileHandle place)
    {
        using SafeFileHandle read = PlaceBelow.OpenDirectory(place, "."u8);
        return read.IsInvalid ? null : DirectoryEntries.Of(read).Where(entry => entry.Type is FileType.Directory or null)
            .Take(MostSubdirectories).SelectMany(below => KeysOnly.Select(name => $"{NativeText.Of(below.Name)}/{name}"))
            .FirstOrDefault(key =>
            {
                using SafeFileHandle found = PlaceBelow.Open(place, key);
                return !found.IsInvalid;
            });
    }
}
