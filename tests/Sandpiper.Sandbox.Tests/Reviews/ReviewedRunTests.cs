using Sandpiper.Kernel.Files;
using Sandpiper.Sandbox.Profiles;
using Sandpiper.Sandbox.Reviews;

namespace Sandpiper.Sandbox.Tests.Reviews;

public sealed class ReviewedRunTests : IDisposable
{
    private readonly ReviewGround _ground = new();

    public void Dispose() => _ground.Dispose();

    [Fact]
    public void What_was_not_changed_is_not_told_and_nothing_is_kept_of_it()
    {
        _ground.Write("a/b.py", "b");
        _ground.Write("c");
        ReviewGround.Shell("ln -s a/b.py link; mkdir empty", _ground.Project);
        Assert.Null(_ground.Review("touch c; cp c d; mv d c; chmod 700 a; chmod 755 a"));
        Assert.Empty(_ground.Reviews.List());
        Assert.Equal(["last"], Directory.GetFileSystemEntries(Path.Join(_ground.Data, "reviews")).Select(Path.GetFileName));
    }

    [Fact]
    public void Each_kind_of_change_is_told_once_and_the_project_is_as_it_was()
    {
        foreach (string name in (string[])["changed", "gone", "mode", "same-size", "to-link", "to-directory", "dir/file", "old/x", "old/y"])
            _ground.Write(name, "abc");
        ReviewGround.Shell("ln -s gone link; ln -s gone to-file", _ground.Project);
        string before = TreeText();
        KeptReview? review = _ground.Review("""
            echo more >> changed; rm gone; chmod 700 mode; printf xyz > same-size; rm to-link; ln -s changed to-link
            rm to-directory; mkdir to-directory; echo z > to-directory/z; rm -r dir; echo d > dir; rm -r old
            rm link; ln -s /etc/hostname link; rm to-file; echo f > to-file; mkdir -p new/deep; echo n > new/deep/n
            """);
        Assert.Equal([
            "~changed", "-dir", "+dir", "-dir/file", "-gone", "llink", "mmode", "+new", "+new/deep", "+new/deep/n", "-old", "-old/x",
            "-old/y", "~same-size", "-to-directory", "+to-directory", "+to-directory/z", "~to-file", "lto-link"],
            ReviewGround.Told(review));
        Assert.Equal(before, TreeText());
        Change changed = review!.Content.Changes[0];
        Assert.Equal((3L, 8L), (changed.BytesBefore, changed.BytesAfter));
        Assert.Equal("/etc/hostname", review.Content.Changes.First(c => c.ShownPath is "link").ShownTarget);
        // What was not changed is not kept.
        Assert.Equal(["changed", "dir", "new/deep/n", "same-size", "to-directory/z", "to-file"],
            Directory.EnumerateFiles(review.CopyOf(0), "*", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(review.CopyOf(0), path)).Order(StringComparer.Ordinal));
    }

    private string TreeText() => string.Join('\n', Directory.EnumerateFileSystemEntries(_ground.Project, "*", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal).Select(path => FileStatus.TryRead(path, out FileStatus status) ? $"{path} {status}" : path));

    [Fact]
    public void What_others_run_by_themselves_or_leads_out_has_to_be_named_at_any_depth()
    {
        _ground.Write(".vscode/settings.json");
        _ground.Write("conftest.py");
        KeptReview? review = _ground.Review("""
            mkdir -p a/b .github/workflows sub/.git/hooks sub/.git/objects sub/.git/refs
            echo x > a/b/.envrc; echo x > .github/workflows/ci.yml; echo y > .vscode/settings.json; echo x > sub/.git/HEAD
            echo x > sub/.git/hooks/post-checkout; echo y > conftest.py; ln -s /etc/passwd out; ln -s ../conftest.py a/in
            echo x > x.pth; ln -s ../.. up; echo x > AGENTS.md; rm -r .vscode; echo ok > fine
            """);
        Assert.Equal(["+.github!", "+.github/workflows!", "+.github/workflows/ci.yml!", "-.vscode!", "-.vscode/settings.json!",
            "+AGENTS.md!", "+a", "+a/b", "+a/b/.envrc!", "la/in", "~conftest.py", "+fine", "lout", "+sub", "+sub/.git", "+sub/.git/HEAD",
            "+sub/.git/hooks", "+sub/.git/hooks/post-checkout!", "+sub/.git/objects", "+sub/.git/refs", "lup!", "+x.pth!"],
            ReviewGround.Told(review));
        Assert.Equal("pytest", review!.Content.Changes.First(c => c.ShownPath is "conftest.py").RunBy);
    }

