using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Sandpiper.Archives;
using Sandpiper.Indexes;
using Sandpiper.Packaging.Names;
using Sandpiper.Policies;
using Sandpiper.Resolution;
using Sandpiper.Store;
using Sandpiper.Wheels;

namespace Sandpiper.Operations;

/// <summary>
/// Gets every selected wheel into the store: found there, or downloaded, inspected, judged and sealed. Several at a time, the
/// largest first.
/// </summary>
internal sealed class Acquisition(
    WheelStore store, IPackageIndex index, Policy policy, ArchiveLimits limits, Staging staging, IProgress<InstallationFact> facts)
{
    private const int DownloadsAtOnce = 50;     // they wait for somebody else, unpacking for our own processors
    private static readonly int UnpackedAtOnce = Math.Max(2, Environment.ProcessorCount);

    /// <summary>What has a pin is fetched even if it is sealed here, and takes that place only once it is here itself: a repair.</summary>
    public bool FetchesAnew { get; init; }

    /// <summary>Which environment the wheels are brought to; null: nobody's in particular, who uses them once.</summary>
    public string? BroughtTo { get; init; }

    /// <summary>What is offered is held against what its name stood for before; null: it is the very digest that is asked for.</summary>
    public KnownBytes? Known { get; init; }

    /// <summary>What is on its way already; null: nothing.</summary>
    public BegunDownloads? Begun { get; init; }

    private readonly ConcurrentDictionary<PackageName, long> _arrived = new();
    private int _done;

    /// <returns>The wheel of each package.</returns>
    /// <exception cref="RefusedException">A wheel was refused.</exception>
    /// <exception cref="IndexException">One could not be had, or is not what was promised.</exception>
    public async Task<IReadOnlyDictionary<PackageName, SealedWheel>> AcquireAsync(
        ImmutableArray<SelectedPackage> packages, CancellationToken cancel)
    {
        long started = Stopwatch.GetTimestamp();
        var wheels = new ConcurrentDictionary<PackageName, SealedWheel>();
        var missing = new ConcurrentBag<SelectedPackage>();
        try
        {
            // What stays was looked up when it was resolved; for one that comes nobody else need be woken.
            SelectedPackage[] coming = [.. packages.Where(p => p.Pin is not null)];
            foreach (SelectedPackage package in coming.Length > 1 ? packages.Where(p => p.Pin is null) : packages) LookFor(package);
            if (coming.Length > 1) Parallel.ForEach(coming, new ParallelOptions { CancellationToken = cancel }, LookFor);
        }
        catch (AggregateException several)
        {
            // Several packages may be wrong; one reason is enough to refuse.
            ExceptionDispatchInfo.Throw(several.Flatten().InnerExceptions[0]);
        }
        if (missing.IsEmpty) return wheels;

        long total = missing.Sum(p => p.Pin?.File.Size ?? 0);
        int files = 0;
        using var unpacking = new SemaphoreSlim(UnpackedAtOnce);
        var options = new ParallelOptions { MaxDegreeOfParallelism = DownloadsAtOnce, CancellationToken = cancel };
        await Parallel.ForEachAsync(missing.OrderByDescending(p => p.Pin?.File.Size ?? 0), options, async (package, stop) =>
        {
            SealedWheel wheel = await FetchAsync(package, total, missing.Count, unpacking, stop);
            wheels[package.Name] = wheel;
            Interlocked.Add(ref files, wheel.Outline.Files);
            Interlocked.Increment(ref _done);
        });
        facts.Report(new InstallationFact.Checked(missing.Count, files, Stopwatch.GetElapsedTime(started)));
        return wheels;

        void LookFor(SelectedPackage package)
        {
            if (package.Facts.Digest != default && FindSealed(package) is { } wheel) wheels[package.Name] = wheel;
            else missing.Add(package);
        }
    }

    private SealedWheel? FindSealed(SelectedPackage package)
    {
        if (package.Pin is not { } pin)
        {
            return store.Find(package.Facts.Digest)
                ?? throw new StoreDamagedException(package.Facts.Digest, $"the wheel of {package.Name} {package.Version} is gone");
        }
        if (FetchesAnew || store.IsDistrusted(package.Facts.Digest)) return null;
        try
        {
            SealedWheel? found = store.Find(pin.Wheel, package.Facts.Digest, ResolvedOn(pin));
            // An earlier version kept nothing to judge it by: it is inspected again.
            return found is { Findings: null } ? null : found?.With(Known?.Compare(pin.Wheel, package.Facts.Digest));
        }
        catch (RefusedException refusal)
        {
            throw Refused(pin, package.Facts.Digest, refusal);
        }
    }

    private async Task<SealedWheel> FetchAsync(
        SelectedPackage package, long total, int count, SemaphoreSlim unpacking, CancellationToken cancel)
    {
        Pin pin = package.Pin!;
        var arrived = new Progress(bytes =>
        {
            _arrived[pin.Name] = bytes;
            facts.Report(new InstallationFact.Acquiring(
                $"{pin.Name} {pin.Version}", _arrived.Values.Sum(), total, Volatile.Read(ref _done), count));
        });
        // Before anything is fetched, where the index says what it would be.
        if (pin.File.Sha256 is { } promised && Known?.Compare(pin.Wheel, promised) is { } changed)
            Judgement.MustBeAcceptable(new Artifact(pin.Name, pin.Version, promised), [changed], package.Facts, policy);
        var (path, digest) = await DownloadAsync(pin, arrived, cancel);
        await unpacking.WaitAsync(cancel);
        try
        {
            UnpackedWheel unpacked = WheelStore.Unpack(pin.Wheel, digest, path, limits, staging, cancel);
            Finding? other = DistInfo.Compare(unpacked.ReadMetadata().Span, ResolvedOn(pin), unpacked.MetadataPath);
            Finding? bytes = Known?.Compare(pin.Wheel, digest);
            Judgement.MustBeAcceptable(unpacked.Artifact,
                [.. unpacked.Inspected.Findings, .. ((Finding?[])[other, bytes]).OfType<Finding>()], package.Facts, policy);
            SealedWheel wheel = store.Seal(unpacked, FetchesAnew, staging, cancel, BroughtTo).With(other).With(bytes);
            File.Delete(path);
            return wheel;
        }
        catch (Exception refusal) when (refusal is RefusedException { Refusal.Artifact: null } or ArchiveRefusedException)
        {
            throw Refused(pin, digest, refusal);
        }
        finally
        {
            unpacking.Release();
        }
    }

    private async Task<(string Path, Sha256Digest Digest)> DownloadAsync(Pin pin, Progress arrived, CancellationToken cancel)
    {
        if (pin.File.Sha256 is { } promised && Begun is not null && Begun.TryFind(promised, out Task<string>? begun))
        {
            string there = await begun.WaitAsync(cancel);
            arrived.Report(pin.File.Size ?? 0);
            return (there, promised);
        }
        string path = Path.Combine(staging.NewDirectory(), pin.Wheel.FileName);
        await using FileStream file = new(path, FileMode.CreateNew, FileAccess.ReadWrite);
        return (path, await index.DownloadAsync(pin.File, pin.Expected, file, arrived, cancel));
    }

    // Never asked for again: an index that lied to the resolver would tell the truth to whoever compares (P3).
    private static ResolvedMetadata ResolvedOn(Pin pin) => new(pin.MetadataDigest, pin.Metadata);

    // Whoever reads an archive or a wheel does not know for which package it was chosen.
    private static RefusedException Refused(Pin pin, Sha256Digest digest, Exception refusal)
    {
        var artifact = new Artifact(pin.Name, pin.Version, digest);
        if (refusal is RefusedException wheel) return new RefusedException(wheel.Refusal with { Artifact = artifact });
        var archive = (ArchiveRefusedException)refusal;
        var finding = new Finding(Fault.Archive, archive.Member) { Rule = archive.Rule };
        return new RefusedException(new Refusal([finding]) { Artifact = artifact }, archive);
    }

    // System.Progress posts to a thread pool, out of order; these are only numbers.
    private sealed class Progress(Action<long> report) : IProgress<long>
    {
        public void Report(long value) => report(value);
    }
}
