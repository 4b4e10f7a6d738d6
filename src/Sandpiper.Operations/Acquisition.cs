using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Sandpiper.Archives;
using Sandpiper.Indexes;
using Sandpiper.Packaging.Names;
using Sandpiper.Policies.Waivers;
using Sandpiper.Resolution;
using Sandpiper.Store;
using Sandpiper.Wheels;

namespace Sandpiper.Operations;

/// <summary>
/// Gets every selected wheel into the store: found there, or downloaded, inspected and sealed. Several at a time, the largest first.
/// </summary>
internal sealed class Acquisition(
    WheelStore store, IPackageIndex index, WaiverFile waivers, Staging staging, IProgress<InstallationFact> facts)
{
    private const int DownloadsAtOnce = 8;
    private readonly ConcurrentDictionary<PackageName, long> _arrived = new();
    private int _done;

    /// <returns>The wheel of each package.</returns>
    /// <exception cref="PackageRefusedException">A wheel was refused.</exception>
    /// <exception cref="IndexException">One could not be had, or is not what was promised.</exception>
    public async Task<IReadOnlyDictionary<PackageName, SealedWheel>> AcquireAsync(
        ImmutableArray<SelectedPackage> packages, CancellationToken cancel)
    {
        long started = Stopwatch.GetTimestamp();
        var wheels = new ConcurrentDictionary<PackageName, SealedWheel>();
        var missing = new ConcurrentBag<SelectedPackage>();
        try
        {
            Parallel.ForEach(packages, new ParallelOptions { CancellationToken = cancel }, package =>
            {
                if (package.Facts.Digest != default && FindSealed(package) is { } wheel) wheels[package.Name] = wheel;
                else missing.Add(package);
            });
        }
        catch (AggregateException several)
        {
            // Several packages may be wrong; one reason is enough to refuse.
            ExceptionDispatchInfo.Throw(several.Flatten().InnerExceptions[0]);
        }
        if (missing.IsEmpty) return wheels;

        long total = missing.Sum(p => p.Pin?.File.Size ?? 0);
        int files = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = DownloadsAtOnce, CancellationToken = cancel };
        await Parallel.ForEachAsync(missing.OrderByDescending(p => p.Pin?.File.Size ?? 0), options, async (package, stop) =>
        {
            SealedWheel wheel = await FetchAsync(package, total, missing.Count, stop);
            wheels[package.Name] = wheel;
            Interlocked.Add(ref files, wheel.Files.Length);
            Interlocked.Increment(ref _done);
        });
        facts.Report(new InstallationFact.Checked(missing.Count, files, Stopwatch.GetElapsedTime(started)));
        return wheels;
    }

    private SealedWheel? FindSealed(SelectedPackage package)
    {
        if (package.Pin is not { } pin)
        {
            return store.Find(package.Facts.Digest)
                ?? throw new StoreDamagedException(package.Facts.Digest, $"the wheel of {package.Name} {package.Version} is gone");
        }
        try
        {
            return store.Find(pin.Wheel, package.Facts.Digest, ResolvedOn(pin), waivers.RulesFor(pin.Name, pin.Version));
        }
        catch (WheelRefusedException refusal)
        {
            throw Refused(pin, refusal);
        }
    }

    private async Task<SealedWheel> FetchAsync(SelectedPackage package, long total, int count, CancellationToken cancel)
    {
        Pin pin = package.Pin!;
        string path = Path.Combine(staging.NewDirectory(), pin.Wheel.FileName);
        var arrived = new Progress(bytes =>
        {
            _arrived[pin.Name] = bytes;
            facts.Report(new InstallationFact.Acquiring(
                $"{pin.Name} {pin.Version}", _arrived.Values.Sum(), total, Volatile.Read(ref _done), count));
        });
        Sha256Digest digest;
        await using (FileStream file = new(path, FileMode.CreateNew, FileAccess.ReadWrite))
        {
            digest = await index.DownloadAsync(pin.File, pin.Expected, file, arrived, cancel);
        }
        try
        {
            SealedWheel wheel = store.Seal(
                pin.Wheel, digest, path, ResolvedOn(pin), waivers.RulesFor(pin.Name, pin.Version), staging, cancel);
            File.Delete(path);
            return wheel;
        }
        catch (Exception refusal) when (refusal is WheelRefusedException or ArchiveRefusedException)
        {
            throw Refused(pin, refusal);
        }
    }

    // Never asked for again: an index that lied to the resolver would tell the truth to whoever compares (P3).
    private static ResolvedMetadata ResolvedOn(Pin pin) => new(pin.MetadataDigest, pin.Metadata);

    private static PackageRefusedException Refused(Pin pin, Exception refusal) => refusal switch
    {
        WheelRefusedException e => new PackageRefusedException(pin.Name, pin.Version, e.Rule, e.Because, e.Evidence, e)
        {
            MayBeAllowed = e.MayBeWaived,
        },
        ArchiveRefusedException e => new PackageRefusedException(pin.Name, pin.Version, e.Rule, e.Because, null, e),
        _ => throw refusal,
    };

    // System.Progress posts to a thread pool, out of order; these are only numbers.
    private sealed class Progress(Action<long> report) : IProgress<long>
    {
        public void Report(long value) => report(value);
    }
}
