using System.Collections.Immutable;

namespace Sandpiper.Sandbox.Profiles;

/// <summary>
/// What the words of a command line name that is there outside and was not shown: the one thing that a program was refused for certain,
/// without asking it.
/// </summary>
public static class UnshownArguments
{
    private const int Most = 3;

    // The sandbox has these of its own, wholly or in part: what of them is there is not known from here.
    private static readonly ImmutableArray<string> ItsOwn =
        ["/usr", "/bin", "/lib", "/lib32", "/lib64", "/libx32", "/sbin", "/etc", "/proc", "/dev", "/sys"];

    /// <returns>Absolute paths, a few; none that is called as keys are, which nobody shall be led to show.</returns>
    public static IEnumerable<string> In(IReadOnlyList<string> command, Terms terms, Caller caller) => command.Skip(1)
        .Select(word => word.StartsWith('-') && word.IndexOf('=') is > 0 and var end ? word[(end + 1)..] : word)
        .Where(word => word.Length > 0 && word[0] != '-' && !word.Contains('\0'))
        .Select(word => Path.TrimEndingDirectorySeparator(Path.GetFullPath(word, caller.CurrentDirectory)))
        .Where(path => !ItsOwn.Any(own => DirectoryTree.Holds(own, path)))
        .Where(path => Path.Exists(path) && !SensitiveDirectories.IsKey(path)
            && !terms.Confinement.Shown.Any(shown => DirectoryTree.Holds(shown.Path, path) || DirectoryTree.Holds(path, shown.Path)))
        .Distinct(StringComparer.Ordinal).Take(Most);
}
