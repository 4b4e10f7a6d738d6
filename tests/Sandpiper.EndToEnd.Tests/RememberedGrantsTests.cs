using System.Diagnostics;
using Sandpiper.EndToEnd.Tests.Staging;
using Sandpiper.Samples;
using Sandpiper.Surroundings;

namespace Sandpiper.EndToEnd.Tests;

/// <summary>What was allowed once holds from then on: for that command, in that project, until it is taken back; and no further.</summary>
public sealed class RememberedGrantsTests : IDisposable
{
    // Formats in place, as black does: every file of the directory that it is told.
    private static readonly SampleWheel Formatter = new SampleWheel("tidy", "1.0")
        .WithFile("tidy.py", """
            import pathlib, sys
            def main():
                for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.py")):
                    path.write_text("tidied\n")
            """)
        .WithConsoleScript("tidy", "tidy:main").WithConsoleScript("other", "tidy:main");

    private readonly Somebody _user = new();

    public RememberedGrantsTests()
    {
        Done(_user.Sandpiper("install", "tidy", "-i", _user.Serve(new SampleIndex().With(Formatter))));
        _user.Write("pyproject.toml", "");
        _user.Write("src/app.py", "x\n");
    }

    public void Dispose() => _user.Dispose();

    [Fact]
    public void A_command_may_from_then_on_what_it_was_allowed_here_until_that_is_taken_back()
    {
        Assert.NotEqual(0, _user.Sandpiper("run", "--", "tidy", ".").ExitCode);
        Done(_user.Sandpiper("allow", "tidy", "--write", "."));

        Done(_user.Sandpiper("run", "--", "tidy", "."));
        Assert.Equal("tidied\n", File.ReadAllText(Path.Combine(_user.Project, "src/app.py")));
        // The command on the PATH, and from a directory of the project.
        Assert.Equal(0, _user.Run([Path.Combine(_user.DataRoot, "bin/tidy"), "."], Path.Combine(_user.Project, "src")).ExitCode);
        // Nobody else, and nowhere else.
        Assert.NotEqual(0, _user.Sandpiper("run", "--", "other", ".").ExitCode);
        _user.Write("../elsewhere/app.py", "x\n");
        Assert.NotEqual(0, _user.Run([PublishedCommand.Path, "run", "--", "tidy", "."], Path.Combine(_user.Home, "elsewhere")).ExitCode);
        Assert.Equal("x\n", File.ReadAllText(Path.Combine(_user.Home, "elsewhere/app.py")));

        Done(_user.Sandpiper("allow", "--withdraw", "g1"));
        Assert.NotEqual(0, _user.Sandpiper("run", "--", "tidy", ".").ExitCode);
        Assert.Equal(1, _user.Sandpiper("allow", "--withdraw", "g1").ExitCode);
    }

    private Outcome AtATerminal(string steps, params string[] words) => SomebodyAtATerminal.Run(_user, steps, words);

    [Fact]
    public void At_a_terminal_it_is_asked_for_what_a_program_failed_for_once()
    {
        const string Question = "Run it again with --write .? [y]es, this once, [a]lways here, [N]o";
        Outcome declined = AtATerminal($"[[\"{Question}\", \"\\n\"]]", "run", "--", "tidy", ".");
        Assert.True(declined.ExitCode == 1, $"{declined}");
        Assert.Equal("x\n", File.ReadAllText(Path.Combine(_user.Project, "src/app.py")));

        Outcome once = AtATerminal($"[[\"{Question}\", \"y\\n\"]]", "run", "--", "tidy", ".");
        Assert.True(once.ExitCode == 0, $"{once}");
        Assert.Equal("tidied\n", File.ReadAllText(Path.Combine(_user.Project, "src/app.py")));
        Assert.DoesNotContain("tidy", _user.Sandpiper("allow").Output, StringComparison.Ordinal);
        // It was for that once.
        Assert.NotEqual(0, _user.Sandpiper("run", "--", "tidy", ".").ExitCode);

        Outcome always = AtATerminal($"[[\"{Question}\", \"a\\n\"]]", "run", "--", "tidy", ".");
        Assert.True(always.ExitCode == 0, $"{always}");
        Assert.Contains("On record as g1: tidy", always.Output, StringComparison.Ordinal);
        Done(_user.Sandpiper("run", "--", "tidy", "."));
    }

