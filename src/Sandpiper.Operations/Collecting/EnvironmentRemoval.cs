using System.Collections.Immutable;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Homes;
using Sandpiper.Environments.Notebooks;
using Sandpiper.Environments.Shims;
using Sandpiper.Kernel.Files;
using Sandpiper.Store;

namespace Sandpiper.Operations.Collecting;

/// <summary>What came of removing an environment.</summary>
public abstract record EnvironmentRemovalOutcome
{
    private EnvironmentRemovalOutcome() { }

    /// <param name="Bytes">Of its own files, that no wheel in the store has.</param>
    /// <param name="Collected">The wheels that only it needed.</param>
    public sealed record Removed(long Bytes, CollectionOutcome Collected) : EnvironmentRemovalOutcome
    {
        /// <summary>Names of commands that another environment has on PATH now.</summary>
        public ImmutableArray<string> Notes { get; init; } = [];
    }

    /// <summary>There is none of that name.</summary>
    public sealed record NoSuchEnvironment : EnvironmentRemovalOutcome;

    /// <summary>Programs run on it; nothing was changed.</summary>
    public sealed record InUse(ImmutableArray<int> Generations) : EnvironmentRemovalOutcome;
}

/// <summary>Removes a whole environment with its history, its commands and the wheels that only it needed.</summary>
public sealed class EnvironmentRemoval(OperationContext context)
{
    /// <exception cref="EnvironmentException">The name is none.</exception>
    /// <exception cref="OperationCanceledException">It was given up before anything was removed.</exception>
    /// <exception cref="IOException">It could not be removed; nothing but its commands is gone.</exception>
    public EnvironmentRemovalOutcome Remove(string name, IProgress<InstallationFact> facts, CancellationToken cancel)
    {
        var environment = ManagedEnvironment.Open(context.Places.Root, name);
        if (!Directory.Exists(environment.Directory)) return new EnvironmentRemovalOutcome.NoSuchEnvironment();
        using StoreUse alone = StoreUse.Alone(context.Places.Root, () => facts.Report(new InstallationFact.WaitingForAll()), cancel);
        var leases = new List<GenerationLease>();
        try
        {
            if (!Directory.Exists(environment.Directory)) return new EnvironmentRemovalOutcome.NoSuchEnvironment();
            ImmutableArray<int> used = Leasing.TakeAll(environment, leases);
            if (!used.IsEmpty) return new EnvironmentRemovalOutcome.InUse(used);
            var space = new FreedSpace();
            space.Add(environment.Directory);
            cancel.ThrowIfCancellationRequested();
            // First: commands that lead nowhere would stay on somebody's PATH for good.
            ImmutableArray<string> notes = ShimDirectory.Remove(environment, context.Places, context.Executable);
            KernelsOnRecord.RemoveAll(environment);
            foreach (KeptHome home in KeptHome.All(context.Places.Root)
                .Where(h => string.Equals(h.Environment, environment.Name, StringComparison.Ordinal))) home.TryRemove();
            using (Staging staging = Staging.Create(context.Places.Root))
                Directory.Move(environment.Directory, Path.Combine(staging.NewDirectory(), environment.Name));
            CollectionOutcome collected = new Collection(context).Collect(
                new CollectionRequest(int.MaxValue, IsDryRun: false), ManagedEnvironment.All(context.Places.Root), CancellationToken.None);
            return new EnvironmentRemovalOutcome.Removed(space.Bytes, collected) { Notes = notes };
        }
        finally
        {
            leases.ForEach(lease => lease.Dispose());
        }
    }
}
