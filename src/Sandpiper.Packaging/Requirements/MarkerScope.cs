using Sandpiper.Packaging.Names;

namespace Sandpiper.Packaging.Requirements;

/// <summary>
/// Everything a marker is held against. In metadata there is <c>extra</c>; in a lock file there are the sets <c>extras</c> and
/// <c>dependency_groups</c>.
/// </summary>
internal sealed record MarkerScope(
    MarkerEnvironment Environment, bool IsLock, IReadOnlyCollection<PackageName> Extras, IReadOnlyCollection<PackageName> Groups)
{
    /// <summary>The value of <c>extra</c>: each of those requested, or the empty text when none was.</summary>
    public IEnumerable<string> ExtraValues => Extras.Count == 0 ? [""] : Extras.Select(extra => extra.Normalized);

    /// <summary>The set a field stands for here, or null.</summary>
    public IReadOnlyCollection<PackageName>? Set(MarkerField field) => (IsLock, field) switch
    {
        (true, MarkerField.Extras) => Extras,
        (true, MarkerField.DependencyGroups) => Groups,
        _ => null,
    };
}
