using System.Collections.Immutable;
using Sandpiper.Environments.Composing;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Ledger;
using Sandpiper.Packaging.Names;
using Sandpiper.Store;
using Sandpiper.Wheels;

namespace Sandpiper.Environments.Verifying;

/// <summary>
/// Compares a generation, and the store below it, with what was installed: nothing changed, nothing missing, nothing added (P5).
/// </summary>
/// <remarks>
/// Quick: kind, size, time, permissions and link target of everything, and the content of what the kernel says was touched since it was
/// known, in whatever way (<see cref="EntryStamps"/>). Full: the content of every file.
/// </remarks>
public sealed class EnvironmentVerifier(ManagedEnvironment environment, WheelStore store)
{
    private const int MostLooks = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>What comes in between, in a test: whatever is known of the store's entries is known, and nothing is compared yet.</summary>
    internal Action Between { get; init; } = () => { };

    /// <param name="Files">Looked at in the generation.</param>
    /// <param name="Deviations">Ordered by path, then those of the store, then the ledger; empty when everything is as installed.</param>
    public sealed record Report(int Files, ImmutableArray<Deviation> Deviations);

    /// <param name="generation">Of this environment.</param>
    /// <exception cref="IOException">Something of it cannot be looked at.</exception>
    /// <exception cref="EnvironmentException">The ledger is too large to be one.</exception>
    public Report Verify(Generation generation, bool full, CancellationToken cancel)
    {
        // First the generations, then the lines: a line precedes its generation.
        ImmutableArray<int> numbers = environment.Numbers;
        var ledger = new EnvironmentLedger(environment);
        ImmutableArray<LedgerLine> lines = ledger.Read();
        var compiled = store.ByteCodeTags;
        var expected = Expected();
        Between();
        var comparison = new TreeComparison(full, cancel);
        // The store first: what it has shown of a file need not be shown again by the file's name in the generation.
        var differing = expected.Entries.Select(e => (e.Package, Found: Compared(e, comparison))).Where(f => f.Found.Length > 0).ToList();
        LookAgain(differing, compiled, Expected, full, cancel);
        var ofStore = expected.Deviations.Concat(differing.SelectMany(f => f.Found));
        int inStore = comparison.Files;
        var ofGeneration = comparison.Compare(generation.Directory, expected.Tree).Select(d => OfGeneration(d, generation)).ToList();
        return new Report(comparison.Files - inStore + expected.FilesBehindLinks,
            [.. Ordered(ofGeneration), .. Ordered(Distinct(ofStore)), .. OfLedger(ledger, lines, numbers)]);

        ExpectedTrees Expected() => new(generation, store, ledger.DescriptionDigest(generation.Number), full);
    }

    // A compilation in the background puts byte code into an entry, says before what it will be and afterwards how the kernel knows it.
    // What was put there since that was read here is no deviation, and nor is what is half done.
    private void LookAgain(List<(InstalledPackage Package, ImmutableArray<Deviation> Found)> differing,
        ILookup<Sha256Digest, string> compiled, Func<ExpectedTrees> expect, bool full, CancellationToken cancel)
    {
        for (int look = 0; look < MostLooks; look++)
        {
            int[] doubtful = [.. Enumerable.Range(0, differing.Count)
                .Where(i => differing[i].Found.Length > 0 && IsCompiledMeanwhile(differing[i].Package.Digest, compiled))];
            if (doubtful.Length == 0) return;
            if (look > 0) cancel.WaitHandle.WaitOne(Pause);
            cancel.ThrowIfCancellationRequested();
            compiled = store.ByteCodeTags;
            ExpectedTrees expected = expect();
            var comparison = new TreeComparison(full, cancel);
            foreach (int i in doubtful)
            {
                InstalledPackage package = differing[i].Package;
                differing[i] = (package, [.. expected.Deviations.Where(d => d.Owner == package),
                    .. expected.Entries.Where(e => e.Package == package).SelectMany(e => Compared(e, comparison))]);
            }
        }
    }

    private bool IsCompiledMeanwhile(Sha256Digest digest, ILookup<Sha256Digest, string> before)
    {
        string[] tags = [.. store.ByteCodeTags[digest]];
        return !tags.Order(StringComparer.Ordinal).SequenceEqual(before[digest].Order(StringComparer.Ordinal), StringComparer.Ordinal)
            || tags.Any(tag => tag is not WheelStore.Distrusted && !store.IsCompiled(digest, tag));
    }

    private static ImmutableArray<Deviation> Compared(ExpectedEntry entry, TreeComparison comparison) =>
        [.. comparison.Compare(entry.Wheel.Directory, entry.Tree).Select(d => OfEntry(d, entry))];

    private static Deviation OfEntry(TreeComparison.Difference difference, ExpectedEntry entry)
    {
        var deviation = Deviation.OfStore(difference.Kind, entry.Package, difference.Path, difference.ChangedAt);
        return entry.IsOfByteCode(difference.Kind, difference.Path)
            ? deviation with { Place = DeviationPlace.ByteCode } : deviation;
    }

    // Whoever empties it, or cuts lines out, leaves generations that no line speaks of. A torn last line is what a power failure leaves.
    private static IEnumerable<Deviation> OfLedger(EnvironmentLedger ledger, ImmutableArray<LedgerLine> lines, ImmutableArray<int> numbers)
    {
        bool isWhole = ledger.IsWhole && EnvironmentLedger.LostOf(numbers, lines).IsEmpty;
        if (isWhole && !ledger.IsMissing) yield break;
        var kind = ledger.IsMissing ? DeviationKind.Missing : DeviationKind.Changed;
        yield return new Deviation(kind, "ledger.jsonl", null, RunsAtStart: false) { Place = DeviationPlace.Ledger };
    }

    private static IEnumerable<Deviation> Ordered(IEnumerable<Deviation> deviations) =>
        deviations.OrderBy(f => f.Path, StringComparer.Ordinal);

    // A manifest can be found out in two ways.
    private static IEnumerable<Deviation> Distinct(IEnumerable<Deviation> deviations) => deviations.DistinctBy(f => (f.Kind, f.Path));

    private static Deviation OfGeneration(TreeComparison.Difference difference, Generation generation)
    {
        string path = difference.Path.Length > 0 ? difference.Path : ".";
        return new Deviation(difference.Kind, path, difference.Owner, RunsAtStart(path, generation)) { ChangedAt = difference.ChangedAt };
    }

    private static bool RunsAtStart(string path, Generation generation)
    {
        if (generation.Destination.InSitePackages(path) is { } site) return HookNames.Match(site);
        // What getpath.py looks for beside the executable and one directory above it, and the executable itself.
        string name = generation.Destination.ScriptOf(path) ?? path;
        return ReservedNames.IsSettings(name) || (name.Length < path.Length && ReservedNames.IsInterpreter(name));
    }
}
