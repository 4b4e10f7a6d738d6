using Sandpiper.Environments.Interpreters;
using Sandpiper.Environments.Store;

namespace Sandpiper.Environments.Composing;

/// <summary>Where files go in an environment: the <c>venv</c> scheme of sysconfig, which is one place for pure and native packages.</summary>
internal static class Placing
{
    /// <summary>Below the environment's directory, <c>/</c>-separated.</summary>
    public static string PathOf(StoredFile file, ComposedPackage package, Interpreter interpreter) => file.Scheme switch
    {
        Scheme.Purelib or Scheme.Platlib => $"{SitePackages(interpreter)}/{InDistInfo(file.Path, package)}",
        Scheme.Scripts => $"bin/{file.Path}",
        Scheme.Headers => $"include/site/{interpreter.VersionedName}/{package.Facts.Name}/{file.Path}",
        _ => file.Path,
    };

    public static string SitePackages(Interpreter interpreter) => $"lib/{interpreter.VersionedName}/site-packages";

    /// <summary>The name of the directory that records a package: the normalised form, whatever the wheel's own is (spec: recording installed projects).</summary>
    public static string DistInfo(ComposedPackage package) => $"{package.Facts.Name.Escaped}-{package.Facts.Version}.dist-info";

    private static string InDistInfo(string path, ComposedPackage package) =>
        path.StartsWith(package.Wheel.DistInfo + "/", StringComparison.Ordinal) ? DistInfo(package) + path[package.Wheel.DistInfo.Length..] : path;
}
