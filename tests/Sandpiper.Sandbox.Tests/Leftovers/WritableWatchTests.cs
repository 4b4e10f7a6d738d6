using System.Collections.Immutable;
using System.Text;
using Sandpiper.Kernel.Files;
using Sandpiper.Sandbox.Leftovers;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Sandbox.Tests.Leftovers;

public sealed class WritableWatchTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("sandpiper-").FullName;

    private string Project => Path.Join(_root, "project");

    private HeldFiles Held => new(Path.Join(_root, "data"));

    public WritableWatchTests() => Directory.CreateDirectory(Project);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string Write(string path, string content = "x")
    {
        string full = Path.Join(Project, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, content);
        return full;
    }

    private WritableWatch Begin(params ImmutableArray<string> granted) => WritableWatch.Begin(new Confinement
    {
        Home = "/home/ada",
        WorkingDirectory = Project,
        Shown = [ShownPath.Needed(Project, PathAccess.Write)],
        Granted = granted,
    });

    // Path, and a sign: + is kept aside, ! is new and told, ~ changed and told.
    private static string[] Left(WritableWatch watch) =>
        [.. watch.End().Select(l => (l.IsKeptAside ? "+" : l.IsNew ? "!" : "~") + WatchedTree.Shown(l.Path))];

    [Fact]
    public void What_its_name_leads_to_meanwhile_is_not_looked_at()
    {
        Write("elsewhere/mine");
        var judged = new Confinement
        {
            Home = "/home/ada", WorkingDirectory = Project, Shown = [ShownPath.Needed(Project, PathAccess.Write)],
        };
        Directory.Move(Project, Project + "-before");
        Directory.CreateSymbolicLink(Project, Path.Join(Project + "-before", "elsewhere"));
        Assert.Throws<IOException>(() => WritableWatch.Begin(judged));
    }

    [Fact]
    public void What_is_new_at_any_depth_is_found_once()
    {
        Write("src/app.py");
        using WritableWatch watch = Begin();
        Assert.Empty(Left(watch));
        foreach (string path in (string[])["a/b/.envrc", "a/Makefile", ".vscode/tasks.json", ".vscode/deep/x", "x/y.pth", "src/other.py",
            "__pycache__/m.cpython-311.pyc", "CLAUDE.md", "sub/.GitHub/workflows/ci.yml"]) Write(path);
        Assert.Equal(["+.vscode", "+CLAUDE.md", "+__pycache__/m.cpython-311.pyc", "!a/Makefile", "+a/b/.envrc", "+sub/.GitHub", "+x/y.pth"],
            Left(watch));
    }

    [Fact]
    public void What_was_there_is_told_when_it_is_another_one_and_what_is_put_into_it_is_new()
    {
        Write("a/Makefile");
        Write("a/.vscode/settings.json");
        Write("conftest.py");
        Write("untouched/.envrc");
        using WritableWatch watch = Begin();
        File.AppendAllText(Path.Join(Project, "a/Makefile"), "y");
        Write("a/.vscode/tasks.json");
        File.AppendAllText(Path.Join(Project, "a/.vscode/settings.json"), "y");
        // Somebody outside puts another one in its place (git checkout, sed -i): it is protected no more.
        File.Move(Write("new"), Path.Join(Project, "conftest.py"), overwrite: true);
        Assert.Equal(["~a/.vscode/settings.json", "+a/.vscode/tasks.json", "~a/Makefile", "~conftest.py"], Left(watch));
    }

    [Fact]
    public void A_time_that_is_put_back_hides_nothing()
    {
        string file = Write("a/.envrc");
        DateTime before = File.GetLastWriteTimeUtc(file);
        using WritableWatch watch = Begin();
        File.WriteAllText(file, "z");
        File.SetLastWriteTimeUtc(file, before);
        Assert.Equal(["~a/.envrc"], Left(watch));
    }

    [Fact]
    public void A_directory_that_is_moved_brings_what_it_holds()
    {
        Write("quiet/tasks.json");
        using WritableWatch watch = Begin();
        Directory.Move(Path.Join(Project, "quiet"), Path.Join(Project, ".vscode"));
        Assert.Equal(["+.vscode"], Left(watch));
    }

    [Fact]
    public void Of_a_repository_only_what_git_runs_counts()
    {
        using WritableWatch watch = Begin();
        foreach (string repository in (string[])["new/.git", "bare", "new/.git/modules/inner"])
        {
            Write($"{repository}/HEAD");
            Write($"{repository}/objects/x");
            Write($"{repository}/refs/x");
            Write($"{repository}/config", "[core]\n\tbare = false\n");
            Write($"{repository}/hooks/pre-commit.sample");
        }
        Assert.Empty(Left(watch));
        Write("new/.git/hooks/pre-commit");
        Write("bare/config", "[core]\n\tfsmonitor = evil\n");
        Write("new/.git/modules/inner/commondir", "../elsewhere\n");
        Write("file/.git", "gitdir: ../elsewhere\n");
        Assert.Equal(["+bare/config", "+file/.git", "+new/.git/hooks/pre-commit", "+new/.git/modules/inner/commondir"], Left(watch));
    }

    // HEAD, objects and refs are soon made; in a bare repository nobody works, but in what looks like one.
    [Fact]
    public void What_looks_like_a_repository_hides_nothing()
    {
        using WritableWatch watch = Begin();
        foreach (string at in (string[])["", "sub/"])
        {
            foreach (string name in (string[])["HEAD", "objects/x", "refs/x", ".envrc", ".vscode/tasks.json", "hooks/pre-commit",
                "deep/.git/hooks/pre-commit"]) Write(at + name);
        }
        Write("x.git/.envrc");
        Write(".GIT/nobody/stands/here/.envrc");
        Assert.Equal(["+.envrc", "+.vscode", "+deep/.git/hooks/pre-commit", "+hooks/pre-commit", "+sub/.envrc", "+sub/.vscode",
            "+sub/deep/.git/hooks/pre-commit", "+sub/hooks/pre-commit", "+x.git/.envrc"], Left(watch));
    }

    [Fact]
    public void What_is_only_told_hides_nothing_that_lies_in_it()
    {
        Write("mine/.vscode/settings.json");
        using WritableWatch watch = Begin();
        Write("a/Makefile/.envrc");
        Write("a/Makefile/x/.git/hooks/pre-commit");
        Directory.Move(Path.Join(Project, "mine/.vscode"), Path.Join(Project, "mine/was"));
        Write("mine/.vscode/tasks.json");
        Assert.Equal(["!a/Makefile", "+a/Makefile/.envrc", "+a/Makefile/x/.git/hooks/pre-commit", "~mine/.vscode",
            "+mine/.vscode/tasks.json"], Left(watch));
    }

    // git calls the repository of a submodule as its path is.
    [Fact]
    public void The_repository_of_a_submodule_is_looked_at_however_it_is_called()
    {
        foreach (string part in (string[])["HEAD", "objects/x", "refs/x"]) Write($"new/.git/modules/third/party/{part}");
        using WritableWatch watch = Begin();
        Write("new/.git/modules/third/party/hooks/pre-commit");
        Write("new/.git/modules/third/HEAD");
        Write("new/.git/modules/third/party/modules/a/b/hooks/pre-push");
        Assert.Equal(["+new/.git/modules/third/party/hooks/pre-commit", "+new/.git/modules/third/party/modules/a/b/hooks/pre-push"],
            Left(watch));
    }

    [Fact]
    public void A_link_counts_by_where_whoever_opens_it_comes_to()
    {
        using WritableWatch watch = Begin();
        Directory.CreateDirectory(Path.Join(Project, "sub/deep"));
        foreach (var (name, target) in ((string, string)[])[("system", "/usr/lib"), ("in", "sub/deep"),
            ("by-system", "system/../../home/ada/.bashrc"), ("by-root", "/proc/self/root/home/ada/.bashrc"), ("by-cwd", "/proc/self/cwd/x"),
            ("memory", "/dev/shm/x"), ("round", "round"), ("stays", "in/../deep/x"), ("null", "/dev/null"),
            ("python", "/usr/bin/python3")])
        {
            File.CreateSymbolicLink(Path.Join(Project, name), target);
        }
        Assert.Equal(["+by-cwd", "+by-root", "+by-system", "+memory", "+round"], Left(watch));
    }

    [Fact]
    public void A_new_environment_is_one_thing_and_what_is_put_into_an_old_one_counts()
    {
        Write("old/pyvenv.cfg");
        Write("old/lib/python3.11/site-packages/pip/x.py");
        using WritableWatch watch = Begin();
        Write("new/pyvenv.cfg");
        Write("new/lib/python3.11/site-packages/a.pth");
        Write("new/lib/python3.11/site-packages/a/__pycache__/a.pyc");
        Write("new/lib/python3.11/site-packages/a/Makefile");
        Write("new/.envrc");
        Write("old/lib/python3.11/site-packages/evil.pth");
        Write("node_modules/a/package.json");
        Write("node_modules/a/.github/x");
        Assert.Equal(["+new/.envrc", "!new/pyvenv.cfg", "!node_modules", "+old/lib/python3.11/site-packages/evil.pth"], Left(watch));
    }

    [Fact]
    public void A_link_that_leads_out_counts_and_one_that_does_not_does_not()
    {
        using WritableWatch watch = Begin();
        Directory.CreateDirectory(Path.Join(Project, "sub"));
        foreach (var (name, target) in ((string, string)[])[("out", "/home/ada/.bashrc"), ("up", "../outside"), ("sub/two", "../../x"),
            ("in", "sub"), ("sub/in", "../other"), ("system", "/usr/bin/python3"), ("whole", Path.Join(Project, "sub")),
            ("gone", "nowhere"),
            ("Makefile", "sub/x")])
        {
            File.CreateSymbolicLink(Path.Join(Project, name), target);
        }
        Assert.Equal(["!Makefile", "+out", "+sub/two", "+up"], Left(watch));
        // No link is followed by the walk.
        Directory.CreateDirectory(Path.Join(_root, "outside"));
        File.WriteAllText(Path.Join(_root, "outside", ".envrc"), "");
        Assert.Equal(["!Makefile", "+out", "+sub/two", "+up"], Left(watch));
    }

    [Fact]
    public void What_was_granted_by_its_own_name_is_nobodys_business()
    {
        using WritableWatch watch = Begin(Path.Join(Project, "conftest.py"));
        Write("conftest.py");
        Write("sub/conftest.py");
        Assert.Equal(["!sub/conftest.py"], Left(watch));
    }

    [Fact]
    public void A_directory_that_is_granted_within_another_is_watched_with_it()
    {
        string source = Path.GetDirectoryName(Write("src/app.py"))!, hooks = Path.GetDirectoryName(Write(".githooks/x"))!;
        using WritableWatch watch = WritableWatch.Begin(new Confinement
        {
            Home = "/home/ada",
            WorkingDirectory = Project,
            Shown = [.. new[] { Project, source, hooks }.Select(path => ShownPath.Needed(path, PathAccess.Write))],
        });
        Write("src/.envrc");
        Write(".githooks/pre-commit");
        Assert.Equal(["+src/.envrc"], Left(watch));
    }

    [Fact]
    public void A_name_that_is_no_text_hides_nothing_and_can_be_removed()
    {
        using WritableWatch watch = Begin();
        Python($"import os; d=os.fsencode('{Project}')+b'/\\xff\\xfe'; os.makedirs(d); open(d+b'/.envrc','w'); open(d+b'/\\xff.pth','w')");
        ImmutableArray<Leftover> left = watch.End();
        Assert.Equal(2, left.Length);
        foreach (Leftover leftover in left) Assert.NotNull(Held.Hold(watch, leftover, "x", DateTimeOffset.UnixEpoch));
        Assert.Empty(watch.End());
        foreach (HeldFile file in Held.List()) Assert.Null(HeldFiles.Keep(file));
        foreach (Leftover leftover in watch.End()) Assert.NotNull(Held.Hold(watch, leftover, "x", DateTimeOffset.UnixEpoch));
        Python($"import os; os.rmdir(os.fsencode('{Project}')+b'/\\xff\\xfe')");
        Python($"import os; d=os.fsencode('{Project}')+b'/.vscode/\\xff/\\xfe'; os.makedirs(d); open(d+b'/\\xff','w'); os.chmod(d, 0)");
        Held.Hold(watch, Assert.Single(watch.End()), "x", DateTimeOffset.UnixEpoch);
        foreach (HeldFile file in Held.List()) Assert.Equal(0, HeldFiles.Drop(file));
        Assert.Empty(Directory.GetDirectories(Path.Join(_root, "data", "held")));

        static void Python(string script) => System.Diagnostics.Process.Start("/usr/bin/python3", ["-I", "-c", script]).WaitForExit();
    }

    // Whoever may enter it finds an .envrc by its name; root may list everything.
    [Fact]
    public void A_directory_that_was_closed_before_is_told()
    {
        Assert.SkipWhen(Environment.UserName is "root", "root may list every directory");
        string closed = Path.Join(Project, "closed"), was = Path.Join(Project, "was");
        Directory.CreateDirectory(closed);
        Directory.CreateDirectory(was, UnixFileMode.UserExecute);
        using (WritableWatch watch = Begin())
        {
            Assert.Empty(Left(watch));
            File.SetUnixFileMode(closed, UnixFileMode.UserExecute);
            File.SetUnixFileMode(was, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            Write("was/.envrc");
            File.SetUnixFileMode(was, UnixFileMode.UserExecute);
            Assert.Equal(["~was"], Left(watch));
        }
        foreach (string directory in (string[])[closed, was])
            File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Fact]
    public void Depth_has_an_end_that_is_told()
    {
        using WritableWatch watch = Begin();
        Write(string.Join('/', Enumerable.Repeat("d", WatchedTree.MostLevels + 5)) + "/.envrc");
        Assert.Equal(AutorunName.TooDeep, Assert.Single(watch.End()).Rule);
    }

    [Fact]
    public void What_is_kept_aside_comes_back_as_it_was_or_goes_for_good()
    {
        using WritableWatch watch = Begin();
        Write("a/.vscode/tasks.json", "tasks");
        Write("b/.envrc", "b");
        foreach (Leftover leftover in watch.End()) Held.Hold(watch, leftover, "black .", DateTimeOffset.UnixEpoch);
        Assert.False(Path.Exists(Path.Join(Project, "a/.vscode")) || Path.Exists(Path.Join(Project, "b/.envrc")));
        ImmutableArray<HeldFile> held = Held.List();
        Assert.Equal([(1, Path.Join(Project, "a/.vscode"), "VS Code", "black ."),
            (2, Path.Join(Project, "b/.envrc"), "your shell in this directory", "black .")],
            held.Select(h => (h.Number, h.Path, h.RunBy, h.Command)));
        Assert.Null(HeldFiles.Keep(held[0]));
        Assert.Equal("tasks", File.ReadAllText(Path.Join(Project, "a/.vscode/tasks.json")));
        Assert.Equal(0, HeldFiles.Drop(held[1]));
        Assert.Empty(Held.List());
        Assert.False(Path.Exists(Path.Join(Project, "b/.envrc")));
    }

    // Somebody reads `held`, and drops what is 1 by then.
    [Fact]
    public void A_number_that_was_given_once_is_no_other_things_later()
    {
        using WritableWatch watch = Begin();
        foreach (string name in (string[])[".envrc", "a/.envrc"]) Write(name, name);
        int[] first = [.. watch.End().Select(leftover => Held.Hold(watch, leftover, "x", DateTimeOffset.UnixEpoch)!.Number)];
        foreach (HeldFile file in Held.List()) Assert.Equal(0, HeldFiles.Drop(file));
        using WritableWatch again = Begin();
        Write("b/.envrc", "b");
        int next = Held.Hold(again, Assert.Single(again.End()), "x", DateTimeOffset.UnixEpoch)!.Number;
        Assert.Equal([1, 2, 3], [.. first, next]);
    }

    [Fact]
    public void What_is_kept_aside_lands_on_nothing_that_is_there_and_through_no_link()
    {
        using WritableWatch watch = Begin();
        Write("a/.envrc", "held");
        HeldFile held = Held.Hold(watch, Assert.Single(watch.End()), "x", DateTimeOffset.UnixEpoch)!;
        Write("a/.envrc", "mine");
        Assert.Equal(Sandpiper.Kernel.Errno.Exists, HeldFiles.Keep(held));
        Assert.Equal("mine", File.ReadAllText(Path.Join(Project, "a/.envrc")));
        Directory.Delete(Path.Join(Project, "a"), recursive: true);
        string elsewhere = Directory.CreateDirectory(Path.Join(_root, "elsewhere")).FullName;
        Directory.CreateSymbolicLink(Path.Join(Project, "a"), elsewhere);
        Assert.NotNull(HeldFiles.Keep(held));
        Assert.Empty(Directory.GetFileSystemEntries(elsewhere));
        Assert.Equal(held, Assert.Single(Held.List()));
    }

    [Fact]
    public void Very_many_are_kept_as_one_and_come_back_each_where_it_was()
    {
        using WritableWatch watch = Begin();
        foreach (string path in (string[])["a/.envrc", "b/.vscode/tasks.json", "c/x.pth"]) Write(path, path);
        ImmutableArray<Leftover> left = watch.End();
        Assert.Empty(Held.HoldTogether(watch, left, "x", DateTimeOffset.UnixEpoch));
        Assert.Empty(watch.End());
        HeldFile held = Assert.Single(Held.List());
        Assert.Equal(Project, held.Path);
        Assert.Equal(left.Select(leftover => leftover.ShownPath), held.Together);
        // One of them cannot come back yet; the others do, and are not missed the second time.
        Write("b/.vscode", "mine");
        Assert.Equal(Sandpiper.Kernel.Errno.Exists, HeldFiles.Keep(held));
        Assert.Equal(("a/.envrc", "mine", "c/x.pth"), (Read("a/.envrc"), Read("b/.vscode"), Read("c/x.pth")));
        File.Delete(Path.Join(Project, "b/.vscode"));
        Assert.Null(HeldFiles.Keep(held));
        Assert.Equal("b/.vscode/tasks.json", Read("b/.vscode/tasks.json"));
        Assert.Empty(Held.List());
        Assert.Empty(Held.HoldTogether(watch, watch.End(), "x", DateTimeOffset.UnixEpoch));
        Assert.Equal(0, HeldFiles.Drop(Assert.Single(Held.List())));
        Assert.Empty(watch.End());

        string Read(string path) => File.ReadAllText(Path.Join(Project, path));
    }

    // chmod(2) takes from a program's user what he needs to look, and to move; not what git or a shell need to run it by its name.
    [Fact]
    public void Rights_that_a_program_takes_from_its_user_keep_nothing_from_being_found_and_moved()
    {
        Assert.SkipWhen(Environment.UserName is "root", "root may do everything in every directory");
        Write("mine/old");
        using WritableWatch watch = Begin();
        Write(".vscode/tasks.json", "tasks");
        Close(".vscode", UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Write("sub/.envrc");
        Close("sub", UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Write("listed/.envrc");
        Close("listed", UnixFileMode.UserRead);
        Write("shut/.github/workflows/ci.yml");
        Close("shut/.github", UnixFileMode.None);
        Write("mine/.envrc");
        Close("mine", UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (string part in (string[])["HEAD", "objects/x", "refs/x", "hooks/pre-commit", "modules/m/hooks/pre-commit"])
            Write($"new/.git/{part}");
        foreach (string directory in (string[])["hooks", "modules/m/hooks", "modules"])
            Close($"new/.git/{directory}", UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Close("", UnixFileMode.None);
        ImmutableArray<Leftover> left = watch.End();
        Assert.Equal([".vscode", "listed/.envrc", "mine/.envrc", "new/.git/hooks/pre-commit", "new/.git/modules/m/hooks/pre-commit",
            "shut/.github", "sub/.envrc"], left.Select(leftover => leftover.Path));
        Assert.All(left, leftover => Assert.NotNull(Held.Hold(watch, leftover, "x", DateTimeOffset.UnixEpoch)));
        Assert.Empty(watch.End());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Join(Project, "sub")));
        HeldFile tasks = Held.List()[0];
        Assert.Null(HeldFiles.Keep(tasks));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserExecute, File.GetUnixFileMode(tasks.Path));
        Assert.Null(HeldFiles.Keep(Held.List()[^1]));
        Assert.True(File.Exists(Path.Join(Project, "sub/.envrc")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Join(Project, "sub")));
        foreach (string path in (string[])[".vscode", "sub"])
            File.SetUnixFileMode(Path.Join(Project, path), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        void Close(string path, UnixFileMode rights) => File.SetUnixFileMode(Path.Join(Project, path), rights);
    }

    // A project on another disk: what is kept aside gets a name there that nobody looks for.
    [Fact]
    public void On_another_file_system_it_is_kept_aside_under_another_name()
    {
        string elsewhere = Path.Join("/dev/shm", $"sandpiper-{Guid.NewGuid():N}");
        Directory.CreateDirectory(Path.Join(elsewhere, "sub"));
        try
        {
            Assert.SkipWhen(DeviceOf(elsewhere) == DeviceOf(_root), "/dev/shm is no other file system than the tests'");
            using WritableWatch watch = WritableWatch.Begin(new Confinement
            {
                Home = "/home/ada", WorkingDirectory = elsewhere, Shown = [ShownPath.Needed(elsewhere, PathAccess.Write)],
            });
            Directory.CreateDirectory(Path.Join(elsewhere, "sub/.vscode"));
            File.WriteAllText(Path.Join(elsewhere, "sub/.vscode/tasks.json"), "tasks");
            File.WriteAllText(Path.Join(elsewhere, new string('x', 250) + ".pth"), "evil");
            ImmutableArray<Leftover> left = watch.End();
            Assert.Equal(left, Held.HoldTogether(watch, left, "x", DateTimeOffset.UnixEpoch));
            HeldFile[] held = [.. left.Select(leftover => Held.Hold(watch, leftover, "x", DateTimeOffset.UnixEpoch)!)];
            Assert.Empty(watch.End());
            Assert.Equal(held, Held.List());
            Assert.All(held, file => Assert.True(Path.Exists(file.Place)));
            Assert.Null(HeldFiles.Keep(held[0]));
            Assert.Equal("tasks", File.ReadAllText(Path.Join(elsewhere, "sub/.vscode/tasks.json")));
            Assert.Equal(0, HeldFiles.Drop(held[1]));
            Assert.Empty(Directory.GetFiles(elsewhere));
            Assert.Empty(Held.List());
        }
        finally
        {
            Directory.Delete(elsewhere, recursive: true);
        }

        static (uint, uint) DeviceOf(string path) =>
            FileStatus.TryRead(path, out FileStatus status) ? (status.Identity.DeviceMajor, status.Identity.DeviceMinor) : default;
    }

    [Fact]
    public void A_damaged_record_is_none()
    {
        using WritableWatch watch = Begin();
        Write(".envrc");
        HeldFile held = Held.Hold(watch, Assert.Single(watch.End()), "x", DateTimeOffset.UnixEpoch)!;
        string record = Path.Join(Path.GetDirectoryName(held.Place)!, "record.json");
        foreach (string content in (string[])["", "null", "{}", "{\"root\":\"/\",\"path\":\"?\"}", "[]"])
        {
            File.WriteAllText(record, content, new UTF8Encoding(false));
            Assert.Empty(Held.List());
        }
    }
}
