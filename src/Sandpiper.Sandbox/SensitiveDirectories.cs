using System.Collections.Immutable;

namespace Sandpiper.Sandbox;

/// <summary>Directories that nobody means to show to a program just by standing in them.</summary>
public static class SensitiveDirectories
{
    // /usr is public and shown anyway; of the rest a program needs nothing, and much in it is somebody's secret or socket.
    private static readonly ImmutableArray<string> OfTheSystem = ["/boot", "/dev", "/etc", "/proc", "/root", "/run", "/sys", "/var/lib", "/var/run"];

    // Everybody puts things there, sockets among them; what somebody made below them is his own again.
    private static readonly ImmutableArray<string> OfEverybody = ["/tmp", "/var/tmp", "/dev/shm"];

    // Where programs keep keys, tokens and wallets; wherever they lie, whosever home that is.
    private static readonly ImmutableArray<string> Keys =
    [
        ".aws", ".azure", ".docker", ".gnupg", ".kube", ".mozilla", ".password-store", ".ssh", ".thunderbird",
        ".git-credentials", ".netrc", ".npmrc", ".pgpass", ".pypirc", "id_dsa", "id_ecdsa", "id_ed25519", "id_rsa",
    ];

    /// <summary>Why <paramref name="directory"/> is not shown unasked, in words that follow "because"; null when it may be.</summary>
    /// <param name="directory">Absolute; links are followed.</param>
    /// <param name="home">The user's home directory.</param>
    public static string? WhyNotShown(string directory, string home)
    {
        string real = RealPath.Of(directory);
        string realHome = RealPath.Of(home);
        if (real is "/") return "it is the whole file system";
        if (string.Equals(real, realHome, StringComparison.Ordinal)) return "it is your home directory";
        if (DirectoryTree.Holds(real, realHome)) return "your home directory lies in it";
        if (OfEverybody.Contains(real, StringComparer.Ordinal)) return "everybody's temporary files and sockets lie in it";
        if (OfTheSystem.Concat(OfEverybody).FirstOrDefault(root => DirectoryTree.Holds(real, root)) is { } inside) return $"it holds `{inside}`";
        bool atHome = realHome is not "/" && DirectoryTree.Holds(realHome, real);
        if (atHome && real.AsSpan(realHome.Length).TrimStart('/') is ['.', ..]) return "hidden directories of your home hold keys and settings";
        // A home may itself lie there: /root, /var/lib/jenkins.
        if (!atHome && OfTheSystem.FirstOrDefault(root => DirectoryTree.Holds(root, real)) is { } system) return $"it belongs to the system (`{system}`)";
        if (Keys.FirstOrDefault(real.Split('/').Contains) is { } within) return $"keys are kept there (`{within}`)";
        return Keys.FirstOrDefault(name => Path.Exists(Path.Join(real, name))) is { } key ? $"keys lie in it (`{key}`)" : null;
    }
}
