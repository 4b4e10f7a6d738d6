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
        return PublishedCommand.CopyOf(System.IO.Path.Combine(PublishedCommand.Checkout, "artifacts", "publish", "Sandpiper.SecondStage",
            $"release_{runtime}", "Sandpiper.SecondStage"), "second-stage");
    }
}
