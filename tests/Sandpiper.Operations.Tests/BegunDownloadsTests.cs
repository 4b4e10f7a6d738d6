using System.Collections.Immutable;
using Sandpiper.Indexes;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Resolution;
using Sandpiper.Samples;
using Sandpiper.Store;
using Sandpiper.Store.Tests;
using Sandpiper.Surroundings;

namespace Sandpiper.Operations.Tests;

/// <summary>Wheels that are on their way before it is known what else is needed.</summary>
public sealed class BegunDownloadsTests : IDisposable
{
    private static readonly SampleWheel Wheel = OrdinaryPackages.Pebble();
    private static readonly byte[] Content = Wheel.Build();
    private static readonly Sha256Digest Digest = Sha256Digest.Of(Content);
    private static readonly IndexFile Offered = new(
        Wheel.FileName, new Uri($"https://index.example/{Wheel.FileName}"), Digest, Content.Length, UploadTime: null,
        RequiresPython: null, YankedReason: null, HasMetadata: true, MetadataSha256: null);

    private readonly DataRoot _root = new();
    private readonly Staging _staging;
    private readonly OneWheel _index = new();

    public BegunDownloadsTests() => _staging = Staging.Create(_root.Path);

    public void Dispose()
    {
        _staging.Dispose();
        _root.Dispose();
    }

    [Fact]
    public async Task A_wheel_that_one_line_alone_decides_is_on_its_way_with_its_METADATA()
    {
        await using BegunDownloads begun = Begun("pebble==1.2", Digest);
        await begun.GetMetadataAsync(Offered, TestContext.Current.CancellationToken);
        await begun.GetMetadataAsync(Offered, TestContext.Current.CancellationToken);
        Assert.True(begun.TryFind(Digest, out Task<string>? path));
        Assert.Equal(Content, await File.ReadAllBytesAsync(await path, TestContext.Current.CancellationToken));
        Assert.Equal(1, _index.Downloads);
    }

    [Fact]
    public async Task Nothing_is_begun_where_a_line_leaves_a_choice_or_names_other_bytes()
    {
        Assert.False(await IsBegunAsync("pebble>=1.2", Digest));
        Assert.False(await IsBegunAsync("pebble==1.2", Sha256Digest.Of([])));
        Assert.False(await IsBegunAsync("pebble==1.2"));
        Assert.True(await IsBegunAsync("pebble==1.2", Digest));
    }

    [Fact]
    public async Task Nothing_is_begun_that_lies_in_the_store()
    {
        _root.Seal(Wheel.FileName, Content);
        Assert.False(await IsBegunAsync("pebble==1.2", Digest));
    }

    [Fact]
    public async Task Nothing_is_begun_whose_name_stood_for_other_bytes()
    {
        var before = new KnownBytes(_root.Path);
        before.Compare(WheelStore.ParseName(Wheel.FileName), Sha256Digest.Of([1]));
        before.Keep(Wheel.FileName, Sha256Digest.Of([1]));
        Assert.False(await IsBegunAsync("pebble==1.2", Digest));
    }

    [Fact]
    public async Task What_nobody_came_for_is_over_before_its_directory_is_gone()
    {
        _index.NeverEnds = true;
        BegunDownloads begun = Begun("pebble==1.2", Digest);
        await begun.GetMetadataAsync(Offered, TestContext.Current.CancellationToken);
        Assert.True(begun.TryFind(Digest, out Task<string>? path));
        await begun.DisposeAsync();
        Assert.True(path.IsCanceled);
    }

    private async Task<bool> IsBegunAsync(string requirement, params Sha256Digest[] hashes)
    {
        await using BegunDownloads begun = Begun(requirement, hashes);
        await begun.GetMetadataAsync(Offered, TestContext.Current.CancellationToken);
        return begun.TryFind(Digest, out _);
    }

    private BegunDownloads Begun(string requirement, params Sha256Digest[] hashes) => new(
        _index, _root.Store, _staging, new KnownBytes(_root.Path),
        [new RequirementLine(Requirement.Parse(requirement), [.. hashes], IsConstraint: false, "requirements.txt:1")]);

    private sealed class OneWheel : IPackageIndex
    {
        private int _downloads;

        public bool NeverEnds { get; set; }

        public int Downloads => _downloads;

        public ImmutableArray<Uri> Addresses => [];

        public Uri? OwnerOf(PackageName name) => null;

        public Task<ProjectPage?> GetPageAsync(PackageName name, CancellationToken cancel) => throw new NotSupportedException();

        public Task<ServedMetadata> GetMetadataAsync(IndexFile wheel, CancellationToken cancel) =>
            Task.FromResult(ServedMetadata.Of(Wheel.Metadata));

        public async Task<Sha256Digest> DownloadAsync(
            IndexFile file, IReadOnlyCollection<Sha256Digest> expected, Stream destination, IProgress<long>? bytesSoFar,
            CancellationToken cancel)
        {
            Interlocked.Increment(ref _downloads);
            if (NeverEnds) await Task.Delay(Patience.Endless, cancel);
            await destination.WriteAsync(Content, cancel);
            return Digest;
        }
    }
}
