namespace Sandpiper.Tests.Snapshots;

/// <summary>The checkout that these tests were built in.</summary>
internal static class Checkout
{
    public static string Root { get; } = Find();

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    private static string Find()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Sandpiper.slnx"))) return directory.FullName;
        }
        throw new InvalidOperationException("these tests run from a checkout only");
    }
}
