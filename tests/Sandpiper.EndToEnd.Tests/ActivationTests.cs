using Sandpiper.EndToEnd.Tests.Staging;
using Sandpiper.Samples;

namespace Sandpiper.EndToEnd.Tests;

/// <summary>What an editor or a shell uses of an environment is confined unless somebody asks for something else.</summary>
public sealed class ActivationTests : IDisposable
{
    private readonly Somebody _user = new();

    public ActivationTests()
    {
        _user.Variables["SANDPIPER_INDEX_URL"] = _user.Serve(new SampleIndex().With(OrdinaryPackages.Pebble()).With(OrdinaryPackages.Tide())
            .With(OrdinaryPackages.Small("gitten", "1.0").WithConsoleScript("git", "gitten:main")
                .WithConsoleScript("gitten", "gitten:main")));
        Done(_user.Sandpiper("install", "tide"));
        _user.Write("../.ssh/id_ed25519", "a decoy\n");
        _user.Write("setup.py", "");
    }

    public void Dispose() => _user.Dispose();

    [Fact]
    public void The_interpreter_for_an_editor_has_the_packages_and_is_confined()
    {
        string python = _user.Sandpiper("env", "python").Output.TrimEnd('\n');
        Assert.True(Path.IsPathFullyQualified(python), python);
        _user.Write("show.py",
            "import os, pebble, sys; print(pebble.__version__, os.path.exists(os.path.expanduser('~/.ssh')), sys.argv[1:])");
        Outcome shown = _user.Run([python, "show.py", "--net", "a b"]);
        Assert.Equal((0, "1.2 False ['--net', 'a b']\n"), (shown.ExitCode, shown.Output));
        Assert.Equal(7, _user.Run([python, "-c", "exit(7)"]).ExitCode);
        Assert.Equal(1, _user.Run([python, "-c", "open('new', 'w')"]).ExitCode);
        Done(_user.Sandpiper("allow", "python", "--write", "."));
        Done(_user.Run([python, "-c", "open('new', 'w')"]));
        // What asks an interpreter where it is, as editors do, hears of one that it can start inside.
        Done(_user.Run([python, "-c", "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import pebble'], check=True)"]));
    }

    [Theory]
    [InlineData("/bin/sh")]
    [InlineData("/bin/bash")]
    public void In_a_shell_its_commands_come_first_until_they_are_put_away(string shell)
    {
        Done(_user.Sandpiper("install", "--env", "other", "gitten"));
        string script = $$"""
            set -eu
            PS1='$ '; before=$PATH
            eval "$('{{PublishedCommand.Path}}' env activate)"
            command -v tide; command -v python3; echo "$PS1"
            python -c 'import pebble, os; print(os.path.exists(os.path.expanduser("~/.ssh")))'
            eval "$('{{PublishedCommand.Path}}' env activate other)"
            command -v gitten; command -v git; command -v tide || echo none; echo "$PS1"
            python -c 'import gitten'
            deactivate
            test "$PATH" = "$before"; echo "$PS1"; command -v deactivate || echo none
            """;
        string bin = Path.Combine(_user.DataRoot, "envs/shared/confined/bin");
        string other = Path.Combine(_user.DataRoot, "envs/other/confined/bin");
        Outcome outcome = _user.Run([shell, "-c", script]);
        Assert.Equal($"{bin}/tide\n{bin}/python3\n(shared) $ \nFalse\n{other}/gitten\n/usr/bin/git\nnone\n(other) $ \n$ \nnone\n",
            outcome.Output);
        Assert.Equal(0, outcome.ExitCode);
    }

    [Fact]
    public void What_is_changed_there_is_seen_and_mended_and_what_an_earlier_version_did_not_make_is_made()
    {
        string python = _user.Sandpiper("env", "python").Output.TrimEnd('\n');
        string was = File.ReadAllText(python);
        _user.Write(python, was.Replace(" run ", " -q run ", StringComparison.Ordinal));
        Outcome seen = _user.Sandpiper("verify");
        Assert.True(seen.ExitCode != 0 && seen.Output.Contains("confined/bin/python", StringComparison.Ordinal), $"{seen}");
        Done(_user.Sandpiper("repair"));
        Assert.Equal(was, File.ReadAllText(python));

        Directory.Delete(Path.GetDirectoryName(Path.GetDirectoryName(python))!, recursive: true);
        Done(_user.Sandpiper("verify"));
        Outcome absent = _user.Sandpiper("env", "activate");
        Assert.True(
            absent.ExitCode == 1 && absent.Output.Length == 0 && absent.Error.Contains("sandpiper repair", StringComparison.Ordinal),
            $"{absent}");
        Done(_user.Sandpiper("repair"));
        Assert.Equal(was, File.ReadAllText(python));
    }

    [Fact]
    public void Commands_follow_every_change_and_go_with_the_environment()
    {
        string bin = Path.Combine(_user.DataRoot, "envs/shared/confined/bin");
        Assert.Contains("tide", Names(bin));
        Done(_user.Sandpiper("uninstall", "tide"));
        Assert.DoesNotContain("tide", Names(bin));
        Assert.Contains("python", Names(bin));
        Done(_user.Sandpiper("rollback"));
        Assert.Contains("tide", Names(bin));
        Done(_user.Sandpiper("uninstall", "--all"));
        Assert.DoesNotContain("tide", Names(bin));
    }

    private static IEnumerable<string> Names(string directory) => Directory.GetFiles(directory).Select(path => Path.GetFileName(path));

    private static void Done(Outcome outcome) => Assert.True(outcome.ExitCode == 0, $"{outcome}");
}
