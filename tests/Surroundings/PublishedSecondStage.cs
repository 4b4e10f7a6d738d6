using System.Runtime.InteropServices;

namespace Sandpiper.Surroundings;

/// <summary>What runs first in each sandbox, as <c>./build</c> put it into the command; copied to where every user can start it.</summary>
internal static class PublishedSecondStage
{
    private static readonly Lazy<string> Copied = new(Copy);

    public static string Path => Copied.Value;

    private static string Copy()
    {
        string runtime = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 ? "linux-arm64" : "linux-x64";
        string published = System.IO.Path.Combine(PublishedCommand.Checkout, "artifacts", "publish", "Sandpiper.SecondStage",
            $"release_{runtime}", "Sandpiper.SecondStage");
        Assert.True(File.Exists(published), $"{published} is missing: run ./build first");
        string directory = Directory.CreateTempSubdirectory("sandpiper-second-stage-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(directory, recursive: true);
        File.SetUnixFileMode(directory, (UnixFileMode)0b111_101_101);
        string copy = System.IO.Path.Combine(directory, "second-stage");
        ProgramCopy.As(copy, published);
        File.SetUnixFileMode(copy, (UnixFileMode)0b111_101_101);
        return copy;
    }
}
