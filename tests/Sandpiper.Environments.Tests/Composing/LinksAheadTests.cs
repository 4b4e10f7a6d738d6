using Sandpiper.Environments.Composing;
using Sandpiper.Environments.Generations;
using Sandpiper.Kernel.Files;
using Sandpiper.Policies;
using Sandpiper.Samples;
using Sandpiper.Store;

namespace Sandpiper.Environments.Tests.Composing;

/// <summary>What was linked before it was known what there will be makes no difference but in time.</summary>
public sealed class LinksAheadTests
{
    [Fact]
    public void The_generation_is_the_same_whether_it_was_begun_with_or_not()
    {
        Assert.Equal(TreeAfterChanges(linksAhead: false), TreeAfterChanges(linksAhead: true));
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
    private static string[] TreeAfterChanges(bool linksAhead)
    {
        using var workshop = new Workshop { LinksAhead = linksAhead };
        var tide = workshop.Package(OrdinaryPackages.Tide());
        var first = workshop.Package(
            new SampleWheel("cove-a", "1.0").WithFile("cove/a/one.py", "A = 1\n").WithFile("cove/bay.py", "B = 1\n"));
        var second = workshop.Package(
            new SampleWheel("cove-b", "1.0").WithFile("cove/b/two.py", "C = 1\n").WithFile("knot.py", "K = 1\n"));
        ComposedPackage[][] states = [[tide, first], [tide, first, second], [first, second], [second], [tide, second], [tide]];
        return [.. states.SelectMany((state, i) => Listing(workshop.Install(state)).Select(line => $"{i} {line}"))];
    }

    private static IEnumerable<string> Listing(Generation generation) =>
        Directory.EnumerateFileSystemEntries(generation.Directory, "*", SearchOption.AllDirectories)
            .Where(p => Path.GetFileName(p) != GenerationFile.Name)
            .Select(p => $"{Path.GetRelativePath(generation.Directory, p)} {File.GetUnixFileMode(p)} {new FileInfo(p).LinkTarget}")
            .Order(StringComparer.Ordinal);

    private static FileIdentity? IdentityOf(string directory, LinkedDirectory link) =>
        FileStatus.TryRead(Path.Combine(directory, link.Path), out var status) ? status.Identity : null;

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

        public LinksAhead Begin(Generation before, params ComposedPackage[] stay) =>
            LinksAhead.Begin(Directory, _workshop.Environment.DirectoryOf(7), before,
                digest => stay.Any(p => p.Wheel.Digest == digest), digest => stay.First(p => p.Wheel.Digest == digest).Wheel.Tree);

        public void Dispose() => _staging.Dispose();
    }
}
