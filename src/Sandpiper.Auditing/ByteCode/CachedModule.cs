namespace Sandpiper.Auditing.ByteCode;

/// <summary>Where byte code lies, and of which source it is (PEP 3147, PEP 488).</summary>
public static class CachedModule
{
    private const string Directory = "__pycache__/", Suffix = ".pyc";

    public static bool IsByteCode(string path) => path.EndsWith(Suffix, StringComparison.Ordinal);

    /// <summary>Python imports it by itself, whether there is a source or not: it does not lie in <c>__pycache__</c>.</summary>
    public static bool IsImportable(string path) => !path.Contains(Directory, StringComparison.Ordinal);

    /// <summary>The source beside it, or beside the <c>__pycache__</c> that it lies in; null when its name says none.</summary>
    public static string? SourceOf(string path)
    {
        int slash = path.LastIndexOf('/') + 1;
        string directory = path[..slash], name = path[slash..^Suffix.Length];
        if (IsImportable(path)) return $"{directory}{name}.py";
        if (!directory.EndsWith(Directory, StringComparison.Ordinal)) return null;
        // A tag may hold dots, as pytest's does (`x.cpython-311-pytest-8.3.2.pyc`), and a module's name may, too.
        int tag = Math.Max(name.LastIndexOf(".cpython-", StringComparison.Ordinal), name.LastIndexOf(".pypy", StringComparison.Ordinal));
        if (tag < 0) tag = name.IndexOf('.', StringComparison.Ordinal);
        return tag <= 0 ? null : $"{directory[..^Directory.Length]}{name[..tag]}.py";
    }
}
