using System.Collections.Immutable;
using System.Text;
using Sandpiper.Archives;
using Sandpiper.Environments.Generations;
using Sandpiper.Indexes;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Metadata;
using Sandpiper.Packaging.Names;
using Sandpiper.Policies;
using Sandpiper.Resolution;
using Sandpiper.Samples;
using Sandpiper.Store;
using Sandpiper.Store.Tests;

namespace Sandpiper.Operations.Tests;

/// <summary>What is sealed is held against what was chosen, and the index has no second word in it (P3).</summary>
public sealed class AcquisitionTests : IDisposable
{
    private static readonly SampleWheel Wheel = OrdinaryPackages.Pebble();
    private static readonly byte[] Content = Wheel.Build();
    private readonly DataRoot _root = new();

    public void Dispose() => _root.Dispose();

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task A_wheel_that_was_chosen_on_other_METADATA_than_its_own_is_refused_and_the_index_is_not_asked_again(
        bool hasMetadata, bool isSealedAlready)
    {
        if (isSealedAlready) _root.Seal(Wheel.FileName, Content);
        Pin pin = PinOn("Requires-Dist: evil\n" + Encoding.UTF8.GetString(Wheel.Metadata.Span), hasMetadata);
        var refusal = await Assert.ThrowsAsync<RefusedException>(() => AcquireAsync(pin));
        Assert.Equal("SP-WHEEL-14", refusal.Rule);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Keywords: tides,other\n")]
    public async Task A_wheel_that_was_chosen_on_what_it_says_itself_is_sealed(string more)
    {
        string own = Encoding.UTF8.GetString(Wheel.Metadata.Span);
        SealedWheel wheel = await AcquireAsync(PinOn(more + own, hasMetadata: true));
        Assert.Equal(Sha256Digest.Of(Content), wheel.Digest);
    }

    [Fact]
    public async Task Where_the_index_names_no_digest_the_one_of_what_arrived_counts()
    {
        Pin pin = PinOn(Encoding.UTF8.GetString(Wheel.Metadata.Span), hasMetadata: true);
        SealedWheel wheel = await AcquireAsync(pin with { File = pin.File with { Sha256 = null } });
        Assert.Equal(Sha256Digest.Of(Content), wheel.Digest);
    }

    private async Task<SealedWheel> AcquireAsync(Pin pin)
    {
        using var staging = Staging.Create(_root.Path);
        var policy = new Policy([], "shared", new DateTimeOffset(2026, 11, 27, 0, 0, 0, TimeSpan.Zero));
        var acquisition = new Acquisition(_root.Store, new OnceOnly(), policy, ArchiveLimits.Default, staging, new Unheard());
        var package = new SelectedPackage(
            new InstalledPackage
            {
                Name = pin.Name,
                Version = pin.Version,
                WheelFileName = pin.Wheel.FileName,
                Digest = pin.File.Sha256 ?? default,
                IsRequested = true,
                Requirement = "pebble",
                IsAlone = false,
                Extras = [],
                RequiredBy = [],
                Index = pin.File.Url.AbsoluteUri,
                OmittedHooks = [],
                AllowedHooks = [],
            },
            pin);
        var wheels = await acquisition.AcquireAsync([package], TestContext.Current.CancellationToken);
        // One that was sealed before is judged where it is composed.
        Judgement.Judge(package.Facts, wheels[pin.Name], policy);
        return wheels[pin.Name];
    }

    private static Pin PinOn(string metadata, bool hasMetadata)
    {
        byte[] document = Encoding.UTF8.GetBytes(metadata);
        Assert.True(CoreMetadata.TryParse(document, out CoreMetadata? fields, out string problem), problem);
        var file = new IndexFile(
            Wheel.FileName, new Uri($"https://index.example/{Wheel.FileName}"), Sha256Digest.Of(Content), Content.Length, UploadTime: null,
            RequiresPython: null, YankedReason: null, hasMetadata, MetadataSha256: null);
        return new Pin(
            WheelStore.ParseName(Wheel.FileName), file, [Sha256Digest.Of(Content)], fields, Sha256Digest.Of(document), [], [],
            IsRequested: true, []);
    }

    /// <summary>Gives the wheel; its METADATA it has given before.</summary>
    private sealed class OnceOnly : IPackageIndex
    {
        public ImmutableArray<Uri> Addresses => [];

        public Uri? OwnerOf(PackageName name) => null;

        public Task<ProjectPage?> GetPageAsync(PackageName name, CancellationToken cancel) => throw AskedAgain();

        public Task<ServedMetadata> GetMetadataAsync(IndexFile wheel, CancellationToken cancel) => throw AskedAgain();

        public async Task<Sha256Digest> DownloadAsync(
            IndexFile file, IReadOnlyCollection<Sha256Digest> expected, Stream destination, IProgress<long>? bytesSoFar,
            CancellationToken cancel)
        {
            await destination.WriteAsync(Content, cancel);
            return Sha256Digest.Of(Content);
        }

        private static InvalidOperationException AskedAgain() => new("what was chosen on was asked for again");
    }

    private sealed class Unheard : IProgress<InstallationFact>
    {
        public void Report(InstallationFact value) { }
    }
}
