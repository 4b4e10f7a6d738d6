using System.Collections.Immutable;
using Sandpiper.Environments.Composing;
using Sandpiper.Environments.Generations;
using Sandpiper.Interpreters;
using Sandpiper.Packaging.Names;
using Sandpiper.Policies;
using Sandpiper.Store;

namespace Sandpiper.Operations;

/// <summary>What came of removing packages.</summary>
public abstract record RemovalOutcome
{
    private RemovalOutcome() { }

    /// <summary>It is done.</summary>
    public sealed record Removed(EnvironmentChange Change) : RemovalOutcome;

    /// <summary>Nothing was changed.</summary>
    public sealed record NotInstalled(PackageName Name) : RemovalOutcome;

    /// <param name="By">Packages that would be left without it.</param>
    public sealed record StillNeeded(PackageName Name, ImmutableArray<PackageName> By) : RemovalOutcome;
}

/// <param name="Environment">The name of the environment.</param>
/// <param name="Names">At least one.</param>
public sealed record RemovalRequest(string Environment, ImmutableArray<PackageName> Names);

/// <summary>The next generation without some packages, and without what only they needed. Asks no index.</summary>
public sealed class Removal(OperationContext context, Interpreter interpreter)
{
    /// <inheritdoc cref="Installation.Seen"/>
    public Generation? Seen { get; init; }

    /// <exception cref="EnvironmentException">The environment is damaged; nothing was changed.</exception>
    /// <exception cref="RefusedException">
    /// Two packages gave way to one that is removed, and nobody has decided which of them has the file now; nothing was changed.
    /// </exception>
    /// <exception cref="StoreDamagedException">So is the store; nothing was changed.</exception>
    /// <exception cref="ChangeUnfinishedException">They are removed, but something that follows failed.</exception>
    public RemovalOutcome Remove(RemovalRequest request, IProgress<InstallationFact> facts, CancellationToken cancel)
    {
        try
        {
            return BecomeWithout(request, facts, cancel);
        }
        catch (RefusedException refused)
        {
            new RefusedBefore(context.Places.Cache).Keep(refused.Refusal);
            throw;
        }
    }

    private RemovalOutcome BecomeWithout(RemovalRequest request, IProgress<InstallationFact> facts, CancellationToken cancel)
    {
        ImmutableArray<PackageName> names = request.Names;
        using Operation operation = Operation.Begin(context, request.Environment, facts, cancel);
        if (operation.Current(Seen) is not { } before) return new RemovalOutcome.NotInstalled(names[0]);
        foreach (PackageName name in names)
        {
            InstalledPackage? package = before.Packages.FirstOrDefault(p => p.Name == name);
            if (package is null) return new RemovalOutcome.NotInstalled(name);
            ImmutableArray<PackageName> others = [.. package.RequiredBy.Except(names)];
            if (!others.IsEmpty) return new RemovalOutcome.StillNeeded(name, others);
        }
        operation.Expect(before);
        ImmutableArray<SelectedPackage> left = WithoutOrphans(before, names);
        using var next = new Switch(context, operation, interpreter);
        next.Expect(before, left);

        WheelStore store = context.Store;
        Operation.ExpectWheelsOf(before);
        store.Prepare([.. left.Select(p => p.Facts.Digest)]);
        var wheels = left.ToDictionary(
            p => p.Name,
            p => store.Find(p.Facts.Digest)
                ?? throw new StoreDamagedException(p.Facts.Digest, $"the wheel of {p.Name} {p.Version} is gone"));
        GenerationComposer.ReadAhead(wheels.Values);
        return new RemovalOutcome.Removed(
            next.To(
                new Plan("uninstall", before, left, wheels, context.PolicyForWhatIsThere(request.Environment)), cancel));
    }

    private static ImmutableArray<SelectedPackage> WithoutOrphans(Generation before, ImmutableArray<PackageName> names)
    {
        var left = before.Packages.Where(p => !names.Contains(p.Name)).ToDictionary(p => p.Name);
        while (true)
        {
            foreach (InstalledPackage package in left.Values.ToList())
                left[package.Name] = package with { RequiredBy = [.. package.RequiredBy.Where(left.ContainsKey)] };
            List<PackageName> orphans = [.. left.Values.Where(p => !p.IsRequested && p.RequiredBy.IsEmpty).Select(p => p.Name)];
            if (orphans.Count == 0) return [.. left.Values.OrderBy(p => p.Name).Select(p => new SelectedPackage(p, null))];
            orphans.ForEach(name => left.Remove(name));
        }
    }
}
