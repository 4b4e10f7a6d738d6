using System.Buffers;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Verifying;
using Sandpiper.Kernel.Files;
using Sandpiper.Store;

namespace Sandpiper.Environments.Shims;

/// <summary>
/// The commands of an environment as little scripts, each of which goes through <c>run</c>: those of the shared one on a person's PATH,
/// those of each beside a <c>python</c>, for whoever activates it and for editors, and one that is the kernel of a notebook.
/// </summary>
public static class ShimDirectory
{
    private const int MaxBytes = 64 << 10;      // three lines, two of which hold a path
    private const UnixFileMode Mode = (UnixFileMode)0b111_101_101;

    private const string Kernel = "kernel";

    private const string Mark = "# A command of a package, run confined; made by sandpiper.";

    private static readonly ImmutableArray<string> SystemDirectories = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"];

    // Everybody believes what these say, and types secrets into them, also where they were never installed.
    private static readonly FrozenSet<string> Trusted = FrozenSet.ToFrozenSet(
        ["sandpiper", "sudo", "su", "doas", "pkexec", "run0", "passwd", "login", "ssh", "ssh-add", "gpg", "git", "apt", "apt-get", "dnf"],
        StringComparer.OrdinalIgnoreCase);

    private static readonly SearchValues<char> PlainCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-");

    /// <summary>Where the confined <c>python</c> of an environment lies, and its commands; absolute.</summary>
    public static string OfInterpreter(ManagedEnvironment environment) => Path.Combine(environment.Directory, "confined", "bin");

    /// <summary>The kernel of an environment for notebooks, which takes a connection file; absolute.</summary>
    public static string OfKernel(ManagedEnvironment environment) => Path.Combine(PlaceOfKernel(environment), Kernel);

    private static string PlaceOfKernel(ManagedEnvironment environment) => Path.Combine(environment.Directory, "confined", "notebooks");

    /// <summary>Makes those that are missing, removes those that are no more.</summary>
    /// <returns>What a person should hear: commands that got none, and why.</returns>
    public static ImmutableArray<string> Refresh(
        ManagedEnvironment environment, Generation generation, DataPlaces places, string executable)
    {
        foreach (ShimPlace place in PlacesOf(environment, places, executable))
        {
            Directory.CreateDirectory(place.Directory);
            var wanted = place.NamesOf(generation).ToHashSet(StringComparer.Ordinal);
            foreach (string path in Directory.EnumerateFileSystemEntries(place.Directory))
            {
                if (!wanted.Contains(Path.GetFileName(path)) && IsOurs(path)) File.Delete(path);
            }
            foreach (string command in wanted) Write(place, command, places);
        }
        return !IsShared(environment) ? [] : [.. generation.Commands.Where(command => WhyNone(command) is not null).Select(command =>
            $"`{command}` {WhyNone(command)}; the package's is: sandpiper run -- {(IsPlain(command) ? command : Quoted(command))}")];
    }

    /// <summary>Removes those that are ours, of an environment that goes; what somebody else put there stays.</summary>
    public static void Remove(ManagedEnvironment environment, DataPlaces places)
    {
        foreach (ShimPlace place in PlacesOf(environment, places, ""))
        {
            if (!place.IsThere) continue;
            foreach (string path in Directory.GetFiles(place.Directory).Where(IsOurs)) File.Delete(path);
            if (!Directory.EnumerateFileSystemEntries(place.Directory).Any()) Directory.Delete(place.Directory);
        }
    }

    /// <summary>
    /// Lets those that we wrote for this program where it lay before, or for an earlier version of it, start the one that it is now: ours
    /// to the letter but for the program that they start. Everything else is as it was.
    /// </summary>
    public static void FollowTheProgram(ManagedEnvironment environment, DataPlaces places, string executable)
    {
        foreach (ShimPlace place in PlacesOf(environment, places, executable))
        {
            if (!place.IsThere) continue;
            string[] paths = [.. Directory.GetFiles(place.Directory).Order(StringComparer.Ordinal)];
            // The last one last: it speaks for the others, and most commands read no other.
            bool areOurs = paths is [.., var last]
                && string.Equals(ProgramOf(last, Path.GetFileName(last), place), executable, StringComparison.Ordinal);
            if (areOurs) continue;
            foreach (string path in paths)
            {
                string command = Path.GetFileName(path);
                if (ProgramOf(path, command, place) is { } other && !string.Equals(other, executable, StringComparison.Ordinal))
                    Write(place, command, places);
            }
        }
    }

    /// <summary>What is not as <see cref="Refresh"/> leaves it; everything in that directory answers for a command of somebody's.</summary>
    public static IEnumerable<Deviation> Compare(
        ManagedEnvironment environment, Generation generation, DataPlaces places, string executable) =>
        PlacesOf(environment, places, executable).SelectMany(place => Compare(place, generation));

