using Sandpiper.Environments.Composing;
using Sandpiper.Environments.Generations;
using Sandpiper.Interpreters;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;

namespace Sandpiper.Operations;

/// <summary>
/// Whether a generation says itself that it is what is asked for: then nothing is resolved, and no wheel is looked at.
/// </summary>
/// <remarks>
/// A generation is what came of its own words the last time, on an interpreter that its settings name to the patch; the resolver tries
/// what is installed first. So the same words lead to the same packages, as long as each is still reached from what was asked for. Where
/// anything else is in the request, a limit, a date, a hash that is not the installed one, it is resolved as ever. (A marker on the
/// release of the kernel is not looked at again.)
/// </remarks>
internal static class AskedBefore
{
    public static bool Holds(InstallationRequest request, Generation before, Interpreter interpreter)
    {
        bool isPlain = request is { FollowDependencies: true, UpgradeAll: false, ExcludeNewer: null } && request.Upgrade.IsEmpty
            && !request.Lines.Any(line => line.IsConstraint || line.Requirement.Url is not null);
        if (!isPlain || !StandsByItself(before, interpreter)) return false;
        var installed = before.Packages.ToDictionary(p => p.Name);
        return request.Lines.GroupBy(line => line.Requirement.Name).All(lines =>
                installed.TryGetValue(lines.Key, out InstalledPackage? package) && IsSaid(package, [.. lines], interpreter))
            && (!request.RequireHashes || before.Packages.All(p => p.IsRequested));
    }

    /// <summary>It is for this interpreter, and a resolution of its own words would come to nothing else.</summary>
    public static bool StandsByItself(Generation before, Interpreter interpreter) =>
        IsMadeFor(before, interpreter) && AreAllReached(before);

    private static bool IsMadeFor(Generation before, Interpreter interpreter) =>
        string.Equals(before.Python, interpreter.Path, StringComparison.Ordinal)
        && before.WrittenFiles.TryGetValue(GenerationPlan.SettingsName, out Sha256Digest settings)
        && settings == Sha256Digest.Of(GenerationPlan.SettingsFor(interpreter));

    private static bool IsSaid(InstalledPackage package, RequirementLine[] lines, Interpreter interpreter)
    {
        if (!package.IsRequested || package.IsAlone || package.Requirement is not { } said) return false;
        if (!lines.All(l => l.Requirement.Marker?.Evaluate(interpreter.Markers, []) is null or MarkerResult.True)) return false;
        if (lines.Any(l => !l.Hashes.IsEmpty && !l.Hashes.Contains(package.Digest))) return false;
        Requirement[] words = [.. lines.Select(l => l.Requirement)];
        return string.Equals(UserRequirement.Of(words, Requirement.Parse(said)).ToString(), said, StringComparison.Ordinal)
            && words.All(w => w.Specifiers.Contains(package.Version));
    }

    // What only a package needed that is gone since would not be kept by a resolution.
    private static bool AreAllReached(Generation before)
    {
        var reached = before.Packages.Where(p => p.IsRequested || p.IsAlone).Select(p => p.Name).ToHashSet();
        int count = 0;
        while (count != reached.Count)
        {
            count = reached.Count;
            reached.UnionWith(before.Packages.Where(p => p.RequiredBy.Any(reached.Contains)).Select(p => p.Name));
        }
        return count == before.Packages.Length;
    }
}
