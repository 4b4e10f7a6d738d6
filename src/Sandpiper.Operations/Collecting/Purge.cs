using System.Collections.Immutable;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Environments;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Homes;
using Sandpiper.Environments.Notebooks;
using Sandpiper.Environments.Shims;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Wheels;
using Sandpiper.Store;

namespace Sandpiper.Operations.Collecting;

/// <summary>What a data root and its cache hold, as far as it is ours.</summary>
/// <param name="PutAside">Things that a repair found in its way and kept; they may be somebody's.</param>
/// <param name="Bytes">Of the content of files; what several environments share counts once.</param>
public sealed record Possessions(ImmutableArray<string> Environments, int Wheels, int PutAside, long Bytes)
{
    public required DataPlaces Places { get; init; }

    /// <summary>There is nothing to remove.</summary>
    public required bool AreNone { get; init; }
}

/// <summary>What came of leaving.</summary>
public abstract record PurgeOutcome
{
    private PurgeOutcome() { }

    /// <param name="Left">What is not ours and stayed, or could not be removed: paths.</param>
    public sealed record Removed(ImmutableArray<string> Left) : PurgeOutcome;

    /// <summary>Programs run; nothing was changed.</summary>
    public sealed record InUse(ImmutableArray<GenerationName> Generations) : PurgeOutcome;
}

/// <summary>
/// Removes everything that Sandpiper ever wrote. Only what carries a name of ours goes: a data root can be a directory that holds other
/// things, too.
/// </summary>
public sealed class Purge(OperationContext context)
{
    private const int MostLooks = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private static readonly ImmutableArray<string> OwnNames =
    [
        "waivers.jsonl", "grants.jsonl", "compile.lock", DataPlaces.ShimsLockName, DataPlaces.SecondStagesName, StoreOnDisk.FileName,
        "aside", "begun", "held", "reviews",
        "second-stage",     // where there was one for all versions
    ];

    private readonly DataPlaces _places = context.Places;

    private readonly ImmutableArray<string>.Builder _left = ImmutableArray.CreateBuilder<string>();

    private string AsideDirectory => Path.Combine(_places.Root, "aside");

    /// <summary>What would go.</summary>
    public Possessions Look()
    {
        var space = new FreedSpace();
        foreach (string ours in Ours()) space.Add(ours);
        int aside = Directory.Exists(AsideDirectory) ? Directory.GetFileSystemEntries(AsideDirectory).Length : 0;
        return new Possessions(
            [.. ManagedEnvironment.All(_places.Root).Where(e => e.Numbers.Length > 0).Select(e => e.Name)],
            context.Store.Digests.Count(), aside, space.Bytes)
        {
            Places = _places,
            AreNone = !Ours().Any() && !File.Exists(StoreUse.FileBelow(_places.Root))
                && !CreatedParents.AreRecorded(_places.Root) && !CreatedParents.AreRecorded(_places.Cache),
        };
    }

