using System.Diagnostics;
using System.Text.Json;
using Sandpiper.EndToEnd.Tests.Staging;
using Sandpiper.Samples;

namespace Sandpiper.EndToEnd.Tests;

/// <summary>Byte code after an install, as its user has it: it comes by itself, is used at every start, and is in nobody's way.</summary>
public sealed class ByteCodeTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);        // of the test, when nothing comes at all

    private static readonly SampleIndex Harbour = new SampleIndex().WithAll(
        OrdinaryPackages.Small("tide", "1.0").WithFile("tide/more.py", "x = 1\n"),
        OrdinaryPackages.Small("knot", "1.0"),
        new SampleWheel("lone", "1.0").WithFile("lone.py", "x = 1\n"),
        new SampleWheel("rough", "1.0").WithFile("rough/__init__.py", "").WithFile("rough/old.py", "print 'two'\n")
            .WithFile("rough/deep.py", new string('(', 4000)));

    private readonly Somebody _user = new();

    public void Dispose() => _user.Dispose();

    [Fact]
    public void It_comes_by_itself_after_the_command_and_every_start_uses_it()
    {
        Done(_user.Sandpiper("install", "--compile", "background", "tide", "lone", "-i", _user.Serve(Harbour)));
        Await(2);
        Assert.Equal(["lone", "tide"], Used("import tide, lone"));
        Done(_user.Sandpiper("verify", "--full"));
        // Nothing was written by the run.
        Done(_user.Sandpiper("verify"));
        Assert.Empty(Tree.Of(Path.Combine(_user.DataRoot, "staging")));
    }

    [Fact]
    public void Asked_for_at_once_it_is_there_when_the_command_ends_whatever_does_not_compile()
    {
        Outcome outcome = Done(_user.Sandpiper("install", "--compile", "now", "tide", "rough", "-i", _user.Serve(Harbour)));
        Assert.Contains("of 2 wheels", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(["rough", "tide"], Used("import tide, rough"));
        Assert.Equal(1, _user.Sandpiper("run", "--", "python", "-c", "import rough.old").ExitCode);
        Done(_user.Sandpiper("verify", "--full"));
    }

    [Fact]
    public void Never_means_now_and_later()
    {
        Done(_user.Sandpiper("install", "--compile", "never", "tide", "-i", _user.Serve(Harbour)));
        Done(_user.Run([PublishedCommand.Path, "install", "lone", "-i", _user.Serve(Harbour)]));
        Assert.Empty(Used("import tide, lone"));
        Assert.Empty(Records());
        // Until somebody says otherwise, be there nothing else to do.
        Done(_user.Sandpiper("install", "--compile", "now", "lone", "-i", _user.Serve(Harbour)));
        Assert.Equal(["lone", "tide"], Used("import tide, lone"));
    }

    [Fact]
    public void What_was_done_to_it_is_told_and_repaired_without_an_index()
    {
        Done(_user.Sandpiper("install", "--compile", "now", "tide", "-i", _user.Serve(Harbour)));
        string code = Directory.GetFiles(_user.DataRoot, "__init__.*.pyc", SearchOption.AllDirectories).First(p => p.Contains("/store/"));
        Done(_user.Run(["/bin/chmod", "u+w", code]));
        Done(_user.Run(["/bin/sh", "-c", $"printf x >> {code}; chmod u-w {code}"]));
        Outcome seen = _user.Sandpiper("verify", "--json");
        Assert.Equal(3, seen.ExitCode);
        Assert.Equal("byte-code", JsonDocument.Parse(seen.Output).RootElement.GetProperty("findings")[0].GetProperty("place").GetString());
        Done(_user.Sandpiper("repair", "-i", "file:///nowhere/simple/"));
        Done(_user.Sandpiper("verify", "--full"));
        Await(1);
        Assert.Equal(["tide"], Used("import tide"));
    }

    // Killed where it will: what is there works, is as installed for verify, and who compiles next comes to the end.
    [Fact]
    public void A_job_that_is_killed_at_any_moment_does_no_harm()
    {
        string index = _user.Serve(Harbour);
        Done(_user.Sandpiper("install", "--compile", "now", "tide", "lone", "knot", "rough", "-i", index));
        string[] job = [PublishedCommand.Path, "--root", _user.DataRoot, "after-change", _user.CacheRoot, "shared", "1"];
        foreach (string record in Records()) Done(_user.Run(["/bin/mv", record, record + ".begun"]));
        Stopwatch whole = Stopwatch.StartNew();
        Done(_user.Run(job));
        TimeSpan usual = whole.Elapsed;
        var random = new Random(20_126);
        for (int n = 0; n < 25; n++)
        {
            foreach (string record in Records()) Done(_user.Run(["/bin/mv", record, record + ".begun"]));
            using Process killed = _user.Start(job);
            if (!killed.WaitForExit(usual * random.NextDouble())) killed.Kill();
            killed.WaitForExit();
            Outcome verified = _user.Sandpiper("verify", n % 5 == 0 ? "--full" : "-v");
            Assert.True(verified.ExitCode == 0, $"kill {n}: {verified}");
            Done(_user.Sandpiper("run", "--", "python", "-c", "import tide, tide.more, lone, knot, rough"));
        }
        Done(_user.Run(job));
        Assert.Equal(4, Records().Length);
        Done(_user.Sandpiper("verify", "--full"));
        Assert.Empty(Tree.Of(Path.Combine(_user.DataRoot, "staging")));
    }

    [Fact]
    public void Where_none_is_wanted_what_follows_a_change_makes_none()
    {
        string index = _user.Serve(Harbour);
        Done(_user.Sandpiper("install", "--compile", "never", "tide", "-i", index));
        Done(_user.Sandpiper("install", "lone", "-i", index));
        AwaitNobody();
        Assert.Empty(Records());
    }

    // The first thing after an install may be to leave.
    [Fact]
    public void Who_leaves_while_it_is_made_leaves_nothing()
    {
        var before = Tree.Of(_user.Home);
        for (int n = 0; n < 5; n++)
        {
            Done(_user.Sandpiper("install", "--compile", "background", "tide", "lone", "knot", "-i", _user.Serve(Harbour)));
            Done(_user.Sandpiper("purge", "--yes"));
            AwaitNobody();
            Assert.Equal(before, Tree.Of(_user.Home));
        }
    }

    // Top-level packages that were imported from byte code, by the interpreter's own account.
    private string[] Used(string imports)
    {
        Outcome said = Done(_user.Sandpiper("run", "--", "python", "-v", "-c", imports));
        return
        [
            .. said.Error.Split('\n').Where(l => l.StartsWith("# code object from '", StringComparison.Ordinal)
                    && l.Contains("/site-packages/", StringComparison.Ordinal) && l.Contains(".pyc", StringComparison.Ordinal))
                .Select(l => l.Split("/site-packages/")[1].Replace("__pycache__/", "", StringComparison.Ordinal).Split('/', '.')[0])
                .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
        ];
    }

    private string[] Records() => !Directory.Exists(Path.Combine(_user.DataRoot, "stamps")) ? []
        : [.. Directory.GetFiles(Path.Combine(_user.DataRoot, "stamps"))
            .Where(p => Path.GetFileName(p).Split('.') is [_, not "outline"])];

    private void Await(int wheels)
    {
        long started = Stopwatch.GetTimestamp();
        while (Records().Length < wheels)
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, "no byte code came");
            Thread.Yield();
        }
        AwaitNobody();
    }

    // The job of this user, by its own words.
    private void AwaitNobody()
    {
        long started = Stopwatch.GetTimestamp();
        while (Directory.GetDirectories("/proc").Any(p => int.TryParse(Path.GetFileName(p), out _) && IsOfOurs(p)))
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, "the job does not end");
            Thread.Yield();
        }
    }

    private bool IsOfOurs(string process)
    {
        try
        {
            string words = File.ReadAllText(Path.Combine(process, "cmdline"));
            return words.Contains("after-change", StringComparison.Ordinal)
                && words.Contains(_user.DataRoot, StringComparison.Ordinal);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static Outcome Done(Outcome outcome)
    {
        Assert.True(outcome.ExitCode == 0, $"{outcome}");
        return outcome;
    }
}
