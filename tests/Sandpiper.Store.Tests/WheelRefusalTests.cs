using Sandpiper.Archives;
using Sandpiper.Packaging.Names;
using Sandpiper.Policies;
using Sandpiper.Samples;
using Sandpiper.Wheels;

namespace Sandpiper.Store.Tests;

/// <summary>One wheel for each way to be wrong: refused, by its rule, with the member that is to blame, and nothing left behind.</summary>
public sealed class WheelRefusalTests : IDisposable
{
    private const string DistInfo = WheelSample.DistInfo;

    private readonly DataRoot _root = new();

    private static WheelSample Honest => WheelSample.Honest;

    [Theory]
    [InlineData("honest-1.0.tar.gz")]
    [InlineData("honest-1.0-py3-none.whl")]
    [InlineData("honest-1.0-py3-none-any.whl\n")]
    [InlineData("../honest-1.0-py3-none-any.whl")]
    [InlineData("")]
    public void A_file_name_that_is_no_wheel_s(string fileName) =>
        Assert.Equal("SP-WHEEL-01", Assert.Throws<RefusedException>(() => WheelStore.ParseName(fileName)).Rule);

    [Fact]
    public void No_dist_info() => Refused(
        "SP-WHEEL-02", null, Honest.Without($"{DistInfo}/METADATA").Without($"{DistInfo}/WHEEL").WithoutRecord());

    [Theory]
    [InlineData("requests-2.0.dist-info/METADATA", "requests-2.0.dist-info")]
    [InlineData("Honest-1.0.dist-info/x", "Honest-1.0.dist-info")]
    [InlineData("other-1.DIST-INFO/x", "other-1.DIST-INFO")]
    [InlineData("requests.egg-info/PKG-INFO", "requests.egg-info")]
    [InlineData("requests.egg-info", "requests.egg-info")]
    [InlineData("honest-1.0.data/purelib/requests-2.0.dist-info/METADATA", "honest-1.0.data/purelib/requests-2.0.dist-info/METADATA")]
    [InlineData("honest-1.0.data/platlib/honest-1.0.dist-info/RECORD", "honest-1.0.data/platlib/honest-1.0.dist-info/RECORD")]
    public void A_second_project_in_it(string member, string blamed) => Refused("SP-WHEEL-02", blamed, Honest.With(member, "x"));

    [Theory]
    [InlineData("other-1.0-py3-none-any.whl")]
    [InlineData("honest-1.1-py3-none-any.whl")]
    public void Another_project_s_dist_info(string fileName) => Refused("SP-WHEEL-02", DistInfo, Honest with { FileName = fileName });

    [Theory]
    [InlineData("")]
    [InlineData("Metadata-Version: 2.1\nName: other\nVersion: 1.0\n")]
    [InlineData("Metadata-Version: 2.1\nName: honest\nVersion: 1.1\n")]
    [InlineData("Metadata-Version: 2.1\nName: honest\nVersion: latest\n")]
    public void Metadata_of_something_else_or_nothing(string metadata) =>
        Refused("SP-WHEEL-03", $"{DistInfo}/METADATA", Honest.With($"{DistInfo}/METADATA", metadata));

    [Fact]
    public void No_metadata() => Refused("SP-WHEEL-03", $"{DistInfo}/METADATA", Honest.Without($"{DistInfo}/METADATA"));

    [Theory]
    [InlineData("")]
    [InlineData("Wheel-Version: 2.0\nRoot-Is-Purelib: true\n")]
    [InlineData("Wheel-Version: 1.0\nRoot-Is-Purelib: maybe\n")]
    public void A_format_nobody_knows(string wheel) => Refused("SP-WHEEL-04", $"{DistInfo}/WHEEL", Honest.With($"{DistInfo}/WHEEL", wheel));

    [Fact]
    public void No_wheel_file() => Refused("SP-WHEEL-04", $"{DistInfo}/WHEEL", Honest.Without($"{DistInfo}/WHEEL"));

    [Fact]
    public void No_record() => Refused("SP-WHEEL-05", $"{DistInfo}/RECORD", Honest.WithoutRecord());

    [Theory]
    [InlineData("\"open quote")]
    [InlineData("one,field\n")]
    public void A_record_that_cannot_be_read(string row) => Refused("SP-WHEEL-05", $"{DistInfo}/RECORD", Honest.WithRecord(_ => row));

    [Fact]
    public void A_file_that_record_hides() => Refused("SP-WHEEL-06", "honest/hidden.py", Honest.WithUnlisted("honest/hidden.py", "evil"));

