using Sandpiper.Kernel.Files;
using Sandpiper.Sandbox.Privileges;
using Sandpiper.Sandbox.Tests.Driving;

namespace Sandpiper.Sandbox.Tests.Privileges;

public sealed class RootPrivilegesTests(Ground ground) : IClassFixture<Ground>
{
    private Outcome GiveUp(params string[] directories)
    {
        Assert.SkipUnless(Ground.IsRoot, "we are not root");
        // With groups to lose, as a root that logged in has them.
        return Ground.Finish(ground.Start("/usr/bin/setpriv",
            ["--groups", "0,4,27", "--", Driver.Program, .. Driver.ArgumentsToGiveUpRoot([.. directories])]));
    }

    private string RootsOwn(string name)
    {
        Assert.SkipUnless(Ground.IsRoot, "we are not root");
        return Directory.CreateDirectory(Path.Join(ground.Root, name)).FullName;
    }

    [Fact]
    public void Afterwards_nothing_of_root_is_left()
    {
        string directory = Path.Join(ground.Root, "new", "deeper", "store");
        Outcome outcome = GiveUp(directory);
        Assert.Equal(0, outcome.ExitCode);
        string[] lines = outcome.Output.Split('\n');
        string user = lines[0];
        Assert.NotEqual("0", user);
        Assert.Equal("False", lines[1]);
        Assert.Contains($"Uid:\t{user}\t{user}\t{user}\t{user}", lines);
        Assert.Single(lines, line => line.StartsWith("Gid:", StringComparison.Ordinal)
            && line.Split('\t')[1..].Distinct().Single() is not "0");
        Assert.Single(lines, line => line.StartsWith("Groups:", StringComparison.Ordinal) && line["Groups:".Length..].Trim() is "");
        foreach (string set in (string[])["CapPrm", "CapEff", "CapInh", "CapAmb"]) Assert.Contains($"{set}:\t0000000000000000", lines);
        Assert.Contains("NoNewPrivs:\t1", lines);
        Assert.Equal(user, lines[^1]); // and whom a sandbox would not hold is now held by one
        Assert.True(File.Exists(Path.Join(directory, "mine")));
        Assert.Equal($"{user}", $"{FileFacts.Of(directory)!.Value.UserId}");
        Assert.Equal(0u, FileFacts.Of(Path.GetDirectoryName(directory)!)!.Value.UserId);
    }

    [Fact]
    public void A_directory_of_somebody_else_is_not_taken() =>
        Assert.Contains("belongs to uid 12345", GiveUp(ground.Elsewhere).Errors, StringComparison.Ordinal);

    [Fact]
    public void A_directory_with_roots_files_is_not_taken()
    {
        string directory = RootsOwn("full");
        File.WriteAllText(Path.Join(directory, "roots"), "");
        Assert.Contains("not empty", GiveUp(directory).Errors, StringComparison.Ordinal);
        Assert.Equal(0u, FileFacts.Of(directory)!.Value.UserId);
    }

    [Fact]
    public void A_link_is_not_followed()
    {
        string target = RootsOwn("target");
        string link = Path.Join(ground.Root, "link");
        Directory.CreateSymbolicLink(link, target);
        Assert.Equal(Driver.NoSandbox, GiveUp(link).ExitCode);
        Assert.Equal(0u, FileFacts.Of(target)!.Value.UserId);
    }

    [Fact]
    public void Twice_is_once()
    {
        string directory = Path.Join(ground.Root, "again");
        Assert.Equal(0, GiveUp(directory).ExitCode);
        Assert.Equal(0, GiveUp(directory).ExitCode);
    }

    [Fact]
    public void The_user_of_the_set_up_is_found_by_its_whole_name()
    {
        Assert.Equal(new OrdinaryUser(990, 991),
            OrdinaryUser.In(["root:x:0:0:::", "sandpiper2:x:1:1:::", "sandpiper:x:990:991::/:/bin/false"]));
        Assert.Null(OrdinaryUser.In(["root:x:0:0:::", "sandpiper:x:many:991:::", "", "sandpiper"]));
    }

    [Theory]
    [InlineData("Uid:\t7\t7\t7\t7", null)]
    [InlineData("Uid:\t7\t7\t0\t7", "Uid:\t7\t7\t0\t7")]
    [InlineData("Uid:\t7\t7\t7\t0", "Uid:\t7\t7\t7\t0")]
    [InlineData("Uid:\t0\t7\t7\t7", "Uid:\t0\t7\t7\t7")]
    [InlineData("Gid:\t8\t0\t8\t8", "Gid:\t8\t0\t8\t8")]
    [InlineData("Groups:\t27 ", "Groups:\t27 ")]
    [InlineData("CapPrm:\t0000000000000001", "CapPrm:\t0000000000000001")]
    [InlineData("CapAmb:\t0000000000000001", "CapAmb:\t0000000000000001")]
    [InlineData("CapEff:\t0000000000000400", "CapEff:\t0000000000000400")]
    public void Anything_kept_is_found(string line, string? kept)
    {
        string[] others =
        [
            "Uid:\t7\t7\t7\t7", "Gid:\t8\t8\t8\t8", "Groups:\t ",
            "CapPrm:\t0000000000000000", "CapEff:\t0000000000000000", "CapAmb:\t0000000000000000",
        ];
        string[] status = [.. others.Select(other => other.Split(':')[0] == line.Split(':')[0] ? line : other)];
        Assert.Equal(kept, ThreadCredentials.Kept(status, new OrdinaryUser(7, 8)));
    }

    [Fact]
    public void A_status_that_does_not_say_is_not_believed() =>
        Assert.NotNull(ThreadCredentials.Kept(["Uid:\t7\t7\t7\t7"], new OrdinaryUser(7, 8)));
}
