using System.Collections.Immutable;
using Sandpiper.Environments;
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

    public sealed record Removed(EnvironmentChange Change) : RemovalOutcome;

    public sealed record NotInstalled(PackageName Name) : RemovalOutcome;

    /// <param name="By">Packages that would be left without it.</param>
    public sealed record StillNeeded(PackageName Name, ImmutableArray<PackageName> By) : RemovalOutcome;
}

/// <summary>The next generation without some packages, and without what only they needed. Asks no index.</summary>
public sealed class Removal(ManagedEnvironment environment, DataPlaces places, Interpreter interpreter, TimeProvider time, string executable)
{
    public RemovalOutcome Remove(ImmutableArray<PackageName> names, CancellationToken cancel)
    {
        using EnvironmentLock held = environment.Lock(() => { }, cancel);
        if (environment.Current is not { } number) return new RemovalOutcome.NotInstalled(names[0]);
        Generation before = environment.Read(number);
        foreach (PackageName name in names)
        {
            InstalledPackage? package = before.Packages.FirstOrDefault(p => p.Name == name);
            if (package is null) return new RemovalOutcome.NotInstalled(name);
            ImmutableArray<PackageName> others = [.. package.RequiredBy.Except(names)];
            if (!others.IsEmpty) return new RemovalOutcome.StillNeeded(name, others);
        }
        ImmutableArray<SelectedPackage> left = WithoutOrphans(before, names);

        using var staging = Staging.Create(places.Root);
        var store = new WheelStore(places.Root);
        var wheels = left.ToDictionary(p => p.Name, p => store.Find(p.Facts.Digest) ?? throw new StoreDamagedException(p.Facts.Digest, $"the wheel of {p.Name} {p.Version} is gone"));
        var policy = new Policy(new WaiverFile(places.Root).List(), environment.Name, time.GetUtcNow()) { KeepsWhatIsRecorded = true };
        var succession = new Succession(environment, places, interpreter, policy, time, executable);
        return new RemovalOutcome.Removed(succession.Become("uninstall", before, left, wheels, staging, cancel));
    }

    private static ImmutableArray<SelectedPackage> WithoutOrphans(Generation before, ImmutableArray<PackageName> names)
    {
        var left = before.Packages.Where(p => !names.Contains(p.Name)).ToDictionary(p => p.Name);
        while (true)
        {
            foreach (InstalledPackage package in left.Values.ToList()) left[package.Name] = package with { RequiredBy = [.. package.RequiredBy.Where(left.ContainsKey)] };
            List<PackageName> orphans = [.. left.Values.Where(p => !p.IsRequested && p.RequiredBy.IsEmpty).Select(p => p.Name)];
            if (orphans.Count == 0) return [.. left.Values.OrderBy(p => p.Name).Select(p => new SelectedPackage(p, null))];
            orphans.ForEach(name => left.Remove(name));
        }
    }
}
