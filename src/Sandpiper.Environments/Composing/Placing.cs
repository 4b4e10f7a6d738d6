using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Store;

namespace Sandpiper.Environments.Composing;

/// <summary>Where files go in an environment: the <c>venv</c> scheme of sysconfig, which is one place for pure and native packages.</summary>
internal static class Placing
{
    /// <summary>Below the environment's directory, <c>/</c>-separated.</summary>
    /// <param name="pythonName"><c>python3.11</c>.</param>
    public static string PathOf(StoredFile file, InstalledPackage package, SealedWheel wheel, string pythonName) => file.Scheme switch
    {
        Scheme.Purelib or Scheme.Platlib => $"{SitePackages(pythonName)}/{InDistInfo(file.Path, package, wheel)}",
        Scheme.Scripts => $"bin/{file.Path}",
        Scheme.Headers => $"include/site/{pythonName}/{package.Name}/{file.Path}",
        _ => file.Path,
    };

    public static string SitePackages(string pythonName) => $"lib/{pythonName}/site-packages";

    /// <summary>The name of the directory that records a package: the normalised form, whatever the wheel's own is (spec: recording installed projects).</summary>
    public static string DistInfo(InstalledPackage package) => $"{package.Name.Escaped}-{package.Version}.dist-info";

    private static string InDistInfo(string path, InstalledPackage package, SealedWheel wheel) =>
        path.StartsWith(wheel.DistInfo + "/", StringComparison.Ordinal) ? DistInfo(package) + path[wheel.DistInfo.Length..] : path;
}
