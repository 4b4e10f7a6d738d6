namespace Sandpiper.Wheels;

/// <summary>The files that the interpreter's <c>site</c> module reads or imports at every start.</summary>
public static class HookNames
{
    /// <param name="path">Relative to site-packages. A <c>.pth</c> below a sub-directory is inert and does not match.</param>
    public static bool Match(string path)
    {
        int slash = path.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0
            && (path.EndsWith(".pth", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".start", StringComparison.OrdinalIgnoreCase)))
            return true;    // library reference, "site"; PEP 829
        return MatchCustomize(slash < 0 ? path : path[..slash]);
    }

    // The last is what the sitecustomize of Debian and Ubuntu imports wherever it finds it.
    private static readonly string[] Customizers = ["sitecustomize", "usercustomize", "apport_python_hook"];

    /// <summary>
    /// <c>sitecustomize</c> and <c>usercustomize</c> as a module, an extension module with any tag, or a package: then every file of it, so
    /// that leaving the hook out leaves no half of it.
    /// </summary>
    /// <param name="name">First segment of a path.</param>
    public static bool MatchCustomize(string name)
    {
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        return Customizers.Contains(dot < 0 ? name : name[..dot], StringComparer.OrdinalIgnoreCase);
    }
}
