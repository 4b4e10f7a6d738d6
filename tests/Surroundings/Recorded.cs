namespace Sandpiper.Surroundings;

/// <summary>
/// Material recorded from the real world (an index, conformance vectors) that may lie beside the checkout as <c>../shared</c>.
/// The project's own tests need none of it; with it they run more.
/// </summary>
internal static class Recorded
{
    private static readonly string? Root = FindRoot();

    /// <summary>The full path of <paramref name="relative"/>; skips the calling test, saying so, when it is not there.</summary>
    public static string Path(string relative)
    {
        string? path = Find(relative);
        Assert.SkipUnless(path is not null, $"../shared/{relative} is not beside this checkout");
        return path!;
    }

    /// <summary>The full path of <paramref name="relative"/>, or null when it is not there.</summary>
    public static string? Find(string relative)
    {
        string? path = Root is null ? null : System.IO.Path.Combine(Root, relative);
        return File.Exists(path) || Directory.Exists(path) ? path : null;
    }

    private static string? FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (!File.Exists(System.IO.Path.Combine(directory.FullName, "Sandpiper.slnx"))) continue;
            string shared = System.IO.Path.Combine(directory.Parent?.FullName ?? "/", "shared");
            return Directory.Exists(shared) ? shared : null;
        }
        return null;
    }
}