    /// <summary>Removes it. What cannot be removed is told, and everything else is gone all the same.</summary>
    /// <exception cref="OperationCanceledException">It was given up while others were waited for; nothing was removed.</exception>
    public PurgeOutcome Remove(IProgress<InstallationFact> facts, CancellationToken cancel)
    {
        var leases = new List<GenerationLease>();
        bool hasRoot = Directory.Exists(_places.Root);
        using StoreUse? alone = hasRoot
            ? StoreUse.Alone(_places.Root, () => facts.Report(new InstallationFact.WaitingForAll()), cancel) : null;
        try
        {
            ImmutableArray<GenerationName> used = [.. ManagedEnvironment.All(_places.Root)
                .SelectMany(e => Leasing.TakeAll(e, leases).Select(n => new GenerationName(e.Name, n)))];
            if (!used.IsEmpty) return new PurgeOutcome.InUse(used);
            cancel.ThrowIfCancellationRequested();
            Attempt(_places.Shims, () => ShimDirectory.RemoveAll(_places));
            foreach (ManagedEnvironment environment in ManagedEnvironment.All(_places.Root))
                Attempt(environment.Directory, () => KernelsOnRecord.RemoveAll(environment));
            foreach (KeptHome home in KeptHome.All(_places.Root)) Attempt(home.Directory, () => home.TryRemove());
            // Again, as long as there is something: a compilation in the background writes into its stage until it sees that all is gone.
            bool isMore = true;
            for (int look = 0; look < MostLooks && isMore; look++)
            {
                if (look > 0) Thread.Sleep(Pause);
                isMore = false;
                foreach (string ours in Ours()) isMore |= !Succeeds(() => Remove(ours));
            }
            foreach (string ours in Ours()) Attempt(ours, () => Remove(ours));
            foreach (string of in (string[])["envs", "store", "stamps", "staging", "homes", KnownBytes.DirectoryName])
                RemoveIfEmpty(Path.Combine(_places.Root, of));
            ImmutableArray<string> parents = [.. CreatedParents.Take(_places.Cache), .. CreatedParents.Take(_places.Root)];
            RemoveIfEmpty(_places.Cache);
            if (hasRoot) Attempt(StoreUse.FileBelow(_places.Root), () => File.Delete(StoreUse.FileBelow(_places.Root)));
            RemoveIfEmpty(_places.Root);
            // Those may have got something else since.
            foreach (string parent in parents.OrderByDescending(p => p.Length)) RemoveIfEmpty(parent, isOurs: false);
            return new PurgeOutcome.Removed(_left.ToImmutable());
        }
        finally
        {
            leases.ForEach(lease => lease.Dispose());
        }
    }

    // What lies in `held`, `reviews` and `aside` somebody else made: names that are no text, directories that are closed.
    private static void Remove(string path)
    {
        string name = Path.GetFileName(path);
        if (!OwnNames.Contains(name, StringComparer.Ordinal))
        {
            SealedTree.Remove(path);
            return;
        }
        using SafeFileHandle directory =
            RawFile.Open(Path.GetDirectoryName(path)!, RawFile.ReadOnly | RawFile.OnlyDirectories, out int errno);
        if (errno == 0) errno = TreeRemoval.Remove(directory, Encoding.UTF8.GetBytes(name));
        if (errno != 0) throw new KernelException("unlinkat", errno, path);
    }

    private IEnumerable<string> Ours() =>
    [
        .. ManagedEnvironment.All(_places.Root).Where(e => e.WasBegun).Select(e => e.Directory),
        .. In("store", name => Sha256Digest.TryParseHex(name.Split('.')[0], out _) || WheelStore.IsOfEnvironment(name) || IsStage(name)),
        .. In("stamps", name => Sha256Digest.TryParseHex(name.Split('.')[0], out _)),
        .. In("staging", IsStage),
        .. In("homes", KeptHome.IsKey),
        .. In(KnownBytes.DirectoryName, name => WheelFileName.TryParse(name, out _, out _)),
        .. OwnNames.Select(name => Path.Combine(_places.Root, name)).Where(Path.Exists),
        .. new CacheRemoval(_places.Cache).Parts,
    ];

    private IEnumerable<string> In(string directory, Func<string, bool> isOurs)
    {
        string path = Path.Combine(_places.Root, directory);
        return Directory.Exists(path) ? Directory.GetFileSystemEntries(path).Where(p => isOurs(Path.GetFileName(p))) : [];
    }

    private static bool IsStage(string name) => name.Split('.')[0] is { Length: 16 } id && id.All(char.IsAsciiHexDigitLower);

    private void RemoveIfEmpty(string directory, bool isOurs = true)
    {
        if (!Directory.Exists(directory)) return;
        string[] others = Directory.GetFileSystemEntries(directory);
        if (others.Length == 0) Attempt(directory, () => Directory.Delete(directory));
        else if (isOurs) _left.AddRange(others.Where(path => !_left.Any(told => told.StartsWith(path, StringComparison.Ordinal))));
    }

    private static bool Succeeds(Action remove)
    {
        try
        {
            remove();
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void Attempt(string path, Action remove)
    {
        if (!Succeeds(remove)) _left.Add(path);
    }
}
