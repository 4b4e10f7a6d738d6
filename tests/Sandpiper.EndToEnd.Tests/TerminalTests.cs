using Sandpiper.EndToEnd.Tests.Staging;
using Sandpiper.Samples;

namespace Sandpiper.EndToEnd.Tests;

/// <summary>What becomes of the terminal that a program had.</summary>
public sealed class TerminalTests : IDisposable
{
    private const string Script = "/usr/bin/script";

    private readonly Somebody _user = new();

    public void Dispose() => _user.Dispose();

    [Theory]
    [InlineData("import tty; tty.setraw(0)")]
    [InlineData("import termios; a = termios.tcgetattr(0); a[3] &= ~termios.ECHO; termios.tcsetattr(0, termios.TCSANOW, a)")]
    [InlineData("import os, tty; tty.setraw(0); os.abort()")]
    public void A_program_that_leaves_it_raw_leaves_it_so_for_nobody(string code)
    {
        Assert.SkipUnless(File.Exists(Script), $"there is no {Script}");
        Outcome installed = _user.Sandpiper("install", "pebble", "-i", _user.Serve(new SampleIndex().With(OrdinaryPackages.Pebble())));
        Assert.True(installed.ExitCode == 0, $"{installed}");
        _user.Write("leave.py", code);
        _user.Write("session.sh", $$"""
            stty -g > before
            python3 -I leave.py; stty -g > plain; stty "$(cat before)"
            '{{PublishedCommand.Path}}' run -- python leave.py; stty -g > after
            """);
        Outcome outcome = _user.Run([Script, "-qec", "sh session.sh", "/dev/null"]);
        string Settings(string name) => File.ReadAllText(Path.Combine(_user.Project, name));
        Assert.True(Settings("before") != Settings("plain"), $"it bites nobody: {outcome}");
        Assert.Equal(Settings("before"), Settings("after"));
    }
}
