using System.IO.Compression;
using System.Text;
using Sandpiper.Indexes.Fetching;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;
using Sandpiper.Resolution;
using Sandpiper.Samples;
using Sandpiper.Surroundings;

namespace Sandpiper.Indexes.Tests.Surroundings;

/// <summary>One made-up project, <c>pebble</c> 1.0, and how to ask for it.</summary>
internal static class Served
{
    public const string Page = "/simple/pebble/";

    public static readonly PackageName Pebble = PackageName.Parse("pebble");

    public const string FileName = "pebble-1.0-py3-none-any.whl";

    public const string WheelPath = $"/files/{FileName}";

    public const string MetadataPath = $"{WheelPath}.metadata";

    public static readonly SampleIndex Sample = new SampleIndex().With(OrdinaryPackages.Pebble("1.0"));

    public static readonly byte[] Wheel = Sample.FileBytes(FileName)!;

    public static readonly byte[] Metadata = Sample.FileBytes($"{FileName}.metadata")!;

    public static readonly byte[] PageJson = Sample.PageJson("pebble")!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The page, the wheel and its METADATA, all of them true.</summary>
    public static LyingIndexServer ServeAll(this LyingIndexServer server) => server
        .Serve(Page, ServedAnswer.Json(PageJson))
        .Serve(WheelPath, ServedAnswer.Bytes(Wheel))
        .Serve(MetadataPath, ServedAnswer.Bytes(Metadata));

    /// <summary>A time in which nobody waits any longer once the server has fallen silent.</summary>
    public static EagerTime UntilSilence(this LyingIndexServer server)
    {
        var time = new EagerTime();
        _ = server.Stalled.ContinueWith(_ => time.End(FetchLimits.Default.Silence), TaskScheduler.Default);
        return time;
    }

    public static Uri Simple(this LyingIndexServer server) => new(server.Address, "simple/");

    public static SimpleIndex Index(
        this LyingIndexServer server, string? cache = null, TimeProvider? time = null, bool offline = false, string? certificates = null) =>
        At(server.Simple(), cache, time, offline, certificates);

    public static SimpleIndex At(
        Uri address, string? cache = null, TimeProvider? time = null, bool offline = false, string? certificates = null,
        EnvironmentProxy? proxy = null, PageBudget? budget = null) =>
        new(
            address, cache, ReadMetadata, time ?? new EagerTime(), offline, FetchLimits.Default, certificates,
            proxy ?? EnvironmentProxy.Less(noProxy: null))
        {
            Budget = budget ?? new PageBudget(),
        };

    public static Task<ProjectPage?> PageOf(this IPackageIndex index) => index.GetPageAsync(Pebble, Cancel);

    public static async Task<IndexFile> FileOf(this IPackageIndex index) => (await index.PageOf())!.Files.Single();

    public static async Task<string> MetadataOf(this IPackageIndex index, IndexFile wheel)
    {
        using ServedMetadata served = await index.GetMetadataAsync(wheel, Cancel);
        return Encoding.UTF8.GetString(served.Content);
    }

    public static async Task<byte[]> BytesOf(this IPackageIndex index, IndexFile file, params Sha256Digest[] expected)
    {
        using var destination = new MemoryStream();
        await index.DownloadAsync(file, expected, destination, bytesSoFar: null, Cancel);
        return destination.ToArray();
    }

    /// <summary>The rule by which something was refused, or <c>(rule)</c> when it merely failed.</summary>
    public static async Task<string> RuleOf(Func<Task> ask)
    {
        IndexException error = await Assert.ThrowsAsync<IndexException>(ask);
        Assert.NotEmpty(error.Because);
        return error.IsRefusal ? error.Rule : $"({error.Rule})";
    }

    public static ReadOnlyMemory<byte> ReadMetadata(string path, string fileName)
    {
        using ZipArchive archive = ZipFile.OpenRead(path);
        using Stream content = archive.Entries.Single(
            entry => entry.FullName.EndsWith(".dist-info/METADATA", StringComparison.Ordinal)).Open();
        using var whole = new MemoryStream();
        content.CopyTo(whole);
        return whole.ToArray();
    }
}
