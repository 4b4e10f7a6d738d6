using System.Diagnostics;
using System.Text.Json;
using Sandpiper.EndToEnd.Tests.Staging;
using Sandpiper.Samples;
using Sandpiper.Surroundings;

namespace Sandpiper.EndToEnd.Tests;

/// <summary>
/// A `run` that was ended by force looks at nothing: what its program left is looked at by the next command, as it would have been.
/// </summary>
public sealed class KilledRunTests : IDisposable
{
    private const string Evil = """
        import os
        def make(path):
            os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
            open(path, "w").write("evil")
        make("sub/.envrc")
        for path in ["HEAD", "objects/x", "refs/x", "hooks/pre-commit"]: make(f"nested/.git/{path}")
        make("sub/Makefile")
        make("result.txt")
        """;

    private readonly Somebody _user = new();

    public KilledRunTests()
    {
        _user.Write("setup.py", "");
        Done(_user.Sandpiper("install", "pebble", "-i", _user.Serve(new SampleIndex().With(OrdinaryPackages.Pebble()))));
    }

    public void Dispose() => _user.Dispose();

    private string Hook => Path.Combine(_user.Project, "nested/.git/hooks/pre-commit");

    private string Envrc => Path.Combine(_user.Project, "sub/.envrc");

    private string Begun => Path.Combine(_user.DataRoot, "begun");

    private string[] Records => Directory.Exists(Begun) ? Directory.GetFiles(Begun) : [];

    // Its program has done what it does, and goes on until it is killed.
    private Process Running(string program = Evil, params string[] options)
    {
        string script = _user.Write("../program.py", program + "\nprint('done', flush=True)\ninput()\n");
        Process process = _user.Start([PublishedCommand.Path, "run", "--write", ".", .. options, "--", "python", script]);
        Assert.Equal("done", process.StandardOutput.ReadLine());
        return process;
    }

    private int Killed(string program = Evil, params string[] options)
    {
        using Process process = Running(program, options);
        Kill(process);
        return process.Id;
    }

    private static void Kill(Process process)
    {
        process.Kill();
        Assert.True(process.WaitForExit(Patience.Endless));
        Assert.Equal(128 + 9, process.ExitCode);
    }

    private void IsTold(Outcome outcome)
    {
        string[] lines = outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(lines.Length >= 4, $"{outcome}");
        Assert.Matches(@"^sandpiper: `python .*` was killed, begun \d{4}-\d\d-\d\d \d\d:\d\d; what it left in ", lines[0]);
        Assert.Equal([$"sandpiper: kept aside: {Hook} (run by git) ·  sandpiper held",
            $"sandpiper: kept aside: {Envrc} (run by your shell in this directory) ·  sandpiper held",
            $"sandpiper: new: {_user.Project}/sub/Makefile (run by make); read it first"], lines[1..4]);
        Assert.False(Path.Exists(Hook));
        Assert.False(Path.Exists(Envrc));
        Assert.Equal("evil", File.ReadAllText(Path.Combine(_user.Project, "result.txt")));
        Assert.Empty(Records);
    }

    [Theory]
    [InlineData("run", "-q", "--write", ".", "--", "true")]
    [InlineData("run", "-q", "--", "true")]
    [InlineData("held")]
    [InlineData("review")]
    public void What_it_left_is_kept_aside_by_the_next_command_and_told_once(params string[] next)
    {
        Killed();
        Assert.True(File.Exists(Hook) && File.Exists(Envrc));

        Outcome outcome = _user.Sandpiper(next);

        Assert.Equal(0, outcome.ExitCode);
        IsTold(outcome);
        Assert.Equal("", _user.Sandpiper("run", "-q", "--write", ".", "--", "true").Error);
        Assert.Contains("which was killed", _user.Sandpiper("held").Output, StringComparison.Ordinal);
        Done(_user.Sandpiper("held", "keep", "1"));
        Assert.Equal("evil", File.ReadAllText(Hook));
    }

