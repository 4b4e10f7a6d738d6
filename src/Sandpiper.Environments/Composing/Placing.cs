using Sandpiper.Environments.Generations;
using Sandpiper.Store;
using Sandpiper.Wheels;

namespace Sandpiper.Environments.Composing;

/// <summary>
/// Where files go in an environment: the <c>venv</c> scheme of sysconfig, which is one place for pure and native packages.
/// </summary>
public static class Placing
{
    public const string Scripts = "bin";

    /// <summary>Below the environment's directory, <c>/</c>-separated.</summary>
    /// <param name="pythonName"><c>python3.11</c>.</param>
    public static string PathOf(StoredFile file, InstalledPackage package, SealedWheel wheel, string pythonName) => file.Scheme switch
    {
        Scheme.Purelib or Scheme.Platlib => $"{SitePackages(pythonName)}/{InSitePackages(file.Path, package, wheel)}",
        Scheme.Scripts => $"{Scripts}/{file.Path}",
        // Python itself has no place for a package's headers in a virtual environment; this is the one that pip chose.
        Scheme.Headers => $"include/site/{pythonName}/{package.Name.Escaped}/{file.Path}",
        _ => file.Path,
    };

    public static string SitePackages(string pythonName) => $"lib/{pythonName}/site-packages";

    /// <summary>
    /// The name of the directory that records a package: the normalised form, whatever the wheel's own is (spec:
    /// recording installed projects).
    /// </summary>
    public static string DistInfo(InstalledPackage package) => $"{package.Name.Escaped}-{package.Version}.dist-info";

    /// <summary>A path of the environment as RECORD has it: relative to site-packages.</summary>
    public static string InRecord(string path, string pythonName)
    {
        string site = SitePackages(pythonName) + "/";
        return path.StartsWith(site, StringComparison.Ordinal) ? path[site.Length..] : Up + path;
    }

    /// <summary>The other way round.</summary>
    public static string FromRecord(string row, string pythonName) =>
        row.StartsWith(Up, StringComparison.Ordinal) ? row[Up.Length..] : $"{SitePackages(pythonName)}/{row}";

    private const string Up = "../../../";      // out of lib/pythonX.Y/site-packages

    private static string InSitePackages(string path, InstalledPackage package, SealedWheel wheel) =>
        path.StartsWith(wheel.DistInfo, StringComparison.Ordinal) && path.Length > wheel.DistInfo.Length
            && path[wheel.DistInfo.Length] == '/'
            ? DistInfo(package) + path[wheel.DistInfo.Length..]
            : path;
}
