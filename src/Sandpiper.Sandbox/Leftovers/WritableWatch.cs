using System.Collections.Frozen;
using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Sandbox.Leftovers;

/// <summary>What a program may write, looked at before it starts and after it and all it started are dead.</summary>
public sealed class WritableWatch : IDisposable
{
    private readonly List<WatchedRoot> _roots = [];

    private WritableWatch() { }

    /// <exception cref="IOException">A directory cannot be read: what is new in it could not be told.</exception>
    public static WritableWatch Begin(Confinement confinement)
    {
        var watch = new WritableWatch();
        try
        {
            ShownPath[] roots =
                [.. confinement.Shown.Where(shown => shown is { Access: PathAccess.Write, Type: FileType.Directory })];
            if (roots.Length == 0) return watch;
            // A grant of such a name itself means it; one of a directory within another does not.
            string[] free = [.. confinement.Writable.Where(path => File.Exists(path) || IsMeant(Path.GetFileName(path)))];
            ImmutableArray<string> all = [.. confinement.Shown.Select(shown => shown.Path)];
            // One that lies in another is watched with that.
            foreach (ShownPath shown in roots.Where(shown =>
                !roots.Any(other => other.Path.Length != shown.Path.Length && DirectoryTree.Holds(other.Path, shown.Path))))
            {
                string root = shown.Path;
                SafeFileHandle directory = shown.TryOpenDirectory()
                    ?? throw new IOException($"`{root}` cannot be read, so what is new in it could not be told");
                FrozenSet<string> below = FrozenSet.ToFrozenSet(
                    free.Where(path => path.Length > root.Length && DirectoryTree.Holds(root, path))
                        .Select(path => path[(root.Length + 1)..]),
                    StringComparer.Ordinal);
                FrozenSet<string> whole = FrozenSet.ToFrozenSet(ProtectedNames.In(directory)
                    .Where(name => !below.Contains(name) && SymbolicLink.Target(Path.Join(Named(directory), name)) is null),
                    StringComparer.Ordinal);
                watch._roots.Add(new(root, shown.Real, directory, whole, below, all, []));
                watch._roots[^1] = watch._roots[^1] with { Before = watch._roots[^1].Read() };
            }
            return watch;
        }
        catch
        {
            watch.Dispose();
            throw;
        }
    }

    /// <summary>What was begun by a run that is dead.</summary>
    internal static WritableWatch Of(WatchedRoot root)
    {
        var watch = new WritableWatch();
        watch._roots.Add(root);
        return watch;
    }

    /// <summary>Nothing that is watched is written.</summary>
    public bool IsOfNothing => _roots.Count == 0;

    /// <summary>What is watched.</summary>
    internal IReadOnlyList<WatchedRoot> Roots => _roots;

    /// <summary>What is new or another one, in the order of its paths; nothing that lies in another such thing.</summary>
    public ImmutableArray<Leftover> End() => [.. _roots.SelectMany(Differences)];

    /// <summary>The root of a leftover, opened before the program began.</summary>
    internal SafeFileHandle RootOf(Leftover leftover) =>
        _roots.First(root => string.Equals(root.Root, leftover.Root, StringComparison.Ordinal)).Directory;

    public void Dispose()
    {
        foreach (WatchedRoot root in _roots) root.Directory.Dispose();
    }

    private static string Named(SafeFileHandle directory) => $"/proc/self/fd/{directory.DangerousGetHandle()}";

    private static bool IsMeant(string name) => AutorunName.Of(name) is not null || ProtectedNames.IsProtected(name);

    private static IEnumerable<Leftover> Differences(WatchedRoot root)
    {
        string? within = null, told = null;
        // What was closed before is its user's, and so is what lies in it.
        Dictionary<string, Watched> after = root.Read(mayBeOpened: path => !root.Before.ContainsKey(path));
        // What is in a new environment is told with it.
        string[] environments = [.. after
            .Where(found => found.Value.Rule == AutorunName.Environment && !root.Before.ContainsKey(found.Key))
            .Select(found => found.Key[..^AutorunName.Environment.Name.Length] + "lib")];
        foreach (var (path, now) in after.OrderBy(found => found.Key, StringComparer.Ordinal))
        {
            if (within is not null && path.StartsWith(within, StringComparison.Ordinal)) continue;
            if (now.Rule.IsPythonStart && environments.Any(lib => path.StartsWith(lib, StringComparison.Ordinal)
                && path.Contains("-packages/", StringComparison.Ordinal))) continue;
            bool wasThere = root.Before.TryGetValue(path, out Watched? before);
            if (wasThere && before == now) continue;
            var leftover = new Leftover(root.Root, path, now.Rule, !wasThere) { Target = now.Target, IsLater = root.IsLater(path) };
            if (leftover.IsKeptAside) within = path + "/";
            // A directory that stays is told as one, but what is to be kept aside is so in it, too: it can be called `Makefile`, or `env`.
            else if (told is not null && path.StartsWith(told, StringComparison.Ordinal)) continue;
            else told = path + "/";
            yield return leftover;
        }
    }
}
