using Sandpiper.Environments;
using Sandpiper.Policies;
using Sandpiper.Store;

namespace Sandpiper.Operations;

/// <summary>
/// What every operation is given besides its request: for whom it works, where, and what time it is. It reads nothing from the air.
/// </summary>
public sealed record OperationContext
{
    /// <summary>The data root and the cache.</summary>
    public required DataPlaces Places
    {
        get;
        init => (field, _store) = (value, null);
    }

    /// <inheritdoc cref="WheelStore.Holds"/>
    public TimeSpan StoreHolds
    {
        get;
        init => (field, _store) = (value, null);
    }

    /// <summary>Who asks, by name: the ledger's <c>who</c>.</summary>
    public required string Author { get; init; }

    /// <summary>The program that shims start, absolute.</summary>
    public required string Executable { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>Null: none is kept.</summary>
    public KeptSecondStage? SecondStage { get; init; }

    /// <summary>A line with hashes may be answered by what was chosen for it before, without an index.</summary>
    public bool HasChosenBefore => ChosenBefore.IsAny(Places);

    /// <summary>Of that data root; what it has read once, it knows for the rest of the command.</summary>
    internal WheelStore Store => LazyInitializer.EnsureInitialized(ref _store, () => new WheelStore(Places.Root) { Holds = StoreHolds });

    private WheelStore? _store;     // not made before both that it is made of are known, whichever of them comes last

    /// <summary>What is allowed where something comes in, as of now.</summary>
    /// <exception cref="WaiverFileDamagedException">What the user allowed cannot be read.</exception>
    internal Policy PolicyFor(string environment, bool omitHooks, bool isForOneRun = false) =>
        new(new WaiverFile(Places.Root).List(), environment, Time.GetUtcNow()) { OmitHooks = omitHooks, IsForOneRun = isForOneRun };

    /// <summary>The same where nothing new comes: what the environment's record says was accepted stays so.</summary>
    /// <exception cref="WaiverFileDamagedException">What the user allowed cannot be read.</exception>
    internal Policy PolicyForWhatIsThere(string environment) =>
        new(new WaiverFile(Places.Root).List(), environment, Time.GetUtcNow()) { KeepsWhatIsRecorded = true };
}
