using System.Collections.Immutable;
using Sandpiper.Kernel.Files;
using Sandpiper.Wheels;

namespace Sandpiper.Auditing.Places;

/// <summary>
/// Where a Python keeps its modules, told from where it lies. None is started: what it says of itself is in question.
/// </summary>
/// <remarks>The rules are those of CPython's <c>Modules/getpath.py</c>, <c>Lib/sysconfig</c> and Debian's patch to it.</remarks>
public static class PythonLayout
{
    private const int MostSettings = 64 << 10;
    private const string Settings = "pyvenv.cfg";

    /// <summary>Directories of packages of an interpreter; of a virtual environment its own. None when its layout is not known.</summary>
    /// <param name="executable">A path, possibly a link.</param>
    public static ImmutableArray<Site> SitesOf(string executable)
    {
        executable = Path.GetFullPath(executable);
        // A virtual environment is known by the name that it is started by, before links are resolved.
        string above = Path.GetDirectoryName(Path.GetDirectoryName(executable) ?? "/") ?? "/";
        if (File.Exists($"{above}/{Settings}")) return OfVirtualEnvironment(above);
        return ProgramFile.Resolve(executable) is { } real ? OfBase(real) : [];
    }

    /// <summary>Those of a virtual environment.</summary>
    /// <param name="directory">Where <c>pyvenv.cfg</c> lies.</param>
    public static ImmutableArray<Site> OfVirtualEnvironment(string directory)
    {
        string prefix = ProgramFile.Resolve(directory) ?? directory;
        string? home = HomeOf($"{prefix}/{Settings}");
        return [.. VersionsIn(prefix).Select(name => new Site($"{prefix}/lib/{name}/site-packages", prefix, SiteKind.VirtualEnvironment)
        {
            PythonName = name,
            Library = home is null ? null : LibraryOf(Path.GetDirectoryName(home) ?? "/", name),
            Executable = ProgramFile.Resolve($"{prefix}/bin/python"),
        }).Where(s => Directory.Exists(s.Directory))];
    }

    /// <summary>Of the user: <c>~/.local/lib/pythonX.Y/site-packages</c>, of every version.</summary>
    public static ImmutableArray<Site> OfUser(string home)
    {
        string prefix = $"{home}/.local";
        return [.. VersionsIn(prefix)
            .Select(name => new Site($"{prefix}/lib/{name}/site-packages", prefix, SiteKind.User)
            {
                PythonName = name, Library = LibraryOf("/usr", name),
            })
            .Where(s => Directory.Exists(s.Directory)).Select(Real)];
    }

    /// <summary>A directory that somebody named: an environment, a prefix, or the modules themselves.</summary>
    public static ImmutableArray<Site> OfDirectory(string directory)
    {
        directory = ProgramFile.Resolve(directory) ?? directory;
        if (File.Exists($"{directory}/{Settings}")) return OfVirtualEnvironment(directory);
        ImmutableArray<Site> below = OfPrefix(directory, null);
        if (below.Length > 0) return below;
        // …/lib/python3.11/site-packages, or Debian's …/lib/python3/dist-packages.
        string name = Path.GetFileName(Path.GetDirectoryName(directory) ?? "/");
        string? lib = Path.GetDirectoryName(Path.GetDirectoryName(directory) ?? "/");
        bool isScheme = Path.GetFileName(directory) is "site-packages" or "dist-packages" && IsVersion(name)
            && Path.GetFileName(lib) is "lib" or "lib64";
        if (!isScheme) return [new Site(directory, directory, SiteKind.Named)];
        string prefix = Path.GetDirectoryName(lib!)!;
        if (File.Exists($"{prefix}/{Settings}"))
            return [.. OfVirtualEnvironment(prefix).Where(s => string.Equals(s.Directory, directory, StringComparison.Ordinal))];
        return [new Site(directory, prefix, IsOfUser(prefix) ? SiteKind.User : SiteKind.System)
        {
            PythonName = name, Library = LibraryOf(prefix, name) ?? LibraryOf("/usr", name),
        }];
    }

    private static bool IsOfUser(string prefix) => prefix.EndsWith("/.local", StringComparison.Ordinal);

    private static ImmutableArray<Site> OfBase(string executable)
    {
        string prefix = Path.GetDirectoryName(Path.GetDirectoryName(executable) ?? "/") ?? "/";
        string name = Path.GetFileName(executable);
        string[] names = IsVersion(name) && name.Contains('.', StringComparison.Ordinal) ? [name] : [.. VersionsIn(prefix)];
        return [.. names.SelectMany(n => OfPrefix(prefix, n)).Select(s => s with { Executable = executable })];
    }

    private static ImmutableArray<Site> OfPrefix(string prefix, string? only)
    {
        var sites = ImmutableArray.CreateBuilder<Site>();
        foreach (string name in only is null ? VersionsIn(prefix) : [only])
        {
            string? library = LibraryOf(prefix, name);
            foreach (string directory in (string[])
                [$"{prefix}/lib/{name}/site-packages", $"{prefix}/lib64/{name}/site-packages", $"{prefix}/lib/{name}/dist-packages",
                    $"{prefix}/local/lib/{name}/dist-packages", $"{prefix}/local/lib/{name}/site-packages",
                    $"{prefix}/lib/python3/dist-packages"])
            {
                if (!Directory.Exists(directory)) continue;
                string root = directory.StartsWith($"{prefix}/local/", StringComparison.Ordinal) ? $"{prefix}/local" : prefix;
                sites.Add(Real(new Site(directory, root, SiteKind.System) { PythonName = name, Library = library }));
            }
        }
        return [.. sites.DistinctBy(s => s.Directory, StringComparer.Ordinal)];
    }

    private static Site Real(Site site) => site with { Directory = ProgramFile.Resolve(site.Directory) ?? site.Directory };

    private static string? LibraryOf(string prefix, string name)
    {
        string library = $"{prefix}/lib/{name}";
        return File.Exists($"{library}/os.py") ? library : null;
    }

    private static IEnumerable<string> VersionsIn(string prefix)
    {
        string lib = $"{prefix}/lib";
        try
        {
            return Directory.Exists(lib)
                ? [.. Directory.GetDirectories(lib).Select(d => Path.GetFileName(d)).Where(IsVersion).Order(StringComparer.Ordinal)] : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // python3.11, python3.13t, pypy3.10; Debian's python3, too.
    private static bool IsVersion(string name) =>
        ReservedNames.IsInterpreter(name) && name.AsSpan().TrimStart("pythony") is ['3', ..];

    private static string? HomeOf(string settings)
    {
        try
        {
            byte[]? content = RegularFile.TryRead(settings, MostSettings);
            foreach (string line in System.Text.Encoding.UTF8.GetString(content ?? []).Split('\n'))
            {
                if (line.Split('=', 2) is [var key, var value] && key.Trim().Equals("home", StringComparison.OrdinalIgnoreCase)
                    && Path.IsPathFullyQualified(value.Trim()))
                {
                    return ProgramFile.Resolve(value.Trim());
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then nobody says where its standard library is.
        }
        return null;
    }
}
