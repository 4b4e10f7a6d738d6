using System.Text.Json;
using Sandpiper.EndToEnd.Tests.Staging;
using Sandpiper.Surroundings;

namespace Sandpiper.EndToEnd.Tests;

/// <summary><c>doctor</c> attacks with what works, says what it saw, and leaves nothing.</summary>
public sealed class DoctorTests : IDisposable
{
    private readonly Somebody _user = new();

    public void Dispose() => _user.Dispose();

    [Fact]
    public void Each_attempt_that_is_made_without_the_sandbox_works_there_and_none_in_it()
    {
        var before = Tree.Of(_user.Home);
        Outcome outcome = _user.Sandpiper("doctor", "--json");
        Assert.True(outcome.ExitCode == 0, $"{outcome}");
        using var answer = JsonDocument.Parse(outcome.Output);
        Assert.True(answer.RootElement.GetProperty("in_force").GetBoolean());
        JsonElement[] attempts = [.. answer.RootElement.GetProperty("attempts").EnumerateArray()];
        Assert.All(attempts, attempt => Assert.Equal(JsonValueKind.False, attempt.GetProperty("got_through").ValueKind));
        JsonElement[] shown = [.. attempts.Where(attempt => attempt.GetProperty("works_without").ValueKind is not JsonValueKind.Null)];
        Assert.Equal(["files", "network", "processes"], shown.Select(a => a.GetProperty("kind").GetString()).Distinct().Order());
        Assert.All(shown, attempt =>
            Assert.True(attempt.GetProperty("works_without").GetBoolean(), attempt.GetProperty("name").GetString()));
        Assert.Equal(before, Tree.Of(_user.Home));
        Assert.Empty(Directory.GetFileSystemEntries(_user.Temporary));
    }

    // Directories stayed, also in the home, and a process of ten minutes that held the stream which somebody read.
    [Theory]
    [InlineData("SIGINT", 130)]
    [InlineData("SIGTERM", 143)]
    [InlineData("SIGHUP", 129)]
    public void Who_ends_it_finds_nothing_left_of_it(string signal, int exitCode)
    {
        var before = Tree.Of(_user.Home);
        Outcome outcome = _user.Run(["/usr/bin/python3", "-I", "-c", """
            import glob, os, signal, subprocess, sys
            doctor = subprocess.Popen([sys.argv[1], 'doctor'], stdout=subprocess.PIPE, start_new_session=True)
            while doctor.poll() is None and not glob.glob(os.environ['TMPDIR'] + '/sandpiper-doctor-*/shown/bait'): pass
            os.killpg(doctor.pid, getattr(signal, sys.argv[2]))
            doctor.stdout.read()
            sys.exit(doctor.wait())
            """, PublishedCommand.Path, signal]);
        Assert.True(outcome.ExitCode == exitCode, $"{outcome}");
        Assert.StartsWith("× stopped; nothing was changed\n", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(before, Tree.Of(_user.Home));
        Assert.Empty(Directory.GetFileSystemEntries(_user.Temporary));
    }

    // What is another's, is no directory, or is used, stays.
    [Fact]
    public void What_a_killed_one_left_goes_with_the_next()
    {
        _user.Write("kept/file", "");
        Outcome outcome = _user.Run(["/usr/bin/python3", "-I", "-c", """
            import fcntl, glob, os, signal, subprocess, sys
            temporary = os.environ['TMPDIR']
            home = os.environ['HOME'] + '/.sandpiper-doctor-*'
            def made(place): return [path for path in glob.glob(place) + glob.glob(place + '/new') if place != home or os.path.isfile(path)]
            for place in temporary + '/sandpiper-doctor-*/*', home, home + '/project':
                while not made(place): # one that came to its end meanwhile left nothing
                    doctor = subprocess.Popen([sys.argv[1], 'doctor'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                    while doctor.poll() is None and not made(place): pass
                    doctor.kill()
                    doctor.wait()
            os.symlink(os.path.abspath('kept'), temporary + '/sandpiper-doctor-link')
            os.mkdir(temporary + '/sandpiper-doctor-used')
            used = os.open(temporary + '/sandpiper-doctor-used', os.O_RDONLY)
            fcntl.flock(used, fcntl.LOCK_EX)
            sys.exit(subprocess.run([sys.argv[1], 'doctor'], stdout=subprocess.DEVNULL).returncode)
            """, PublishedCommand.Path]);
        Assert.True(outcome is { ExitCode: 0, Output: "" }, $"{outcome}");
        Assert.Equal(["sandpiper-doctor-link", "sandpiper-doctor-used"],
            Directory.GetFileSystemEntries(_user.Temporary).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Empty(Directory.GetFileSystemEntries(_user.Home, ".sandpiper-doctor-*"));
        Assert.True(File.Exists(Path.Combine(_user.Project, "kept/file")));
    }

    [Fact]
    public void A_home_with_a_line_end_in_its_name_is_tried_as_every_other()
    {
        string home = Path.Combine(_user.Home, "two\nlines");
        _user.Write(Path.Combine(home, "file"), "");
        _user.Variables["HOME"] = home;
        Outcome outcome = _user.Sandpiper("doctor");
        Assert.True(outcome.ExitCode == 0 && !outcome.Error.Contains("Unhandled", StringComparison.Ordinal), $"{outcome}");
        Assert.StartsWith("Confinement here: in force\n ✓ files      10 attempts, 0 got through; without the sandbox 10 of 10 do\n",
            outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_screen_says_it_in_eighty_columns_and_each_attempt_when_asked()
    {
        Outcome outcome = _user.Sandpiper("doctor");
        Assert.StartsWith("Confinement here: in force\n ✓ files ", outcome.Output, StringComparison.Ordinal);
        Assert.All(outcome.Output.Split('\n'), line => Assert.True(line.Length <= 80, line));
        Assert.Contains("read a key in your home", _user.Sandpiper("doctor", "-v").Error, StringComparison.Ordinal);
    }
}