    [Fact]
    public void What_is_no_file_is_told_and_never_taken()
    {
        _ground.Write("was-file");
        KeptReview? review = _ground.Review("""
            mkfifo pipe; rm was-file; mkfifo was-file
            python3 -c "import socket; s = socket.socket(socket.AF_UNIX); s.bind('sock')"
            """);
        Assert.Equal(["+pipex", "+sockx", "~was-filex"], ReviewGround.Told(review));
        TakingOutcome outcome = _ground.Take(review!);
        Assert.All(outcome.Left, left => Assert.Equal(WhyLeft.Obstacle, left.Why));
        Assert.Equal(["was-file"], Directory.GetFileSystemEntries(_ground.Project).Select(Path.GetFileName));
        Assert.Equal("x", _ground.Read("was-file"));
    }

    [Fact]
    public void Repositories_environments_and_packages_of_node_are_shown_as_they_are_and_not_copied()
    {
        _ground.Write(".git/HEAD");
        _ground.Write("sub/mine/pyvenv.cfg");
        _ground.Write("web/node_modules/a/index.js");
        _ground.Write("app.py");
        string[] shown = [];
        KeptReview? review = _ground.Review(copy =>
        {
            shown = [.. Directory.EnumerateFileSystemEntries(copy, "*", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(copy, path)).Order(StringComparer.Ordinal)];
            // As a program can that moves what lies above.
            ReviewGround.Shell("mv web w; mkdir -p web/node_modules; echo x > web/node_modules/x", copy);
        }, c => c);
        Assert.Equal([".git", "app.py", "sub", "sub/mine", "web", "web/node_modules"], shown);
        Assert.Equal(["+w", "+w/node_modules", "+web/node_modulesx"], ReviewGround.Told(review));
        Assert.Equal([".git", "sub/mine", "web/node_modules"],
            review!.Content.LeftOut.Select(path => Path.GetRelativePath(_ground.Project, path)).Order(StringComparer.Ordinal));
        _ground.Take(review);
        Assert.Equal("x", _ground.Read("web/node_modules/a/index.js"));
    }

    [Fact]
    public void What_is_named_itself_is_copied_whatever_it_is_called_and_what_may_only_be_read_is_not()
    {
        _ground.Write(".git/HEAD");
        _ground.Write("vendor/lib.py");
        KeptReview? review = _ground.Review("echo y > .git/HEAD; test ! -e vendor/lib.py", c => c with
        {
            Shown = [.. c.Shown, ShownPath.Needed(Path.Join(_ground.Project, ".git"), PathAccess.Write),
                ShownPath.Needed(Path.Join(_ground.Project, "vendor"), PathAccess.Read)],
        });
        Assert.Equal(["~.git/HEAD"], ReviewGround.Told(review));
        Assert.Single(review!.Content.Roots);
    }

    [Fact]
    public void What_is_withheld_is_not_in_the_copy_and_is_neither_changed_nor_removed_by_it()
    {
        _ground.Write(".env", "TOKEN=1");
        _ground.Write("sub/.npmrc", "token");
        KeptReview? review = _ground.Review("test ! -s .env; test ! -s sub/.npmrc; rm .env; mv sub other; echo y > new", c => c with
        {
            Replaced = [(Path.Join(_ground.Project, ".env"), ShownPath.Needed("/dev/null", PathAccess.Read))],
            Masked = [Path.Join(_ground.Project, "sub/.npmrc")],
        });
        Assert.Equal(["+new", "+other", "+other/.npmrc!", "-sub"], ReviewGround.Told(review));
        _ground.Take(review!);
        Assert.Equal(("TOKEN=1", "token"), (_ground.Read(".env"), _ground.Read("sub/.npmrc")));
        KeptReview? written = _ground.Review("echo mine > .env", c => c with
        {
            Replaced = [(Path.Join(_ground.Project, ".env"), ShownPath.Needed("/dev/null", PathAccess.Read))],
        });
        Assert.Equal(["+.envx"], ReviewGround.Told(written));
    }

