using Sandpiper.Environments.Generations;

namespace Sandpiper.Environments.Verifying;

/// <summary>One difference between an environment and what was installed into it.</summary>
/// <param name="Path">For people: below the generation's directory; of the store and the shims below the data
/// root; of the rest its name.</param>
/// <param name="Owner">The package whose file it is, or whose entry of the store; null for what is nobody's or
/// the environment's own.</param>
/// <param name="RunsAtStart">It would run, or steer, every start of the environment's Python.</param>
public sealed record Deviation(DeviationKind Kind, string Path, InstalledPackage? Owner, bool RunsAtStart)
{
    public DeviationPlace Place { get; init; }

    /// <summary>Of a command on PATH that is ours but for this: the other program that it starts.</summary>
    public string? Starts { get; init; }

    /// <summary>In the entry of a package's wheel, at a path below it; an empty one is the entry itself.</summary>
    internal static Deviation OfStore(DeviationKind kind, InstalledPackage package, string path, DateTimeOffset? changedAt) =>
        new(kind, $"store/{package.Digest.Hex}{(path.Length > 0 ? "/" : "")}{path}", package, RunsAtStart: false)
        {
            Place = DeviationPlace.Store,
            ChangedAt = changedAt,
        };

    /// <summary>It is the store that is damaged.</summary>
    public bool InStore => Place == DeviationPlace.Store;

    /// <summary>When the kernel last saw the file changed, its permissions and names included; null for what is gone.</summary>
    public DateTimeOffset? ChangedAt { get; init; }
}
