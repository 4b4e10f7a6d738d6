using System.Text;
using Sandpiper.Environments.Composing;
using Sandpiper.Environments.Generations;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;
using Sandpiper.Policies;
using Sandpiper.Samples;
using Sandpiper.Store;

namespace Sandpiper.Environments.Tests.Composing;

/// <summary>What was linked before it was known what there will be makes no difference but in time.</summary>
public sealed class TreeAheadTests
{
    [Fact]
    public void The_generation_is_the_same_whether_it_was_begun_with_or_not()
    {
        Assert.Equal(TreeAfterChanges(treeAhead: false), TreeAfterChanges(treeAhead: true));
    }

    [Fact]
    public void A_link_that_was_begun_with_is_the_one_of_before()
    {
        using var workshop = new Workshop();
        var tide = workshop.Package(OrdinaryPackages.Tide());
        var before = workshop.Install(tide);
        using var stage = new Stage(workshop);
        using var ahead = stage.Begin(before, tide);
        var composer = new GenerationComposer(Workshop.Python, stage.Directory, workshop.Environment.DirectoryOf(7))
        {
            Before = before,
            Ahead = ahead,
        };
        var policy = new Policy([], "shared", Workshop.Now);
        var next = composer.Compose("shared", 7, [tide], policy, Workshop.Now, TestContext.Current.CancellationToken).Generation;
        Assert.NotEmpty(next.Linked);
        Assert.All(next.Linked, link => Assert.Equal(IdentityOf(before.Directory, link), IdentityOf(stage.Directory, link)));
    }

    [Fact]
    public void What_leads_elsewhere_by_now_is_not_taken_over()
    {
        using var workshop = new Workshop();
        var tide = workshop.Package(OrdinaryPackages.Tide());
        var before = workshop.Install(tide);
        string link = Path.Combine(before.SitePackages, "tide");
        File.SetUnixFileMode(before.SitePackages, SealedTree.OpenDirectoryMode);
        File.Delete(link);
        File.CreateSymbolicLink(link, "/nonexistent");
        using var stage = new Stage(workshop);
        using var ahead = stage.Begin(before, tide);
        Assert.DoesNotContain(ahead.Made(), made => made.StorePath is "tide");
        Assert.False(Path.Exists(Path.Combine(stage.Directory, Workshop.SitePackages, "tide")));
    }

    [Fact]
    public void What_stays_is_the_very_file_of_before_and_a_script_names_its_own_generation()
    {
        using var workshop = new Workshop();
        var knot = workshop.Package(Knot());
        var before = workshop.Install(knot);
        using var stage = new Stage(workshop);
        using var ahead = stage.Begin(before, knot);
        _ = ahead.Made();
        string module = $"{Workshop.SitePackages}/knot.py", place = workshop.Environment.DirectoryOf(7);
        Assert.True(ahead.IsOfBefore(module));
        Assert.Equal(IdentityOf(before.Directory, module), IdentityOf(stage.Directory, module));
        string script = File.ReadAllText(Path.Combine(before.Directory, "bin/knot")).Replace(before.Directory, place, StringComparison.Ordinal);
        Assert.StartsWith($"#!{place}/bin/python\n", script, StringComparison.Ordinal);
        Assert.Equal(script, File.ReadAllText(Path.Combine(stage.Directory, "bin/knot")));
        Assert.True(ahead.Says("bin/knot", Sha256Digest.Of(Encoding.UTF8.GetBytes(script))));
    }

    [Fact]
    public void What_somebody_did_to_the_current_one_is_not_taken_over()
    {
        using var workshop = new Workshop();
        var knot = workshop.Package(Knot());
        var tide = workshop.Package(OrdinaryPackages.Tide());
        var before = workshop.Install(knot);
        foreach (string directory in (string[])[before.SitePackages, Path.Combine(before.Directory, "bin"), before.Directory])
            File.SetUnixFileMode(directory, SealedTree.OpenDirectoryMode);
        string module = Path.Combine(before.SitePackages, "knot.py"), script = Path.Combine(before.Directory, "bin/knot");
        File.Delete(module);
        File.WriteAllText(module, "K = 2\n");
        File.SetUnixFileMode(script, SealedTree.OpenDirectoryMode);
        File.AppendAllText(script, "# more\n");
        Directory.CreateDirectory(Path.Combine(before.SitePackages, "other/inner"));
        foreach (string added in (string[])["bin/added", "added", $"{Workshop.SitePackages}/other/inner/added.py"])
            File.WriteAllText(Path.Combine(before.Directory, added), "");
        var next = workshop.Install(knot, tide);
        Assert.Equal("K = 1\n", File.ReadAllText(Path.Combine(next.SitePackages, "knot.py")));
        string now = File.ReadAllText(Path.Combine(next.Directory, "bin/knot"));
        Assert.StartsWith($"#!{next.Directory}/bin/python\n", now, StringComparison.Ordinal);
        Assert.DoesNotContain("# more", now, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(next.Directory, "*", SearchOption.AllDirectories),
            path => Path.GetFileNameWithoutExtension(path) is "added" or "other" or "inner");
    }