    [Theory]
    [InlineData("RECORD.py")]
    [InlineData("RECORDS")]
    [InlineData("RECORD.jws.txt")]
    public void A_file_that_record_hides_behind_its_own_name(string name) =>
        Refused("SP-WHEEL-06", $"{DistInfo}/{name}", Honest.WithUnlisted($"{DistInfo}/{name}", "evil"));

    [Fact]
    public void A_listed_file_that_is_not_there()
    {
        Refused("SP-WHEEL-07", "honest/gone.py",
            Honest.WithRecord(r => r + "honest/gone.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n"));
        Refused("SP-WHEEL-07", "../../etc/passwd", Honest.WithRecord(r => r + "../../etc/passwd,,\n"));
    }

    [Fact]
    public void A_size_that_is_not_true() =>
        Refused("SP-WHEEL-08", "honest/__init__.py", Honest.WithRecord(r => r.Replace(",6\n", ",7\n", StringComparison.Ordinal)));

    [Fact]
    public void A_hash_that_is_not_true() => Refused("SP-WHEEL-08", "honest/evil.py",
        Honest.WithUnlisted("honest/evil.py", "evil")
            .WithRecord(r => r + "honest/evil.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,4\n"));

    // Larger than any piece in which a file is inflated, hashed and written.
    [Theory]
    [InlineData(0)]
    [InlineData(200_000)]
    [InlineData(399_999)]
    public void One_byte_of_a_large_file(int changed)
    {
        byte[] listed = [.. Enumerable.Range(0, 400_000).Select(n => unchecked((byte)(n * 7)))];
        byte[] there = [.. listed];
        there[changed] ^= 1;
        string Row(byte[] content) => Sha256Digest.Of(content).ToRecordForm();
        Refused("SP-WHEEL-08", "honest/large.bin",
            Honest.With("honest/large.bin", there).WithRecord(r => r.Replace(Row(there), Row(listed), StringComparison.Ordinal)));
        Assert.Equal(Sha256Digest.Of(listed),
            _root.Seal(Honest.With("honest/large.bin", listed)).Files.Single(f => f.Path == "honest/large.bin").Digest);
    }

    [Fact]
    public void Byte_code_is_held_against_record_although_it_is_left_out() => Refused("SP-WHEEL-08", "honest/x.pyc",
        Honest.WithUnlisted("honest/x.pyc", "evil")
            .WithRecord(r => r + "honest/x.pyc,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,4\n"));

    [Theory]
    [InlineData("")]
    [InlineData("4")]
    public void A_row_without_a_hash(string size) => Refused("SP-WHEEL-09", "honest/free.py",
        Honest.WithUnlisted("honest/free.py", "evil").WithRecord(r => r + $"honest/free.py,,{size}\n"));

    [Theory]
    [InlineData("md5=fc3ff98e8c6a0d3087d515c0473f8677")]
    [InlineData("sha256=abc")]
    public void A_row_with_a_hash_that_vouches_for_nothing(string hash)
    {
        var sample = Honest.WithUnlisted("honest/free.py", "evil").WithRecord(r => $"{r}honest/free.py,{hash},4\n");
        Refused("SP-WHEEL-09", "honest/free.py", sample);
        Assert.Equal([hash], _root.Seal(sample, null, "SP-WHEEL-09").Findings!.Value.Select(f => f.Seen));
    }

    [Theory]
    [InlineData("honest/deep/", ",0")]
    [InlineData("honest/", ",")]
    public void A_row_that_names_a_directory_is_passed_over(string directory, string rest)
    {
        var sample = Honest.With("honest/deep/x.py", "").WithRecord(r => $"{r}{directory},{rest}\n");
        Assert.Equal((0, 1), (_root.Seal(sample).Findings!.Value.Length, _root.Seal(sample).Notes.Length));
    }

    [Theory]
    [InlineData("honest/gone/,,0")]
    [InlineData("honest/,,7")]
    [InlineData("honest/,sha256=ypeBEsobvcr6wjGzmiPcTaeG7_gUfE5yuYB3ha_uSLs,0")]
    [InlineData("honest,,0")]
    public void A_row_that_names_a_directory_that_is_not_there_or_claims_content(string row) =>
        Refused("SP-WHEEL-07", row.Split(',')[0], Honest.WithRecord(r => $"{r}{row}\n"));

