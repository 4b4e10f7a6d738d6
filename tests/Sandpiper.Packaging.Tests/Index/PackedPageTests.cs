using CsCheck;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Packaging.Tests.Index;

public sealed class PackedPageTests
{
    private static readonly PackageName Project = PackageName.Parse("pebble");
    private static readonly Uri Location = new("https://index.example/simple/pebble/");

    private static readonly Gen<IndexFile> AnyFile =
        from number in Gen.Int[0, 12]
        let version = number switch { < 8 => $"1.{number}", 8 => "1.0.0", 9 => "2.0a1", 10 => "1.0+cpu", 11 => "odd", _ => "0.9" }
        from kind in Gen.Int[0, 3]
        from elsewhere in Gen.Bool
        from said in Gen.Int[0, 127]
        let name = kind switch
        {
            0 => $"pebble-{version}.tar.gz",
            1 => $"pebble-{version}-cp311-cp311-linux_x86_64.whl",
            2 => $"pebble-{version}.exe",
            _ => $"pebble-{version}-py3-none-any.whl",
        }
        select new IndexFile(
            name,
            new Uri($"https://{(elsewhere ? "files" : "other")}.example/a/{Uri.EscapeDataString(name)}"),
            (said & 1) == 0 ? null : Sha256Digest.Of([(byte)said]),
            (said & 2) == 0 ? null : (long)said << 40,
            (said & 4) == 0 ? null : DateTimeOffset.UnixEpoch.AddTicks(said),
            (said & 8) == 0 ? null : ">=3.8",
            (said & 16) == 0 ? null : elsewhere ? "" : "broken ✂",
            (said & 32) != 0,
            (said & 64) == 0 ? null : Sha256Digest.Of([(byte)said, 1]));

    private static readonly Gen<ProjectPage> AnyPage =
        from files in AnyFile.Array[0, 30]
        from status in Gen.Bool.Select(isActive => isActive ? "active" : "archived")
        select new ProjectPage
        {
            Name = Project,
            Files = [.. files],
            Status = status,
            StatusReason = status is "active" ? null : "moved",
            SkippedFiles = 2,
            LeftOut = [LeftOutEntry.Of("a.zip", LeftOutReason.OtherScheme, "ftp")],
        };

    // Who can write the cache could have each of 100,000 versions read the same 100,000 files.
    [Theory]
    [InlineData(50_000, true)]
    [InlineData(50_001, false)]
    public void Versions_share_no_files(int filesOfEach, bool isRead)
    {
        var page = new PackedWriter();
        page.PutText(Project.Normalized);
        page.PutText("active");
        page.Put(0);
        page.PutText("");
        foreach (ulong none in (ulong[])[0, 0, 0]) page.PutNumber(none);      // left out, and texts
        string[] versions = ["2.0", "1.0"];
        page.PutNumber((ulong)versions.Length);
        foreach (string version in versions)
        {
            page.PutText(version);
            page.Put(0);
            page.PutNumber((ulong)filesOfEach);
            page.PutFixed(0);
        }
        page.PutNumber(0);
        page.PutFixed(0);
        page.PutAll(new byte[filesOfEach]);
        Assert.Equal(isRead, ProjectPage.TryUnpack(page.Written, Location, Project, out _));
    }

    [Fact]
    public void A_page_that_is_unpacked_says_what_it_said() => AnyPage.Sample(page =>
    {
        ProjectPage again = Unpacked(page.Pack());
        Assert.Equal(page.Releases.Select(Told), again.Releases.Select(Told));
        Assert.All(page.Releases.Zip(again.Releases), pair => Assert.Equal(pair.First.Wheels, pair.Second.Wheels));
        // Nothing is lost that belongs to no version; the order may be another.
        Assert.Equal(page.Files.OrderBy(f => $"{f}"), again.Files.OrderBy(f => $"{f}"));
        Assert.Equal((page.Status, page.StatusReason, page.SkippedFiles), (again.Status, again.StatusReason, again.SkippedFiles));
        Assert.Equal(page.LeftOut, again.LeftOut);
    });

    [Fact]
    public void The_files_of_a_version_are_the_same_objects_whenever_it_is_asked()
    {
        ProjectPage page = Unpacked(PageOf("pebble-1.0-py3-none-any.whl").Pack());
        Assert.Same(page.Releases[0].Wheels.Single(), page.Releases[0].Wheels.Single());
        Assert.Same(page.Releases[0].Wheels.Single(), page.Files.Single());
    }

