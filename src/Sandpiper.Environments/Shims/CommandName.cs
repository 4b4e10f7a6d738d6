using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Environments.Shims;

/// <summary>Which names of commands a package may have on somebody's PATH.</summary>
internal static class CommandName
{
    private static readonly ImmutableArray<string> SystemDirectories = [.. SystemCommands.Directories, "/usr/sbin", "/sbin"];

    // Looked for once: a command asks for each of its names again and again, and what the system has does not change meanwhile.
    private static readonly ConcurrentDictionary<string, bool> OfTheSystem = new(StringComparer.Ordinal);

    // Everybody believes what these say, and types secrets into them, also where they were never installed.
    private static readonly FrozenSet<string> Trusted = FrozenSet.ToFrozenSet(
        ["sandpiper", "sudo", "su", "doas", "pkexec", "run0", "passwd", "login", "ssh", "ssh-add", "gpg", "git", "apt", "apt-get", "dnf"],
        StringComparer.OrdinalIgnoreCase);

    private static readonly SearchValues<char> PlainCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-");

    /// <summary>A package must not answer for a command of the system, today or when it is installed, nor for us, nor where a password is
    /// typed.</summary>
    /// <returns>Why it gets none; null: it may have it.</returns>
    public static string? WhyNone(string command) =>
        OfTheSystem.GetOrAdd(command, name => SystemDirectories.Any(d => File.Exists(Path.Combine(d, name)))) ? "is a command of the system"
        : Trusted.Contains(command) ? "is a name that everybody trusts"
        : command.StartsWith('-') ? "reads as an option"        // to whoever types `*` where it lies
        : IsPlain(command) ? null
        : "has characters that a shell reads";

    /// <summary>A shell takes it for one word.</summary>
    public static bool IsPlain(string command) => !command.AsSpan().ContainsAnyExcept(PlainCharacters);
}
