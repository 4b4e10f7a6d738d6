using System.Collections.Immutable;
using CsCheck;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Verifying;
using Sandpiper.Kernel.Files;
using Sandpiper.Samples;
using Sandpiper.Store;

namespace Sandpiper.Environments.Tests.Composing;

public sealed class DirectoryLinksTests : IDisposable
{
    private readonly Workshop _workshop = new();

    public void Dispose() => _workshop.Dispose();

    [Fact]
    public void A_package_is_one_link_and_where_it_has_headers_its_records_are_its_own()
    {
        var generation = _workshop.Install(_workshop.Package(WithHeader(OrdinaryPackages.Tide())));
        Assert.Equal(["tide"], LinksOf(generation));
        Assert.Null(SymbolicLink.Target(Path.Combine(generation.SitePackages, "tide-2.0.dist-info")));
        Assert.Equal(generation.Linked, _workshop.Environment.Read(generation.Number).Linked);
        Assert.Equal(default, generation.Packages[0].Record);
        string record = File.ReadAllText(Path.Combine(generation.SitePackages, "tide-2.0.dist-info/RECORD"));
        Assert.Contains("../../../bin/tide,sha256=", record, StringComparison.Ordinal);
        Assert.Contains("/tide.h,sha256=", record, StringComparison.Ordinal);
    }

    private static SampleWheel WithHeader(SampleWheel wheel) => wheel.WithFile($"{wheel.Name}-{wheel.Version}.data/headers/tide.h", "");

