using System.Collections.Immutable;
using Sandpiper.Packaging.Metadata;
using Sandpiper.Packaging.Names;
using Sandpiper.Store;

namespace Sandpiper.Operations;

/// <summary>
/// Extras that are asked for now and that a package does not have, where the package stays as it is: of one that changes its own notes
/// say it.
/// </summary>
internal static class AbsentExtras
{
    public static ImmutableArray<string> NotesOf(InstallationRequest request, ImmutableArray<SelectedPackage> selected,
        ImmutableArray<PackageChange> changes, WheelStore store)
    {
        var asked = request.Lines.Where(line => !line.IsConstraint && !line.Requirement.Extras.IsEmpty)
            .GroupBy(line => line.Requirement.Name).ToList();
        if (asked.Count == 0) return [];
        var packages = selected.ToDictionary(package => package.Name);
        var notes = ImmutableArray.CreateBuilder<string>();
        foreach (var lines in asked.Where(lines => !changes.Any(change => change.Name == lines.Key)))
        {
            if (!packages.TryGetValue(lines.Key, out SelectedPackage? package) || ProvidedBy(package, store) is not { } provided) continue;
            foreach (PackageName extra in lines.SelectMany(line => line.Requirement.Extras).Except(provided).Order())
                notes.Add($"`{package.Name}` {package.Version} has no extra `{extra}`");
        }
        return notes.ToImmutable();
    }

    // Null where nobody can tell: what came of the command is none the worse.
    private static ImmutableArray<PackageName>? ProvidedBy(SelectedPackage package, WheelStore store)
    {
        if (package.Pin is { } pin) return pin.Metadata.ProvidesExtra;
        try
        {
            return store.TryFind(package.Facts.Digest) is { } wheel
                && CoreMetadata.TryParse(store.ReadMetadata(wheel).Span, out CoreMetadata? metadata, out _) ? metadata.ProvidesExtra : null;
        }
        catch (StoreDamagedException)
        {
            return null;
        }
    }
}
