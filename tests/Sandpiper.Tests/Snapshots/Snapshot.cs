namespace Sandpiper.Tests.Snapshots;

/// <summary>What a user sees, compared whole with a text file beside the test. Reviewing a change means reading that file.</summary>
internal static class Snapshot
{
    /// <summary>Set to 1, every file is written anew instead; the difference is then git's to show.</summary>
    private const string Rewrite = "SANDPIPER_REWRITE_SNAPSHOTS";

    /// <param name="file">Below the folder of this test project: <c>Console/Explanations.txt</c>.</param>
    public static void Matches(string file, string actual)
    {
        string path = Checkout.PathOf(Path.Combine("tests/Sandpiper.Tests", file));
        if (Environment.GetEnvironmentVariable(Rewrite) is "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
            return;
        }
        Assert.True(File.Exists(path), $"{file} is missing; {Rewrite}=1 writes it");
        string expected = File.ReadAllText(path);
        if (string.Equals(expected, actual, StringComparison.Ordinal)) return;
        Assert.Fail($"{file} differs from line {FirstDifference(expected, actual)} on; {Rewrite}=1 takes this over:\n{actual}");
    }

    private static int FirstDifference(string expected, string actual)
    {
        int same = expected.Zip(actual).TakeWhile(pair => pair.First == pair.Second).Count();
        return expected.AsSpan(0, same).Count('\n') + 1;
    }
}
