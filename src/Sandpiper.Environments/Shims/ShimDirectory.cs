using System.Buffers;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Verifying;
using Sandpiper.Kernel.Files;
using Sandpiper.Store;

namespace Sandpiper.Environments.Shims;

/// <summary>The commands of the shared environment as little scripts on a person's PATH, each of which goes through <c>run</c>.</summary>
public static class ShimDirectory
{
    private const int MaxBytes = 64 << 10;      // three lines, two of which hold a path
    private const UnixFileMode Mode = (UnixFileMode)0b111_101_101;

    private const string Mark = "# A command of a package, run confined; made by sandpiper.";

    private static readonly ImmutableArray<string> SystemDirectories = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"];

    // Everybody believes what these say, and types secrets into them, also where they were never installed.
    private static readonly FrozenSet<string> Trusted = FrozenSet.ToFrozenSet(
        ["sandpiper", "sudo", "su", "doas", "pkexec", "run0", "passwd", "login", "ssh", "ssh-add", "gpg", "git", "apt", "apt-get", "dnf"],
        StringComparer.OrdinalIgnoreCase);

    private static readonly SearchValues<char> PlainCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-");

    /// <summary>Makes those that are missing, removes those that are no more.</summary>
    /// <returns>What a person should hear: commands that got none, and why.</returns>
    public static ImmutableArray<string> Refresh(
        ManagedEnvironment environment, Generation generation, DataPlaces places, string executable)
    {
        if (!HasAny(environment)) return [];
        Directory.CreateDirectory(places.Shims);
        var notes = ImmutableArray.CreateBuilder<string>();
        foreach (string command in generation.Commands)
        {
            if (WhyNone(command) is { } why)
                notes.Add($"`{command}` {why}; the package's is: sandpiper run -- {(IsPlain(command) ? command : Quoted(command))}");
        }
        var wanted = generation.Commands.Where(c => WhyNone(c) is null).ToHashSet(StringComparer.Ordinal);
        foreach (string path in Directory.EnumerateFileSystemEntries(places.Shims))
        {
            if (!wanted.Contains(Path.GetFileName(path)) && IsOurs(path)) File.Delete(path);
        }
        foreach (string command in wanted) Write(Path.Combine(places.Shims, command), TextOf(command, places, executable), places);
        return notes.ToImmutable();
    }

    /// <summary>Removes those that are ours, of an environment that goes; what somebody else put there stays.</summary>
    public static void Remove(ManagedEnvironment environment, DataPlaces places)
    {
        if (!HasAny(environment) || !FileStatus.TryRead(places.Shims, out var status) || status.Type != FileType.Directory) return;
        foreach (string path in Directory.GetFiles(places.Shims).Where(IsOurs)) File.Delete(path);
        if (!Directory.EnumerateFileSystemEntries(places.Shims).Any()) Directory.Delete(places.Shims);
    }

    /// <summary>
    /// Lets those that we wrote for this program where it lay before, or for an earlier version of it, start the one that it is now: ours
    /// to the letter but for the program that they start. Everything else is as it was.
    /// </summary>
    public static void FollowTheProgram(ManagedEnvironment environment, DataPlaces places, string executable)
    {
        if (!HasAny(environment) || !FileStatus.TryRead(places.Shims, out var status) || status.Type != FileType.Directory) return;
        foreach (string path in Directory.GetFiles(places.Shims))
        {
            string command = Path.GetFileName(path);
            if (ProgramOf(path, command, places) is { } other && !string.Equals(other, executable, StringComparison.Ordinal))
                Write(path, TextOf(command, places, executable), places);
        }
    }

    /// <summary>What is not as <see cref="Refresh"/> leaves it; everything in that directory answers for a command of somebody's.</summary>
    public static IEnumerable<Deviation> Compare(
        ManagedEnvironment environment, Generation generation, DataPlaces places, string executable)
    {
        if (!HasAny(environment)) yield break;
        string[] wanted = [.. generation.Commands.Where(c => WhyNone(c) is null)];
        bool isThere = FileStatus.TryRead(places.Shims, out var status);
        if (!isThere && wanted.Length == 0) yield break;
        if (status.Type != FileType.Directory)
        {
            // A link could lead to a directory with programs of the user's own: they are none of ours to judge.
            yield return Of(isThere ? DeviationKind.Changed : DeviationKind.Missing, "");
            yield break;
        }
        var names = Directory.EnumerateFileSystemEntries(places.Shims).Select(p => Path.GetFileName(p)).ToHashSet(StringComparer.Ordinal);
        foreach (string name in names.Order(StringComparer.Ordinal))
        {
            // One that the system has got since is left alone until the next change.
            if (!generation.Commands.Contains(name, StringComparer.Ordinal)) yield return Of(DeviationKind.Added, name);
            else if (Differs(Path.Combine(places.Shims, name), TextOf(name, places, executable)) is { } kind)
                yield return Of(kind, name) with { Starts = ProgramOf(Path.Combine(places.Shims, name), name, places) };
        }
        foreach (string command in wanted.Where(c => !names.Contains(c))) yield return Of(DeviationKind.Missing, command);

        static Deviation Of(DeviationKind kind, string name) =>
            new(kind, name.Length > 0 ? $"bin/{name}" : "bin", null, RunsAtStart: false) { Place = DeviationPlace.Shims };
    }

