using System.Collections.Immutable;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Ledger;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;
using Sandpiper.Store;

namespace Sandpiper.Operations.Collecting;

/// <param name="Keep">Of each environment: how many generations that were current last stay beside the one that is, to go back to.</param>
/// <param name="IsDryRun">Only says what would go.</param>
public sealed record CollectionRequest(int Keep, bool IsDryRun);

/// <summary>A generation by its environment's name and its number.</summary>
public sealed record GenerationName(string Environment, int Number);

/// <summary>Why something stayed that perhaps nobody needs.</summary>
public enum WhyKept
{
    /// <summary>Which generations an environment can go back to is not known; Subject is its name.</summary>
    HistoryLost,

    /// <summary>Which wheels a generation needs cannot be read, so all wheels stayed; Subject is its directory.</summary>
    GenerationDamaged,

    /// <summary>It could not be removed; Subject is the path.</summary>
    NotRemovable,
}

/// <param name="Subject">As <see cref="WhyKept"/> says.</param>
/// <param name="Because">What the system said; empty where the reason says it all.</param>
public sealed record KeptBack(WhyKept Why, string Subject, string Because);

/// <summary>What was removed, or would be.</summary>
public sealed record CollectionOutcome
{
    public ImmutableArray<GenerationName> Generations { get; init; } = [];

    /// <summary>Those that would have gone, and on which programs run.</summary>
    public ImmutableArray<GenerationName> InUse { get; init; } = [];

    /// <summary>Sealed wheels that no generation needs.</summary>
    public int Wheels { get; init; }

    /// <summary>That are free now, of the content of files.</summary>
    public long Bytes { get; init; }

    public ImmutableArray<KeptBack> Kept { get; init; } = [];

    /// <summary>It was stopped before its end; what it says is what it did.</summary>
    public bool IsCutShort { get; init; }
}

/// <summary>
/// Removes generations that nobody goes back to and wheels that no generation needs. Nothing that is current, in reach of
/// <c>rollback</c>, run by a program or prepared by another command goes; where that cannot be told, everything stays.
/// </summary>
public sealed class Collection(OperationContext context)
{
    private readonly FreedSpace _space = new();
    private readonly ImmutableArray<KeptBack>.Builder _kept = ImmutableArray.CreateBuilder<KeptBack>();

    /// <exception cref="OperationCanceledException">It was given up before anything was removed.</exception>
    /// <exception cref="IOException">What is there cannot be told; nothing was removed.</exception>
    public CollectionOutcome Collect(CollectionRequest request, IProgress<InstallationFact> facts, CancellationToken cancel)
    {
        if (!Directory.Exists(context.Places.Root)) return new CollectionOutcome();
        if (!request.IsDryRun) ThrowAwayEnvironment.RemoveAbandoned(context);
        using StoreUse alone = StoreUse.Alone(context.Places.Root, () => facts.Report(new InstallationFact.WaitingForAll()), cancel);
        return Collect(request, ManagedEnvironment.All(context.Places.Root), cancel);
    }

    /// <summary>The same, for who holds the store alone already.</summary>
    internal CollectionOutcome Collect(CollectionRequest request, IEnumerable<ManagedEnvironment> environments, CancellationToken cancel)
    {
        var leases = new List<GenerationLease>();
        try
        {
            return Collect(request, environments, leases, cancel);
        }
        finally
        {
            leases.ForEach(lease => lease.Dispose());
        }
    }

