using System.Text.Json;
using Sandpiper.EndToEnd.Tests.Staging;
using Sandpiper.Samples;

namespace Sandpiper.EndToEnd.Tests;

/// <summary>What a program tried is told when it has ended; and it could do as much and as little.</summary>
public sealed class AuditedRunTests : IDisposable
{
    // Looks at what it has no business with, as packages that steal do, and says what came of each.
    private const string Curious = """
        import os, socket, subprocess, sys, threading
        def tell(what, *words):
            try: what(*words); print('done', words)
            except OSError as failed: print(failed)
        tell(open, os.path.expanduser('~/.ssh/id_rsa'))
        tell(os.stat, os.path.expanduser('~/.aws/credentials'))
        tell(os.listdir, '../notes')
        tell(open, '../pipe')
        tell(open, '/etc/shadow')
        tell(open, 'new', 'w')
        tell(os.unlink, 'steal.py')
        tell(open, os.path.expanduser('~/.bashrc'), 'a')
        tell(socket.create_connection, ('93.184.216.34', 443))
        tell(socket.getaddrinfo, 'files.example.org', 80)
        tell(socket.socket(socket.AF_UNIX).connect, sys.argv[1])
        for _ in range(2): subprocess.run(['env', 'true'], check=True)
        subprocess.run(['sh', '-c', 'cat ~/.netrc'])
        thread = threading.Thread(target=tell, args=(open, os.path.expanduser('~/.pypirc'))); thread.start(); thread.join()
        sys.exit(7)
        """;

    private readonly Somebody _user = new();

    public AuditedRunTests()
    {
        _user.Variables["SANDPIPER_INDEX_URL"] = _user.Serve(new SampleIndex().With(OrdinaryPackages.Pebble()));
        Outcome installed = _user.Sandpiper("install", "pebble");
        Assert.True(installed.ExitCode == 0, $"{installed}");
        _user.Write("steal.py", Curious);
        _user.Write("pyproject.toml", "");
        foreach (string secret in (string[])[".ssh/id_rsa", ".aws/credentials", ".netrc", ".pypirc", "notes/a", "service"])
            _user.Write($"../{secret}", "");
        Assert.Equal(0, _user.Run(["/usr/bin/mkfifo", Path.Combine(_user.Home, "pipe")]).ExitCode);
    }

    public void Dispose() => _user.Dispose();

