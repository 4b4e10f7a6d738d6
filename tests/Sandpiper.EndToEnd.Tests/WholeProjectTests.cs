using Sandpiper.EndToEnd.Tests.Staging;
using Sandpiper.Samples;
using Sandpiper.Surroundings;

namespace Sandpiper.EndToEnd.Tests;

/// <summary>
/// Work in a project goes on as without a sandbox: its settings are found, its files can be granted by name, cron runs scripts.
/// </summary>
public sealed class WholeProjectTests : IDisposable
{
    private readonly Somebody _user = new();

    public WholeProjectTests()
    {
        Done(_user.Sandpiper("install", "pebble", "-i", _user.Serve(new SampleIndex().With(OrdinaryPackages.Pebble()))));
        _user.Write("pyproject.toml", "[settings]\n");
        _user.Write("src/app.py", "x\n");
    }

    public void Dispose() => _user.Dispose();

    [Fact]
    public void In_a_directory_of_a_project_its_settings_are_read_and_nothing_is_written()
    {
        string source = Path.Combine(_user.Project, "src");
        Assert.Equal("[settings]\n", In(source, "run", "--", "cat", "../pyproject.toml").Output);
        Assert.Equal(1, In(source, "run", "--", "sh", "-c", "echo x > ../new || exit 1").ExitCode);
        Done(In(source, "run", "--write", ".", "--", "sh", "-c", "echo y > app.py; ! echo x > ../new"));
        Assert.Equal("y\n", File.ReadAllText(Path.Combine(source, "app.py")));
        Assert.False(File.Exists(Path.Combine(_user.Project, "new")));
        // What lies beside the project is not of it.
        _user.Write("../other/file", "");
        Assert.Equal(1, In(source, "run", "--", "test", "-e", "../../other/file").ExitCode);
    }

    [Fact]
    public void A_script_at_home_runs_from_there_as_cron_starts_it_and_sees_nothing_else_of_it()
    {
        string script = Path.GetFullPath(_user.Write("../report.py",
            "import os, pebble; print(sorted(n for n in os.listdir() if n[0] != '.'), os.getcwd())\n"));
        _user.Write("../notes", "a decoy\n");
        foreach (string[] words in (string[][])[["python", "report.py"], ["python", script]])
        {
            Outcome run = In(_user.Home, ["run", "--", .. words]);
            Assert.Equal($"['report.py'] {_user.Home}\n", run.Output);
        }
        Assert.Equal($"['report.py'] {_user.Home}\n", In(_user.Home, "python", "report.py").Output);
        Assert.Equal(1, In(_user.Home, "run", "--", "python", 
            Path.GetFullPath(_user.Write("../own.py", "open(__file__, 'a')\n"))).ExitCode);
    }

    [Fact]
    public void What_was_named_and_not_shown_is_told_with_the_next_command_which_works()
    {
        _user.Write("../notes", "a note\n");
        Outcome home = In(_user.Home, "run", "--", "cat", "notes");
        Assert.Equal(1, home.ExitCode);
        string line = Assert.Single(home.Error.Split('\n'), l => l.StartsWith("sandpiper:", StringComparison.Ordinal));
        Assert.EndsWith("sandpiper run --read notes -- cat notes", line, StringComparison.Ordinal);
        Assert.Equal("a note\n", In(_user.Home, "run", "--read", "notes", "--", "cat", "notes").Output);

        Outcome project = _user.Sandpiper("run", "--", "cat", "../notes");
        Assert.Contains($"`{_user.Home}/notes` was not shown to cat ·  sandpiper allow cat --read {_user.Home}/notes\n", project.Error,
            StringComparison.Ordinal);
        Done(_user.Sandpiper("allow", "cat", "--read", $"{_user.Home}/notes"));
        Assert.Equal("a note\n", _user.Sandpiper("run", "--", "cat", "../notes").Output);
    }

    [Theory]
    [InlineData("grep", "no-such-word", "pyproject.toml")]
    [InlineData("python", "-c", "import sys; sys.exit(3)")]
    [InlineData("sh", "-c", "kill -INT $$")]
    public void After_an_ordinary_exit_code_nothing_is_said(params string[] words) =>
        Assert.Equal("", _user.Sandpiper(["run", "--", .. words]).Error);

