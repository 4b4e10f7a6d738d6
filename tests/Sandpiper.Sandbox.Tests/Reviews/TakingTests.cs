using CsCheck;
using Sandpiper.Sandbox.Reviews;

namespace Sandpiper.Sandbox.Tests.Reviews;

public sealed class TakingTests : IDisposable
{
    private readonly ReviewGround _ground = new();

    public void Dispose() => _ground.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void All_of_it_is_there_afterwards_and_nothing_is_left(bool isElsewhere)
    {
        const string Elsewhere = "/dev/shm";
        Assert.SkipUnless(!isElsewhere || Directory.Exists(Elsewhere), $"there is no {Elsewhere}");
        using var ground = new ReviewGround
        {
            ElsewhereData = isElsewhere ? Path.Join(Elsewhere, $"sandpiper-{Guid.NewGuid():N}") : null,
        };
        foreach (string name in (string[])["changed", "gone", "mode", "to-link", "to-directory", "dir/file", "old/x"])
            ground.Write(name, "abc");
        KeptReview? review = ground.Review("""
            echo more >> changed; rm gone; chmod 700 mode; rm to-link; ln -s changed to-link; rm to-directory; mkdir to-directory
            echo z > to-directory/z; rm -r dir; echo d > dir; rm -r old; mkdir -p new/deep; echo n > new/deep/n; chmod 555 new
            printf '#!/bin/sh\n' > new.sh; chmod 777 new.sh
            """);
        Assert.Empty(ground.Take(review!).Left);
        ReviewGround.Shell("""
            grep -q more changed; test ! -e gone; test -x mode; test "$(readlink to-link)" = changed; grep -q z to-directory/z
            grep -q d dir; test ! -e old; grep -q n new/deep/n; test "$(stat -c %a new)" = 555; test "$(stat -c %a new.sh)" = 755
            test -z "$(find . -name '.sandpiper*')"
            """, ground.Project);
        Assert.Empty(ground.Reviews.List());
        Assert.Equal(["last"], Directory.GetFileSystemEntries(Path.Join(ground.Data, "reviews")).Select(Path.GetFileName));
    }

    [Fact]
    public void A_part_is_taken_with_the_directories_that_it_lies_in_and_the_rest_waits()
    {
        _ground.Write("a", "1");
        KeptReview review = _ground.Review("echo 2 > a; mkdir -p n/m; echo x > n/m/x; echo y > n/y")!;
        TakingOutcome outcome = _ground.Take(review, "n/m/x");
        Assert.Equal(["n", "n/m", "n/m/x"], outcome.Taken.Select(change => change.ShownPath).Order(StringComparer.Ordinal));
        Assert.Equal("1", _ground.Read("a"));
        KeptReview rest = _ground.Reviews.Find(review.Number)!;
        Assert.Equal(["~a", "+n/y"], ReviewGround.Told(rest));
        Assert.Empty(_ground.Take(rest).Left);
        Assert.Null(_ground.Reviews.Find(review.Number));
    }

    [Fact]
    public void What_was_changed_there_meanwhile_stays_and_what_is_as_it_would_become_counts_as_taken()
    {
        foreach (string name in (string[])["edited", "removed", "edited-and-removed", "same", "mode", "fine"]) _ground.Write(name, "abc");
        KeptReview review = _ground.Review("""
            echo 2 > edited; echo 2 > removed; rm edited-and-removed; printf new > same; chmod 700 mode; echo 2 > fine
            echo n > new; printf n > new-and-same; ln -s x link; ln -s x link-and-same; mkdir d; echo 1 > d/1
            """)!;
        _ground.Write("edited", "mine");
        File.Delete(Path.Join(_ground.Project, "removed"));
        _ground.Write("edited-and-removed", "mine");
        _ground.Write("same", "new");
        _ground.Write("mode", "mine");
        _ground.Write("new", "mine");
        _ground.Write("new-and-same", "n");
        ReviewGround.Shell("ln -s mine link; ln -s x link-and-same; echo mine > d", _ground.Project);
        TakingOutcome outcome = _ground.Take(review);
        Assert.Equal(
            ["d ExistsThere", "d/1 NoDirectory", "edited ChangedThere", "edited-and-removed ChangedThere", "link ExistsThere",
                "mode ChangedThere", "new ExistsThere", "removed ChangedThere"],
            outcome.Left.Select(left => $"{left.Change.ShownPath} {left.Why}").Order(StringComparer.Ordinal));
        Assert.Equal(["fine", "link-and-same", "new-and-same", "same"],
            outcome.Taken.Select(change => change.ShownPath).Order(StringComparer.Ordinal));
        Assert.Equal(["mine", "mine", "mine"], ((string[])["edited", "edited-and-removed", "new"]).Select(_ground.Read));
        // It is still on record, to be looked at and dropped.
        Assert.Equal(8, _ground.Reviews.Find(review.Number)!.Content.Changes.Length);
    }

