using System.Buffers;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using Sandpiper.Environments;
using Sandpiper.Environments.Generations;

namespace Sandpiper.Operations;

/// <summary>The commands of the shared environment as little scripts on a person's PATH, each of which goes through <c>run</c>.</summary>
public static class Shims
{
    /// <summary>Only its commands get shims: two environments may bring the same one.</summary>
    private const string Shared = "shared";

    private const string Mark = "# A command of a package, run confined; made by sandpiper.";

    private static readonly ImmutableArray<string> SystemDirectories = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"];

    // Everybody believes what these say, and types secrets into them, also where they were never installed.
    private static readonly FrozenSet<string> Trusted = FrozenSet.ToFrozenSet(
        ["sandpiper", "sudo", "su", "doas", "pkexec", "run0", "passwd", "login", "ssh", "ssh-add", "gpg", "git", "apt", "apt-get", "dnf"], StringComparer.OrdinalIgnoreCase);

    private static readonly SearchValues<char> PlainCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-");

    /// <summary>Makes those that are missing, removes those that are no more.</summary>
    /// <returns>What a person should hear: commands that got none, and why.</returns>
    public static ImmutableArray<string> Refresh(ManagedEnvironment environment, Generation generation, DataPlaces places, string executable)
    {
        if (!string.Equals(environment.Name, Shared, StringComparison.Ordinal)) return [];
        Directory.CreateDirectory(places.Shims);
        var notes = ImmutableArray.CreateBuilder<string>();
        var wanted = new HashSet<string>(StringComparer.Ordinal);
        foreach (string command in generation.Commands)
        {
            if (WhyNone(command) is { } why) notes.Add($"`{command}` {why}; the package's is: sandpiper run -- {(IsPlain(command) ? command : Quoted(command))}");
            else wanted.Add(command);
        }
        foreach (string path in Directory.EnumerateFiles(places.Shims))
        {
            if (!wanted.Contains(Path.GetFileName(path)) && IsOurs(path)) File.Delete(path);
        }
        foreach (string command in wanted) Write(Path.Combine(places.Shims, command), TextOf(command, places, executable));
        return notes.ToImmutable();
    }

    // A package must not answer for a command of the system, today or when it is installed, nor for us, nor where a password is typed.
    private static string? WhyNone(string command) =>
        SystemDirectories.Any(d => File.Exists(Path.Combine(d, command))) || Trusted.Contains(command) ? "is a command of the system"
        : IsPlain(command) ? null
        : "has characters that a shell reads";

    private static bool IsPlain(string command) => !command.AsSpan().ContainsAnyExcept(PlainCharacters);

    private static string TextOf(string command, DataPlaces places, string executable) =>
        $"#!/bin/sh\n{Mark}\nexec {Quoted(executable)} run --root {Quoted(places.Root)} -- {Quoted(command)} \"$@\"\n";

    private static bool IsOurs(string path)
    {
        using var reader = new StreamReader(path);
        return string.Equals(reader.ReadLine(), "#!/bin/sh", StringComparison.Ordinal) && string.Equals(reader.ReadLine(), Mark, StringComparison.Ordinal);
    }

    private static void Write(string path, string text)
    {
        if (File.Exists(path) && string.Equals(File.ReadAllText(path), text, StringComparison.Ordinal)) return;
        string temporary = $"{path}.new";
        File.Delete(temporary);
        File.WriteAllBytes(temporary, Encoding.UTF8.GetBytes(text));
        File.SetUnixFileMode(temporary, (UnixFileMode)0b111_101_101);
        File.Move(temporary, path, overwrite: true);
    }

    private static string Quoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
