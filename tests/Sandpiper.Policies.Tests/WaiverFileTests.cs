using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;
using Sandpiper.Store.Tests;

namespace Sandpiper.Policies.Tests;

public sealed class WaiverFileTests : IDisposable
{
    private const string Said =
        "\"rule\":\"r\",\"reason\":\"x\",\"who\":\"w\",\"when\":\"2026-01-01T00:00:00+00:00\"";

    private readonly DataRoot _root = new();

    private static readonly Waiver Example = new(
        PackageName.Parse("Some.Package"), Pep440Version.Parse("1.0"), "SP-WHEEL-21", "I read it: \"fine\"\n…", "anna",
        new(2026, 11, 25, 9, 0, 0, TimeSpan.Zero))
    {
        Digest = Sha256Digest.Of("the wheel"u8),
    };

    private WaiverFile Waivers => new(_root.Path);

    private string FilePath => Path.Combine(_root.Path, "waivers.jsonl");

    [Fact]
    public void What_was_added_holds_for_exactly_this_package_version_rule_and_bytes()
    {
        var added = Waivers.Add(Example);
        Assert.Equal(Example with { Number = 1 }, added);
        Assert.Equal(added, Found("some-package", "1.0.0", Fault.CodeAtStart));
        Assert.Null(Found("some-package2", "1.0", Fault.CodeAtStart));
        Assert.Null(Found("some-package", "1.0.1", Fault.CodeAtStart));
        Assert.Null(Found("some-package", "1.0+local", Fault.CodeAtStart));
        Assert.Null(Found("some-package", "1.0", Fault.PathsAtStart));
        Assert.Null(Found("some-package", "1.0", Fault.CodeAtStart, "another wheel"));
    }

    [Fact]
    public void A_line_of_before_waivers_held_for_bytes_is_read_and_holds_no_more()
    {
        File.WriteAllText(FilePath, "{\"name\":\"some-package\",\"version\":\"1.0\",\"rule\":\"SP-WHEEL-21\","
            + "\"reason\":\"x\",\"who\":\"w\",\"when\":\"2026-01-01T00:00:00+00:00\"}\n");
        Assert.Equal([WaiverState.Unbound], Waivers.List().Select(w => w.StateAt(Now)));
        Assert.Null(Found("some-package", "1.0", Fault.CodeAtStart));
        var refusal = Policy.RefusalOf(
            new Artifact(Example.Name, Example.Version, Example.Digest!.Value), [new Finding(Fault.CodeAtStart, "a.pth")]);
        Assert.Equal(WaiverState.Unbound, refusal.Allowance);
    }

    [Fact]
    public void That_it_gives_way_to_one_package_is_not_that_it_gives_way_to_another()
    {
        Artifact good = Other("good"), better = Other("better");
        foreach (var owner in (Artifact[])[good, better])
            Waivers.Add(Example with { Rule = "SP-ENV-01", Environment = "shared", Path = "lib/x.py", Owner = owner });
        var toGood = new Acceptance("SP-ENV-01", "lib/x.py", Others: 0, Waiver: 1);
        Assert.True(Policy.StillAccepts(Example.Digest!.Value, [toGood]));
        Waivers.Withdraw(1, "ben", Now);

        Assert.False(Policy.StillAccepts(Example.Digest!.Value, [toGood]));
        Assert.True(Policy.StillAccepts(Example.Digest!.Value, [toGood with { Waiver = 2 }]));
        Assert.Equal(new EndedAcceptance(toGood, good, WaiverState.Withdrawn), Policy.FirstEnded(Example.Digest!.Value, [toGood]));

        static Artifact Other(string name) =>
            new(PackageName.Parse(name), Pep440Version.Parse("1.0"), Sha256Digest.Of(System.Text.Encoding.ASCII.GetBytes(name)));
    }

    [Fact]
    public void One_that_is_taken_back_stays_on_record_and_holds_no_more()
    {
        Waivers.Add(Example);
        Waivers.Add(Example with { Rule = "SP-WHEEL-22" });
        Assert.Equal("SP-WHEEL-21", Waivers.Withdraw(1, "ben", Now)?.Rule);
        Assert.Equal([WaiverState.Withdrawn, WaiverState.Holds], Waivers.List().Select(w => w.StateAt(Now)));
        Assert.Equal("ben", Waivers.List()[0].WithdrawnBy);
        Assert.Null(Waivers.Withdraw(1, "ben", Now));
        Assert.Null(Waivers.Withdraw(3, "ben", Now));
        Assert.Equal(3, Waivers.Add(Example).Number);
        Assert.NotNull(Found("some-package", "1.0", Fault.CodeAtStart));
    }

