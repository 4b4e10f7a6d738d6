using System.Collections.Immutable;
using Sandpiper.Archives;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Verifying;
using Sandpiper.Indexes;
using Sandpiper.Interpreters;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Tags;
using Sandpiper.Policies;
using Sandpiper.Resolution;
using Sandpiper.Store;
using Finding = Sandpiper.Environments.Verifying.Finding;

namespace Sandpiper.Operations;

/// <summary>What came of a repair.</summary>
public abstract record RepairOutcome
{
    private RepairOutcome() { }

    /// <summary>Every byte is as installed; nothing was done.</summary>
    public sealed record AsInstalled(Generation Generation) : RepairOutcome;

    /// <param name="Findings">What was not as installed.</param>
    /// <param name="Fetched">Wheels whose sealed files were damaged or gone, and which came from the index again.</param>
    public sealed record Repaired(EnvironmentChange Change, ImmutableArray<Finding> Findings, int Fetched) : RepairOutcome;

    /// <summary>The generation's own description is not the one that the ledger knows: nobody can say what belongs into it.</summary>
    public sealed record NotDescribed(Generation Generation) : RepairOutcome;

    /// <summary>The index no longer has the very file that was installed.</summary>
    public sealed record Gone(ResolutionResult.Unsolvable Why) : RepairOutcome;
}

/// <param name="Environment">The name of the environment.</param>
public sealed record RepairRequest(string Environment)
{
    /// <summary>The most that one archive may cost.</summary>
    public ArchiveLimits Limits { get; init; } = ArchiveLimits.Default;
}

/// <summary>
/// The same packages once more, as the next generation (P5): what is damaged in the store is fetched anew, by the digest that was installed,
/// and everything is composed from sealed files. The damaged generation stays as it is.
/// </summary>
public sealed class Repair(OperationContext context, Interpreter interpreter, IPackageIndex index)
{
    private readonly WheelStore _store = context.Store;

    /// <exception cref="EnvironmentException">Nothing is installed in it, or it is damaged beyond reading.</exception>
    /// <exception cref="IndexException">What has to be fetched cannot be had.</exception>
    /// <exception cref="RefusedException">What was fetched is refused.</exception>
    public async Task<RepairOutcome> MendAsync(RepairRequest request, IProgress<InstallationFact> facts, CancellationToken cancel)
    {
        using Operation operation = Operation.Begin(context, request.Environment, facts, cancel);
        Generation before = operation.Current() ?? throw new EnvironmentException($"nothing is installed in `{request.Environment}`");
        ImmutableArray<Finding> findings = new EnvironmentVerifier(_store).Verify(before, full: true, cancel).Findings;
        if (findings.IsEmpty && !before.Packages.Any(IsOfEarlierVersion))
        {
            operation.Stay(before);
            return new RepairOutcome.AsInstalled(before);
        }
        if (findings.Any(f => !f.InStore && string.Equals(f.Path, GenerationFile.Name, StringComparison.Ordinal))) return new RepairOutcome.NotDescribed(before);

        HashSet<PackageName> damaged = [.. before.Packages.Where(p => IsDamaged(p, findings)).Select(p => p.Name)];
        var pins = new Dictionary<PackageName, Pin>();
        if (damaged.Count > 0)
        {
            // Asked before anything is thrown away: without an index the damaged files are all that there is.
            ResolutionResult found = await new Resolver(index).SolveAsync(ProblemOf(before.Packages.Where(p => damaged.Contains(p.Name))), new Unheard(), cancel);
            if (found is ResolutionResult.Unsolvable why) return new RepairOutcome.Gone(why);
            pins = ((ResolutionResult.Solved)found).Pins.ToDictionary(p => p.Name);
            foreach (InstalledPackage package in before.Packages.Where(p => damaged.Contains(p.Name))) _store.Discard(package.Digest, operation.Staging);
        }
        ImmutableArray<SelectedPackage> selected = [.. before.Packages.Select(p => new SelectedPackage(p, pins.GetValueOrDefault(p.Name)))];
        Policy policy = context.PolicyForWhatIsThere(request.Environment);
        var wheels = await new Acquisition(_store, index, policy, request.Limits, operation.Staging, facts).AcquireAsync(selected, cancel);
        EnvironmentChange change = new Switch(context, operation, interpreter)
            .To(new Plan("repair", before, selected, wheels, policy), cancel);
        return new RepairOutcome.Repaired(change, findings, pins.Count);
    }

    // Its store entry tells nothing to judge it by.
    private bool IsOfEarlierVersion(InstalledPackage package) => _store.Find(package.Digest) is { Findings: null };

    private bool IsDamaged(InstalledPackage package, ImmutableArray<Finding> findings) =>
        _store.Find(package.Digest) is not { Findings: not null } || findings.Any(f => f.InStore && f.Path.Split('/').Contains(package.Digest.Hex, StringComparer.Ordinal));

    // Exactly the wheels that were installed; nothing is chosen.
    private ResolutionProblem ProblemOf(IEnumerable<InstalledPackage> packages) => new()
    {
        Lines = [.. packages.Select(p => new RequirementLine(Requirement.Parse($"{p.Name}=={p.Version}"), [p.Digest], IsConstraint: false, "what is installed"))],
        Environment = interpreter.Markers,
        Tags = SupportedTags.Of(interpreter.Target),
        FollowDependencies = false,
        RequireHashes = true,
    };

    private sealed class Unheard : IProgress<int>
    {
        public void Report(int value) { }
    }
}
