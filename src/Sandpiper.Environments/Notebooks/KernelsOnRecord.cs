using System.Collections.Immutable;
using System.Text;
using Sandpiper.Environments.Generations;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Environments.Notebooks;

/// <summary>
/// Where the kernels of an environment were put, so that they follow its changes and go with it: they lie outside of everything else that
/// is ours.
/// </summary>
/// <remarks>Whoever writes the record holds the environment's lock, or the store's alone.</remarks>
public static class KernelsOnRecord
{
    private const int MaxBytes = 1 << 20;
    private const char AwayMark = '-';      // before the path of one that is away
    private static readonly PackageName Needed = PackageName.Parse("ipykernel");

    /// <summary>It has what a kernel is made of.</summary>
    public static bool CanBeHad(Generation generation) => generation.Packages.Any(package => package.Name == Needed);

    /// <summary>In the order in which they were made.</summary>
    public static ImmutableArray<KernelSpecification> Of(ManagedEnvironment environment) =>
        [.. Read(environment).Where(entry => !entry.IsAway).Select(entry => entry.Kernel)];

    /// <summary>Makes one, and remembers where.</summary>
    public static void Add(KernelSpecification kernel, Generation generation)
    {
        Record(kernel.Environment, [.. Read(kernel.Environment).Where(known => known.Kernel != kernel), new Entry(kernel, IsAway: false)]);
        kernel.Write(generation);
    }

    /// <summary>Takes one away, and forgets it.</summary>
    public static void Remove(KernelSpecification kernel)
    {
        kernel.Remove();
        Record(kernel.Environment, [.. Read(kernel.Environment).Where(known => known.Kernel != kernel)]);
    }

    /// <summary>Takes all away, of an environment that goes; what somebody else put in their place stays.</summary>
    public static void RemoveAll(ManagedEnvironment environment)
    {
        foreach (KernelSpecification kernel in Of(environment)) kernel.Remove();
    }

    /// <summary>
    /// Takes away those that could not start any more, and brings them back when they can: a rollback leads there, too. What somebody took
    /// away himself, or what is somebody else's by now, is forgotten.
    /// </summary>
    /// <returns>What a person should hear.</returns>
    public static ImmutableArray<string> Refresh(ManagedEnvironment environment, Generation generation)
    {
        ImmutableArray<Entry> known = Read(environment);
        if (known.IsEmpty) return [];
        bool areKept = CanBeHad(generation);
        ImmutableArray<Entry> ours = [.. known.Where(entry => entry.IsAway ? !areKept || !entry.Kernel.IsTaken : entry.Kernel.IsOurs)];
        foreach (Entry entry in ours)
        {
            if (areKept) entry.Kernel.Write(generation);
            else entry.Kernel.Remove();
        }
        Record(environment, [.. ours.Select(entry => entry with { IsAway = !areKept })]);
        return [.. ours.Where(entry => entry.IsAway == areKept)
            .Select(entry => $"the kernel `{entry.Kernel.Name}` {(areKept ? "is back" : "went")} with {Needed}")];
    }

    private static string FileOf(ManagedEnvironment environment) => Path.Combine(environment.Directory, "kernels");

    private static ImmutableArray<Entry> Read(ManagedEnvironment environment)
    {
        if (RegularFile.TryRead(FileOf(environment), MaxBytes) is not { } content) return [];
        return [.. Encoding.UTF8.GetString(content).Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => (Path: line.TrimStart(AwayMark), IsAway: line.StartsWith(AwayMark)))
            .Where(line => Path.IsPathFullyQualified(line.Path) && KernelSpecification.IsName(Path.GetFileName(line.Path)))
            .Select(line => new Entry(new KernelSpecification(line.Path, environment), line.IsAway))];
    }

    private static void Record(ManagedEnvironment environment, ImmutableArray<Entry> entries)
    {
        if (entries.IsEmpty)
        {
            File.Delete(FileOf(environment));
            return;
        }
        string path = FileOf(environment);
        IEnumerable<string> lines = entries.Select(entry => $"{(entry.IsAway ? $"{AwayMark}" : "")}{entry.Kernel.Directory}");
        WholeFile.Write(path, path + ".new", Encoding.UTF8.GetBytes(string.Join('\0', lines)),
            UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    // Away: it went with what it needs, and comes back with it.
    private sealed record Entry(KernelSpecification Kernel, bool IsAway);
}
