using System.Collections.Immutable;
using Sandpiper.Environments.Composing;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Ledger;
using Sandpiper.Packaging.Names;
using Sandpiper.Store;
using Sandpiper.Wheels;

namespace Sandpiper.Environments.Verifying;

/// <summary>Compares a generation, and the store below it, with what was installed: nothing changed, nothing missing, nothing added (P5).</summary>
/// <remarks>
/// Quick: kind, size, time, permissions and link target of everything, that each hard link is still the store's file, and the content of
/// the few files written for the generation. Full: the content of every file. Whoever changes a file in place and sets its time back is
/// seen by the full look only.
/// </remarks>
public sealed class EnvironmentVerifier(WheelStore store)
{
    /// <param name="Files">Looked at in the generation.</param>
    /// <param name="Findings">Ordered by path, those of the store last; empty when everything is as installed.</param>
    public sealed record Report(int Files, ImmutableArray<Finding> Findings);

    /// <exception cref="IOException">Something of it cannot be looked at.</exception>
    /// <exception cref="EnvironmentException">The ledger is too large to be one.</exception>
    public Report Verify(Generation generation, bool full, CancellationToken cancel)
    {
        var expected = new ExpectedTrees(generation, store, DescriptionOf(generation));
        var comparison = new TreeComparison(full, cancel);
        foreach (var (entry, tree) in expected.Entries) comparison.Compare(entry, tree);
        int inStore = comparison.Files;
        var findings = expected.Findings.Concat(comparison.Differences.Select(OfStore)).OrderBy(f => f.Path, StringComparer.Ordinal).ToList();

        comparison.Differences.Clear();
        comparison.Compare(generation.Directory, expected.Tree);
        var ofGeneration = comparison.Differences.Select(d => OfGeneration(d, generation)).OrderBy(f => f.Path, StringComparer.Ordinal);
        return new Report(comparison.Files - inStore, [.. ofGeneration, .. findings.Distinct()]);
    }

    private static Sha256Digest? DescriptionOf(Generation generation)
    {
        // envs/NAME/generations/N
        string root = Path.GetFullPath(Path.Combine(generation.Directory, "../../../.."));
        var ledger = new EnvironmentLedger(ManagedEnvironment.Open(root, generation.Environment));
        ledger.Read();
        return ledger.DescriptionDigest(generation.Number);
    }

    private static Finding OfStore(TreeComparison.Difference difference)
    {
        int store = difference.Path.LastIndexOf("/store/", StringComparison.Ordinal);
        return new Finding(difference.Kind, difference.Path[(store + 1)..], difference.Owner, RunsAtStart: false) { InStore = true, ChangedAt = difference.ChangedAt };
    }

    private static Finding OfGeneration(TreeComparison.Difference difference, Generation generation)
    {
        string path = difference.Path.Length > generation.Directory.Length ? difference.Path[(generation.Directory.Length + 1)..] : ".";
        return new Finding(difference.Kind, path, difference.Owner, RunsAtStart(path, generation)) { ChangedAt = difference.ChangedAt };
    }

    private static bool RunsAtStart(string path, Generation generation)
    {
        string site = Placing.SitePackages(generation.PythonName) + "/";
        if (path.StartsWith(site, StringComparison.Ordinal)) return HookNames.Match(path[site.Length..]);
        // What getpath.py looks for beside the executable and one directory above it, and the executable itself.
        string name = path.StartsWith("bin/", StringComparison.Ordinal) ? path["bin/".Length..] : path;
        return ReservedNames.IsSettings(name) || (name.Length < path.Length && ReservedNames.IsInterpreter(name));
    }
}