    [Theory]
    [InlineData("mv sub elsewhere; ln -s elsewhere sub")]
    [InlineData("mv sub elsewhere; ln -s ../outside sub")]
    [InlineData("rm -r sub; ln -s ../outside sub")]
    [InlineData("rm sub/file; ln -s ../../outside/file sub/file")]
    [InlineData("rm sub/file; mkfifo sub/file")]
    [InlineData("mkdir sub/new")]
    [InlineData("ln -s ../../outside/new sub/new")]
    public void No_link_that_somebody_puts_there_leads_anything_elsewhere(string attack)
    {
        _ground.Write("sub/file", "abc");
        _ground.Write("../outside/file", "theirs");
        KeptReview review = _ground.Review("echo 2 > sub/file; echo 2 > sub/new; chmod 700 sub/file")!;
        ReviewGround.Shell(attack, _ground.Project);
        _ground.Take(review);
        Assert.Equal("theirs", _ground.Read("../outside/file"));
        Assert.Equal(["file"], Directory.GetFileSystemEntries(Path.Join(_ground.Project, "../outside")).Select(Path.GetFileName));
        Assert.False(File.Exists(Path.Join(_ground.Project, "elsewhere/new")));
    }

    [Fact]
    public void Another_directory_of_that_name_gets_nothing()
    {
        _ground.Write("a", "1");
        KeptReview review = _ground.Review("echo 2 > a; echo 3 > b")!;
        Directory.Move(_ground.Project, _ground.Project + "-moved");
        _ground.Write("a", "1");
        Assert.All(_ground.Take(review).Left, left => Assert.Equal(WhyLeft.NoRoot, left.Why));
        Assert.Equal("1", _ground.Read("a"));
        Assert.False(File.Exists(Path.Join(_ground.Project, "b")));
    }

    [Fact]
    public void What_has_to_be_named_is_not_taken_with_all()
    {
        KeptReview review = _ground.Review("echo x > .envrc; echo x > fine; ln -s ../../x out")!;
        TakingOutcome outcome = _ground.Take(review);
        Assert.Equal(["fine"], outcome.Taken.Select(change => change.ShownPath));
        Assert.All(outcome.Left, left => Assert.Equal(WhyLeft.ToBeNamed, left.Why));
        Assert.Equal(["fine"], Directory.GetFileSystemEntries(_ground.Project).Select(Path.GetFileName));
        Assert.Empty(_ground.Take(_ground.Reviews.Find(review.Number)!, ".envrc", "out").Left);
        Assert.True(File.Exists(Path.Join(_ground.Project, ".envrc")));
        Assert.Equal("../../x", new FileInfo(Path.Join(_ground.Project, "out")).LinkTarget);
    }

    [Fact]
    public void Who_names_one_file_of_a_directory_that_has_to_be_named_gets_that_file_alone()
    {
        KeptReview review = _ground.Review("mkdir -p .github/workflows; echo x > .github/workflows/ci.yml; echo x > .github/other")!;
        TakingOutcome outcome = _ground.Take(review, ".github/workflows/ci.yml");
        Assert.Empty(outcome.Left);
        Assert.Equal(["workflows"], Directory.GetFileSystemEntries(Path.Join(_ground.Project, ".github")).Select(Path.GetFileName));
        Assert.Equal(["+.github/other!"], ReviewGround.Told(_ground.Reviews.Find(review.Number)));
    }

    [Fact]
    public void A_mode_gives_nobody_his_rights()
    {
        _ground.Write("tool");
        KeptReview review = _ground.Review("chmod 6777 tool; echo x > new; chmod 6755 new; mkdir d; chmod 3777 d")!;
        Assert.Empty(_ground.Take(review).Left);
        Assert.Equal(["755", "755", "755"], ((string[])["tool", "new", "d"])
            .Select(name => Convert.ToString((int)File.GetUnixFileMode(Path.Join(_ground.Project, name)), 8)));
    }

