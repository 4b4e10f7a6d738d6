using Sandpiper.EndToEnd.Tests.Staging;
using Sandpiper.Samples;

namespace Sandpiper.EndToEnd.Tests;

/// <summary>What a program was not allowed to write is said, in one line that is the next command; and nothing else is.</summary>
public sealed class DeniedWriteTests : IDisposable
{
    private readonly Somebody _user = new();

    public DeniedWriteTests()
    {
        _user.Variables["SANDPIPER_INDEX_URL"] = _user.Serve(new SampleIndex().With(OrdinaryPackages.Pebble()));
        Outcome installed = _user.Sandpiper("install", "pebble");
        Assert.True(installed.ExitCode == 0, $"{installed}");
        _user.Write("setup.py", "");
        _user.Write("notes.txt", "as it was\n");
        _user.Write("src/a.py", "");
        _user.Write("plain/.keep", "");
        _user.Write(".venv/pyvenv.cfg", "");
    }

    public void Dispose() => _user.Dispose();

    [Theory]
    [InlineData("open('new', 'w')")]
    [InlineData("open('notes.txt', 'a')")]
    [InlineData("open('notes.txt', 'r+')")]
    [InlineData("open(__import__('os').path.abspath('src/b'), 'x')")]
    [InlineData("__import__('os').makedirs('build/lib')")]
    [InlineData("__import__('os').remove('src/a.py')")]
    [InlineData("__import__('os').rename('src/a.py', 'src/b.py')")]
    [InlineData("__import__('shutil').rmtree('src')")]
    [InlineData("import os; d = os.open('src', os.O_RDONLY); os.open('b', os.O_CREAT | os.O_WRONLY, dir_fd=d)")]
    [InlineData("import os; d = os.open('src', os.O_RDONLY); os.mkdir('b', dir_fd=d)")]
    [InlineData("import subprocess; subprocess.run(['sh', '-c', 'echo x > new'], check=True)")]
    [InlineData("import threading; t = threading.Thread(target=open, args=('new', 'w')); t.start(); t.join(); exit(1)")]
    public void The_line_is_the_next_command_and_with_it_the_same_works(string code)
    {
        Outcome denied = Python(code);
        Assert.True(denied.ExitCode == 1, $"{denied}");
        Assert.EndsWith("sandpiper: python was not allowed to write here ·  sandpiper allow python --write .\n", denied.Error,
            StringComparison.Ordinal);
        Assert.Equal("as it was\n", File.ReadAllText(Path.Combine(_user.Project, "notes.txt")));
        Outcome allowed = _user.Sandpiper("allow", "python", "--write", ".");
        Assert.True(allowed.ExitCode == 0, $"{allowed}");
        Assert.DoesNotContain("sandpiper:", Python(code).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("open('.cache', 'w')")]
    [InlineData("open('.venv/.cache', 'w')")]
    [InlineData("open('.venv/__pycache__', 'w')")]
    [InlineData("open('src/__pycache__', 'w')")]
    [InlineData("import tempfile; tempfile.mkdtemp(prefix='pytest-cache-files-', dir='src')")]
    [InlineData("open('absent/new', 'w')")]
    [InlineData("open('absent', 'r+')")]
    [InlineData("open('notes.txt', 'x')")]
    [InlineData("__import__('os').mkdir('src')")]
    [InlineData("__import__('os').remove('absent')")]
    [InlineData("import os; open('/tmp/new', 'w').close(); os.rename('/tmp/new', '/tmp/old'); os.remove('/tmp/old'); exit(1)")]
    [InlineData("open('/usr/lib/new', 'w')")]
    [InlineData("open('/tmp/new', 'w').close(); open('/dev/null', 'w'); exit(1)")]
    [InlineData("open('notes.txt'); exit(1)")]
    [InlineData("import os; os.symlink('/tmp', '/tmp/here'); open('/tmp/here/x', 'w'); exit(1)")]
    [InlineData("import pebble; open(pebble.__file__, 'w')")]
    public void Nothing_is_said_where_no_grant_was_missing(string code)
    {
        Outcome outcome = Python(code);
        Assert.True(outcome.ExitCode == 1, $"{outcome}");
        Assert.DoesNotContain("allowed to write", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_succeeds_without_it_hears_nothing()
    {
        Outcome outcome = Python("try: open('new', 'w')\nexcept OSError: pass");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
    }

    [Fact]
    public void A_protected_name_is_asked_for_by_itself_and_an_upper_directory_of_the_project_by_its_path()
    {
        Assert.EndsWith("write `.`, `setup.py` ·  sandpiper allow python --write . --write setup.py\n",
            Python("open('setup.py', 'a')").Error, StringComparison.Ordinal);
        // Where it is not there it has no name that could be granted.
        Assert.EndsWith("write here ·  sandpiper allow python --write .\n",
            Python("open('conftest.py', 'w')").Error, StringComparison.Ordinal);
        Assert.EndsWith("write `.venv` ·  sandpiper allow python --write .venv\n",
            Python("open('.venv/new', 'w')").Error, StringComparison.Ordinal);
        Outcome above = _user.Run([PublishedCommand.Path, "run", "--", "python", "-c", "open('../new', 'w')"],
            Path.Combine(_user.Project, "src"));
        Assert.EndsWith($"·  sandpiper allow python --write {_user.Project}\n", above.Error, StringComparison.Ordinal);
        Outcome once = _user.Sandpiper("run", "--env", "shared", "--", "sh", "-c", "echo x > new");
        Assert.EndsWith("sandpiper: sh was not allowed to write here ·  sandpiper allow sh --write .\n", once.Error,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("open('setup.py', 'a')", "setup.py")]
    [InlineData("open('.venv/new', 'w')", ".venv")]
    [InlineData("open('new', 'w'); open('.venv/pyvenv.cfg', 'w')", ".venv")]
    [InlineData("__import__('os').remove('.venv/pyvenv.cfg')", ".venv")]    // as tox does in its own, before it runs a second time
    public void In_what_it_may_write_a_protected_name_is_asked_for_too(string code, string name)
    {
        Outcome allowed = _user.Sandpiper("allow", "python", "--write", ".");
        Assert.True(allowed.ExitCode == 0, $"{allowed}");
        Assert.EndsWith($"sandpiper: python was not allowed to write `{name}` ·  sandpiper allow python --write {name}\n",
            Python(code).Error, StringComparison.Ordinal);
        allowed = _user.Sandpiper("allow", "python", "--write", name);
        Assert.True(allowed.ExitCode == 0, $"{allowed}");
        Outcome done = Python(code);
        Assert.True(done.ExitCode == 0 && !done.Error.Contains("allowed to write", StringComparison.Ordinal), $"{done}");
    }

    [Fact]
    public void What_it_has_made_itself_was_not_refused()
    {
        Outcome outcome = _user.Sandpiper("run", "--write", ".", "--", "sh", "-c", "echo x > conftest.py; echo x > conftest.py; exit 1");
        Assert.True(outcome.ExitCode == 1 && File.Exists(Path.Combine(_user.Project, "conftest.py")), $"{outcome}");
        Assert.DoesNotContain("allowed to write", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_commit_says_what_it_needs_and_a_look_needs_nothing()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/git"), "there is no git");
        Outcome made = _user.Run(["/bin/sh", "-c", "git init -q && git add notes.txt"]);
        Assert.True(made.ExitCode == 0, $"{made}");
        Outcome commit = _user.Sandpiper(
            "run", "--write", ".", "--", "git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-m", "x");
        Assert.NotEqual(0, commit.ExitCode);
        Assert.EndsWith("sandpiper: git was not allowed to write `.git` ·  sandpiper allow git --write .git\n", commit.Error,
            StringComparison.Ordinal);
        // It would refresh what it knows of the files, if it could.
        File.SetLastWriteTimeUtc(Path.Combine(_user.Project, "notes.txt"), DateTime.UnixEpoch);
        Outcome look = _user.Sandpiper("run", "--", "sh", "-c", "git status --short; git diff --stat; exit 1");
        Assert.True(look.ExitCode == 1 && !look.Error.Contains("allowed to write", StringComparison.Ordinal), $"{look}");
    }

    [Fact]
    public void Try_says_its_own_words_again()
    {
        Outcome outcome = _user.Sandpiper("try", "--command", "python", "pebble", "-c", "open('new', 'w')");
        Assert.EndsWith("·  sandpiper try --write . --command python pebble -c 'open('\\''new'\\'', '\\''w'\\'')'\n", outcome.Error,
            StringComparison.Ordinal);
    }

    private Outcome Python(string code) => _user.Sandpiper("run", "--", "python", "-c", code);
}
