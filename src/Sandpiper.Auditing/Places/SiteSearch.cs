using System.Collections.Immutable;
using Sandpiper.Kernel.Files;
using Sandpiper.Wheels;

namespace Sandpiper.Auditing.Places;

/// <summary>Every directory of packages that a user's commands import from: by the Pythons on his PATH, and in his home.</summary>
public static class SiteSearch
{
    private const int MostDirectories = 20_000;     // of a home: some tenths of a second
    private const int Depth = 6;

    // What holds no environments and much else.
    private static readonly ImmutableArray<string> Passed =
        [".git", "node_modules", "__pycache__", ".cache", ".cargo", ".npm", "site-packages"];

    /// <summary>What was found, and whether the home was too large to be searched whole.</summary>
    /// <param name="Sites">In the order of the PATH, then of the home; each once.</param>
    public sealed record Found(ImmutableArray<Site> Sites, bool IsCutShort);

    /// <param name="searchPath">The PATH of whoever asks; null when there is none.</param>
    /// <param name="home">His home directory.</param>
    /// <param name="except">Directories whose environments somebody else vouches for.</param>
    public static Found All(string? searchPath, string home, ImmutableArray<string> except, CancellationToken cancel)
    {
        var sites = OnPath(searchPath).Concat(PythonLayout.OfUser(home)).ToList();
        bool isWhole = home.Length > 1 && Search(home, except, sites, cancel);
        var others = sites.Where(s => !except.Any(e => IsBelow(s.Directory, e))).DistinctBy(s => s.Directory, StringComparer.Ordinal);
        return new([.. others], !isWhole && home.Length > 1);
    }

    /// <summary>Sites of a Python by its name (<c>python3.11</c>, <c>3.11</c>) or path, or of a directory.</summary>
    public static ImmutableArray<Site> Of(string asked, string? searchPath)
    {
        string full = Path.GetFullPath(asked);
        if (Directory.Exists(full)) return PythonLayout.OfDirectory(full);
        if (asked.Contains('/', StringComparison.Ordinal)) return File.Exists(full) ? PythonLayout.SitesOf(full) : [];
        string name = asked.Length > 0 && char.IsAsciiDigit(asked[0]) ? $"python{asked}" : asked;
        return [.. DirectoriesOf(searchPath).Select(d => $"{d}/{name}").Where(File.Exists).Take(1)
            .SelectMany(p => PythonLayout.SitesOf(p))];
    }

    /// <summary>Of the Pythons on a PATH.</summary>
    public static IEnumerable<Site> OnPath(string? searchPath) => PythonsOn(searchPath).SelectMany(p => PythonLayout.SitesOf(p));

    private static IEnumerable<string> PythonsOn(string? searchPath) => DirectoriesOf(searchPath).SelectMany(PythonsIn)
        .DistinctBy(p => ProgramFile.Resolve(p) is { } real && !File.Exists($"{Path.GetDirectoryName(Path.GetDirectoryName(p))}/pyvenv.cfg")
            ? real : p, StringComparer.Ordinal);

    /// <summary>Of a PATH; a relative entry is whatever directory the user happens to be in.</summary>
    public static IEnumerable<string> DirectoriesOf(string? searchPath) =>
        (searchPath ?? "").Split(':').Where(Path.IsPathFullyQualified).Distinct(StringComparer.Ordinal);

    private static IEnumerable<string> PythonsIn(string directory)
    {
        try
        {
            return Directory.Exists(directory)
                ? [.. Directory.GetFiles(directory).Where(f => ReservedNames.IsInterpreter(Path.GetFileName(f)))
                    .Order(StringComparer.Ordinal)] : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static bool Search(string home, ImmutableArray<string> except, List<Site> sites, CancellationToken cancel)
    {
        var options = new EnumerationOptions { AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };
        var waiting = new Queue<(string Directory, int Depth)>([(home, 0)]);
        for (int seen = 0; waiting.TryDequeue(out var next); seen++)
        {
            cancel.ThrowIfCancellationRequested();
            if (seen == MostDirectories) return false;
            if (except.Any(e => IsBelow(next.Directory, e))) continue;
            if (File.Exists($"{next.Directory}/pyvenv.cfg"))
            {
                sites.AddRange(PythonLayout.OfVirtualEnvironment(next.Directory));
                continue;
            }
            if (next.Depth == Depth) continue;
            try
            {
                foreach (string below in Directory.EnumerateDirectories(next.Directory, "*", options).Order(StringComparer.Ordinal))
                    if (!Passed.Contains(Path.GetFileName(below), StringComparer.Ordinal)) waiting.Enqueue((below, next.Depth + 1));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Gone meanwhile.
            }
        }
        return true;
    }

    private static bool IsBelow(string path, string directory) =>
        path.StartsWith(directory, StringComparison.Ordinal) && (path.Length == directory.Length || path[directory.Length] == '/');
}
