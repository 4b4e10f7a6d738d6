using Sandpiper.Environments;
using Sandpiper.Sandbox.Bubblewrap;

namespace Sandpiper.Commands;

/// <summary>The second stage of every sandbox, which this command holds since it was built (<c>-p:SecondStage</c>).</summary>
internal static class BuiltInSecondStage
{
    private const string Name = "second-stage";

    /// <param name="usual">Where its user's things lie when nobody says otherwise: there it is kept as a file, too.</param>
    public static SecondStageImage Image(DataPlaces usual) =>
        new(Held, SecondStageDigest.Hex is { } name ? Path.Combine(usual.SecondStages, name) : null);

    // As it lies in the command's own memory: what one reads of a stream is copied first.
    internal static unsafe ReadOnlySpan<byte> Held() =>
        typeof(BuiltInSecondStage).Assembly.GetManifestResourceStream(Name) is UnmanagedMemoryStream held
            ? new(held.PositionPointer, checked((int)held.Length)) : [];
}
