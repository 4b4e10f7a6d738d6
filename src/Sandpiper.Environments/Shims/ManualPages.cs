using System.Collections.Immutable;
using Sandpiper.Environments.Generations;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Environments.Shims;

/// <summary>
/// The manual pages of commands on PATH, where man(1) looks for them by itself: beside the directory of the commands (manpath(1)). Only the
/// page of a command that its environment has: no package explains a command of the system. They are links through what is current.
/// </summary>
/// <remarks>
/// A page is text: groff runs none of its requests that start or write something unless it is asked to (<c>-U</c>). What a shell reads to
/// complete a command is a program, which would run in the user's own shell, confined by nothing: that stays where it is.
/// </remarks>
internal static class ManualPages
{
    private const string Section = "share/man/man1";
    private static readonly string[] _suffixes = [".1", ".1.gz"];

    /// <summary>Those of one environment as they should be. The lock of PATH is held.</summary>
    /// <param name="commands">That it has on PATH.</param>
    /// <param name="notes">Gets what a person should hear.</param>
    public static void Refresh(ManagedEnvironment environment, Generation generation, IReadOnlySet<string> commands, DataPlaces places,
        ImmutableArray<string>.Builder notes)
    {
        string directory = Path.Combine(places.Root, Section);
        string below = $"{TargetsBelow}{environment.Name}/current/{Section}/";
        HashSet<string> pages = [.. commands.SelectMany(c => _suffixes.Select(s => c + s))
            .Where(page => File.Exists(Path.Combine(generation.Directory, Section, page)))];
        Remove(places, page => !pages.Contains(page.Name)
            && (page.Target.StartsWith(below, StringComparison.Ordinal) || _suffixes.Any(s => commands.Contains(Stem(page.Name, s)))));
        if (pages.Count == 0) return;
        foreach (string above in Directories(places).Reverse()) Aside.MakeDirectory(above, places, notes);
        foreach (string page in pages)
        {
            string path = Path.Combine(directory, page), target = below + page;
            string? there = SymbolicLink.Target(path);
            if (string.Equals(there, target, StringComparison.Ordinal)) continue;
            bool isOurs = there?.StartsWith(TargetsBelow, StringComparison.Ordinal) is true;
            if (!isOurs && FileStatus.TryRead(path, out _)) notes.Add(Aside.Put(path, places));
            SymbolicLink.ReplaceSoon(path, target);
        }
    }

    /// <summary>Those of an environment that goes.</summary>
    public static void Remove(ManagedEnvironment environment, DataPlaces places) => RemoveAll(places, $"{TargetsBelow}{environment.Name}/");

    /// <summary>All of them, and the directories if they hold nothing else.</summary>
    public static void RemoveAll(DataPlaces places) => RemoveAll(places, TargetsBelow);

    private const string TargetsBelow = "../../../envs/";

    // From the innermost to the outermost.
    private static IEnumerable<string> Directories(DataPlaces places)
    {
        for (string directory = Section; directory.Length > 0; directory = Path.GetDirectoryName(directory)!)
            yield return Path.Combine(places.Root, directory);
    }

    // Behind a link there would be pages of somebody's own.
    private static bool AreReal(DataPlaces places) =>
        Directories(places).All(d => !FileStatus.TryRead(d, out var status) || status.Type == FileType.Directory);

    private static void RemoveAll(DataPlaces places, string below)
    {
        if (!AreReal(places)) return;
        Remove(places, page => page.Target.StartsWith(below, StringComparison.Ordinal));
        foreach (string directory in Directories(places).Where(Directory.Exists))
        {
            if (Directory.EnumerateFileSystemEntries(directory).Any()) return;
            Directory.Delete(directory);
        }
    }

    private static void Remove(DataPlaces places, Predicate<(string Name, string Target)> goes)
    {
        string directory = Path.Combine(places.Root, Section);
        if (!AreReal(places) || !Directory.Exists(directory)) return;
        foreach (string path in Directory.GetFileSystemEntries(directory))
        {
            if (SymbolicLink.Target(path) is { } target && target.StartsWith(TargetsBelow, StringComparison.Ordinal)
                && goes((Path.GetFileName(path), target))) File.Delete(path);
        }
    }

    private static string Stem(string page, string suffix) => page.EndsWith(suffix, StringComparison.Ordinal) ? page[..^suffix.Length] : "";
}
