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
    private static readonly PackageName Needed = PackageName.Parse("ipykernel");

    /// <summary>It has what a kernel is made of.</summary>
    public static bool CanBeHad(Generation generation) => generation.Packages.Any(package => package.Name == Needed);

    /// <summary>In the order in which they were made.</summary>
    public static ImmutableArray<KernelSpecification> Of(ManagedEnvironment environment)
    {
        if (RegularFile.TryRead(FileOf(environment), MaxBytes) is not { } content) return [];
        return [.. Encoding.UTF8.GetString(content).Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Where(path => Path.IsPathFullyQualified(path) && KernelSpecification.IsName(Path.GetFileName(path)))
            .Select(path => new KernelSpecification(path, environment))];
    }

    /// <summary>Makes one, and remembers where.</summary>
    public static void Add(KernelSpecification kernel, Generation generation)
    {
        Record(kernel.Environment, [.. Of(kernel.Environment).Where(known => known != kernel), kernel]);
        kernel.Write(generation);
    }

    /// <summary>Takes one away, and forgets it.</summary>
    public static void Remove(KernelSpecification kernel)
    {
        kernel.Remove();
        Record(kernel.Environment, [.. Of(kernel.Environment).Where(known => known != kernel)]);
    }

    /// <summary>Takes all away, of an environment that goes; what somebody else put in their place stays.</summary>
    public static void RemoveAll(ManagedEnvironment environment)
    {
        foreach (KernelSpecification kernel in Of(environment)) kernel.Remove();
    }

    /// <summary>Takes away those that could not start any more; what is not there, or somebody else's by now, is forgotten.</summary>
    /// <returns>What a person should hear.</returns>
    public static ImmutableArray<string> Refresh(ManagedEnvironment environment, Generation generation)
    {
        ImmutableArray<KernelSpecification> known = Of(environment);
        if (known.IsEmpty) return [];
        ImmutableArray<KernelSpecification> ours = [.. known.Where(kernel => kernel.IsOurs)];
        bool areKept = CanBeHad(generation);
        foreach (KernelSpecification kernel in ours)
        {
            if (areKept) kernel.Write(generation);
            else kernel.Remove();
        }
        Record(environment, areKept ? ours : []);
        return areKept ? [] : [.. ours.Select(kernel => $"the kernel `{kernel.Name}` went with {Needed}")];
    }

    private static string FileOf(ManagedEnvironment environment) => Path.Combine(environment.Directory, "kernels");

    private static void Record(ManagedEnvironment environment, ImmutableArray<KernelSpecification> kernels)
    {
        if (kernels.IsEmpty)
        {
            File.Delete(FileOf(environment));
            return;
        }
        string path = FileOf(environment);
        WholeFile.Write(path, path + ".new", Encoding.UTF8.GetBytes(string.Join('\0', kernels.Select(kernel => kernel.Directory))),
            UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