    [Fact]
    public void A_name_that_is_protected_can_be_granted_by_itself_and_replaced_then()
    {
        foreach (string name in (string[])["conftest.py", "setup.py", "tox.ini"]) _user.Write(name, "x\n");
        _user.Write(".git/config", "x\n");
        const string program = """
            import os
            for name in ("conftest.py", "setup.py", "tox.ini", ".git/config"):
                try:
                    open("new", "w").write("y\n"); os.replace("new", name); print(name)
                except OSError: pass
            """;
        Assert.Equal("", _user.Sandpiper("run", "--write", ".", "--", "python", "-c", program).Output);
        Done(_user.Sandpiper("allow", "python", "--write", ".", "--write", "conftest.py", "--write", "setup.py", "--write", ".git"));
        Outcome granted = _user.Sandpiper("run", "--", "python", "-c", program);
        Assert.Equal("conftest.py\nsetup.py\n", granted.Output);
        Assert.Equal(["y\n", "y\n", "x\n"],
            from name in (string[])["conftest.py", "setup.py", "tox.ini"] select File.ReadAllText(Path.Combine(_user.Project, name)));
        // `.git` is a directory of its own now: what lies in it may be changed.
        Done(_user.Sandpiper("run", "--", "python", "-c", "open('.git/config', 'w').write('y\\n')"));
        Assert.Equal("y\n", File.ReadAllText(Path.Combine(_user.Project, ".git/config")));
        Assert.Contains("conftest.py", _user.Sandpiper("run", "--explain", "--", "python").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void One_file_alone_may_be_written_where_the_directory_may_not()
    {
        _user.Write("conftest.py", "x\n");
        Outcome run = _user.Sandpiper("run", "--write", "conftest.py", "--", "sh", "-c", "echo y > conftest.py; ! echo z > new");
        Done(run);
        Assert.Equal("y\n", File.ReadAllText(Path.Combine(_user.Project, "conftest.py")));
        Assert.False(File.Exists(Path.Combine(_user.Project, "new")));
    }

    [Fact]
    public void A_registrys_settings_close_neither_the_project_nor_the_grant_and_their_tokens_stay_unread()
    {
        _user.Write(".npmrc", "//registry/:_authToken=a decoy\n");
        _user.Write(".docker/config.json", "a decoy\n");
        _user.Write(".docker/Dockerfile", "FROM x\n");
        Outcome run = _user.Sandpiper("run", "--write", ".", "--", "sh", "-c", "cat .npmrc .docker/*; echo z > new");
        Done(run);
        Assert.Equal("FROM x\n", run.Output);
        Assert.True(File.Exists(Path.Combine(_user.Project, "new")));
        Assert.Contains("a decoy", _user.Sandpiper("run", "--read", ".npmrc", "--", "cat", ".npmrc").Output, StringComparison.Ordinal);
    }

    // Whoever may write the project could have another one granted with the next run.
    [Fact]
    public void A_remembered_place_that_became_a_link_is_refused()
    {
        _user.Write("out/file", "");
        _user.Write("../other/file", "x\n");
        Done(_user.Sandpiper("allow", "sh", "--write", ".", "--write", "out"));
        const string planting = "import os; os.rename('out', 'o'); os.symlink('../other', 'out')";
        Done(_user.Sandpiper("run", "--write", ".", "--", "python", "-c", planting));
        Outcome run = _user.Sandpiper("run", "--", "sh", "-c", "echo y > out/file");
        Assert.True(run.ExitCode is 125 && run.Error.Contains("allow --withdraw g1", StringComparison.Ordinal), $"{run}");
        Assert.Equal("x\n", File.ReadAllText(Path.Combine(_user.Home, "other/file")));
    }

    [Fact]
    public void A_program_that_takes_too_long_is_ended_with_what_it_started_and_one_that_does_not_is_not()
    {
        Outcome ended = _user.Sandpiper("run", "--timeout", "0.2", "--", "sh", "-c", "sleep 1000 & sleep 1000");
        Assert.Equal((124, "sandpiper: ended after 0.2 s, as --timeout says\n"), (ended.ExitCode, ended.Error));
        Assert.Equal(7, _user.Sandpiper("run", "--timeout", "1h", "--", "sh", "-c", "exit 7").ExitCode);
        Assert.Equal(125, _user.Sandpiper("run", "--timeout", "soon", "--", "true").ExitCode);
    }

    [Fact]
    public void A_process_gets_no_more_memory_than_it_was_given()
    {
        string[] words = ["--", "python", "-c", "x = bytearray(600 << 20); print('got it')"];
        Assert.Equal("got it\n", _user.Sandpiper(["run", .. words]).Output);
        Outcome limited = _user.Sandpiper(["run", "--memory", "512M", .. words]);
        Assert.True(limited.ExitCode is 1 && limited.Error.Contains("MemoryError", StringComparison.Ordinal), $"{limited}");
        Assert.Equal(127, _user.Sandpiper("run", "--memory", "512M", "--", "no-such-program").ExitCode);
    }

    private Outcome In(string directory, params string[] words) => _user.Run([PublishedCommand.Path, .. words], directory);

    private static void Done(Outcome outcome) => Assert.True(outcome.ExitCode == 0, $"{outcome}");
}
