using System.Collections.Immutable;
using System.Globalization;
using Sandpiper.Environments.Kernel;
using Sandpiper.Packaging;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Environments.Generations;

/// <summary>A named environment: its generations, which of them is current, and the lock that one change at a time holds.</summary>
/// <remarks>
/// <c>envs/NAME/generations/N</c> appears complete, by one rename; <c>envs/NAME/current</c> is a symbolic link that one rename moves. So
/// every moment, the next after a crash included, shows one whole generation.
/// </remarks>
public sealed class ManagedEnvironment
{
    private const string CurrentLink = "current";

    private ManagedEnvironment(string root, string name) => (Root, Name, Directory) = (root, name, Path.Combine(root, "envs", name));

    /// <summary>The data root.</summary>
    public string Root { get; }

    public string Name { get; }

    /// <summary>Absolute; need not exist.</summary>
    public string Directory { get; }

    internal string Generations => Path.Combine(Directory, "generations");

    internal string LedgerFile => Path.Combine(Directory, "ledger.jsonl");

    /// <exception cref="EnvironmentException">The name is none.</exception>
    public static ManagedEnvironment Open(string root, string name)
    {
        // As narrow as the names of packages: it becomes a directory name.
        if (name.Length > 64 || !PackageName.TryParse(name, out _, out ParseProblem _)) throw new EnvironmentException($"`{name}` is no name of an environment: letters, digits and single -, _ or . between them, at most 64");
        return new ManagedEnvironment(Path.GetFullPath(root), name);
    }

    /// <summary>The number of the current generation; null when nothing was ever installed.</summary>
    public int? Current
    {
        get
        {
            string? target = new FileInfo(Path.Combine(Directory, CurrentLink)).LinkTarget;
            return target is not null && int.TryParse(Path.GetFileName(target), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
        }
    }

    /// <summary>The numbers of all generations that are there, ascending.</summary>
    public ImmutableArray<int> Numbers => !System.IO.Directory.Exists(Generations)
        ? []
        : [.. System.IO.Directory.EnumerateDirectories(Generations).Select(d => int.TryParse(Path.GetFileName(d), NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : 0).Where(n => n > 0).Order()];

    public string DirectoryOf(int number) => Path.Combine(Generations, number.ToString(CultureInfo.InvariantCulture));

    /// <exception cref="EnvironmentException">There is none of that number, or it is damaged.</exception>
    public Generation Read(int number) => GenerationFile.Read(DirectoryOf(number));

    /// <summary>Waits until no other command changes this environment.</summary>
    /// <param name="waiting">Called once when there is somebody to wait for.</param>
    public EnvironmentLock Lock(Action waiting, CancellationToken cancel)
    {
        System.IO.Directory.CreateDirectory(Generations);
        return EnvironmentLock.Take(Path.Combine(Directory, "lock"), waiting, cancel);
    }

    /// <summary>Makes a complete generation the current one, by one rename.</summary>
    internal void Switch(int number)
    {
        string link = Path.Combine(Directory, CurrentLink);
        string temporary = $"{link}.new";
        File.Delete(temporary);     // of a crashed command; we hold the lock
        File.CreateSymbolicLink(temporary, Path.Combine("generations", number.ToString(CultureInfo.InvariantCulture)));
        AtomicRename.Replace(temporary, link);
    }
}