    /// <summary>Puts aside what is not ours, so that <see cref="Refresh"/> finds a directory with nothing but shims in it.</summary>
    /// <returns>What a person should hear.</returns>
    public static ImmutableArray<string> PutAside(ManagedEnvironment environment, Generation generation, DataPlaces places)
    {
        if (!HasAny(environment)) return [];
        var notes = ImmutableArray.CreateBuilder<string>();
        if (FileStatus.TryRead(places.Shims, out var status) && status.Type != FileType.Directory)
            notes.Add(Aside.Put(places.Shims, places));
        Directory.CreateDirectory(places.Shims);
        foreach (string path in Directory.EnumerateFileSystemEntries(places.Shims))
        {
            if (!generation.Commands.Contains(Path.GetFileName(path), StringComparer.Ordinal) && !IsOurs(path))
                notes.Add(Aside.Put(path, places));
        }
        return notes.ToImmutable();
    }

    // Two environments may bring the same command: only those of one get shims.
    private static bool HasAny(ManagedEnvironment environment) =>
        string.Equals(environment.Name, ManagedEnvironment.Shared, StringComparison.Ordinal);

    // A package must not answer for a command of the system, today or when it is installed, nor for us, nor where a password is typed.
    private static string? WhyNone(string command) =>
        SystemDirectories.Any(d => File.Exists(Path.Combine(d, command))) || Trusted.Contains(command) ? "is a command of the system"
        : IsPlain(command) ? null
        : "has characters that a shell reads";

    private static bool IsPlain(string command) => !command.AsSpan().ContainsAnyExcept(PlainCharacters);

    private static string TextOf(string command, DataPlaces places, string executable) =>
        $"#!/bin/sh\n{Mark}\nexec {Quoted(executable)} run --root {Quoted(places.Root)} -- {Quoted(command)} \"$@\"\n";

    private static bool IsOurs(string path) => Read(path) is { } text && text.StartsWith($"#!/bin/sh\n{Mark}\n", StringComparison.Ordinal);

    // The program that it starts, of what is ours to the letter otherwise; null for everything else.
    private static string? ProgramOf(string path, string command, DataPlaces places)
    {
        const string Program = "\0";
        string[] ours = TextOf(command, places, Program).Split($"'{Program}'");
        if (Read(path) is not { } text || !text.StartsWith(ours[0], StringComparison.Ordinal)
            || !text.EndsWith(ours[1], StringComparison.Ordinal) || text.Length <= ours[0].Length + ours[1].Length) return null;
        string quoted = text[ours[0].Length..^ours[1].Length];
        string program = quoted.Trim('\'').Replace("'\\''", "'", StringComparison.Ordinal);
        // One word, and what we would have written for it.
        return Path.IsPathFullyQualified(program) && string.Equals(Quoted(program), quoted, StringComparison.Ordinal) ? program : null;
    }

    private static DeviationKind? Differs(string path, string text) =>
        !string.Equals(Read(path), text, StringComparison.Ordinal) ? DeviationKind.Changed
        : FileStatus.TryRead(path, out var status) && status.Mode == Mode ? null : DeviationKind.Mode;

    // Null: it is no file, or none of ours. What lies there can be a pipe, for which an install would wait with the lock held.
    private static string? Read(string path)
    {
        try
        {
            return RegularFile.TryRead(path, MaxBytes) is { } content ? Encoding.UTF8.GetString(content) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static void Write(string path, string text, DataPlaces places)
    {
        if (Differs(path, text) is null) return;
        if (Directory.Exists(path) && FileStatus.TryRead(path, out var status) && status.Type == FileType.Directory)
            Aside.Put(path, places);
        string temporary = $"{places.Shims}.new";       // not among them: every name there is somebody's command
        SealedTree.Remove(temporary);
        using (var file = SealedTree.CreateFile(temporary, Mode))
        {
            RandomAccess.Write(file, Encoding.UTF8.GetBytes(text), 0);
            File.SetUnixFileMode(file, Mode);
        }
        AtomicRename.Replace(temporary, path);
    }

    private static string Quoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