    private static IEnumerable<Deviation> Compare(ShimPlace place, Generation generation)
    {
        string[] wanted = [.. place.NamesOf(generation)];
        bool isThere = FileStatus.TryRead(place.Directory, out var status);
        // An earlier version made no interpreter, and the next change makes it.
        if (!isThere && (wanted.Length == 0 || place.Environment is not null)) yield break;
        if (status.Type != FileType.Directory)
        {
            // A link could lead to a directory with programs of the user's own: they are none of ours to judge.
            yield return Of(isThere ? DeviationKind.Changed : DeviationKind.Missing, "");
            yield break;
        }
        var names = Directory.EnumerateFileSystemEntries(place.Directory).Select(p => Path.GetFileName(p))
            .ToHashSet(StringComparer.Ordinal);
        string[] known = [.. generation.Commands, .. wanted];
        foreach (string name in names.Order(StringComparer.Ordinal))
        {
            string path = Path.Combine(place.Directory, name);
            // One that the system has got since is left alone until the next change.
            if (!known.Contains(name, StringComparer.Ordinal)) yield return Of(DeviationKind.Added, name);
            else if (Differs(path, place.TextOf(name)) is { } kind)
                yield return Of(kind, name) with { Starts = ProgramOf(path, name, place) };
        }
        foreach (string command in wanted.Where(c => !names.Contains(c))) yield return Of(DeviationKind.Missing, command);

        Deviation Of(DeviationKind kind, string name) =>
            new(kind, name.Length > 0 ? $"{place.Shown}/{name}" : place.Shown, null, RunsAtStart: false) { Place = DeviationPlace.Shims };
    }

    /// <summary>Puts aside what is not ours, so that <see cref="Refresh"/> finds a directory with nothing but shims in it.</summary>
    /// <returns>What a person should hear.</returns>
    public static ImmutableArray<string> PutAside(ManagedEnvironment environment, Generation generation, DataPlaces places)
    {
        var notes = ImmutableArray.CreateBuilder<string>();
        foreach (ShimPlace place in PlacesOf(environment, places, ""))
        {
            if (FileStatus.TryRead(place.Directory, out var status) && status.Type != FileType.Directory)
                notes.Add(Aside.Put(place.Directory, places));
            Directory.CreateDirectory(place.Directory);
            string[] known = [.. generation.Commands, .. place.NamesOf(generation)];
            foreach (string path in Directory.EnumerateFileSystemEntries(place.Directory))
            {
                if (!known.Contains(Path.GetFileName(path), StringComparer.Ordinal) && !IsOurs(path)) notes.Add(Aside.Put(path, places));
            }
        }
        return notes.ToImmutable();
    }

    // Two environments may bring the same command: only those of one are on everybody's PATH.
    private static IEnumerable<ShimPlace> PlacesOf(ManagedEnvironment environment, DataPlaces places, string executable)
    {
        if (IsShared(environment)) yield return new ShimPlace(places.Shims, "bin", places.Root, executable, Environment: null);
        yield return new ShimPlace(OfInterpreter(environment), "confined/bin", places.Root, executable, environment.Name);
        yield return new ShimPlace(PlaceOfKernel(environment), "confined/notebooks", places.Root, executable, environment.Name)
            { IsForNotebooks = true };
    }

    private static bool IsShared(ManagedEnvironment environment) =>
        string.Equals(environment.Name, ManagedEnvironment.Shared, StringComparison.Ordinal);

    // A package must not answer for a command of the system, today or when it is installed, nor for us, nor where a password is typed.
    private static string? WhyNone(string command) =>
        SystemDirectories.Any(d => File.Exists(Path.Combine(d, command))) || Trusted.Contains(command) ? "is a command of the system"
        : IsPlain(command) ? null
        : "has characters that a shell reads";

    private static bool IsPlain(string command) => !command.AsSpan().ContainsAnyExcept(PlainCharacters);

    private static bool IsOurs(string path) => Read(path) is { } text && text.StartsWith($"#!/bin/sh\n{Mark}\n", StringComparison.Ordinal);

    // The program that it starts, of what is ours to the letter otherwise; null for everything else.
    private static string? ProgramOf(string path, string command, ShimPlace place)
    {
        const string Program = "\0";
        string[] ours = (place with { Executable = Program }).TextOf(command).Split($"'{Program}'");
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

    private static void Write(ShimPlace place, string command, DataPlaces places)
    {
        string path = Path.Combine(place.Directory, command), text = place.TextOf(command);
        if (Differs(path, text) is null) return;
        if (Directory.Exists(path) && FileStatus.TryRead(path, out var status) && status.Type == FileType.Directory)
            Aside.Put(path, places);
        string temporary = $"{place.Directory}.new";       // not among them: every name there is somebody's command
        SealedTree.Remove(temporary);
        using (var file = SealedTree.CreateFile(temporary, Mode))
        {
            RandomAccess.Write(file, Encoding.UTF8.GetBytes(text), 0);
            File.SetUnixFileMode(file, Mode);
        }
        AtomicRename.Replace(temporary, path);
    }

    private static string Quoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>One directory of them.</summary>
    /// <param name="Shown">Its name for a person.</param>
    /// <param name="Root">The data root.</param>
    /// <param name="Executable">What they start.</param>
    /// <param name="Environment">Whose commands and interpreter they are; null: the shared one's commands alone.</param>
    private sealed record ShimPlace(string Directory, string Shown, string Root, string Executable, string? Environment)
    {
        /// <summary>It has the kernel, and nothing else.</summary>
        public bool IsForNotebooks { get; init; }

        public bool IsThere => FileStatus.TryRead(Directory, out var status) && status.Type == FileType.Directory;

        public IEnumerable<string> NamesOf(Generation generation) => IsForNotebooks ? [Kernel]
            : generation.Commands.Where(c => WhyNone(c) is null)
                .Concat(Environment is null ? [] : ["python", "python3", generation.PythonName]).Distinct(StringComparer.Ordinal);

        public string TextOf(string command)
        {
            string whose = Environment is null ? "" : $" --env {Quoted(Environment)}";
            string what = IsForNotebooks
                ? "--kernel \"$1\" -- python -m ipykernel_launcher -f '{connection_file}'" : $"-- {Quoted(command)} \"$@\"";
            return $"#!/bin/sh\n{Mark}\nexec {Quoted(Executable)} run --root {Quoted(Root)}{whose} {what}\n";
        }
    }
}
