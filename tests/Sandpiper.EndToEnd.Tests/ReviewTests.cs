using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using Sandpiper.EndToEnd.Tests.Staging;
using Sandpiper.Samples;
using Sandpiper.Surroundings;

namespace Sandpiper.EndToEnd.Tests;

/// <summary><c>--review</c>: a program writes a copy, the project is as it was, and its user takes what he likes.</summary>
/// <remarks>Where the kernel keeps apart what is written, nothing is copied, and all of it is true all the same.</remarks>
public class ReviewTests : IDisposable
{
    private readonly Somebody _user = new();
    private readonly bool _isLayered;

    public ReviewTests()
        : this(isLayered: true)
    {
    }

    protected ReviewTests(bool isLayered)
    {
        _isLayered = isLayered;
        Layer(isLayered);
        Done(_user.Sandpiper("install", "pebble", "-i", _user.Serve(new SampleIndex().With(OrdinaryPackages.Pebble()))));
        _user.Write("setup.py", "");
        _user.Write("app.py", "one\ntwo\nthree\n");
        _user.Write("old.txt", "old\n");
    }

    public void Dispose()
    {
        _user.Dispose();
        GC.SuppressFinalize(this);
    }

    private void Layer(bool isLayered) => _user.Variables["SANDPIPER_REVIEW"] = isLayered ? "" : "copy";

    private ImmutableArray<string> Project => Tree.Of(_user.Project);

    private string Reviews => Path.Combine(_user.DataRoot, "reviews");

    private Outcome Review(string script, params string[] options) =>
        _user.Sandpiper(["run", "--review", .. options, "--", "sh", "-c", script]);

    private static void Done(Outcome outcome) => Assert.True(outcome.ExitCode == 0, $"{outcome}");

