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
    public static void Refresh(ManagedEnvironment environment, Generation generation, IReadOnlySet<string> commands, DataPlaces places)
    {
        string directory = Path.Combine(places.Root, Section);
        string below = $"{TargetsBelow}{environment.Name}/current/{Section}/";
        HashSet<string> pages = [.. commands.SelectMany(c => _suffixes.Select(s => c + s))
            .Where(page => File.Exists(Path.Combine(generation.Directory, Section, page)))];
        Remove(directory, page => !pages.Contains(page.Name)
            && (page.Target.StartsWith(below, StringComparison.Ordinal) || _suffixes.Any(s => commands.Contains(Stem(page.Name, s)))));
        if (pages.Count > 0) Directory.CreateDirectory(directory);
        foreach (string page in pages)
        {
            string path = Path.Combine(directory, page), target = below + page;
            if (!string.Equals(SymbolicLink.Target(path), target, StringComparison.Ordinal)) SymbolicLink.ReplaceSoon(path, target);
        }
    }

    /// <summary>Those of an environment that goes.</summary>
    public static void Remove(ManagedEnvironment environment, DataPlaces places) => RemoveAll(places, $"{TargetsBelow}{environment.Name}/");

    /// <summary>All of them, and the directories if they hold nothing else.</summary>
    public static void RemoveAll(DataPlaces places) => RemoveAll(places, TargetsBelow);

    private const string TargetsBelow = "../../../envs/";

    private static void RemoveAll(DataPlaces places, string below)
    {
        Remove(Path.Combine(places.Root, Section), page => page.Target.StartsWith(below, StringComparison.Ordinal));
        for (string directory = Section; directory.Length > 0; directory = Path.GetDirectoryName(directory)!)
        {
            string path = Path.Combine(places.Root, directory);
            if (!Directory.Exists(path)) continue;
            if (Directory.EnumerateFileSystemEntries(path).Any()) return;
            Directory.Delete(path);
        }
    }

    private static void Remove(string directory, Predicate<(string Name, string Target)> goes)
    {
        if (!Directory.Exists(directory)) return;
        foreach (string path in Directory.GetFileSystemEntries(directory))
        {
            if (SymbolicLink.Target(path) is { } target && goes((Path.GetFileName(path), target))) File.Delete(path);
        }
    }

    private static string Stem(string page, string suffix) => page.EndsWith(suffix, StringComparison.Ordinal) ? page[..^suffix.Length] : "";
}