    [Fact]
    public void A_module_that_is_byte_code_only()
    {
        var sample = Honest.With("honest/shut.pyc", "x").With("honest/open.py", "").With("honest/open.pyc", "x")
            .With("honest/__pycache__/gone.cpython-311.pyc", "x");
        Refused("SP-WHEEL-16", "sitecustomize.pyc", Honest.With("sitecustomize.pyc", "x"));
        Refused("SP-WHEEL-16", "honest/shut.pyc", sample);
        var sealedWheel = _root.Seal(sample, null, "SP-WHEEL-16");
        Assert.Equal(["honest/shut.pyc"],
            sealedWheel.Files.Select(f => f.StorePath).Where(p => p.EndsWith(".pyc", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("honest-1.0.data/include/x.h")]
    [InlineData("honest-1.0.data/Scripts/x")]
    [InlineData("honest-1.0.data/stray")]
    [InlineData("honest-1.0.data/scripts/sub/x")]
    [InlineData("Honest-1.0.data/scripts/x")]
    [InlineData("other-1.0.data/scripts/x")]
    [InlineData("other.DATA/x")]
    public void A_place_the_standard_does_not_know(string member) => Refused("SP-WHEEL-10", member, Honest.With(member, "x"));

    [Theory]
    [InlineData("scripts/python")]
    [InlineData("scripts/Python3.EXE")]
    [InlineData("scripts/activate")]
    [InlineData("scripts/pyvenv.cfg")]
    [InlineData("data/bin/python3.11")]
    [InlineData("data/BIN/python")]
    [InlineData("data/pyvenv.cfg")]
    [InlineData("data/lib/python3.11/os.py")]
    [InlineData("data/lib/python3.11/site-packages/requests/__init__.py")]
    [InlineData("data/local/lib/python3.11/dist-packages/x.pth")]
    [InlineData("data/opt/site-packages/x.py")]
    [InlineData("data/lib64/x")]
    [InlineData("data/lib64/python3.11/site-packages/evil.pth")]
    [InlineData("data/lib/python3.11/site-packages/pkg/evil.pth")]
    [InlineData("data/lib/python3.11/sitecustomize.py")]
    public void A_part_of_the_interpreter(string place) =>
        Refused("SP-WHEEL-11", $"honest-1.0.data/{place}", Honest.With($"honest-1.0.data/{place}", "x"));

    [Fact]
    public void An_entry_point_that_would_be_the_interpreter() =>
        Refused("SP-WHEEL-11", null, Honest.With($"{DistInfo}/entry_points.txt", "[console_scripts]\npython3 = honest:main\n"));

    [Theory]
    [InlineData("../evil = honest:main")]
    [InlineData("a/b = honest:main")]
    [InlineData("evil = honest:main;import os")]
    [InlineData("evil = honest")]
    [InlineData("evil")]
    public void An_entry_point_that_leaves_bin_or_is_none(string line) =>
        Refused("SP-WHEEL-12", $"{DistInfo}/entry_points.txt", Honest.With($"{DistInfo}/entry_points.txt", $"[console_scripts]\n{line}\n"));

    [Theory]
    [InlineData("honest-1.0.data/purelib/honest/__init__.py")]
    [InlineData("honest-1.0.data/platlib/Honest/other.py")]
    [InlineData("honest-1.0.data/purelib/honest")]
    public void Two_members_for_one_place(string member) => Refused("SP-WHEEL-13", member, Honest.With(member, "x"));

    [Fact]
    public void Two_schemes_for_one_script() => Refused("SP-WHEEL-13", "honest-1.0.data/data/bin/Tool",
        Honest.With("honest-1.0.data/scripts/tool", "x").With("honest-1.0.data/data/bin/Tool", "y"));

    [Fact]
    public void A_data_file_in_the_place_of_an_entry_point() => Refused("SP-WHEEL-13", "honest",
        Honest.With("honest-1.0.data/data/bin/honest", "x")
            .With($"{DistInfo}/entry_points.txt", "[console_scripts]\nhonest = honest:main\n"));

    [Theory]
    [InlineData("Metadata-Version: 2.1\nName: honest\nVersion: 1.0\n")]
    [InlineData("Metadata-Version: 2.1\nName: honest\nVersion: 1.0\nRequires-Dist: other>=1\nRequires-Python: >=3\n")]
    public void Other_metadata_than_it_was_resolved_on(string metadata) => Refused("SP-WHEEL-14", $"{DistInfo}/METADATA", Honest, metadata);

    [Fact]
    public void A_path_that_would_fit_into_one_directory_and_not_into_another()
    {
        string deep = string.Concat(Enumerable.Repeat(new string('d', 99) + "/", 10)) + new string('f', 30);
        Refused("SP-WHEEL-15", deep, Honest.With(deep, "x"));
    }

    [Fact]
    public void Rules_about_what_record_and_metadata_say_can_be_waived_one_by_one_and_it_is_noted()
    {
        var sample = Honest.WithUnlisted("honest/hidden.py", "x");
        Assert.Throws<RefusedException>(() => _root.Seal(sample, null, "SP-WHEEL-07"));
        var sealedWheel = _root.Seal(sample, "Metadata-Version: 2.1\nName: honest\nVersion: 1.0\n", "SP-WHEEL-06", "SP-WHEEL-14");
        Assert.Contains(sealedWheel.Files, f => f.StorePath == "honest/hidden.py");
        Assert.Equal(["SP-WHEEL-06", "SP-WHEEL-14"], sealedWheel.Findings!.Value.Select(f => f.Rule));
        // What the metadata said is of this one choice; what RECORD says is of the wheel, whoever asks for it next.
        Assert.Equal(["SP-WHEEL-06"], _root.Store.Find(sealedWheel.Digest)!.Findings!.Value.Select(f => f.Rule));
    }

    [Fact]
    public void Rules_without_which_nobody_knows_what_is_installed_cannot_be_waived()
    {
        var refusal = Assert.Throws<RefusedException>(
            () => _root.Seal(Honest.With("honest-1.0.data/scripts/python", "x"), null, "SP-WHEEL-11"));
        Assert.False(refusal.Refusal.MayBeAccepted);
    }

    /// <summary>The packages with which the whole command is attacked, here by themselves.</summary>
    public static TheoryData<string, SampleWheel> Hostile => new()
    {
        { "SP-WHEEL-06", HostilePackages.WheelWithUnlistedFile("x") },
        { "SP-WHEEL-08", HostilePackages.WheelThatLiesInRecord() },
        { "SP-WHEEL-11", HostilePackages.WheelThatReplacesPython("x") },
        { "SP-WHEEL-11", HostilePackages.WheelThatWritesPyvenvCfg("x") },
        { "SP-WHEEL-12", HostilePackages.WheelWithScriptOutside("x") },
    };

    [Theory]
    [MemberData(nameof(Hostile), DisableDiscoveryEnumeration = true)]
    public void A_hostile_package(string rule, SampleWheel wheel)
    {
        Assert.Equal(rule, Assert.Throws<RefusedException>(() => _root.Seal(wheel.FileName, wheel.Build())).Rule);
        Assert.Equal(["staging/"], _root.Tree());
    }

    [Fact]
    public void A_member_that_leaves_the_destination_stops_the_archive_reader()
    {
        var wheel = HostilePackages.ZipSlip("../../../zip_slip.py");
        Assert.Throws<ArchiveRefusedException>(() => _root.Seal(wheel.FileName, wheel.Build()));
        Assert.Equal(["staging/"], _root.Tree());
    }

    public void Dispose() => _root.Dispose();

    [Fact]
    public void An_archive_of_more_than_what_exists_unless_it_is_asked_for()
    {
        Assert.Equal((40_000, 30), (ArchiveLimits.Default.MaxMembers, ArchiveLimits.Default.MaxRatio));
        var few = ArchiveLimits.Default with { MaxMembers = 3 };
        Assert.Equal("SP-ZIP-29", Assert.Throws<ArchiveRefusedException>(() => _root.Unpack(Honest, few)).Rule);
        Assert.Empty(_root.Unpack(Honest, few with { MaxMembers = 4 }).Inspected.Findings);
        var zeros = Honest.With("honest/zeros", new byte[65 << 20]);
        Assert.Equal("SP-ZIP-32", Assert.Throws<ArchiveRefusedException>(() => _root.Unpack(zeros, ArchiveLimits.Default)).Rule);
        Assert.Empty(_root.Unpack(zeros, ArchiveLimits.Default with { MaxRatio = 2000 }).Inspected.Findings);
    }

    private void Refused(string rule, string? member, WheelSample sample, string? resolvedMetadata = null)
    {
        var refusal = Assert.Throws<RefusedException>(() => _root.Seal(sample, resolvedMetadata));
        Assert.Equal((rule, member), (refusal.Rule, refusal.Refusal.First.Path));
        Assert.Equal(["staging/"], _root.Tree());
    }
}
