using Sandpiper.Packaging.Wheels;
using Sandpiper.Policies;

namespace Sandpiper.Wheels;

/// <summary>Where one file of a wheel goes.</summary>
/// <param name="Path">Relative to the scheme's directory.</param>
public readonly record struct Placement(Scheme Scheme, string Path)
{
    /// <summary>Places a member by its name in the wheel (PyPA "Binary distribution format", "The .data directory").</summary>
    /// <param name="stem">What stands before <c>.dist-info</c>.</param>
    /// <param name="root">Purelib or platlib, as WHEEL says.</param>
    /// <exception cref="RefusedException">SP-WHEEL-10, SP-WHEEL-11.</exception>
    public static Placement Of(string member, string stem, Scheme root)
    {
        int slash = member.IndexOf('/', StringComparison.Ordinal);
        // pip takes every top-level *.data for a scheme directory, uv only the wheel's own: two tools, two places.
        if (slash < 0 || !member.AsSpan(0, slash).EndsWith(".data", StringComparison.OrdinalIgnoreCase)) return new(root, member);
        if (!string.Equals(member[..slash], stem + ".data", StringComparison.Ordinal))
            throw new RefusedException(new Finding(Fault.DataOfAnother, member, Claimed: $"{stem}.data"));

        string below = member[(slash + 1)..];
        int end = below.IndexOf('/', StringComparison.Ordinal);
        Scheme? scheme = end < 0 ? null : SchemeOf(below[..end]);
        if (scheme is null)
            throw new RefusedException(new Finding(Fault.UnknownPlace, member));
        var placed = new Placement(scheme.Value, below[(end + 1)..]);
        if (placed.Scheme == Scheme.Scripts && placed.Path.Contains('/', StringComparison.Ordinal))
            throw new RefusedException(new Finding(Fault.ScriptInDirectory, member));
        if (placed.Replaces() is { } what)
            throw new RefusedException(new Finding(Fault.ReplacesEnvironment, member, placed.InEnvironment, what));
        return placed;
    }

    /// <exception cref="RefusedException">SP-WHEEL-11.</exception>
    public static Placement Of(ScriptEntryPoint script)
    {
        var placed = new Placement(Scheme.Scripts, script.Name);
        if (placed.Replaces() is { } what) throw new RefusedException(new Finding(Fault.ReplacesEnvironment, null, script.Name, what));
        return placed;
    }

    /// <summary>
    /// The path in an environment, with <c>python</c> for the interpreter's own name, so that places which several schemes can reach
    /// have one spelling.
    /// </summary>
    public string InEnvironment => Scheme switch
    {
        Scheme.Purelib or Scheme.Platlib => SitePackages + Path,
        Scheme.Scripts => "bin/" + Path,
        Scheme.Headers => "include/site/python/" + Path,
        _ => SitePackagesPath(Path) is { } site ? SitePackages + site : Path,
    };

    /// <summary>Whether the interpreter would read or import it at every start, by whatever scheme it gets there.</summary>
    public bool IsStartUpHook => Scheme switch
    {
        Scheme.Purelib or Scheme.Platlib => HookNames.Match(Path),
        Scheme.Data => SitePackagesPath(Path) is { } site && HookNames.Match(site),
        _ => false,
    };

    private const string SitePackages = "lib/python/site-packages/";

    private static Scheme? SchemeOf(string key) => key switch
    {
        "purelib" => Scheme.Purelib,
        "platlib" => Scheme.Platlib,
        "headers" => Scheme.Headers,
        "scripts" => Scheme.Scripts,
        "data" => Scheme.Data,
        _ => null,
    };

    private string? Replaces() => Scheme switch
    {
        Scheme.Scripts => ReservedNames.InBin(Path),
        // A hook is not refused here: it is marked, and whoever composes an environment asks what the policy says about it.
        Scheme.Data when !IsStartUpHook => ReservedNames.InEnvironment(Path),
        _ => null,
    };

    /// <summary>What follows <c>lib/pythonX.Y/site-packages/</c>; null when the path does not go there.</summary>
    private static string? SitePackagesPath(string dataPath)
    {
        string[] parts = dataPath.Split('/', 4);
        return parts.Length == 4 && string.Equals(parts[0], "lib", StringComparison.OrdinalIgnoreCase)
            && ReservedNames.IsInterpreter(parts[1])
            && parts[2].EndsWith("-packages", StringComparison.OrdinalIgnoreCase) ? parts[3] : null;
    }
}