    // By that what its user made since then is told from what the program made: BegunRunsTests, EndMarkTests.
    [Fact]
    public void The_kernel_says_when_it_ended_until_somebody_has_looked()
    {
        foreach (string[] next in (string[][])[["held"], ["purge", "--yes"]])
        {
            int run = Killed();
            Assert.Single(MarksOf(run));
            Done(_user.Sandpiper(next));
            Assert.Empty(MarksOf(run));
        }

        // Made by it, and attached by nobody.
        static IEnumerable<string> MarksOf(int run) => File.ReadLines("/proc/sysvipc/shm").Where(line =>
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, _, _, _, var maker, _, "0", ..]
            && string.Equals(maker, $"{run}", StringComparison.Ordinal));
    }

    [Fact]
    public void While_it_goes_on_nobody_takes_it_for_dead_and_two_at_once_are_two()
    {
        using Process first = Running(), second = Running("open('sub/.exrc', 'w').close()");
        Assert.Equal(2, Records.Length);
        Assert.Equal("Nothing is kept aside\n", _user.Sandpiper("held").Error);
        Assert.True(Path.Exists(Hook) && Path.Exists(Envrc));
        Kill(second);
        // What it found there it did not make.
        Assert.Contains("/sub/.exrc (run by vim) ·  sandpiper held\n", _user.Sandpiper("held").Error, StringComparison.Ordinal);
        Assert.True(Path.Exists(Hook) && Path.Exists(Envrc));
        Kill(first);
        IsTold(_user.Sandpiper("run", "-q", "--write", ".", "--", "true"));
    }

    [Fact]
    public void One_that_ends_by_itself_or_never_begins_leaves_no_record_and_what_it_does_not_write_has_none()
    {
        foreach (string[] words in (string[][])[["--write", ".", "--", "true"], ["--write", ".", "--", "no-such-program"],
            ["--net", "example.org", "--", "true"], ["--review", "--", "true"]])
        {
            _user.Sandpiper(["run", .. words]);
            Assert.Empty(Records);
        }
    }

    [Fact]
    public void Moved_it_is_the_same_directory_and_another_in_its_place_is_not()
    {
        Killed();
        string moved = _user.Project + "-moved";
        Directory.Move(_user.Project, moved);
        Directory.CreateSymbolicLink(_user.Project, Directory.CreateDirectory(Path.Combine(_user.Home, "other")).FullName);
        Somebody.Own(Path.Combine(_user.Home, "other"));
        _user.Write("../other/.envrc", "mine");
        Outcome another = _user.Run([PublishedCommand.Path, "held"]);
        Assert.Contains(" was killed, begun ", another.Error, StringComparison.Ordinal);
        Assert.Contains(
            $"; nobody knows what it left: {_user.Project} is another directory by now\n", another.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_user.Home, "other/.envrc")));
        // What is not there keeps nobody from anything.
        string[] plain = [PublishedCommand.Path, "run", "-q", "--env-var", "LANG", "--", "true"];
        Assert.Matches(" is another directory by now ·  sandpiper held\n$", _user.Run(plain, moved).Error);
        Assert.Equal("", _user.Run(plain, moved).Error);

        Outcome outcome = _user.Run([PublishedCommand.Path, "run", "-q", "--write", ".", "--", "true"], moved);

        Assert.Contains($"\nsandpiper: kept aside: {moved}/sub/.envrc (", outcome.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(moved, "sub/.envrc")));
        Assert.Empty(Records);
    }

    [Fact]
    public void Of_a_damaged_record_nothing_is_believed_and_there_is_a_way_on()
    {
        Killed();
        byte[] content = File.ReadAllBytes(Assert.Single(Records));
        foreach (byte[] damaged in (byte[][])[[], content[..^1], [.. content[..^1], (byte)(content[^1] ^ 1)], new byte[content.Length]])
        {
            File.WriteAllBytes(Assert.Single(Records), damaged);
            Outcome refused = _user.Sandpiper("run", "--write", ".", "--", "touch", "ran");
            Assert.Equal(125, refused.ExitCode);
            Assert.StartsWith(
                "× what a run left that was killed cannot be known; nothing was run\n", refused.Error, StringComparison.Ordinal);
            Assert.Contains("sandpiper held forget", refused.Error, StringComparison.Ordinal);
            Assert.False(Path.Exists(Path.Combine(_user.Project, "ran")));
        }
        Assert.Matches("^sandpiper: a run was killed; nobody knows what it left: its record is damaged, .* ·  sandpiper held\n",
            _user.Sandpiper("run", "-q", "--", "true").Error);
        using (JsonDocument answer = JsonDocument.Parse(_user.Sandpiper("held", "--json").Output))
        {
            JsonElement unknown = Assert.Single(answer.RootElement.GetProperty("unknown").EnumerateArray());
            Assert.Equal("damaged", unknown.GetProperty("why").GetString());
        }
        Assert.Single(Records);
        // What a kill in the middle of writing leaves is of a program that had not begun.
        File.Move(Assert.Single(Records), Path.Combine(Begun, "0.new"));
        Done(_user.Sandpiper("run", "-q", "--write", ".", "--", "true"));
        Assert.Empty(Records);
        File.WriteAllBytes(Path.Combine(Begun, "0"), content[..^1]);
        Somebody.Own(Path.Combine(Begun, "0"));
        Done(_user.Sandpiper("held", "forget"));
        Done(_user.Sandpiper("run", "--write", ".", "--", "touch", "ran"));
        Assert.Empty(Records);
    }

    [Fact]
    public void Whatever_the_program_closes_to_its_user_is_looked_at_and_nothing_secret_is_on_record()
    {
        _user.Variables["TOKEN"] = "hunter2-in-a-variable";
        Killed(Evil + "\nos.chmod('sub', 0)\nos.chmod('.', 0)", "--env-var", "TOKEN");
        Assert.DoesNotContain("hunter2", File.ReadAllText(Assert.Single(Records)), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Assert.Single(Records)));
        IsTold(_user.Run([PublishedCommand.Path, "held"], _user.Home));
    }

    [Fact]
    public void The_environment_may_go_and_a_purge_takes_the_record_along()
    {
        Killed();
        Done(_user.Sandpiper("env", "remove", "shared"));
        IsTold(_user.Sandpiper("held"));
        Done(_user.Sandpiper("install", "pebble", "-i", _user.Serve(new SampleIndex().With(OrdinaryPackages.Pebble()))));
        Killed("open('.exrc', 'w').close()");
        Assert.Single(Records);
        Done(_user.Sandpiper("purge", "--yes"));
        Assert.False(Path.Exists(_user.DataRoot));
    }

    private static void Done(Outcome outcome) => Assert.True(outcome.ExitCode == 0, $"{outcome}");
}