    // They stand behind one another, each field of a file perhaps: what is passed over must not move what follows.
    [Fact]
    public void Wheels_of_interest_are_those_of_all_wheels_whose_name_is() => Gen.Select(AnyPage, Gen.Int[0, 2]).Sample((page, kind) =>
    {
        Func<string, bool> isWanted = name => name.Length % 3 != kind;
        foreach (PageRelease release in page.Releases.Concat(Unpacked(page.Pack()).Releases))
        {
            IndexFile[] wanted = [.. release.WheelsNamed(name => isWanted(name.ToString()))];       // before any other is read
            Assert.Equal(release.Wheels.Where(file => isWanted(file.FileName)), wanted);
        }
    });

    [Fact]
    public void Whatever_the_bytes_are_nothing_but_true_or_false_comes_of_them() => Gen.Byte.Array[0, 200].Sample(Survives);

    [Fact]
    public void Whatever_is_done_to_a_packed_page_it_is_refused_or_its_files_keep_the_rules() =>
        Gen.Select(AnyPage, Gen.Select(Gen.Int[0, 5000], Gen.Byte).Array[1, 4], Gen.Int[0, 5000]).Sample((page, changes, cut) =>
        {
            byte[] bytes = page.Pack().ToArray();
            foreach ((int at, byte value) in changes) bytes[at % bytes.Length] = value;
            return Survives(cut % 3 == 0 ? bytes[..(cut % bytes.Length)] : bytes);
        }, iter: 2000);

    [Fact]
    public void Versions_that_are_out_of_order_or_twice_there_make_it_no_page()
    {
        byte[] bytes = PageOf("pebble-1.7-py3-none-any.whl", "pebble-1.5-py3-none-any.whl").Pack().ToArray();
        int first = bytes.AsSpan().IndexOf("1.7"u8);
        foreach (byte digit in "45"u8.ToArray())
        {
            byte[] changed = [.. bytes];
            changed[first + 2] = digit;
            Assert.False(ProjectPage.TryUnpack(changed, Location, Project, out _));
        }
    }

    [Fact]
    public void A_page_of_another_project_is_none_of_this_one() =>
        Assert.False(ProjectPage.TryUnpack(PageOf("pebble-1.0-py3-none-any.whl").Pack(), Location, PackageName.Parse("gravel"), out _));

    [Theory]
    [InlineData("https://files.", "ftp://a/files.")]
    [InlineData("https://files.", "file:///files.")]
    [InlineData("https://files.", "https://u:p@e.")]
    public void An_address_that_a_page_could_not_have_costs_the_file(string good, string bad)
    {
        byte[] bytes = PageOf("pebble-1.0-py3-none-any.whl").Pack().ToArray();
        int at = bytes.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(good));
        System.Text.Encoding.ASCII.GetBytes(bad, bytes.AsSpan(at, good.Length));
        Assert.Empty(Unpacked(bytes).Files);
    }

    private static bool Survives(byte[] bytes)
    {
        if (!ProjectPage.TryUnpack(bytes, Location, Project, out ProjectPage? page)) return true;
        return page.Name == Project && page.Releases.Length <= bytes.Length
            && page.Releases.Zip(page.Releases.Skip(1)).All(pair => pair.First.Version > pair.Second.Version)
            && page.Releases.SelectMany(release => release.WheelsNamed(name => name.Length % 2 == 0)).All(JsonPageTests.IsPlain)
            && page.Files.All(JsonPageTests.IsPlain);
    }

    private static string Told(PageRelease release) => $"{release.Version.Original} {release.HasSdist}";

    private static ProjectPage PageOf(params string[] names) => new()
    {
        Name = Project,
        Files = [.. names.Select(name => new IndexFile(
            name, new Uri($"https://files.example/{name}"), Sha256Digest.Of([1]), 5, null, null, null, false, null))],
    };

    private static ProjectPage Unpacked(ReadOnlyMemory<byte> bytes)
    {
        Assert.True(ProjectPage.TryUnpack(bytes, Location, Project, out ProjectPage? page));
        return page;
    }
}
