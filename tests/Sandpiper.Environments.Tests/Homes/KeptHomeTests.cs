using Sandpiper.Environments.Homes;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Environments.Tests.Homes;

public sealed class KeptHomeTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("sandpiper-homes-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static readonly HashSet<string> Nothing = [];

    private KeptHome Home => KeptHome.Of(_root, "shared", "/p").First();

    [Fact]
    public void There_is_one_for_each_environment_and_project_for_its_owner_alone()
    {
        KeptHome[] all =
        [
            .. KeptHome.Of(_root, "shared", "/p").Take(2), KeptHome.Of(_root, "other", "/p").First(),
            KeptHome.Of(_root, "shared", "/q").First(), KeptHome.Of(_root, "shared", null).First(),
        ];
        Assert.Equal(all.Length, all.Select(home => home.Directory).Distinct().Count());
        Assert.Empty(KeptHome.All(_root));
        foreach (KeptHome home in all) home.TryHold()!.Dispose();
        Assert.Equal(all.OrderBy(home => home.Directory, StringComparer.Ordinal), KeptHome.All(_root));
        const UnixFileMode owners = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Assert.All(all, home => Assert.Equal((owners, owners), (File.GetUnixFileMode(home.Directory), File.GetUnixFileMode(home.Content))));
    }

    [Fact]
    public void Each_project_has_a_name_of_its_own_that_is_known_again_however_long_or_odd()
    {
        string deep = $"/{string.Join('/', Enumerable.Repeat("directory", 40))}";
        string[] projects = ["/p", "/p-2", "/p+2", "/p%2B2", "/P", "/p@q", "/\u00fc", "/ü", "/~", deep, $"{deep}2", "/a\nb"];
        string[] names = [.. projects.SelectMany(p => KeptHome.Of(_root, "shared", p).Take(2)).Select(h => Path.GetFileName(h.Directory))];
        Assert.Equal(names.Length, names.Distinct(StringComparer.Ordinal).Count() + 2); // ü is in it twice
        Assert.All(names, name => Assert.True(KeptHome.IsKey(name) && name.Length <= 255, name));
        foreach (string project in projects) KeptHome.Of(_root, "shared", project).First().TryHold()!.Dispose();
        Assert.Equal(projects.Distinct().Order(StringComparer.Ordinal),
            KeptHome.All(_root).Select(h => h.Project!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void One_program_has_it_at_a_time_and_it_is_not_removed_meanwhile()
    {
        using (Home.TryHold())
        {
            Assert.Null(Home.TryHold());
            Assert.False(Home.TryRemove());
        }
        Assert.True(Home.TryRemove());
        Assert.False(Directory.Exists(Home.Directory));
        Assert.True(Home.TryRemove());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"environment":"shared","project":"/another"}""")]
    [InlineData("""{"environment":"shared","project":"/p","more":1}""")]
    public void One_whose_record_is_not_its_own_is_nobodys_and_can_be_removed(string record)
    {
        Home.TryHold()!.Dispose();
        File.WriteAllText(Path.Combine(Home.Directory, "of.json"), record);
        KeptHome read = Assert.Single(KeptHome.All(_root));
        Assert.Equal(("", null), (read.Environment, read.Project));
        Assert.True(read.TryRemove());
    }

    [Fact]
    public void A_tree_that_wants_to_stay_goes_and_what_its_links_lead_to_stays()
    {
        Home.TryHold()!.Dispose();
        string outside = Directory.CreateDirectory(Path.Combine(_root, "outside")).FullName;
        File.WriteAllText(Path.Combine(outside, "mine"), "");
        // Deeper than a path may be long: it grows at its upper end, where its path is short.
        for (int level = 0; level < 1_500; level++)
        {
            string deep = Path.Combine(Home.Content, "d0"), grown = Path.Combine(_root, "grown");
            if (level > 0) AtomicRename.Replace(deep, grown);
            Directory.CreateDirectory(deep);
            if (level > 0) AtomicRename.Replace(grown, Path.Combine(deep, "d0"));
        }
        Assert.Equal(KeptHome.MostFiles, Home.Size().Files);
        string closed = Directory.CreateDirectory(Path.Combine(Home.Content, "closed/deeper")).FullName;
        foreach (string path in (string[])[closed, Path.GetDirectoryName(closed)!, Home.Content])
            File.SetUnixFileMode(path, UnixFileMode.None);

        Assert.True(Home.TryRemove());
        Assert.False(Directory.Exists(Home.Directory));
        Assert.True(File.Exists(Path.Combine(outside, "mine")));
    }

    [Fact]
    public void What_lies_where_something_else_was_mounted_is_not_looked_through_again()
    {
        using (Home.TryHold())
        {
            string place = Directory.CreateDirectory(Path.Combine(Home.Content, ".local/wheel")).FullName;
            using (FileStream sparse = File.Create(Path.Combine(place, "large"))) sparse.SetLength(KeptHome.MostBytes);
            Home.Measure(new HashSet<string> { ".local/wheel" });
            Assert.False(Home.IsFull);
            Home.Measure(new HashSet<string> { "wheel" });
        }
        Assert.True(Home.IsFull);
    }

    [Fact]
    public void What_has_become_too_large_is_full_until_it_is_emptied()
    {
        using (Home.TryHold())
        {
            using (FileStream sparse = File.Create(Path.Combine(Home.Content, "large"))) sparse.SetLength(KeptHome.MostBytes);
            File.CreateSymbolicLink(Path.Combine(Home.Content, "circle"), ".");
            Home.Measure(Nothing);
            Assert.False(Home.IsFull);
            File.WriteAllText(Path.Combine(Home.Content, "more"), "x");
            Home.Measure(Nothing);
        }
        Assert.True(Home.IsFull);
        Assert.Equal((3, KeptHome.MostBytes + 1), Home.Size());
        Assert.True(Home.TryRemove());
        Assert.False(Home.IsFull);
    }

    [Fact]
    public void Files_are_taken_out_links_are_not_and_nothing_is_written_over()
    {
        Home.TryHold()!.Dispose();
        string to = Directory.CreateDirectory(Path.Combine(_root, "to")).FullName, key = Path.Combine(_root, "key");
        File.WriteAllText(key, "a decoy");
        File.WriteAllText(Path.Combine(Home.Content, "report.csv"), "1,2\n");
        File.SetUnixFileMode(Path.Combine(Home.Content, "report.csv"), (UnixFileMode)0b100_111_111_111);
        Directory.CreateDirectory(Path.Combine(Home.Content, "results/deep"));
        File.WriteAllText(Path.Combine(Home.Content, "results/deep/a"), "a");
        File.CreateSymbolicLink(Path.Combine(Home.Content, "results/deep/key"), key);
        File.CreateSymbolicLink(Path.Combine(Home.Content, "key"), key);
        var taken = new TakenOut();

        Assert.True(taken.Take(Home.Content, "report.csv", to));
        Assert.True(taken.Take(Home.Content, "results", to));
        Assert.True(taken.Take(Home.Content, "key", to));
        Assert.Equal(["results/deep/key", "key"], taken.Left);
        Assert.Equal(2, taken.Files);
        Assert.Equal(["report.csv", "results", "results/deep", "results/deep/a"],
            Directory.EnumerateFileSystemEntries(to, "*", SearchOption.AllDirectories).Select(p => Path.GetRelativePath(to, p))
                .Order(StringComparer.Ordinal));
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(Path.Combine(to, "report.csv")) & UnixFileMode.SetUser);
        Assert.Throws<IOException>(() => taken.Take(Home.Content, "report.csv", to));
        foreach (string none in (string[])["none", "..", ".", "", "results/deep", "/etc"]) Assert.False(taken.Take(Home.Content, none, to));
    }
}