    [Fact]
    public void What_was_typed_for_the_program_is_no_answer_and_nobody_else_is_asked()
    {
        _user.Write("waits.py", """
            import os, time
            print('type', flush=True)
            while not os.path.exists('typed'): time.sleep(0.01)
            open('made', 'w')
            """);
        Outcome typed = AtATerminal("[[\"type\", \"y\\n\"], [\"[N]o\", \"n\\n\"]]", "run", "--", "python", "waits.py");
        Assert.True(typed.ExitCode == 1, $"{typed}");
        Assert.False(File.Exists(Path.Combine(_user.Project, "made")));

        foreach (string[] words in (string[][])[["run", "-q", "--", "tidy", "."], ["try", "tidy", "."]])
            Assert.DoesNotContain("Run it again", AtATerminal("[]", words).Output, StringComparison.Ordinal);
        Outcome ordinary = AtATerminal("[]", "run", "--", "python", "-c", "raise SystemExit(3)");
        Assert.True(ordinary.ExitCode == 3 && !ordinary.Output.Contains("Run it again", StringComparison.Ordinal), $"{ordinary}");
        _user.Write("pyproject.toml", "[tool.sandpiper]\nallow = ['tidy --write src']\n");
        Outcome proposed = AtATerminal("[]", "run", "--", "tidy", ".");
        Assert.DoesNotContain("Run it again", proposed.Output, StringComparison.Ordinal);
        Outcome piped = _user.Sandpiper("run", "--", "tidy", ".");
        Assert.DoesNotContain("Run it again", piped.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_project_proposes_counts_when_just_that_was_accepted()
    {
        _user.Write("pyproject.toml", "[tool.sandpiper]\nallow = ['tidy --write src', 'other --read .']\n");
        Outcome refused = _user.Sandpiper("run", "--", "tidy", "src");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("·  sandpiper allow --proposed\n", refused.Error, StringComparison.Ordinal);
        Outcome shown = _user.Sandpiper("allow", "--proposed");
        Assert.Equal((0, "  sandpiper allow tidy --write src\n  sandpiper allow other --read .\n"), (shown.ExitCode, shown.Output));
        string accept = shown.Error.TrimEnd().Split(' ')[^1];
        Assert.NotEqual(0, _user.Sandpiper("run", "--", "tidy", "src").ExitCode);

        // What was put there since has not been seen.
        _user.Write("pyproject.toml", "[tool.sandpiper]\nallow = ['tidy --write src', 'other --write .']\n");
        Assert.Equal(1, _user.Sandpiper("allow", "--proposed", "--accept", accept).ExitCode);
        Assert.Contains("Nothing was allowed", _user.Sandpiper("allow").Error, StringComparison.Ordinal);
        _user.Write("pyproject.toml", "[tool.sandpiper]\nallow = ['tidy --write src', 'other --read .']\n");
        Done(_user.Sandpiper("allow", "--proposed", "--accept", accept));
        Done(_user.Run([PublishedCommand.Path, "run", "--", "tidy", "src"]));
        Outcome again = _user.Sandpiper("allow", "--proposed");
        Assert.Equal(2, again.Output.Split("holds already").Length - 1);
        Assert.DoesNotContain("accept", again.Error, StringComparison.Ordinal);
        // A text that changes later takes nothing along.
        _user.Write("top.py", "x\n");
        _user.Write("pyproject.toml", "[tool.sandpiper]\nallow = ['tidy --write .', 'other --net all']\n");
        Assert.NotEqual(0, _user.Sandpiper("run", "--", "tidy", ".").ExitCode);
    }

    [Fact]
    public void What_cannot_be_granted_now_is_left_out_and_told()
    {
        _user.Write("pyproject.toml", "[tool.sandpiper]\nallow = ['tidy --write src', 'other --write not-there']\n");
        Outcome shown = _user.Sandpiper("allow", "--proposed");
        Assert.Contains("other --write not-there   (cannot be granted now: `not-there`", shown.Output, StringComparison.Ordinal);
        Outcome accepted = _user.Sandpiper("allow", "--proposed", "--accept", shown.Error.TrimEnd().Split(' ')[^1]);
        Assert.Contains("Left out: `other --write not-there`", accepted.Error, StringComparison.Ordinal);
        Assert.Single(_user.Sandpiper("allow").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("tidy --write ..", "lies outside the project")]
    [InlineData("tidy --read /etc/shadow", "lies outside the project")]
    [InlineData("tidy --write link", "lies outside the project")]
    [InlineData("tidy --everywhere --write .", "is no proposal")]
    [InlineData("evil==1.0 --rule SP-WHEEL-21 --reason x", "is no proposal")]
    [InlineData("tidy", "it is not said what")]
    [InlineData("@words", "is no")]
    public void What_is_not_a_projects_to_propose_is_refused_with_all_of_it(string line, string why)
    {
        File.CreateSymbolicLink(Path.Combine(_user.Project, "link"), _user.Home);
        _user.Write("words", "tidy --net all\n");
        _user.Write("pyproject.toml", $"[tool.sandpiper]\nallow = ['other --read .', '{line}']\n");
        Outcome outcome = _user.Sandpiper("allow", "--proposed");
        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Contains(why, outcome.Error, StringComparison.Ordinal);
        Assert.Contains("Nothing was allowed", _user.Sandpiper("allow").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Everywhere_means_each_project_that_it_runs_in_and_here_means_every_command()
    {
        Done(_user.Sandpiper("allow", "tidy", "--everywhere", "--write", "."));
        _user.Write("../elsewhere/app.py", "x\n");
        Done(_user.Run([PublishedCommand.Path, "run", "--", "tidy", "."], Path.Combine(_user.Home, "elsewhere")));
        Assert.Equal("tidied\n", File.ReadAllText(Path.Combine(_user.Home, "elsewhere/app.py")));
        // At home there is no project that could be meant.
        _user.Write("../elsewhere/app.py", "x\n");
        _user.Run([PublishedCommand.Path, "run", "--", "tidy", "elsewhere"], _user.Home);
        Assert.Equal("x\n", File.ReadAllText(Path.Combine(_user.Home, "elsewhere/app.py")));
        Assert.NotEqual(0, _user.Sandpiper("run", "--", "other", ".").ExitCode);

        string notes = _user.Write("../notes/note", "a note\n");
        Done(_user.Sandpiper("allow", "--here", "--read", "../notes"));
        Assert.Equal("a note\n", _user.Sandpiper("run", "--", "cat", notes).Output);
        Assert.Equal("a note\n", _user.Sandpiper("python", "-c", $"print(open('{notes}').read(), end='')").Output);
        Assert.NotEqual(0, _user.Run([PublishedCommand.Path, "run", "--", "cat", notes], Path.Combine(_user.Home, "elsewhere")).ExitCode);
    }

    [Fact]
    public void What_could_not_be_granted_for_once_is_not_remembered_and_what_may_not_be_any_more_is_refused()
    {
        _user.Write("../.ssh/id_rsa", "a decoy\n");
        foreach (string path in (string[])["../.ssh", "..", "../.local/share/sandpiper", "../.cache/sandpiper", "none"])
        {
            Outcome refused = _user.Sandpiper("allow", "tidy", "--write", path);
            Assert.True(refused.ExitCode is 1 or 3, $"{path}: {refused}");
        }
        Outcome listed = _user.Sandpiper("allow");
        Assert.Equal("", listed.Output);

        _user.Write("out/file", "");
        Done(_user.Sandpiper("allow", "tidy", "--write", "out"));
        Directory.Delete(Path.Combine(_user.Project, "out"), recursive: true);
        File.CreateSymbolicLink(Path.Combine(_user.Project, "out"), _user.Home);
        Outcome run = _user.Sandpiper("run", "--", "tidy", ".");
        Assert.True(run.ExitCode is 125 && run.Error.Contains("sandpiper allow --withdraw g1", StringComparison.Ordinal), $"{run}");
    }

    [Fact]
    public void At_home_nothing_is_allowed_for_every_project_at_once()
    {
        Outcome refused = _user.Run([PublishedCommand.Path, "allow", "tidy", "--net", "all"], _user.Home);
        Assert.True(refused.ExitCode is 1 && refused.Error.Contains("no project", StringComparison.Ordinal), $"{refused}");
    }

    [Theory]
    [InlineData("garbage\n", 2)]
    [InlineData("{\"who\":\"x\"", 2)]
    public void A_record_that_cannot_be_read_stops_every_run_with_file_and_line(string added, int line)
    {
        Done(_user.Sandpiper("allow", "tidy", "--write", "."));
        string file = Path.Combine(_user.DataRoot, "grants.jsonl");
        File.AppendAllText(file, added);
        foreach (string command in (string[])["run -- true", "python -c pass", "allow", "run --explain -- true"])
        {
            Outcome refused = _user.Sandpiper(command.Split(' '));
            Assert.Equal(command is "allow" ? 3 : 125, refused.ExitCode);
            Assert.Contains($"`{file}`, line {line}", refused.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void No_confined_program_changes_what_is_allowed()
    {
        Done(_user.Sandpiper("allow", "tidy", "--write", "."));
        string file = Path.Combine(_user.DataRoot, "grants.jsonl"), before = File.ReadAllText(file);
        string attempt = $"open('{file}', 'a').write('x')";
        _user.Sandpiper("run", "--write", ".", "--", "python", "-c", attempt);
        Assert.Equal(before, File.ReadAllText(file));
        Assert.Equal(0, _user.Run(["/usr/bin/python3", "-c", attempt]).ExitCode);
    }

    [Fact]
    public void Of_two_that_are_made_at_once_both_stay()
    {
        Process[] both = [.. Enumerable.Range(0, 8).Select(n => _user.Start([PublishedCommand.Path, "allow", $"c{n}", "--net", "all"]))];
        foreach (Process one in both) Assert.True(one.WaitForExit(Patience.Endless));
        string listed = _user.Sandpiper("allow").Output;
        Assert.All(Enumerable.Range(0, 8), n => Assert.Contains($"c{n} in ", listed, StringComparison.Ordinal));
        Assert.All(both, one => one.Dispose());
    }

    [Fact]
    public void Explain_says_what_counts_and_who_allowed_it_and_runs_nothing()
    {
        Done(_user.Sandpiper("allow", "tidy", "--write", "."));
        Outcome explained = _user.Sandpiper("run", "--explain", "--net", "all", "--", "tidy", ".");
        Done(explained);
        string[] lines = explained.Output.Split('\n');
        Assert.Contains(lines, line => line.StartsWith($"  write       {_user.Project}   g1 by ", StringComparison.Ordinal));
        Assert.Contains("  network     that of this machine, all of it   for this once", lines);
        Assert.Equal("x\n", File.ReadAllText(Path.Combine(_user.Project, "src/app.py")));
        Assert.Contains("  write       nowhere", _user.Sandpiper("run", "--explain", "--", "other").Output.Split('\n'));
    }

    [Fact]
    public void What_was_allowed_goes_with_everything_else()
    {
        Done(_user.Sandpiper("allow", "tidy", "--write", "."));
        Done(_user.Sandpiper("purge", "--yes"));
        Assert.False(Path.Exists(_user.DataRoot));
    }

    private static void Done(Outcome outcome) => Assert.True(outcome.ExitCode == 0, $"{outcome}");
}