    // What is closed to others may be so for a reason, and to take a file that lies beside opens it to nobody.
    [Fact]
    public void A_directory_that_somebody_made_meanwhile_keeps_its_rights_and_one_that_a_kill_left_half_made_gets_its_own()
    {
        KeptReview review = _ground.Review("mkdir -m 755 theirs ours half; touch theirs/f ours/f half/f; chmod 555 half")!;
        ReviewGround.Shell("mkdir -m 700 theirs; echo s > theirs/secret; mkdir -m 1700 half", _ground.Project);
        Assert.Empty(_ground.Take(review).Left);
        Assert.Equal(["700", "755", "555"], ((string[])["theirs", "ours", "half"])
            .Select(name => Convert.ToString((int)File.GetUnixFileMode(Path.Join(_ground.Project, name)), 8)));
        Assert.True(File.Exists(Path.Join(_ground.Project, "theirs/f")));
    }

    [Fact]
    public void Who_stops_it_has_what_was_taken_and_the_rest_on_record()
    {
        _ground.Write("a", "1");
        KeptReview review = _ground.Review("echo 2 > a; rm -f b; mkdir -m 555 d; chmod 755 d; echo x > d/x; echo y > d/y; chmod 555 d")!;
        TakingOutcome stopped = Taking.Take(_ground.Reviews, review, review.Content.Changes, _ => true, mask: 0, new(canceled: true));
        Assert.True(stopped.IsCutShort);
        Assert.Empty(stopped.Taken);
        Assert.Empty(stopped.Left);
        Assert.Equal("1", _ground.Read("a"));
        Assert.Equal(["~a", "+d", "+d/x", "+d/y"], ReviewGround.Told(_ground.Reviews.Find(review.Number)));
        Assert.Empty(_ground.Take(_ground.Reviews.Find(review.Number)!).Left);
        Assert.Equal("2\n", _ground.Read("a"));
        Assert.Null(_ground.Reviews.Find(review.Number));
    }

    [Fact]
    public void What_a_kill_left_in_the_project_is_taken_away()
    {
        _ground.Write("a", "1");
        KeptReview review = _ground.Review("echo 2 > a")!;
        string left = _ground.Write($".sandpiper-review-{review.Number}", "half");
        Taking.Tidy(review);
        Assert.False(File.Exists(left));
        _ground.Write($".sandpiper-review-{review.Number}", "half");
        Assert.Empty(_ground.Take(review).Left);
        Assert.Equal(["a"], Directory.GetFileSystemEntries(_ground.Project).Select(Path.GetFileName));
    }

    // Whatever a program does to a small tree: taken whole, the project is what the copy was; and before, what it was.
    [Fact]
    public void Taken_whole_the_project_is_what_the_program_made()
    {
        string[] names = ["a", "b", "d", "d/a", "d/e", "d/e/f"];
        Gen<string> name = Gen.OneOf([.. names.Select(Gen.Const)]);
        string[] verbs = ["write", "remove", "link", "mode", "directory", "move"];
        Gen<string> step = Gen.Select(Gen.OneOf([.. verbs.Select(Gen.Const)]), name, name, Gen.Int[0, 9],
            (what, one, other, number) => what switch
            {
                "write" => $"(echo {number} > {one}) 2>/dev/null || true",
                "remove" => $"rm -rf {one} 2>/dev/null || true",
                "link" => $"ln -s {other} {one} 2>/dev/null || true",
                "mode" => $"test -L {one} || chmod {700 + (number % 5 * 11)} {one} 2>/dev/null || true",
                "directory" => $"mkdir -p {one} 2>/dev/null || true",
                _ => $"mv -T {one} {other} 2>/dev/null || true",
            });
        step.Array[1, 6].Select(step.Array[0, 8]).Sample((first, second) =>
        {
            using var ground = new ReviewGround();
            ReviewGround.Shell(string.Join('\n', first), ground.Project);
            string before = Listing(ground.Project), made = "";
            KeptReview? review = ground.Review(copy =>
            {
                ReviewGround.Shell(string.Join('\n', second), copy);
                made = Listing(copy);
            });
            Assert.Equal(before, Listing(ground.Project));
            if (review is not null)
                Assert.Empty(ground.Take(review, mask: 0, [.. review.Content.Changes.Select(change => change.ShownPath)]).Left);
            Assert.Equal(made, Listing(ground.Project));
        }, iter: 25, threads: 1);
    }

    private static string Listing(string directory)
    {
        string file = Path.GetTempFileName();
        const string Find = "find . -mindepth 1 -printf '%P %y %m %l ' \\( -type f -exec cat {} \\; -o -printf '\\n' \\)";
        ReviewGround.Shell($"{Find} | LC_ALL=C sort > {file}", directory);
        string listing = File.ReadAllText(file);
        File.Delete(file);
        return listing;
    }
}