    private CollectionOutcome Collect(
        CollectionRequest request, IEnumerable<ManagedEnvironment> environments, List<GenerationLease> leases, CancellationToken cancel)
    {
        var going = new List<(ManagedEnvironment Environment, int Number)>();
        var inUse = ImmutableArray.CreateBuilder<GenerationName>();
        var needed = new HashSet<Sha256Digest>();
        bool isComplete = true;
        foreach (ManagedEnvironment environment in environments)
        {
            cancel.ThrowIfCancellationRequested();
            ImmutableHashSet<int> reach = InReach(environment, request.Keep);
            foreach (int number in environment.Numbers)
            {
                if (!reach.Contains(number))
                {
                    if (GenerationLease.TryTake(environment, number) is { } lease)
                    {
                        leases.Add(lease);
                        going.Add((environment, number));
                        continue;
                    }
                    inUse.Add(new GenerationName(environment.Name, number));
                }
                isComplete &= Need(environment, number, needed);
            }
        }
        // Where one cannot be read, any wheel may be one that it needs.
        Sha256Digest[] wheels = isComplete ? [.. context.Store.Digests.Where(d => !needed.Contains(d))] : [];
        string[] astray = isComplete ? [.. context.Store.Astray.Where(a => !needed.Contains(a.Digest)).Select(a => a.Directory)] : [];
        going.ForEach(g => _space.Add(g.Environment.DirectoryOf(g.Number)));
        foreach (Sha256Digest wheel in wheels) _space.Add(context.Store.EntryOf(wheel));
        foreach (string entry in astray) _space.Add(entry);
        cancel.ThrowIfCancellationRequested();

        var outcome = new CollectionOutcome { InUse = inUse.ToImmutable(), Bytes = _space.Bytes };
        if (request.IsDryRun)
        {
            return outcome with
            {
                Generations = [.. going.Select(g => new GenerationName(g.Environment.Name, g.Number))],
                Wheels = wheels.Length,
                Kept = _kept.ToImmutable(),
            };
        }
        return Remove(going, wheels, astray, outcome, cancel);
    }

    private CollectionOutcome Remove(
        List<(ManagedEnvironment Environment, int Number)> generations, Sha256Digest[] wheels, string[] astray,
        CollectionOutcome outcome, CancellationToken cancel)
    {
        var gone = ImmutableArray.CreateBuilder<GenerationName>();
        int wheelsGone = 0;
        foreach (ManagedEnvironment environment in ManagedEnvironment.All(context.Places.Root))
            Attempt(environment.Generations, environment.RemoveWhatIsGone);
        bool IsStopped() => cancel.IsCancellationRequested;
        foreach ((ManagedEnvironment environment, int number) in generations.TakeWhile(_ => !IsStopped()))
        {
            if (Attempt(environment.DirectoryOf(number), () => environment.Remove(number)))
                gone.Add(new GenerationName(environment.Name, number));
        }
        // A stage takes along what crashed commands left, too.
        using (Staging staging = Staging.Create(context.Places.Root))
        {
            foreach (Sha256Digest wheel in wheels.TakeWhile(_ => !IsStopped()))
            {
                if (Attempt(context.Store.EntryOf(wheel), () => context.Store.Discard(wheel, staging))) wheelsGone++;
            }
        }
        foreach (string entry in astray.TakeWhile(_ => !IsStopped())) Attempt(entry, () => SealedTree.Remove(entry));
        context.Store.ForgetWhatIsGone();
        bool isWhole = gone.Count == generations.Count && wheelsGone == wheels.Length;
        return outcome with
        {
            Generations = gone.ToImmutable(),
            Wheels = wheelsGone,
            Bytes = isWhole ? outcome.Bytes : 0,
            Kept = _kept.ToImmutable(),
            IsCutShort = !isWhole && IsStopped(),
        };
    }

    private ImmutableHashSet<int> InReach(ManagedEnvironment environment, int keep)
    {
        ImmutableArray<int> all = environment.Numbers;
        try
        {
            CurrentGeneration? state = CurrentGeneration.Of(environment);
            var ledger = new EnvironmentLedger(environment) { IsHeld = true };
            ImmutableArray<LedgerLine> lines = ledger.Read();
            if (state is null) return [];
            if (state.IsLinked && ledger.IsWhole && EnvironmentLedger.LostOf(all, lines).IsEmpty)
                return SwitchHistory.Reach(lines, state.Number, all, keep);
        }
        catch (EnvironmentException)
        {
            // As below.
        }
        if (!all.IsEmpty) _kept.Add(new KeptBack(WhyKept.HistoryLost, environment.Name, ""));
        return [.. all];
    }

    private bool Need(ManagedEnvironment environment, int number, HashSet<Sha256Digest> needed)
    {
        if (environment.TryRead(number) is { } generation)
        {
            needed.UnionWith(generation.Packages.Select(p => p.Digest));
            return true;
        }
        _kept.Add(new KeptBack(WhyKept.GenerationDamaged, environment.DirectoryOf(number), ""));
        return false;
    }

    private bool Attempt(string path, Action remove)
    {
        try
        {
            remove();
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _kept.Add(new KeptBack(WhyKept.NotRemovable, path, error.Message));
            return false;
        }
    }
}
