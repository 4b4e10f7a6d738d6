using System.Buffers;

namespace Sandpiper.Wheels;

/// <summary>The places of an environment that belong to the interpreter and to us. No wheel may write there.</summary>
/// <remarks>
/// All without regard to case: some file systems have none. Not simply everything that begins with <c>python</c> or <c>activate</c>:
/// argcomplete rightly ships <c>python-argcomplete-check-easy-install-script</c> and <c>activate-global-python-argcomplete</c>.
/// </remarks>
public static class ReservedNames
{
    private static readonly SearchValues<char> VersionCharacters = SearchValues.Create("0123456789.");

    /// <summary>What a file of this name in the scripts directory would replace; null when nothing.</summary>
    public static string? InBin(string name)
    {
        if (IsSettings(name)) return "settings of the interpreter";     // looked for beside the executable before its parent
        var bare = WithoutSuffix(WithoutSuffix(name, ".exe"), ".py");
        if (IsInterpreter(bare)) return "the interpreter";
        int dot = bare.IndexOf('.');
        var first = dot < 0 ? bare : bare[..dot];
        return Is(first, "activate") || Is(first, "activate_this") || Is(first, "deactivate") ? "an activation script" : null;
    }

    /// <summary>What a file at this path, relative to the environment, would replace; null when nothing.</summary>
    public static string? InEnvironment(string path)
    {
        string[] parts = path.Split('/', 3);
        if (parts.Length == 1) return IsSettings(path) || Is(path, "generation.json") ? "settings of the environment" : null;
        if (Is(parts[0], "bin") || Is(parts[0], "Scripts")) return InBin(parts[1]);
        if (Is(parts[0], "lib64")) return "the link from lib64 to lib";
        // Some systems' site module takes more than one place for modules: Debian's local/lib/pythonX.Y/dist-packages.
        if (!Is(parts[0], "lib") && path.Split('/').Any(p => Is(p, "site-packages") || Is(p, "dist-packages")))
            return "modules, past the schemes for modules";
        // lib/ itself is open: Intel's wheels bring their shared libraries that way. Below lib/pythonX.Y live modules, and modules have
        // their own schemes, where owners are compared.
        return Is(parts[0], "lib") && (IsInterpreter(parts[1]) || Is(parts[1], "site-packages"))
            ? "modules, past the schemes for modules" : null;
    }

    /// <summary><c>python</c>, <c>pythonw</c>, <c>python3.13t</c>, <c>pypy3</c>, <c>graalpy</c> …</summary>
    public static bool IsInterpreter(ReadOnlySpan<char> name)
    {
        foreach (string known in (ReadOnlySpan<string>)["python", "pypy", "graalpy"])
        {
            if (!name.StartsWith(known, StringComparison.OrdinalIgnoreCase)) continue;
            var rest = name[known.Length..].TrimStart("wW");
            // A version, and letters for the build's kind: t free-threaded, d debug, m and u of old.
            return !rest.TrimEnd("tdmuTDMU").ContainsAnyExcept(VersionCharacters);
        }
        return false;
    }

    /// <summary>
    /// pyvenv.cfg, ._pth and pybuilddir.txt each move the interpreter's idea of its own library (CPython, Modules/getpath.py).
    /// </summary>
    public static bool IsSettings(string name) =>
        Is(name, "pyvenv.cfg") || Is(name, "pybuilddir.txt") || name.EndsWith("._pth", StringComparison.OrdinalIgnoreCase);

    private static ReadOnlySpan<char> WithoutSuffix(ReadOnlySpan<char> name, string suffix) =>
        name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase) ? name[..^suffix.Length] : name;

    private static bool Is(ReadOnlySpan<char> name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);
}