    [Fact]
    public void The_list_names_each_thing_with_what_would_grant_it_and_the_program_could_do_no_more_and_no_less()
    {
        string service = Path.Combine(_user.Home, "service");
        string[] command = ["--home", "fresh", "--", "python", "steal.py", service];
        Outcome plain = _user.Sandpiper(["run", .. command]);
        Outcome audited = _user.Sandpiper(["run", "--audit", .. command]);
        Assert.Equal((7, plain.Output), (audited.ExitCode, audited.Output));
        Assert.Equal(7, plain.ExitCode);
        Assert.DoesNotContain("tried", plain.Error, StringComparison.Ordinal);

        Assert.Equal([".aws/credentials  looked for", ".netrc            opened", ".pypirc           opened", ".ssh/id_rsa       opened"],
            Group(audited, "keys that are there and that it was not shown").Select(line => line.Replace($"{_user.Home}/", "")));
        string[] unshown = Group(audited, "there, and not shown to it");
        Assert.Contains(unshown, line => line.StartsWith("/etc/shadow ", StringComparison.Ordinal)
            && line.EndsWith("  opened, and not yours to read either", StringComparison.Ordinal));
        foreach (string name in (string[])["notes", "pipe"])
        {
            Assert.Contains(unshown, line => line.StartsWith($"{_user.Home}/{name} ", StringComparison.Ordinal)
                && line.EndsWith("  opened", StringComparison.Ordinal));
        }
        Assert.Equal("·  sandpiper allow python --read PATH", unshown[^1]);
        Assert.Equal(["new       read only", "steal.py  read only", "·  sandpiper allow python --write ."],
            Group(audited, "wanted to write, and may not"));
        Assert.Equal([$"{_user.Home}/.bashrc"], Group(audited, "written in its private home, not in yours (sandpiper home)"));
        string[] hosts = Group(audited, "hosts");
        Assert.Equal("93.184.216.34:443  not reached: Network is unreachable", hosts[0]);
        Assert.StartsWith("files.example.org  asked for its address", hosts[1], StringComparison.Ordinal);
        Assert.Equal("·  sandpiper allow python --net HOST", hosts[2]);
        Assert.Equal([$"{service}  not reached: No such file or directory"],
            Group(audited, "services of this machine (--read PATH lets it speak to one)"));
        string[] programs = Group(audited, "programs");
        Assert.Contains(programs, line => line.StartsWith("/usr/bin/env ", StringComparison.Ordinal)
            && line.EndsWith("  2 times", StringComparison.Ordinal));
        Assert.Contains(programs, line => line.EndsWith("/cat", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_granted_is_not_told_and_what_is_left_is_the_next_command()
    {
        Outcome outcome = Audited("print(len(open('../notes/a').read())); open('new', 'w')", "--read", "../notes", "--write", ".");
        Assert.Equal((0, "0\n"), (outcome.ExitCode, outcome.Output));
        Assert.DoesNotContain("notes", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("not shown", outcome.Error, StringComparison.Ordinal);
        outcome = Audited("try: open('../notes/a')\nexcept OSError: pass");
        Assert.Equal([$"{_user.Home}/notes/a  opened", $"·  sandpiper allow python --read {_user.Home}/notes/a"],
            Group(outcome, "there, and not shown to it"));
    }

    [Fact]
    public void A_name_that_drives_a_terminal_does_not_and_is_not_offered()
    {
        _user.Write("../\u001b[31mred", "");
        Outcome outcome = Audited("try: open('../\\x1b[31mred')\nexcept OSError: pass");
        Assert.Equal([$"{_user.Home}/\\u{{1b}}[31mred  opened"], Group(outcome, "there, and not shown to it"));
        Assert.DoesNotContain('\u001b', outcome.Error);
    }

    [Fact]
    public void What_is_not_there_is_not_told_however_often_it_is_asked_for()
    {
        Outcome outcome = Audited("import os\nfor i in range(5000): os.path.exists(f'../absent{i}')");
        Assert.DoesNotContain("absent", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("not whole", outcome.Error, StringComparison.Ordinal);
        outcome = Audited("import os\nfor i in range(20000): os.path.exists(f'../absent{i}')\nos.path.exists('../.ssh/id_rsa')");
        Assert.Single(Group(outcome, "keys that are there and that it was not shown"));
        Assert.Contains("calls beyond what is noted; the list is not whole", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void For_a_program_it_is_one_object_and_not_with_another_answer()
    {
        string[] command = ["--", "sh", "-c", "echo said; cat ../.ssh/id_rsa; echo x > new; exit 3"];
        Outcome outcome = _user.Sandpiper(["run", "--audit", "--json", .. command]);
        Assert.Equal(3, outcome.ExitCode);
        Assert.StartsWith("said\n", outcome.Error, StringComparison.Ordinal);
        using JsonDocument answer = JsonDocument.Parse(outcome.Output);
        Dictionary<string, string?> tried = answer.RootElement.GetProperty("tried").EnumerateArray()
            .Where(thing => thing.GetProperty("kind").GetString() is not "program")
            .ToDictionary(
                thing => $"{thing.GetProperty("kind")} {thing.GetProperty("what")}", thing => thing.GetProperty("grant").GetString());
        Assert.Equal(new Dictionary<string, string?>
        {
            [$"key {_user.Home}/.ssh/id_rsa"] = null, [$"refused_write {_user.Project}/new"] = "--write .",
        }, tried);
        Outcome both = _user.Sandpiper(["run", "--audit", "--review", "--json", .. command]);
        Assert.Equal(125, both.ExitCode);
        Assert.DoesNotContain("said", both.Error, StringComparison.Ordinal);
        using JsonDocument refusal = JsonDocument.Parse(both.Output);
        Assert.Equal("sandpiper/refusal/1", refusal.RootElement.GetProperty("schema").GetString());
    }

    [Fact]
    public void A_package_that_is_tried_is_told_of_too()
    {
        Outcome outcome = _user.Sandpiper(
            "try", "--audit", "--command", "python", "pebble", "-c", "try: open('../.ssh/id_rsa')\nexcept OSError: pass");
        Assert.Equal([$"{_user.Home}/.ssh/id_rsa  opened"], Group(outcome, "keys that are there and that it was not shown"));
    }

    [Fact]
    public void Who_is_stopped_is_told_of_and_its_exit_code_stays()
    {
        Outcome outcome = Audited("import os\nos.path.exists('../.netrc')\nos.execlp('sleep', 'sleep', '1000')", "--timeout", "2s");
        Assert.Equal(124, outcome.ExitCode);
        Assert.Single(Group(outcome, "keys that are there and that it was not shown"));
    }

    private Outcome Audited(string code, params string[] options) =>
        _user.Sandpiper(["run", "--audit", "--home", "fresh", .. options, "--", "python", "-c", code]);

    private static string[] Group(Outcome outcome, string title)
    {
        string[] lines = outcome.Error.Split('\n');
        int at = Array.IndexOf(lines, $"  {title}");
        Assert.True(at >= 0, $"{outcome}");
        return [.. lines.Skip(at + 1).TakeWhile(line => line.StartsWith("    ", StringComparison.Ordinal)).Select(line => line[4..])];
    }
}