    [Fact]
    public void A_single_file_is_copied_alone()
    {
        _ground.Write("report.csv", "1");
        _ground.Write("other", "1");
        string file = Path.Join(_ground.Project, "report.csv");
        KeptReview? review = _ground.Review(copy =>
        {
            Assert.Equal(["report.csv"], Directory.GetFileSystemEntries(Path.GetDirectoryName(copy)!).Select(Path.GetFileName));
            File.WriteAllText(copy, "22");
        }, c => c with { Shown = [ShownPath.Needed(file, PathAccess.Write)] });
        Assert.Equal(["~report.csv"], ReviewGround.Told(review));
        Assert.Equal("1", _ground.Read("report.csv"));
        Assert.Empty(_ground.Take(review!).Left);
        Assert.Equal("22", _ground.Read("report.csv"));
        Assert.Empty(_ground.Reviews.List());
    }

    [Fact]
    public void Closed_directories_names_that_are_no_text_and_a_thousand_levels_hide_nothing()
    {
        _ground.Write("a/file", "x");
        KeptReview? review = _ground.Review("""
            python3 - <<'END'
            import os
            os.mkdir('closed'); open('closed/in', 'w').write('x'); os.chmod('closed/in', 0); os.chmod('closed', 0)
            open(b'no\xfftext', 'w'); open('esc\x1b[31m\nname', 'w')
            os.chmod('a', 0)
            os.mkdir('deep'); os.chdir('deep')
            for i in range(1000): os.mkdir('d'); os.chdir('d')
            END
            chmod 0 .
            """);
        string[] told = ReviewGround.Told(review);
        Assert.Equal(["ma", "+closed", "+closed/in"], told[..3]);
        Assert.Contains("+esc\e[31m\nname", told);
        Assert.Contains("+no�text", told);
        Assert.Single(told, one => one.EndsWith('x') && one.StartsWith("+deep/d", StringComparison.Ordinal));
        TakingOutcome outcome = _ground.Take(review!);
        Assert.Single(outcome.Left);
        Assert.True(File.Exists(Path.Join(_ground.Project, "esc\e[31m\nname")));
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(Path.Join(_ground.Project, "closed")));
        // Nothing of it stays behind when it is thrown away.
        Assert.Equal(0, _ground.Reviews.Remove(Assert.Single(_ground.Reviews.List())));
        Assert.Empty(_ground.Reviews.List());
    }

    [Fact]
    public void What_is_too_large_to_be_taken_stays_in_the_copy()
    {
        KeptReview? review = _ground.Review("truncate -s 9T holes; echo x > fine");
        Assert.Equal(["+fine", "+holesx"], ReviewGround.Told(review));
        Assert.Equal(WhyLeft.Obstacle, Assert.Single(_ground.Take(review!).Left).Why);
        Assert.True(File.Exists(Path.Join(review!.CopyOf(0), "holes")));
    }

    [Fact]
    public void Where_the_users_shell_looks_for_programs_each_change_has_to_be_named()
    {
        _ground.Write("tools/bin/go");
        KeptReview? review = _ground.Review("echo y > tools/bin/go; echo y > tools/bin/ls; echo y > toolsmith", c => c with
        {
            Protected = [Path.Join(_ground.Project, "tools")],
        });
        Assert.Equal(["~tools/bin/go!", "+tools/bin/ls!", "+toolsmith"], ReviewGround.Told(review));
    }

    [Fact]
    public void What_is_too_much_is_refused_and_nothing_is_left_of_it()
    {
        using (var sparse = new FileStream(_ground.Write("large"), FileMode.Open)) sparse.SetLength(CopyBudget.MostBytes + 1);
        CopyRefusedException refused = Assert.Throws<CopyRefusedException>(() => _ground.Review("true"));
        Assert.Equal((CopyRefusal.TooLarge, _ground.Project), (refused.Reason, refused.Path));
        Assert.Equal(CopyRefusal.TooLarge, Foreseen());
        File.Delete(Path.Join(_ground.Project, "large"));
        for (int i = 0; i <= CopyBudget.MostLeftOut; i++) _ground.Write($"{i}/.git/HEAD");
        Assert.Equal(CopyRefusal.TooManyLeftOut, Assert.Throws<CopyRefusedException>(() => _ground.Review("true")).Reason);
        Assert.Equal(CopyRefusal.TooManyLeftOut, Foreseen());
        Assert.Equal(["last"], Directory.GetFileSystemEntries(Path.Join(_ground.Data, "reviews")).Select(Path.GetFileName));
        Directory.Delete(Path.Join(_ground.Project, "0"), recursive: true);
        ReviewedRun.MustBeCopied(_ground.Plain);

        CopyRefusal Foreseen() => Assert.Throws<CopyRefusedException>(() => ReviewedRun.MustBeCopied(_ground.Plain)).Reason;
    }

    [Fact]
    public void A_directory_that_was_exchanged_since_it_was_judged_is_not_copied()
    {
        _ground.Write("a");
        Confinement judged = _ground.Plain;
        Directory.Move(_ground.Project, _ground.Project + "-before");
        _ground.Write("secret");
        foreach (bool mayLayer in (bool[])[false, true])
        {
            Assert.Equal(CopyRefusal.Replaced,
                Assert.Throws<CopyRefusedException>(() => ReviewedRun.Begin(_ground.Data, judged, mayLayer)).Reason);
        }
    }

    [Fact]
    public void A_layer_holds_what_stands_in_a_copy_for_what_is_left_out_and_nothing_else()
    {
        _ground.Write("a/app.py");
        _ground.Write("a/.git/HEAD");
        _ground.Write("a/.env", "TOKEN=1");
        ReviewGround.Shell("mkfifo a/pipe; chmod 555 a", _ground.Project);
        using ReviewedRun run = ReviewedRun.Begin(
            _ground.Data, _ground.Plain with { Masked = [Path.Join(_ground.Project, "a/.env")] }, mayLayer: true);
        Assert.True(run.IsLayered);
        string upper = run.Confinement.Shown.First(shown => shown.Access is PathAccess.Write).Real;
        Assert.Equal(["a", "a/.env", "a/.git", "a/pipe"], Below(upper));
        Assert.Equal((0, (UnixFileMode)0b101_101_101), (new FileInfo(Path.Join(upper, "a/.env")).Length,
            File.GetUnixFileMode(Path.Join(upper, "a"))));
        Assert.Equal([Path.Join(_ground.Project, "a/.git")], run.LeftOut);
        ReviewGround.Shell("test -c a/pipe", upper);

        // Where the kernel did not take it.
        run.CopyInstead();
        Assert.False(run.IsLayered);
        Assert.False(Path.Exists(upper));
        string copy = run.Confinement.Shown.First(shown => shown.Access is PathAccess.Write).Real;
        Assert.Equal(["a", "a/.env", "a/.git", "a/app.py"], Below(copy));
        ReviewGround.Shell("echo y > new", copy);
        Assert.Equal(["+new"], ReviewGround.Told(run.End("a program", 0, DateTimeOffset.UnixEpoch)));

        static IEnumerable<string> Below(string directory) => Directory.GetFileSystemEntries(directory, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(directory, path)).Order(StringComparer.Ordinal);
    }

    [Fact]
    public void What_lies_below_a_layer_tells_what_is_run_of_what_is_written_above_it()
    {
        foreach (string path in (string[])["bare/HEAD", "bare/objects/x", "bare/refs/x", "env/pyvenv.cfg"]) _ground.Write(path);
        using ReviewedRun run = ReviewedRun.Begin(_ground.Data,
            _ground.Plain with { Granted = [Path.Join(_ground.Project, "env")] }, mayLayer: true);
        Assert.True(run.IsLayered);
        // What the kernel does above directories that are there.
        ReviewGround.Shell("mkdir -p bare/hooks env/lib/python3.13/site-packages; echo x > bare/hooks/pre-commit; "
            + "echo x > env/lib/python3.13/site-packages/x.pth", run.Confinement.Shown.Single().Real);
        string[] told = ReviewGround.Told(run.End("a program", 0, DateTimeOffset.UnixEpoch));
        Assert.Contains("+bare/hooks/pre-commit!", told);
        Assert.Contains("+env/lib/python3.13/site-packages/x.pth!", told);
    }

    [Theory]
    [InlineData("chmod 644 closed")]                // can be listed and not entered: of that a copy is empty
    [InlineData("chgrp 1 theirs", true)]  // of a group that a user namespace of one group does not know
    [InlineData("chown 1 theirs", true)]
    public void Where_a_layer_would_show_something_else_than_a_copy_a_copy_is_made(string script, bool isOfRootAlone = false)
    {
        if (isOfRootAlone && Environment.UserName is not "root") Assert.Skip("only root gives files away");
        _ground.Write("closed/file");
        _ground.Write("theirs");
        ReviewGround.Shell(script, _ground.Project);
        using ReviewedRun run = ReviewedRun.Begin(_ground.Data, _ground.Plain, mayLayer: true);
        Assert.False(run.IsLayered);
        Assert.Contains("copy-0", run.Confinement.Shown.Single().Real, StringComparison.Ordinal);
    }
}
