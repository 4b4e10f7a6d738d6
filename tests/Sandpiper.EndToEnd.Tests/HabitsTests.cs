using Sandpiper.EndToEnd.Tests.Staging;
using Sandpiper.Samples;
using Sandpiper.Surroundings;

namespace Sandpiper.EndToEnd.Tests;

/// <summary>What people type, paste and read every day, on the built command.</summary>
public sealed class HabitsTests : IDisposable
{
    private readonly Somebody _user = new();
    private readonly string _index;

    public HabitsTests()
    {
        _index = _user.Serve(new SampleIndex().WithAll(OrdinaryPackages.Pebble(), OrdinaryPackages.Tide()));
        Done(_user.Sandpiper("install", "pebble", "-i", _index));
        _user.Write("setup.py", "");
    }

    public void Dispose() => _user.Dispose();

    [Fact]
    public void An_environment_is_named_in_one_way_by_every_command()
    {
        Done(_user.Sandpiper("install", "--env", "work", "tide", "-i", _index));
        Assert.Equal(Path.Combine(_user.DataRoot, "envs/work/current\n"), _user.Sandpiper("env", "path", "--env", "work").Output);
        Assert.Equal(2, _user.Sandpiper("env", "path", "work", "--env", "shared").ExitCode);
        Assert.Equal("work\n", _user.Sandpiper(
            "python", "--env", "work", "-c", "import sys; print(sys.prefix.split('/envs/')[1].split('/')[0])").Output);
        Done(_user.Sandpiper("env", "remove", "--env", "work"));
        Assert.Equal(1, _user.Sandpiper("list", "--env", "work").ExitCode);
        Done(_user.Sandpiper("list"));
    }

    [Theory]
    [InlineData("nope", false)]
    [InlineData("./nope", false)]
    [InlineData("setup.py", false)]
    [InlineData("./setup.py", true)]
    [InlineData("sh", true)]
    [InlineData("python", true)]
    public void What_is_explained_is_said_to_be_there_or_not(string program, bool isThere)
    {
        string said = _user.Sandpiper("run", "--explain", "--", program).Output;
        Assert.StartsWith(isThere ? $"`{program}` would run confined; nothing was run. It may\n"
            : $"There is no `{program}` for it to start (127); nothing was run.\n", said, StringComparison.Ordinal);
        Assert.Contains($"\"program_is_there\": {(isThere ? "true" : "false")}",
            _user.Sandpiper("run", "--explain", "--json", "--", program).Output, StringComparison.Ordinal);
    }

    // Each was refused, in words that did not say what to do.
    [Theory]
    [InlineData("a'b c")]
    [InlineData("two\nlines' ")]
    [InlineData("a:b")]
    [InlineData(null)]
    public void A_home_in_which_nothing_can_be_kept_is_refused_with_the_way_out(string? name)
    {
        if (name is not null) _user.Write(Path.Combine(_user.Home, name, "file"), "");
        _user.Variables["HOME"] = name is null ? "relative" : Path.Combine(_user.Home, name);
        Outcome refused = _user.Sandpiper("install", "tide", "-i", _index);
        Assert.True(refused.ExitCode == 1, $"{refused}");
        Assert.EndsWith("\n\nhint: choose another place with --root DIR\n", refused.Error, StringComparison.Ordinal);
        Done(_user.Sandpiper("install", "tide", "-i", _index, "--root", Path.Combine(_user.Home, "root")));
    }

    // What pre-commit does when it is installed inside.
    [Fact]
    public void Who_puts_a_hook_back_is_told_what_it_starts_and_what_would_be_confined()
    {
        const string program = "import os, sys; os.makedirs('.git/hooks', exist_ok=True); "
            + "open('.git/hooks/pre-commit', 'w').write(f'#!/bin/sh\\nPYTHON={sys.executable}\\nexec \"$PYTHON\" -c pass\\n')";
        Done(_user.Sandpiper("run", "--write", ".", "--", "python", "-c", program));
        string hook = Path.Combine(_user.Project, ".git/hooks/pre-commit");
        string inside = Path.Combine(_user.Generation(), "bin/python");
        string confined = Path.Combine(_user.DataRoot, "envs/shared/confined/bin/python");
        string starts = $"it starts {inside} without a sandbox; in its place {confined} is confined\n";
        Assert.EndsWith(starts, _user.Sandpiper("held", "show", "1").Error, StringComparison.Ordinal);
        Outcome kept = _user.Sandpiper("held", "keep", "1", "--json");
        Assert.Equal($"put back: {hook}: run by git; outside `sandpiper run` nothing confines it\n{starts}", kept.Error);
        Assert.Contains(inside, File.ReadAllText(hook), StringComparison.Ordinal);
        Assert.True(File.Exists(confined));
    }

    [Fact]
    public void A_link_that_is_kept_aside_says_where_it_leads()
    {
        Done(_user.Sandpiper("run", "--write", ".", "--", "ln", "-s", "../../.ssh", "keys"));
        Assert.Contains("a link that leads to ../../.ssh; made by `ln -s ../../.ssh keys`", _user.Sandpiper("held").Output,
            StringComparison.Ordinal);
        Assert.EndsWith($"put back: {_user.Project}/keys: whoever opens it is elsewhere\n", _user.Sandpiper("held", "keep", "1").Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_listing_fits_the_terminal_and_in_a_pipe_a_line_is_a_line()
    {
        string[] deep = [.. Enumerable.Range(1, 6).Select(n => $"a-directory-with-a-long-name-{n}")];
        foreach (string name in deep) Directory.CreateDirectory(Path.Combine(_user.Project, name));
        Done(_user.Sandpiper(["allow", "tide", .. deep.SelectMany(name => (string[])["--read", name])]));
        Outcome shown = _user.Run(["/usr/bin/python3", "-I", "-c", """
            import fcntl, os, pty, struct, sys, termios
            child, terminal = pty.fork()
            if child == 0:
                fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 80, 0, 0))
                os.execv(sys.argv[1], sys.argv[1:])
            while True:
                try: piece = os.read(terminal, 65536)
                except OSError: break
                sys.stdout.write(piece.decode())
            """, PublishedCommand.Path, "allow", "--color", "never"]);
        string[] lines = shown.Output.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.InRange(lines.Length, 3, 12);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 80));
        string piped = Assert.Single(_user.Sandpiper("allow").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(piped.Replace(" ", "", StringComparison.Ordinal), string.Concat(lines).Replace(" ", "", StringComparison.Ordinal));
    }

    private static void Done(Outcome outcome) => Assert.True(outcome.ExitCode == 0, $"{outcome}");
}
