using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;
using Sandpiper.Store;
using Sandpiper.Wheels;

namespace Sandpiper.Environments.Destinations;

/// <summary>
/// Where the files of wheels go: a directory for each scheme, as sysconfig's install schemes have it. Whoever plans files, writes RECORD or
/// reads it asks this value, so that a generation, another virtual environment and a <c>--target</c> directory differ in it alone.
/// </summary>
/// <param name="SitePackages">Of pure and native packages alike: no scheme that we install by has two. Where RECORD's paths begin.</param>
/// <param name="Scripts">Programs.</param>
/// <param name="Headers">Those of each package in a directory of its own.</param>
/// <remarks>All are relative to one root, <c>/</c>-separated, empty for the root itself, which is where data files go.</remarks>
public sealed record Destination(string SitePackages, string Scripts, string Headers)
{
    /// <summary>The <c>venv</c> scheme.</summary>
    /// <param name="pythonName"><c>python3.11</c>.</param>
    /// <remarks>Python itself has no place for a package's headers in a virtual environment; this is the one that pip chose.</remarks>
    public static Destination VirtualEnvironment(string pythonName) =>
        new($"lib/{pythonName}/site-packages", "bin", $"include/site/{pythonName}");

    /// <summary>Of one file of a wheel.</summary>
    /// <param name="name">Of the package, as it is recorded; the version likewise.</param>
    public string PathOf(StoredFile file, SealedWheel wheel, PackageName name, Pep440Version version) => file.Scheme switch
    {
        Scheme.Purelib or Scheme.Platlib when Below(wheel.DistInfo, file.Path) is { } recorded => In(DistInfo(name, version), recorded),
        Scheme.Purelib or Scheme.Platlib => In(SitePackages, file.Path),
        Scheme.Scripts => Script(file.Path),
        Scheme.Headers => In(In(Headers, name.Escaped), file.Path),
        _ => file.Path,
    };

    /// <summary>Of all files of a wheel and all programs of its entry points.</summary>
    public IEnumerable<string> PathsOf(SealedWheel wheel, PackageName name, Pep440Version version) =>
        [.. wheel.Files.Select(f => PathOf(f, wheel, name, version)), .. wheel.Scripts.Select(s => Script(s.Name))];

    /// <summary>Of a program.</summary>
    public string Script(string name) => In(Scripts, name);

    /// <summary>A path relative to where modules are imported from; null when it lies elsewhere.</summary>
    public string? InSitePackages(string path) => Below(SitePackages, path);

    /// <summary>The program that a path is; null when it is none.</summary>
    public string? ScriptOf(string path) => Below(Scripts, path);

    /// <inheritdoc cref="InstalledRecords.DirectoryOf"/>
    public string DistInfo(PackageName name, Pep440Version version) =>
        In(SitePackages, InstalledRecords.DirectoryOf(name, version));

    /// <summary>A path as RECORD has it: relative to the directory in which the recording directory lies.</summary>
    public string InRecord(string path) => InSitePackages(path) ?? Up + path;

    /// <summary>The other way round.</summary>
    public string FromRecord(string row) =>
        Up.Length > 0 && row.StartsWith(Up, StringComparison.Ordinal) ? row[Up.Length..] : In(SitePackages, row);

    private string Up { get; } = SitePackages.Length == 0 ? "" : string.Concat(SitePackages.Split('/').Select(_ => "../"));

    private static string In(string directory, string path) => directory.Length == 0 ? path : $"{directory}/{path}";

    private static string? Below(string directory, string path) =>
        directory.Length == 0 ? path
        : path.Length > directory.Length && path[directory.Length] == '/' && path.StartsWith(directory, StringComparison.Ordinal)
            ? path[(directory.Length + 1)..]
            : null;
}