    // The bytes of a program name the generation, so the sealed record cannot have them: that there is one, and which, is compared.
    [Fact]
    public void With_programs_its_records_are_one_link_all_the_same()
    {
        var generation = _workshop.Install(_workshop.Package(OrdinaryPackages.Tide()));
        string link = Path.Combine(generation.SitePackages, "tide-2.0.dist-info"), program = Path.Combine(generation.Scripts, "tide");
        Assert.NotNull(SymbolicLink.Target(link));
        Assert.Contains("\n../../../bin/tide,,\n", "\n" + File.ReadAllText(Path.Combine(link, "RECORD")), StringComparison.Ordinal);
        Assert.Equal(["tide"], generation.Commands);
        Assert.Empty(DeviationsOf(generation));
        File.SetUnixFileMode(generation.Scripts, SealedTree.OpenDirectoryMode);
        File.Move(program, program + ".away");
        Assert.Contains(DeviationsOf(generation), d => d.Path.EndsWith("bin/tide", StringComparison.Ordinal));
        File.WriteAllText(program, File.ReadAllText(program + ".away") + "#");
        Assert.Contains(DeviationsOf(generation),
            d => d is { Kind: DeviationKind.Changed } && d.Path.EndsWith("bin/tide", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Without_programs_its_records_are_one_link_too(bool isRequested)
    {
        var generation = _workshop.Install(_workshop.Package(Workshop.Wheel("My.Odd-Name"), isRequested));
        string link = Path.Combine(generation.SitePackages, "my_odd_name-1.0.dist-info");
        Assert.NotNull(SymbolicLink.Target(link));
        Assert.Equal(isRequested, File.Exists(Path.Combine(link, "REQUESTED")));
        Assert.Equal(generation.Packages[0].Record, Packaging.Names.Sha256Digest.Of(File.ReadAllBytes(Path.Combine(link, "RECORD"))));
        Assert.Equal(generation.Packages[0].Record, _workshop.Environment.Read(generation.Number).Packages[0].Record);
    }

    [Fact]
    public void Who_gives_way_with_a_file_has_a_record_of_his_own()
    {
        var generation = _workshop.Install(
            [
                _workshop.Package(new SampleWheel("one", "1.0").WithFile("common/x.py", "1").WithFile("one.py", "")),
                _workshop.Package(new SampleWheel("two", "1.0").WithFile("common/x.py", "2").WithFile("two.py", "")),
            ], ("two", "SP-ENV-01"));
        Assert.NotNull(SymbolicLink.Target(Path.Combine(generation.SitePackages, "one-1.0.dist-info")));
        string records = Path.Combine(generation.SitePackages, "two-1.0.dist-info");
        Assert.Null(SymbolicLink.Target(records));
        Assert.Equal(["INSTALLER", "METADATA", "RECORD", "REQUESTED", "WHEEL"],
            Directory.GetFiles(records).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.DoesNotContain("common/x.py", File.ReadAllText(Path.Combine(records, "RECORD")), StringComparison.Ordinal);
        Assert.Contains("two.py", File.ReadAllText(Path.Combine(records, "RECORD")), StringComparison.Ordinal);
        Assert.Empty(DeviationsOf(generation));
    }

    [Fact]
    public void A_record_of_its_own_shows_the_licenses_through_a_link()
    {
        var generation = _workshop.Install(
            _workshop.Package(WithHeader(OrdinaryPackages.Tide()).WithFile("tide-2.0.dist-info/licenses/deep/LICENSE", "as is\n")));
        string record = Path.Combine(generation.SitePackages, "tide-2.0.dist-info");
        Assert.Null(SymbolicLink.Target(record));
        Assert.NotNull(SymbolicLink.Target(Path.Combine(record, "licenses")));
        Assert.Equal("as is\n", File.ReadAllText(Path.Combine(record, "licenses/deep/LICENSE")));
        Assert.Contains("licenses/deep/LICENSE,sha256=", File.ReadAllText(Path.Combine(record, "RECORD")), StringComparison.Ordinal);
        Assert.Empty(DeviationsOf(generation));
    }

    [Fact]
    public void The_next_generation_has_the_same_links_and_not_their_like()
    {
        var package = _workshop.Package(Workshop.Wheel("sand"));
        var first = _workshop.Install(package);
        var second = _workshop.Install(package, _workshop.Package(Workshop.Wheel("piper")));
        Assert.Equal(InodeOf(first, "sand"), InodeOf(second, "sand"));
        Assert.Equal(InodeOf(first, "sand-1.0.dist-info"), InodeOf(second, "sand-1.0.dist-info"));
        Assert.Empty(DeviationsOf(second));
    }

    [Theory]
    [InlineData("a link elsewhere")]
    [InlineData("a file")]
    [InlineData("nothing")]
    public void What_somebody_put_in_the_place_of_a_link_is_not_carried_on(string instead)
    {
        var package = _workshop.Package(Workshop.Wheel("sand"));
        var first = _workshop.Install(package);
        string place = Path.Combine(first.SitePackages, "sand");
        string honest = SymbolicLink.Target(place)!;
        File.SetUnixFileMode(first.SitePackages, SealedTree.OpenDirectoryMode);
        File.Delete(place);
        if (instead is "a link elsewhere") File.CreateSymbolicLink(place, honest + "x");
        else if (instead is "a file") File.WriteAllText(place, honest);
        var second = _workshop.Install(package, _workshop.Package(Workshop.Wheel("piper")));
        Assert.Equal(honest, SymbolicLink.Target(Path.Combine(second.SitePackages, "sand")));
        Assert.Empty(DeviationsOf(second));
    }

    [Theory]
    [InlineData("/r/envs/shared/generations/3", "/r/store/00ab/wheel", "lib/python3.11/site-packages/six", "six")]
    [InlineData("/r/envs/shared/generations/3", "/r/store/00ab/wheel", "x", "a/b")]
    [InlineData("/some/root/envs/e/generations/12", "/some/root/envy/00ab/wheel", "lib/x", "x")]
    [InlineData("/one/generation", "/other/tree", "x/y", "z")]
    public void A_link_is_as_short_as_it_can_be(string generation, string tree, string path, string stored) => Assert.Equal(
        Path.GetRelativePath(Path.GetDirectoryName(Path.Combine(generation, path))!, Path.Combine(tree, stored)),
        new LinkedDirectory(path, default, stored).TargetFrom(generation, tree));

    [Fact]
    public void What_several_wheels_have_is_real_and_what_lies_in_it_is_linked()
    {
        var generation = _workshop.Install(
            _workshop.Package(new SampleWheel("one", "1.0").WithFile("common/one/__init__.py", "").WithFile("common/one/x/y.py", "")),
            _workshop.Package(new SampleWheel("two", "1.0").WithFile("common/two/__init__.py", "").WithFile("common/alone.py", "")));
        Assert.Equal(["common/one", "common/two"], LinksOf(generation));
        Assert.Equal("", File.ReadAllText(Path.Combine(generation.SitePackages, "common/one/x/y.py")));
        Assert.Equal("", File.ReadAllText(Path.Combine(generation.SitePackages, "common/alone.py")));
    }

    [Fact]
    public void The_same_file_of_two_wheels_shows_nothing_else_of_the_second()
    {
        var generation = _workshop.Install(
            _workshop.Package(new SampleWheel("one", "1.0").WithFile("common/__init__.py", "#").WithFile("common/one.py", "")),
            _workshop.Package(new SampleWheel("two", "1.0").WithFile("common/__init__.py", "#").WithFile("common/two.py", "")));
        Assert.Empty(LinksOf(generation));
        Assert.Equal(["__init__.py", "one.py", "two.py"],
            Directory.GetFiles(Path.Combine(generation.SitePackages, "common")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_hook_that_is_left_out_shows_through_no_link()
    {
        var generation = _workshop.Install(Workshop.LeavingOut(_workshop.Package(
            new SampleWheel("hooked", "1.0").WithFile("sitecustomize/__init__.py", "").WithFile("sitecustomize/data.txt", "x"))));
        Assert.Empty(LinksOf(generation));
        Assert.NotEmpty(generation.Packages[0].OmittedHooks);
        Assert.All(generation.Packages[0].OmittedHooks, hook => Assert.False(File.Exists(Path.Combine(generation.SitePackages, hook))));
    }

    [Fact]
    public void Native_code_that_cannot_be_understood_lies_in_the_environment_itself()
    {
        byte[] unknown = [0x7f, (byte)'E', (byte)'L', (byte)'F', 9, 9];
        var generation = _workshop.Install(
            _workshop.Package(new SampleWheel("native", "1.0").WithFile("native/__init__.py", "").WithFile("native/deep/x.py", "")
                .WithMember(new SampleMember("native/lib/x.so", unknown))),
            _workshop.Package(new SampleWheel("plain", "1.0").WithFile("plain/__init__.py", "")));
        Assert.Equal(["plain"], LinksOf(generation));
        Assert.Null(SymbolicLink.Target(Path.Combine(generation.SitePackages, "native/deep")));
    }

    [Fact]
    public void A_link_never_shows_what_was_added_to_the_store()
    {
        var package = _workshop.Package(OrdinaryPackages.Tide());
        string directory = Path.Combine(package.Wheel.Tree, "tide");
        File.SetUnixFileMode(directory, SealedTree.OpenDirectoryMode);
        File.WriteAllText(Path.Combine(directory, "more.py"), "");
        Directory.SetLastWriteTimeUtc(directory, SealedTree.SealTime);
        File.SetUnixFileMode(directory, SealedTree.DirectoryMode);
        var damage = Assert.Throws<StoreDamagedException>(() => _workshop.Install(package));
        Assert.Contains("tide/more.py was added", damage.Because, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_never_shows_what_was_edited_in_the_store()
    {
        var package = _workshop.Package(OrdinaryPackages.Tide());
        _workshop.Install(package);
        string file = Path.Combine(package.Wheel.Tree, "tide/__init__.py");
        byte[] content = File.ReadAllBytes(file);
        content[^1] ^= 1;
        File.SetUnixFileMode(file, SealedTree.OpenDirectoryMode);
        File.WriteAllBytes(file, content);
        File.SetLastWriteTimeUtc(file, SealedTree.SealTime);
        File.SetUnixFileMode(file, SealedTree.FileMode);
        _workshop.Name = "other";
        var damage = Assert.Throws<StoreDamagedException>(() => _workshop.Install(package with
        {
            Facts = package.Facts with { IsRequested = false },
        }));
        Assert.Contains("tide/__init__.py has been changed", damage.Because, StringComparison.Ordinal);
    }

    [Fact]
    public void Stamps_that_are_lost_are_taken_again()
    {
        var package = _workshop.Package(OrdinaryPackages.Tide());
        byte[] honest = File.ReadAllBytes(package.Wheel.StampsFile);
        File.Delete(package.Wheel.StampsFile);
        _workshop.Install(package);
        Assert.Equal(honest.Length, new FileInfo(package.Wheel.StampsFile).Length);
        Assert.NotNull(EntryStamps.Find(package.Wheel));
    }

    [Fact]
    public void Hard_links_can_be_had_and_stay_until_somebody_says_otherwise()
    {
        using var workshop = new Workshop { Mode = LinkMode.Hardlink };
        var generation = workshop.Install(workshop.Package(OrdinaryPackages.Tide()));
        Assert.Empty(DirectoriesOf(generation));
        Assert.Equal(LinkMode.Hardlink, workshop.Environment.Read(generation.Number).LinkMode);
        Assert.Null(SymbolicLink.Target(Path.Combine(generation.SitePackages, "tide")));
    }

    // What is seen through links is what hard links show: for random wheels, some of which share directories.
    [Fact]
    public void The_tree_is_the_same_by_either_kind_of_link()
    {
        Gen<string> name = Gen.Int[0, 2].Select(n => ((string[])["a", "b", "c"])[n]);
        Gen<string> file = Gen.Int[0, 2].Select(n => ((string[])["x.txt", "y.txt", "z"])[n]);
        Gen<string> path = Gen.Select(name.Array[0, 3], file).Select((d, f) => string.Join('/', [.. d, f]));
        Gen.Select(path.Array[1, 6], path.Array[1, 6]).Sample((one, two) =>
        {
            // A file of one is no directory of the other, and none has two contents: refused, and not what is asked here.
            string[] all = [.. one.Concat(two).Distinct(StringComparer.Ordinal)];
            if (all.Any(p => all.Any(q => q.StartsWith(p + "/", StringComparison.Ordinal)))) return;
            using var symbolic = new Workshop();
            using var hard = new Workshop { Mode = LinkMode.Hardlink };
            var (linked, real) = (Install(symbolic, one, two), Install(hard, one, two));
            Assert.Empty(DirectoriesOf(real));
            Assert.Equal(Seen(real), Seen(linked));
        }, iter: 60, threads: 1);
    }

    private static Generation Install(Workshop workshop, string[] one, string[] two) =>
        workshop.Install(workshop.Package(WheelOf("one", one)), workshop.Package(WheelOf("two", two)));

    private static SampleWheel WheelOf(string name, string[] paths) =>
        paths.Distinct(StringComparer.Ordinal).Aggregate(
            new SampleWheel(name, "1.0"), (wheel, path) => wheel.WithFile($"top/{path}", "same"));

    private static FileIdentity InodeOf(Generation generation, string name)
    {
        Assert.True(FileStatus.TryRead(Path.Combine(generation.SitePackages, name), out var status));
        Assert.Equal(FileType.SymbolicLink, status.Type);
        return status.Identity;
    }

    private ImmutableArray<Deviation> DeviationsOf(Generation generation) =>
        new EnvironmentVerifier(_workshop.Environment, _workshop.Root.Store)
            .Verify(generation, full: true, TestContext.Current.CancellationToken).Deviations;

    // By names and bytes, as a program sees them: links are followed.
    private static List<string> Seen(Generation generation) =>
    [
        .. Directory.EnumerateFileSystemEntries(generation.SitePackages, "*", SearchOption.AllDirectories)
            .Select(p => (Path: p, Name: Path.GetRelativePath(generation.SitePackages, p)))
            .Select(p => Directory.Exists(p.Path) ? p.Name + "/" : $"{p.Name}: {Convert.ToHexString(File.ReadAllBytes(p.Path))}")
            .Order(StringComparer.Ordinal),
    ];

    // What byte code and records are linked by has tests of its own.
    private static IEnumerable<LinkedDirectory> DirectoriesOf(Generation generation) =>
        generation.Linked.Where(l => !l.Path.Contains("__pycache__", StringComparison.Ordinal)
            && !l.Path.EndsWith(".dist-info", StringComparison.Ordinal));

    private static IEnumerable<string> LinksOf(Generation generation)
    {
        foreach (var link in DirectoriesOf(generation))
        {
            string path = Path.Combine(generation.Directory, link.Path);
            Assert.NotNull(SymbolicLink.Target(path));
            Assert.True(Directory.Exists(path));
        }
        return DirectoriesOf(generation).Select(l =>
            Path.GetRelativePath(generation.SitePackages, Path.Combine(generation.Directory, l.Path)));
    }
}
