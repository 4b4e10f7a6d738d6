using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Wheels;
using Sandpiper.Samples;

namespace Sandpiper.Store.Tests;

/// <summary>What the seal writes of a wheel that every environment would write the same of.</summary>
public sealed class InstalledRecordsTests : IDisposable
{
    private readonly DataRoot _root = new();

    public void Dispose() => _root.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_file_is_listed_by_its_name_in_an_environment_with_what_it_holds(bool isRequested)
    {
        var sample = new SampleWheel("My.Odd-Name", "1.0").WithFile("odd/__init__.py", "");
        var wheel = _root.Seal(sample.FileName, sample.Build());
        string records = wheel.RecordsFor(isRequested)!;
        Assert.Equal(isRequested ? "requested.dist-info" : wheel.DistInfo, records);
        string[] there = [.. Directory.GetFiles(Path.Combine(wheel.Tree, records), "*", SearchOption.AllDirectories)
            .Select(p => Path.GetRelativePath(Path.Combine(wheel.Tree, records), p)).Order(StringComparer.Ordinal)];
        string[] expected = ["INSTALLER", "METADATA", "RECORD", "WHEEL"];
        Assert.Equal(isRequested ? [.. expected.Append("REQUESTED").Order(StringComparer.Ordinal)] : expected, there);

        byte[] content = File.ReadAllBytes(Path.Combine(wheel.Tree, records, "RECORD"));
        Assert.Equal(Sha256Digest.Of(content), wheel.RecordDigest(isRequested));
        Assert.True(RecordFile.TryParse(content, out var rows, out _));
        const string Above = "my_odd_name-1.0.dist-info/";
        Assert.Equal([.. there.Select(n => Above + n), "odd/__init__.py"], rows.Select(r => r.Path));
        foreach (var row in rows)
        {
            string path = row.Path.StartsWith(Above, StringComparison.Ordinal) ? $"{records}/{row.Path[Above.Length..]}" : row.Path;
            byte[] bytes = File.ReadAllBytes(Path.Combine(wheel.Tree, path));
            bool isRecord = row.Path.EndsWith("/RECORD", StringComparison.Ordinal);
            Assert.Equal(isRecord ? (null, null) : (Sha256Digest.Of(bytes), (long?)bytes.Length), (row.Digest, row.Size));
        }
    }

    [Fact]
    public void They_are_sealed_found_again_and_no_files_of_the_wheel()
    {
        var wheel = _root.Seal(WheelSample.Honest);
        SealingTests.MustBeSealed(wheel, WheelSample.Honest);
        Assert.Equal(WheelSample.Honest.Files.Select(f => f.Name).Order(), wheel.Files.Select(f => f.StorePath).Order());
        var found = _root.Store.Find(wheel.Digest)!;
        Assert.Equal(SealingTests.RecordsOf(wheel), SealingTests.RecordsOf(found));
        Assert.NotEmpty(SealingTests.RecordsOf(found));
        Assert.True(UntouchedEntry.Is(found, EntryStamps.Find(found)!, []));
    }

    // Where it lies is the same everywhere; what a program says is not, for its first line names the environment.
    [Fact]
    public void A_program_is_listed_without_what_it_says_and_what_lies_elsewhere_by_its_place()
    {
        var wheel = _root.Seal(WheelSample.Honest
            .With("honest-1.0.dist-info/entry_points.txt", "[console_scripts]\nhonest = honest:main\n[gui_scripts]\nwin = honest:win\n")
            .With("honest-1.0.data/scripts/rewritten", "#!python\npass\n").With("honest-1.0.data/scripts/tool", "#!/bin/sh\n")
            .With("honest-1.0.data/data/share/x.txt", "data"));
        foreach (bool isRequested in (bool[])[false, true])
        {
            byte[] content = File.ReadAllBytes(Path.Combine(wheel.Tree, wheel.RecordsFor(isRequested)!, "RECORD"));
            Assert.True(RecordFile.TryParse(content, out var rows, out _));
            var elsewhere = rows.Where(r => r.Path.StartsWith("../", StringComparison.Ordinal)).ToDictionary(r => r.Path);
            Assert.Equal(
                ["../../../bin/honest", "../../../bin/rewritten", "../../../bin/tool", "../../../bin/win", "../../../share/x.txt"],
                elsewhere.Keys.Order(StringComparer.Ordinal));
            foreach (string made in (string[])["honest", "rewritten", "win"])
                Assert.Equal((null, null), (elsewhere[$"../../../bin/{made}"].Digest, elsewhere[$"../../../bin/{made}"].Size));
            Assert.Equal(Sha256Digest.Of("#!/bin/sh\n"u8), elsewhere["../../../bin/tool"].Digest);
            Assert.Equal((Sha256Digest.Of("data"u8), (long?)4),
                (elsewhere["../../../share/x.txt"].Digest, elsewhere["../../../share/x.txt"].Size));
            Assert.All(rows.Except(elsewhere.Values).Where(r => !r.Path.EndsWith("/RECORD", StringComparison.Ordinal)),
                r => Assert.NotNull(r.Digest));
        }
    }

    [Theory]
    [InlineData("honest-1.0.data/data/lib/x.txt", "")]
    [InlineData("honest-1.0.data/purelib/other.py", "")]
    [InlineData("honest-1.0.data/headers/h.h", "")]
    [InlineData("honest.pth", "import os\n")]
    [InlineData("honest-1.0.dist-info/INSTALLER/x", "")]
    [InlineData("honest-1.0.dist-info/REQUESTED/x", "")]
    [InlineData("honest-1.0.dist-info/x.so", "")]
    [InlineData("honest-1.0.dist-info/x.sh", "", true)]
    public void Of_what_each_environment_says_otherwise_there_are_none(string member, string text, bool isExecutable = false)
    {
        var wheel = _root.Seal(WheelSample.Honest.With(member, text, isExecutable));
        Assert.Null(wheel.RecordsFor(isRequested: true));
        Assert.Null(wheel.RecordsFor(isRequested: false));
        Assert.False(Directory.Exists(Path.Combine(wheel.Tree, InstalledRecords.RequestedDirectory)));
        Assert.False(File.Exists(Path.Combine(wheel.Tree, WheelSample.DistInfo, "INSTALLER")));
    }

    [Fact]
    public void No_wheel_can_bring_the_directory_of_those_that_were_asked_for() =>
        Assert.Equal("SP-WHEEL-02", Assert.Throws<Policies.RefusedException>(
            () => _root.Seal(WheelSample.Honest.With($"{InstalledRecords.RequestedDirectory}/x", ""))).Rule);

    [Theory]
    [InlineData("\"requested.dist-info/RECORD\"", "\"../requested.dist-info/RECORD\"")]
    [InlineData("\"requested.dist-info/RECORD\"", "\"honest/RECORD\"")]
    public void An_edited_manifest_leads_to_no_records_elsewhere(string old, string edited)
    {
        var wheel = _root.Seal(WheelSample.Honest);
        string text = File.ReadAllText(wheel.ManifestFile);
        Assert.Contains(old, text, StringComparison.Ordinal);
        File.SetUnixFileMode(wheel.ManifestFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(wheel.ManifestFile, text.Replace(old, edited, StringComparison.Ordinal));
        Assert.Throws<StoreDamagedException>(() => _root.Store.Find(wheel.Digest));
    }
}