    [Fact]
    public void Who_gives_up_waits_until_nothing_more_is_made()
    {
        using var workshop = new Workshop();
        ComposedPackage[] many = [.. Enumerable.Range(0, 60).Select(i => workshop.Package(Workshop.Wheel($"part-{i}")))];
        var before = workshop.Install(many);
        using var stage = new Stage(workshop);
        stage.Begin(before, many).Dispose();
        SealedTree.Remove(stage.Directory);
        Assert.False(Directory.Exists(stage.Directory));
    }

    // Packages come, share a directory that was one package's alone, and go; of what is shared one leaves again.
    private static string[] TreeAfterChanges(bool treeAhead)
    {
        using var workshop = new Workshop { TreeAhead = treeAhead };
        var tide = workshop.Package(OrdinaryPackages.Tide());
        var first = workshop.Package(
            new SampleWheel("cove-a", "1.0").WithFile("cove/a/one.py", "A = 1\n").WithFile("cove/bay.py", "B = 1\n"));
        var second = workshop.Package(
            new SampleWheel("cove-b", "1.0").WithFile("cove/b/two.py", "C = 1\n").WithFile("knot.py", "K = 1\n"));
        var knot = workshop.Package(Knot());
        ComposedPackage[][] states = [[tide, first], [tide, first, second], [first, second], [second], [tide, second], [tide],
            [tide, knot], [tide, knot, first], [knot, first], [first]];
        return [.. states.SelectMany((state, i) => Listing(workshop.Install(state)).Select(line =>
            $"{i} {line}".Replace(workshop.Root.Path, "/root", StringComparison.Ordinal)))];
    }

    // A module that is a file beside directories, a program of its own and one that it ships.
    private static SampleWheel Knot() => new SampleWheel("knot", "1.0").WithFile("knot.py", "K = 1\n").WithConsoleScript("knot", "knot:main")
        .WithFile("knot-1.0.data/scripts/tie", "#!python\nprint('tied')\n");

    private static IEnumerable<string> Listing(Generation generation) =>
        Directory.EnumerateFileSystemEntries(generation.Directory, "*", SearchOption.AllDirectories)
            .Where(p => Path.GetFileName(p) != GenerationFile.Name)
            .Select(p => $"{Path.GetRelativePath(generation.Directory, p)} {File.GetUnixFileMode(p)} {new FileInfo(p).LinkTarget} {ContentOf(p)}")
            .Order(StringComparer.Ordinal);

    private static string ContentOf(string path) =>
        FileStatus.TryRead(path, out var status) && status.Type == FileType.Regular ? File.ReadAllText(path) : "";

    private static FileIdentity? IdentityOf(string directory, LinkedDirectory link) => IdentityOf(directory, link.Path);

    private static FileIdentity? IdentityOf(string directory, string path) =>
        FileStatus.TryRead(Path.Combine(directory, path), out var status) ? status.Identity : null;

    private sealed class Stage : IDisposable
    {
        private readonly Workshop _workshop;
        private readonly Staging _staging;

        public Stage(Workshop workshop)
        {
            (_workshop, _staging) = (workshop, Staging.Create(workshop.Root.Path));
            Directory = _staging.NewDirectory();
        }

        public string Directory { get; }

        public TreeAhead Begin(Generation before, params ComposedPackage[] stay) =>
            TreeAhead.Begin(Directory, _workshop.Environment.DirectoryOf(7), before,
                digest => stay.Any(p => p.Wheel.Digest == digest), digest => stay.First(p => p.Wheel.Digest == digest).Wheel.Tree,
                new TaskCompletionSource());

        public void Dispose() => _staging.Dispose();
    }
}
