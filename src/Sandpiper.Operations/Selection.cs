using System.Collections.Immutable;
using Sandpiper.Environments.Generations;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Versions;
using Sandpiper.Policies;
using Sandpiper.Resolution;

namespace Sandpiper.Operations;

/// <summary>One package that the next generation shall hold.</summary>
/// <param name="Facts">As they will be recorded. The digest is the zero value until the wheel is there, when the index gives none.</param>
/// <param name="Pin">The resolver's choice; null for a package that is kept without having been looked at.</param>
internal sealed record SelectedPackage(InstalledPackage Facts, Pin? Pin)
{
    public PackageName Name => Facts.Name;

    public Pep440Version Version => Facts.Version;

    public ImmutableArray<string> Notes => Pin?.Notes ?? [];
}

/// <summary>From pins and what is there already to what the next generation shall hold, and how that differs.</summary>
internal static class Selection
{
    /// <param name="request">Whose lines the pins answer.</param>
    /// <param name="pins">Of the resolver, for everything it was asked about.</param>
    /// <param name="before">The current generation; null: none.</param>
    /// <param name="ownerOf">The index that a name belongs to; null: as it did before.</param>
    public static ImmutableArray<SelectedPackage> Of(
        InstallationRequest request, ImmutableArray<Pin> pins, Generation? before, Func<PackageName, Uri?> ownerOf)
    {
        var old = (before?.Packages ?? []).ToDictionary(p => p.Name);
        var selected = pins.ToDictionary(p => p.Name, p => new SelectedPackage(
            FactsOf(p, request, old.GetValueOrDefault(p.Name), ownerOf(p.Name)), p));
        foreach (InstalledPackage package in old.Values)
        {
            // With --no-deps nothing else was looked at, so everything else stays; packages that were put in alone always do.
            if ((!request.FollowDependencies || package.IsAlone) && !selected.ContainsKey(package.Name))
                selected.Add(package.Name, new SelectedPackage(package, null));
        }
        return [.. selected.Values.OrderBy(s => s.Name)];
    }

    /// <summary>The same where the pins are only what comes to a generation, or has to do with it: all else in it stays as it is.</summary>
    public static ImmutableArray<SelectedPackage> Adding(
        InstallationRequest request, ImmutableArray<Pin> pins, Generation before, Func<PackageName, Uri?> ownerOf)
    {
        var selected = Of(request, pins, before, ownerOf).ToDictionary(s => s.Name);
        foreach (InstalledPackage package in before.Packages)
        {
            selected[package.Name] = !selected.TryGetValue(package.Name, out SelectedPackage? again)
                ? new SelectedPackage(package, null)
                : again with
                {
                    Facts = again.Facts with
                    {
                        Extras = [.. package.Extras.Union(again.Facts.Extras).Order()],
                        RequiredBy = [.. package.RequiredBy.Union(again.Facts.RequiredBy).Order()],
                    },
                };
        }
        return [.. selected.Values.OrderBy(s => s.Name)];
    }

    /// <summary>What changes from one state to the other.</summary>
    public static ImmutableArray<PackageChange> Changes(Generation? before, ImmutableArray<SelectedPackage> after)
    {
        var old = (before?.Packages ?? []).ToDictionary(p => p.Name);
        var changes = new List<PackageChange>();
        foreach (SelectedPackage package in after)
        {
            InstalledPackage? was = old.GetValueOrDefault(package.Name);
            old.Remove(package.Name);
            if (was is null || was.Version != package.Version || was.Digest != package.Facts.Digest)
            {
                changes.Add(new PackageChange(package.Name, was?.Version.ToString(), package.Version.ToString(),
                    [.. package.Notes, .. HookNotes(package.Facts)]));
            }
        }
        changes.AddRange(old.Values.Select(gone => new PackageChange(gone.Name, gone.Version.ToString(), null, [])));
        return [.. changes.OrderBy(c => c.Name)];
    }

    /// <summary>Nothing that is recorded differs either: who asked for what, and why each package is there.</summary>
    public static bool IsSame(Generation? before, ImmutableArray<SelectedPackage> after) =>
        before is not null && before.Packages.Length == after.Length
        && before.Packages.Zip(after).All(p => p.First.Name == p.Second.Name
            && p.First.Version == p.Second.Version && p.First.Digest == p.Second.Facts.Digest
            && p.First.IsRequested == p.Second.Facts.IsRequested
            && string.Equals(p.First.OwningIndex, p.Second.Facts.OwningIndex, StringComparison.Ordinal)
            && string.Equals(p.First.Requirement, p.Second.Facts.Requirement, StringComparison.Ordinal)
            && p.First.Extras.SequenceEqual(p.Second.Facts.Extras) && p.First.RequiredBy.SequenceEqual(p.Second.Facts.RequiredBy));

    private static IEnumerable<string> HookNotes(InstalledPackage facts)
    {
        foreach (string hook in facts.OmittedHooks) yield return $"without its start-up hook {hook}";
        foreach (string hook in facts.AllowedHooks) yield return $"with its start-up hook {hook}, which you allowed";
        foreach (Acceptance one in facts.Accepted)
        {
            if (!Rules.IsAboutHooks(one.Rule))
                yield return $"although {one.Rule}, which you allowed: {one.Path}{(one.Others > 0 ? $" and {one.Others} more" : "")}";
        }
    }

    private static InstalledPackage FactsOf(Pin pin, InstallationRequest request, InstalledPackage? before, Uri? owner)
    {
        Requirement[] lines = [.. request.Lines.Where(l => !l.IsConstraint && l.Requirement.Name == pin.Name).Select(l => l.Requirement)];
        string? earlier = before?.Requirement;
        // With --no-deps nothing that an extra would bring is followed, so only what is asked for now is true of it.
        Requirement? kept = request.FollowDependencies && earlier is not null ? Requirement.Parse(earlier) : null;
        bool keepsWheel = before is not null && before.Digest == pin.File.Sha256;
        return new InstalledPackage
        {
            Name = pin.Name,
            Version = pin.Version,
            WheelFileName = pin.Wheel.FileName,
            Digest = pin.File.Sha256 ?? default,
            IsRequested = lines.Length > 0 || before is { IsRequested: true },
            Requirement = lines.Length > 0 ? UserRequirement.Of(lines, kept).ToString() : earlier,
            IsAlone = !request.FollowDependencies,
            Extras = pin.Extras,
            RequiredBy = pin.RequiredBy,
            Index = pin.File.Url.GetLeftPart(UriPartial.Path),
            OwningIndex = owner?.AbsoluteUri ?? before?.OwningIndex ?? "",
            OmittedHooks = keepsWheel ? before!.OmittedHooks : [],
            AllowedHooks = keepsWheel ? before!.AllowedHooks : [],
            Accepted = keepsWheel ? before!.Accepted : [],
            Yielded = before?.Yielded ?? [],
        };
    }
}
