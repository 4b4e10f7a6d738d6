namespace Sandpiper.Surroundings;

/// <summary>The native command that <c>./build</c> published, copied to where every user of this machine can start it.</summary>
internal static class PublishedCommand
{
    private static readonly Lazy<string> Copied = new(Copy);

    public static string Path => Copied.Value;

    /// <summary>The top of the checkout.</summary>
    public static string Checkout { get; } = FindCheckout();

    /// <summary>A copy of what <c>./build</c> published, with the mode that everybody can start it with.</summary>
    public static string CopyOf(string published, string name)
    {
        Assert.True(File.Exists(published), $"{published} is missing: run ./build first");
        string directory = Directory.CreateTempSubdirectory("sandpiper-command-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(directory, recursive: true);
        File.SetUnixFileMode(directory, (UnixFileMode)0b111_101_101);
        string copy = System.IO.Path.Combine(directory, name);
        ProgramCopy.As(copy, published);
        File.SetUnixFileMode(copy, (UnixFileMode)0b111_101_101);
        return copy;
    }

    private static string Copy() => CopyOf(System.IO.Path.Combine(Checkout, "out", "sandpiper"), "sandpiper");

    private static string FindCheckout()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(directory.FullName, "Sandpiper.slnx"))) return directory.FullName;
        }
        throw new InvalidOperationException("these tests run from a checkout only");
    }
}
