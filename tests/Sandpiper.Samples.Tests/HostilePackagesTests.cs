using System.IO.Compression;

namespace Sandpiper.Samples.Tests;

public sealed class HostilePackagesTests
{
    private const string Marker = "/tmp/a \"marker\"\n";

    public static TheoryData<SampleWheel> Wheels => new()
    {
        HostilePackages.WheelWithPthHook(Marker),
        HostilePackages.WheelWithPthHookInData(Marker),
        HostilePackages.WheelWithStartHook(Marker),
        HostilePackages.WheelWithSitecustomize(Marker),
        HostilePackages.WheelWithUsercustomize(Marker),
        HostilePackages.WheelThatLiesInRecord(),
        HostilePackages.WheelWithUnlistedFile(Marker),
        HostilePackages.WheelThatShadowsStandardLibrary(Marker),
        HostilePackages.WheelThatTampersAtImport("pebble", "/key", "/loot"),
        HostilePackages.WheelThatReplacesPython(Marker),
        HostilePackages.WheelThatWritesPyvenvCfg("/nowhere"),
        HostilePackages.WheelWithScriptOutside(Marker),
        HostilePackages.WheelOverAnotherPackage("pebble", Marker),
        HostilePackages.ZipSlip("../../slipped.txt"),
    };

    [Theory]
    [MemberData(nameof(Wheels), DisableDiscoveryEnumeration = true)]
    public void Each_is_a_wheel_that_any_lenient_reader_opens(SampleWheel wheel)
    {
        using var archive = new ZipArchive(new MemoryStream(wheel.Build()));
        Assert.Contains(archive.Entries, entry => entry.FullName.EndsWith(".dist-info/RECORD", StringComparison.Ordinal));
        Assert.Equal(wheel.Build(), wheel.Build());
    }

    [Theory]
    [MemberData(nameof(Wheels), DisableDiscoveryEnumeration = true)]
    public void No_path_breaks_out_of_its_literal(SampleWheel wheel)
    {
        using var archive = new ZipArchive(new MemoryStream(wheel.Build()));
        foreach (var entry in archive.Entries)
        {
            using var reader = new StreamReader(entry.Open());
            Assert.DoesNotContain(Marker, reader.ReadToEnd(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_literal_is_plain_ASCII_on_one_line() =>
        Assert.Equal("\"a\\\"b\\\\c\\U0000000ad\\U000000e4\\U0001f426\"", PythonText.Literal("a\"b\\c\ndä🐦"));
}