    [Fact]
    public void Who_drops_two_and_one_is_in_use_is_told_that_the_other_is_gone()
    {
        Done(Review("echo 1 > a"));
        Done(Review("echo 2 > b"));
        using (new FileStream(Path.Combine(Reviews, "2", "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            Outcome dropped = _user.Sandpiper("review", "drop", "1", "2");
            Assert.True(dropped.ExitCode == 1
                && dropped.Error.Contains("review 2 is in use; review 1 was removed\n", StringComparison.Ordinal), $"{dropped}");
        }
        Assert.False(Directory.Exists(Path.Combine(Reviews, "1")));
        Done(_user.Sandpiper("review", "drop", "2"));
    }

    [Fact]
    public void The_program_sees_its_writes_the_project_does_not_and_what_is_taken_is_there()
    {
        ImmutableArray<string> before = Project;
        Outcome run = Review("sed -i s/two/2/ app.py; cat app.py; rm old.txt; mkdir sub; echo n > sub/new; exit 7");
        Assert.Equal((7, "one\n2\nthree\n"), (run.ExitCode, run.Output));
        Assert.Equal($"""
            sandpiper: review 1: what `sh -c sed -i s/two/2/ app.py; c…` changed in a copy of {_user.Project}
              changed  app.py   +1 −1, 14 bytes → 12 bytes
              removed  old.txt   4 bytes
              new      sub/   1 file, 2 bytes
              sandpiper review diff 1      line by line
              sandpiper review take 1      put it there; take 1 PATH… a part of it
              sandpiper review drop 1      throw it away

            """, run.Error);
        Assert.Equal(before, Project);

        Outcome diff = _user.Sandpiper("review", "diff", "1", "app.py");
        Assert.Equal("changed app.py   +1 −1, 14 bytes → 12 bytes\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n", diff.Output);
        Outcome part = _user.Sandpiper("review", "take", "1", "sub/new");
        Assert.True(part.ExitCode == 0 && File.Exists(Path.Combine(_user.Project, "sub/new")), $"{part}");
        Assert.Equal("Took 2 changes; 2 left ·  sandpiper review show 1\n", part.Error);
        Assert.Contains("two", File.ReadAllText(Path.Combine(_user.Project, "app.py")), StringComparison.Ordinal);
        Done(_user.Sandpiper("review", "take", "1"));
        Assert.Equal("one\n2\nthree\n", File.ReadAllText(Path.Combine(_user.Project, "app.py")));
        Assert.False(File.Exists(Path.Combine(_user.Project, "old.txt")));
        Assert.Equal("Nothing waits for a review\n", _user.Sandpiper("review").Error);
        Assert.Equal(["last"], Directory.GetFileSystemEntries(Reviews).Select(Path.GetFileName));
    }

    [Fact]
    public void A_hostile_program_reaches_nothing_before_and_with_all_taken_nothing_that_runs_by_itself()
    {
        _user.Write("../secret", "key\n");
        _user.Write(".git/HEAD", "ref: refs/heads/main\n");
        _user.Write(".git/config", "[remote \"o\"]\n\turl = https://me:password@example.org/x\n");
        _user.Write(".env", "TOKEN=1\n");
        _user.Write("data/in", "");
        ImmutableArray<string> before = Project;
        Outcome run = Review("""
            cat .env .git/config; (rm -rf .git; echo x > .git/hooks/post-commit; echo x > .env; rm .env) 2>/dev/null
            ln -s /etc/passwd passwd; ln -s ../secret out; ln -sf ../../secret data/in; rm -r data; ln -s .. data; mkfifo pipe
            mkdir -p sub/.git/hooks sub/.git/objects sub/.git/refs .vscode; echo x > sub/.git/HEAD; echo x > sub/.git/hooks/pre-commit
            echo x > .vscode/tasks.json; echo x > .envrc; echo x > a.pth; echo x > tool; chmod 755 tool; chmod 6755 tool
            for i in $(seq 10000); do : > "sub/$i"; done; printf 'x' > "$(printf 'n\033[2Jx')"
            """);
        Assert.Equal(before, Project);
        Assert.DoesNotContain("TOKEN", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("password", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', run.Error);
        Assert.Contains("n\\u{1b}[2Jx", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(run.Error.Split('\n'), line => line.Length > 80 && !line.Contains("what `", StringComparison.Ordinal));
        Assert.True(run.Error.Split('\n').Length < 70, $"{run}");

        Outcome take = _user.Sandpiper("review", "take", "1");
        Assert.Equal(1, take.ExitCode);
        foreach (string never in (string[])[".envrc", ".vscode", "a.pth", "sub/.git/hooks/pre-commit", "out", "pipe", "data"])
            Assert.False(new FileInfo(Path.Combine(_user.Project, never)) is { Exists: true } or { LinkTarget: not null }, never);
        Assert.Equal(10_002, Directory.GetFileSystemEntries(Path.Combine(_user.Project, "sub")).Length + 1);
        Assert.Equal((UnixFileMode)0b111_101_101, File.GetUnixFileMode(Path.Combine(_user.Project, "tool")));
        Assert.Equal("TOKEN=1\n", File.ReadAllText(Path.Combine(_user.Project, ".env")));
        Assert.Contains("password", File.ReadAllText(Path.Combine(_user.Project, ".git/config")), StringComparison.Ordinal);
        Assert.False(Path.Exists(Path.Combine(_user.Project, ".git/hooks")));
        Assert.Equal("key\n", File.ReadAllText(Path.Combine(_user.Home, "secret")));
        // Where it is named it is taken.
        Done(_user.Sandpiper("review", "take", "1", ".envrc", ".vscode", "out"));
        Assert.True(File.Exists(Path.Combine(_user.Project, ".vscode/tasks.json")));
        Assert.Equal("../secret", new FileInfo(Path.Combine(_user.Project, "out")).LinkTarget);
    }

    [Fact]
    public void It_writes_a_layer_above_the_project_or_a_copy_of_it_and_neither_leads_to_the_other()
    {
        _user.Write(".env", "TOKEN=1\n");
        _user.Write("in/side", "");
        // Whatever is mounted, the directory it is in, and what it may do.
        Outcome run = Review("""
            grep -c ' overlay ' /proc/self/mountinfo; pwd -P; ls; ls -A /.host 2>/dev/null; grep CapEff /proc/self/status
            cat .env "$PWD/.env" in/../.env
            python -c "import os; os.setxattr('in', 'user.overlay.opaque', b'y')" 2>/dev/null; ls in
            for fd in /proc/self/fd/*; do readlink $fd; done | grep -c reviews; mknod whiteout c 0 0 2>&1 | grep -c .
            """);
        Assert.Equal((_isLayered ? "1" : "0")
            + $"\n{_user.Project}\napp.py\nin\nold.txt\nsetup.py\nCapEff:\t0000000000000000\nside\n0\n"
            + (_isLayered ? "1\n" : "0\n"), run.Output);
        if (_isLayered) Assert.Contains("it changed nothing", run.Error, StringComparison.Ordinal);
    }

    // Taking is by what is on record, so that the same record is the same taken.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(12)]
    public void What_is_told_of_any_program_is_what_a_copy_would_tell(int seed)
    {
        Done(_user.Run(["sh", "-c", RandomScript.Of(100 + seed, operations: 120)], _user.Project));
        string Found() => _user.Run(["find", ".", "-printf", "%p %y %m %s %T@ %C@ %i %l\\n"], _user.Project).Output;
        string before = Found();
        string script = RandomScript.Of(seed, operations: 80);
        Outcome here = _user.Sandpiper("run", "--review", "--json", "--", "sh", "-c", script);
        Layer(!_isLayered);
        Outcome there = _user.Sandpiper("run", "--review", "--json", "--", "sh", "-c", script);
        Assert.Equal(before, Found());
        Assert.Contains("\"kind\"", here.Output, StringComparison.Ordinal);
        Assert.Equal(Told(there), Told(here));
        Assert.Equal(Record(2), Record(1));

        static IEnumerable<string> Told(Outcome review) => review.Output.Split('\n').Where(line =>
            !line.StartsWith("  \"review\":", StringComparison.Ordinal) && !line.StartsWith("  \"when\":", StringComparison.Ordinal));

        string Record(int number)
        {
            using JsonDocument record = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Reviews, $"{number}/record.json")));
            return string.Join('\n', record.RootElement.GetProperty("changes").EnumerateArray().Select(change => change.GetRawText()));
        }
    }

    // The directory it lies in cannot be listed, so that it is not in the layer; only there is it known that nothing can be put on it.
    [Fact]
    public void Where_the_kernel_does_not_take_the_layer_a_copy_is_made_and_nothing_else_is_said()
    {
        _user.Write("closed/file", "read\n");
        Done(_user.Run(["chmod", "311", "closed"], _user.Project));
        Outcome run = Review("cat closed/file; grep -c ' overlay ' /proc/self/mountinfo; echo x > app.py", "--read", "closed/file");
        Assert.Equal((1, "read\n0\n"), (run.Error.Split("changed in a copy of").Length - 1, run.Output));
        Assert.Contains("  changed  app.py ", run.Error, StringComparison.Ordinal);
        Assert.StartsWith("sandpiper: review 1: ", run.Error, StringComparison.Ordinal);
        Assert.Equal(["copy-0", "lock", "record.json"], Directory.GetFileSystemEntries(Path.Combine(Reviews, "1"))
            .Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_was_changed_meanwhile_is_told_and_not_overwritten()
    {
        Done(Review("echo theirs > app.py; echo theirs > old.txt; echo theirs > new"));
        _user.Write("app.py", "mine\n");
        _user.Write("new", "mine\n");
        string shown = _user.Sandpiper("review", "show", "1").Output;
        Assert.Contains("another one there since the copy was made", shown, StringComparison.Ordinal);
        Outcome take = _user.Sandpiper("review", "take", "1");
        Assert.Equal((1, "mine\n", "mine\n", "theirs\n"), (take.ExitCode, File.ReadAllText(Path.Combine(_user.Project, "app.py")),
            File.ReadAllText(Path.Combine(_user.Project, "new")), File.ReadAllText(Path.Combine(_user.Project, "old.txt"))));
        Assert.Contains("not taken: app.py: what is there is another one since the copy was made", take.Error, StringComparison.Ordinal);
        Done(_user.Sandpiper("review", "drop", "1"));
        Assert.Equal(1, _user.Sandpiper("review", "take", "1").ExitCode);
        Assert.Equal(["last"], Directory.GetFileSystemEntries(Reviews).Select(Path.GetFileName));
    }

    [Fact]
    public void What_is_changed_outside_while_it_runs_is_not_the_programs_and_not_overwritten()
    {
        _user.Write("seen", "before\n");
        using Process running = _user.Start([PublishedCommand.Path, "run", "--review", "--", "sh", "-c",
            "echo begun; read line; echo theirs >> app.py; chmod 600 old.txt; rm setup.py; echo theirs > new"]);
        Assert.Equal("begun", running.StandardOutput.ReadLine());
        foreach (string path in (string[])["app.py", "old.txt", "setup.py", "new", "seen", "added"]) _user.Write(path, "mine\n");
        running.StandardInput.WriteLine();
        Assert.True(running.WaitForExit(Patience.Endless));
        ImmutableArray<string> mine = Project;
        using (JsonDocument shown = JsonDocument.Parse(_user.Sandpiper("review", "show", "1", "--json").Output))
        {
            // What it only gave other rights is, in a copy, what it was; above what another one wrote it is that.
            Assert.Equal([("app.py", true), ("new", true), ("old.txt", true), ("setup.py", true)],
                shown.RootElement.GetProperty("changes").EnumerateArray()
                    .Select(c => (Path.GetFileName(c.GetProperty("path").GetString())!, c.GetProperty("changed_there").GetBoolean())));
        }
        Assert.Equal(1, _user.Sandpiper("review", "take", "1").ExitCode);
        Assert.Equal(mine, Project);
    }

    [Fact]
    public void For_a_program_the_answer_is_one_object_and_nothing_is_asked()
    {
        Outcome run = _user.Sandpiper("run", "--review", "--json", "--", "sh", "-c", "echo said; echo x >> app.py; exit 3");
        Assert.Equal(3, run.ExitCode);
        Assert.Equal("said\n", run.Error);
        using (JsonDocument answer = JsonDocument.Parse(run.Output))
        {
            JsonElement change = Assert.Single(answer.RootElement.GetProperty("changes").EnumerateArray());
            Assert.Equal((1, 3, Path.Combine(_user.Project, "app.py"), "changed", "@@ -1,3 +1,4 @@\n one\n two\n three\n+x\n"),
                (answer.RootElement.GetProperty("review").GetInt32(), answer.RootElement.GetProperty("exit_code").GetInt32(),
                    change.GetProperty("path").GetString(), change.GetProperty("kind").GetString(),
                    change.GetProperty("diff").GetString()));
        }
        // The same, but for nothing, when it is asked for later.
        Assert.Equal(run.Output, _user.Sandpiper("review", "show", "1", "--json").Output);
        Outcome none = _user.Sandpiper("run", "--review", "--json", "--", "true");
        using JsonDocument nothing = JsonDocument.Parse(none.Output);
        Assert.Equal(JsonValueKind.Null, nothing.RootElement.GetProperty("review").ValueKind);
    }

    [Fact]
    public void Only_what_is_named_is_copied_and_what_cannot_be_is_refused_with_the_way_on()
    {
        _user.Write("part/a", "1\n");
        Outcome part = Review("echo 2 > part/a; echo 2 > app.py", "--write", "part");
        Assert.Contains("  changed  a   ", part.Error, StringComparison.Ordinal);
        Assert.Contains("app.py: Read-only file system", part.Error, StringComparison.Ordinal);
        using (var large = new FileStream(_user.Write("large", ""), FileMode.Open)) large.SetLength(3_000_000_000);
        if (_isLayered) Done(Review("test -s large"));
        Layer(false);
        Outcome refused = Review("true");
        Assert.True(refused.ExitCode == 125 && refused.Error.Contains("too large", StringComparison.Ordinal)
            && refused.Error.Contains("hint: sandpiper run --review --write DIR", StringComparison.Ordinal), $"{refused}");
        Outcome explained = _user.Sandpiper("run", "--review", "--explain", "--", "true");
        Assert.Equal((125, "", refused.Error), (explained.ExitCode, explained.Output, explained.Error));
        Assert.Equal(["1", "last"], Directory.GetFileSystemEntries(Reviews).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Outcome home = _user.Run([PublishedCommand.Path, "run", "--review", "--", "true"], _user.Home);
        Assert.True(home.ExitCode == 125 && home.Error.Contains("nothing to make a copy of", StringComparison.Ordinal), $"{home}");
    }

    [Fact]
    public void A_kill_in_the_middle_leaves_nothing_behind_once_the_next_command_came_by_and_two_at_once_do_not_meet()
    {
        using Process killed = Waiting("killed"), running = Waiting("running");
        killed.Kill();
        Assert.True(killed.WaitForExit(Patience.Endless));
        Assert.Equal(3, Directory.GetFileSystemEntries(Reviews).Length);
        Done(Review("echo 3 > three"));
        Assert.Equal(3, Directory.GetFileSystemEntries(Reviews).Length);
        running.StandardInput.WriteLine();
        Assert.True(running.WaitForExit(Patience.Endless));
        Assert.Equal(["  2  ", "  3  "], _user.Sandpiper("review").Output.Split('\n').Where((_, line) => line % 2 == 0)
            .Where(line => line.Length > 0).Select(line => line[..5]));
        Done(_user.Sandpiper("review", "drop", "--all"));
        Assert.False(File.Exists(Path.Combine(_user.Project, "three")));
        Done(Review("echo 4 > four"));
        Done(_user.Sandpiper("purge", "--yes"));
        Assert.False(Path.Exists(_user.DataRoot));

        Process Waiting(string name)
        {
            Process process = _user.Start([PublishedCommand.Path, "run", "--review", "--", "python", "-uc",
                $"open('{name}', 'w'); print('begun'); input()"]);
            Assert.Equal("begun", process.StandardOutput.ReadLine());
            return process;
        }
    }

    [Theory]
    [InlineData("[['dr[o]p', 't\\n']]", "theirs\n", 0)]
    [InlineData("[['dr[o]p', '\\n']]", "one\ntwo\nthree\n", 1)]
    [InlineData("[['dr[o]p', 'o\\n']]", "one\ntwo\nthree\n", 0)]
    [InlineData("[['dr[o]p', 'd\\n'], ['dr[o]p', 't\\n']]", "theirs\n", 0)]
    public void On_a_terminal_it_asks_once_the_program_has_ended(string steps, string content, int waiting)
    {
        Outcome outcome = SomebodyAtATerminal.Run(
            _user, steps.Replace('\'', '"'), "run", "--review", "--", "sh", "-c", "echo theirs > app.py; exit 5");
        Assert.Equal((5, content), (outcome.ExitCode, File.ReadAllText(Path.Combine(_user.Project, "app.py"))));
        Assert.Equal(waiting, _user.Sandpiper("review").Output.Split('\n').Length / 2);
    }

    [Fact]
    public void Whether_it_will_be_a_layer_is_told_before_and_so_it_is()
    {
        _user.Write("sub/file", "");
        Same(_isLayered);
        // What can be listed and not entered only a copy shows as it is.
        Done(_user.Run(["chmod", "644", "sub"], _user.Project));
        Same(isLayer: false);
        Done(_user.Run(["chmod", "755", "sub"], _user.Project));
        string doctor = _user.Sandpiper("doctor").Output;
        Assert.Contains(_isLayered ? "✓ review     a layer " : "! review     a copy ", doctor, StringComparison.Ordinal);
        // Two have run; whoever only asks takes no number.
        Assert.Contains("sandpiper: review 3: ", Review("echo x > new").Error, StringComparison.Ordinal);

        void Same(bool isLayer)
        {
            string[] asked = ["run", "--review", "--explain", "--", "sh"];
            Assert.Contains(isLayer ? "a layer above it" : "a copy of it", _user.Sandpiper(asked).Output, StringComparison.Ordinal);
            using JsonDocument answer = JsonDocument.Parse(_user.Sandpiper([asked[0], "--json", .. asked[1..]]).Output);
            Assert.Equal(isLayer, answer.RootElement.GetProperty("review_is_layer").GetBoolean());
            // Of the one that runs the kernel itself says it.
            Assert.Equal(isLayer, Review($"grep -c ' {_user.Project} overlay ' /proc/mounts; true").Output is "1\n");
        }
    }

    [Fact]
    public void Try_lets_a_package_write_a_copy_too()
    {
        string index = _user.Serve(new SampleIndex().With(OrdinaryPackages.Pebble()));
        ImmutableArray<string> before = Project;
        Outcome tried = _user.Sandpiper(
            "try", "--review", "-i", index, "--command", "python", "pebble", "-c", "open('new', 'w').write('x')");
        Assert.True(tried.ExitCode == 0 && tried.Error.Contains("  new      new   1 line, 1 byte", StringComparison.Ordinal), $"{tried}");
        Assert.Equal(before, Project);
        Done(_user.Sandpiper("review", "take", "1"));
        Assert.Equal("x", File.ReadAllText(Path.Combine(_user.Project, "new")));
    }
}

/// <summary>The same where the kernel does not.</summary>
public sealed class CopiedReviewTests() : ReviewTests(isLayered: false);
