namespace Sandpiper.Packaging.Tags;

/// <summary>The platform tags of a Linux interpreter, best first (PEP 600, PEP 656).</summary>
internal static class LinuxPlatforms
{
    // musllinux takes any architecture, manylinux only those for which a profile was ever written.
    private static readonly HashSet<string> Manylinux = new(StringComparer.Ordinal)
    {
        "x86_64", "i686", "aarch64", "armv7l", "ppc64", "ppc64le", "s390x", "loongarch64", "riscv64",
    };

    public static IEnumerable<string> Of(string architecture, LibcVersion libc)
    {
        // packaging 26.3: what was built on this machine, for it, precedes what was built for many.
        yield return $"linux_{architecture}";
        if (libc.Kind == LibcKind.Musl)
        {
            for (int minor = libc.Minor; minor >= 0; minor--) yield return $"musllinux_{libc.Major}_{minor}_{architecture}";
            yield break;
        }

        // There is no glibc 3; should it come, what its tags mean is decided then.
        if (libc.Major != 2 || !Manylinux.Contains(architecture)) yield break;
        for (int minor = libc.Minor; minor >= OldestGlibcMinor(architecture); minor--)
        {
            yield return $"manylinux_2_{minor}_{architecture}";
            if (OlderName(minor) is { } name) yield return $"{name}_{architecture}";
        }
    }

    private static int OldestGlibcMinor(string architecture) => architecture is "x86_64" or "i686" ? 5 : 17;

    // PEP 600, "Legacy manylinux tags": aliases, but tags of their own.
    private static string? OlderName(int glibcMinor) => glibcMinor switch
    {
        17 => "manylinux2014",
        12 => "manylinux2010",
        5 => "manylinux1",
        _ => null,
    };
}