    [Fact]
    public void One_between_two_packages_holds_in_its_environment_and_for_these_two_alone()
    {
        var owner = new Artifact(PackageName.Parse("good"), Pep440Version.Parse("1.0"), Sha256Digest.Of("good"u8));
        var finding = new Finding(Fault.FileOfAnother, "lib/good.py") { Owner = owner };
        var newcomer = new Artifact(Example.Name, Example.Version, Example.Digest!.Value);
        Waivers.Add(Example with { Rule = "SP-ENV-01", Environment = "shared", Path = "lib/good.py", Owner = owner });
        Assert.NotNull(Policy.WaiverFor(newcomer, finding));
        Assert.Null(new Policy(Waivers.List(), "scratch", Now).WaiverFor(newcomer, finding));
        Assert.Null(Policy.WaiverFor(newcomer, finding with { Owner = owner with { Digest = Sha256Digest.Of("better"u8) } }));
        Assert.Null(Policy.WaiverFor(owner, finding with { Owner = newcomer }));
    }

    [Fact]
    public void Nothing_was_waived_where_there_is_no_file() => Assert.Empty(Waivers.List());

    // A pipe would be waited for, by every install, with the environment's lock held.
    [Fact]
    public void What_is_no_file_in_its_place_is_an_error_and_not_waited_for()
    {
        using (var mkfifo = System.Diagnostics.Process.Start("/usr/bin/mkfifo", [FilePath])) mkfifo.WaitForExit();
        Assert.Throws<WaiverFileDamagedException>(() => Waivers.List());
    }

    [Fact]
    public void Waivers_keep_their_order_and_the_newest_counts()
    {
        Waivers.Add(Example);
        Waivers.Add(Example with { Reason = "still fine" });
        Assert.Equal([Example.Reason, "still fine"], Waivers.List().Select(w => w.Reason));
        Assert.Equal("still fine", Found("some-package", "1.0", Fault.CodeAtStart)?.Reason);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
    }

    [Theory]
    [InlineData("not json\n", 2)]
    [InlineData("{}\n", 2)]
    [InlineData("null\n", 2)]
    [InlineData("\n", 2)]
    [InlineData("{\"name\":\"a\",\"version\":\"1\"," + Said + "}", 2)]  // no end of line
    [InlineData("{\"name\":\"a\",\"name\":\"b\",\"version\":\"1\"," + Said + "}\n", 2)]
    [InlineData("{\"name\":\"a\",\"version\":\"1\"," + Said + ",\"until\":1}\n", 2)]
    [InlineData("{\"name\":\"a\",\"version\":\"*\"," + Said + "}\n", 2)]
    [InlineData("{\"name\":null,\"version\":\"1\"," + Said + "}\n", 2)]
    [InlineData("{\"name\":\"a\",\"version\":\"1\"," + Said + ",\"sha256\":\"abc\"}\n", 2)]
    [InlineData("{\"withdraw\":2,\"who\":\"w\",\"when\":\"2026-01-01T00:00:00+00:00\"}\n", 2)]
    [InlineData("{\"withdraw\":1,\"name\":\"a\",\"who\":\"w\",\"when\":\"2026-01-01T00:00:00+00:00\"}\n", 2)]
    [InlineData("[[[[[[[[", 2)]
    public void A_damaged_file_is_an_error_for_every_question(string second, int line)
    {
        Waivers.Add(Example);
        File.AppendAllText(FilePath, second);
        Assert.Equal(line, Assert.Throws<WaiverFileDamagedException>(() => Waivers.List()).Line);
        Assert.Throws<WaiverFileDamagedException>(() => Policy);
        Assert.Throws<WaiverFileDamagedException>(() => Waivers.Withdraw(1, "ben", Now));
        Assert.Throws<WaiverFileDamagedException>(() => Waivers.Add(Example));
    }

    [Fact]
    public async Task Two_commands_that_add_at_once_both_stay()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(n => Task.Run(() =>
        {
            for (int i = 0; i < 25; i++) Waivers.Add(Example with { Who = $"{n}/{i}" });
        }, TestContext.Current.CancellationToken)));
        Assert.Equal(100, Waivers.List().Select(w => w.Who).Distinct(StringComparer.Ordinal).Count());
    }

    private static readonly DateTimeOffset Now = new(2026, 11, 26, 0, 0, 0, TimeSpan.Zero);

    private Policy Policy => new(Waivers.List(), "shared", Now);

    private Waiver? Found(string name, string version, Fault fault, string wheel = "the wheel") => Policy.WaiverFor(
        new Artifact(PackageName.Parse(name), Pep440Version.Parse(version), Sha256Digest.Of(System.Text.Encoding.UTF8.GetBytes(wheel))),
        new Finding(fault, "a.pth"));

    public void Dispose() => _root.Dispose();
}
