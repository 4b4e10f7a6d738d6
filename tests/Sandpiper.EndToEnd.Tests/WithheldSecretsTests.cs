using Sandpiper.EndToEnd.Tests.Staging;
using Sandpiper.Samples;

namespace Sandpiper.EndToEnd.Tests;

/// <summary>Passwords that lie in a project are not shown for standing in it; whoever wanted them is told what to type.</summary>
public sealed class WithheldSecretsTests : IDisposable
{
    private const string Settings = """
        [core]
        \trepositoryformatversion = 0
        [remote "origin"]
        \turl = https://me:s3cret@example.org/me/project.git
        \tfetch = +refs/heads/*:refs/remotes/origin/*
        [http "https://example.org/"]
        \textraheader = AUTHORIZATION: basic s3cret

        """;

    private readonly Somebody _user = new();

    public WithheldSecretsTests()
    {
        Outcome installed = _user.Sandpiper(
            "install", "pebble", "-i", _user.Serve(new SampleIndex().With(OrdinaryPackages.Pebble())));
        Assert.True(installed.ExitCode == 0, $"{installed}");
        _user.Write("setup.py", "");
        _user.Write(".env", "TOKEN=s3cret\n");
        _user.Write("service/.env.local", "TOKEN=s3cret\n");
        _user.Write(".env.example", "TOKEN=\n");
        _user.Write(".git/HEAD", "ref: refs/heads/main\n");
        _user.Write(".git/config", Settings.Replace("\\t", "\t", StringComparison.Ordinal));
        _user.Write(".git/objects/info/x", "");
        _user.Write(".git/refs/heads/.keep", "");
    }

    public void Dispose() => _user.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("--write .")]
    [InlineData("--read .")]
    [InlineData("--net all")]
    public void Nothing_that_is_shown_has_the_secret_in_it(string granted)
    {
        string[] grants = granted.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(0, _user.Run(["grep", "-rq", "s3cret", "."]).ExitCode);
        Outcome searched = _user.Sandpiper(["run", .. grants, "--", "grep", "-r", "s3cret", "/", "-s", "--exclude-dir=proc",
            "--exclude-dir=usr", "--exclude-dir=sys"]);
        Assert.Equal("", searched.Output);
        Assert.Equal("TOKEN=s3cret\n", File.ReadAllText(Path.Combine(_user.Project, ".env")));
        Assert.Contains("s3cret", File.ReadAllText(Path.Combine(_user.Project, ".git/config")), StringComparison.Ordinal);
    }

    // A program that may write there makes as many as it likes, for the next one.
    [Fact]
    public void None_is_shown_however_many_there_are()
    {
        for (int i = 0; i < 40; i++) _user.Write($".env.{i}", "TOKEN=s3cret\n");
        for (int i = 0; i < 300; i++) _user.Write($"services/{i}/.env", "TOKEN=s3cret\n");
        Outcome searched = _user.Sandpiper("run", "--read", "services", "--", "grep", "-r", "s3cret", ".");
        Assert.Equal((1, ""), (searched.ExitCode, searched.Output));
    }

    // To the kernel a name is bytes; looked for as text nothing of that name was there to be withheld, protected or closed.
    [Fact]
    public void A_name_that_is_no_text_hides_none_and_keeps_no_program_from_it()
    {
        Outcome made = _user.Run(["/bin/sh", "-c", """
            n=$(printf 'n\351e')
            mkdir -p "$n/.git" "../backup/$n/.ssh" && echo TOKEN=s3cret > "$n/.env" && echo TOKEN=s3cret > ".env.$n"
            echo key > "../backup/$n/.ssh/id_rsa" && echo 'import os' > "$n.pth" && echo mine > "$n.txt"
            """]);
        Assert.Equal(0, made.ExitCode);
        foreach (string[] granted in (string[][])[[], ["--write", "."], ["--review"]])
        {
            Outcome searched = _user.Sandpiper(
                ["run", .. granted, "--", "sh", "-c", "grep -r s3cret .; cat n*.txt; ls -d n*/.git | wc -l"]);
            Assert.True(searched is { ExitCode: 0, Output: "mine\n1\n" }, $"{searched}");
        }
        Outcome hook = _user.Sandpiper("run", "--write", ".", "--", "sh", "-c", "for hook in n*.pth; do echo > \"$hook\"; done");
        Assert.True(hook.ExitCode is not 0 && hook.Error.Contains("Read-only", StringComparison.Ordinal), $"{hook}");
        Outcome keys = _user.Run([PublishedCommand.Path, "run", "--", "ls"], Path.Combine(_user.Home, "backup"));
        Assert.True(keys is { ExitCode: 0, Output: "" }, $"{keys}");
        // Words of the command come as they were typed.
        Outcome word = _user.Run(["/bin/sh", "-c", $"n=$(printf 'n\\351e'); '{PublishedCommand.Path}' run --review -- cat \"$n.txt\""]);
        Assert.True(word is { ExitCode: 0, Output: "mine\n" }, $"{word}");
    }

    // What nobody can look into its owner can open again, or name what is in it.
    [Theory]
    [InlineData("300")]
    [InlineData("400")]
    [InlineData("000")]
    public void A_directory_that_was_closed_is_empty_and_stays_closed(string mode)
    {
        _user.Write(".docker/config.json", "s3cret");
        _user.Write("service/shown", "shown\n");
        // What a program closes is open again after it, to be looked into; what its user closes is not.
        Outcome closing = _user.Sandpiper("run", "--write", ".", "--", "chmod", mode, "service");
        const UnixFileMode ofUser = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Assert.Equal((new Outcome(0, "", ""), ofUser), (closing, ofUser & File.GetUnixFileMode(Path.Combine(_user.Project, "service"))));
        Assert.Equal(0, _user.Run(["chmod", mode, ".docker", "service"]).ExitCode);
        const string open = "chmod 700 service .docker; cat service/.env.local .docker/config.json; ls -A service; echo ran";
        foreach (string[] granted in (string[][])[[], ["--write", "."], ["--review"]])
        {
            Outcome run = _user.Sandpiper(["run", .. granted, "--", "sh", "-c", open]);
            Assert.True(run.Output is "ran\n", $"{run}");
        }
        if (mode is "300")
        {
            Outcome beside = _user.Sandpiper("run", "--read", "service/shown", "--", "cat", "service/shown", "service/.env.local");
            Assert.True(beside is { ExitCode: 0, Output: "shown\n" }, $"{beside}");
        }
        Assert.Equal(0, _user.Run(["chmod", mode, "."]).ExitCode);
        Outcome closed = _user.Sandpiper("run", "--", "cat", ".env");
        const UnixFileMode usual = (UnixFileMode)0b111_101_101;
        File.SetUnixFileMode(_user.Project, usual);
        foreach (string closedBefore in (string[])["service", ".docker"])
            File.SetUnixFileMode(Path.Combine(_user.Project, closedBefore), usual);
        Assert.True(closed is { ExitCode: not 0, Output: "" }
            && closed.Error.Contains($"`{_user.Project}` cannot be read", StringComparison.Ordinal), $"{closed}");
    }

    // Who could write what is found in their place would choose it for every other program.
    [Theory]
    [InlineData("home/project/service")]
    [InlineData("nowhere")]
    public void What_is_shown_instead_does_not_lie_where_a_program_may_write(string temporary)
    {
        _user.Variables["TMPDIR"] = Path.Combine(_user.Place, temporary);
        Outcome run = _user.Sandpiper("run", "--write", ".", "--", "python", "-c", "import os; print(os.listdir('service'))");
        Assert.Equal((0, "['.env.local']\n", ""), (run.ExitCode, run.Output, run.Error));
    }

    // One level down is as far as anybody looks for them: moved deeper, the next run would have shown it.
    [Fact]
    public void A_directory_with_one_stays_where_it_is()
    {
        Outcome moved = _user.Sandpiper("run", "--write", ".", "--", "python", "-c", """
            import os
            os.makedirs("a/b/c")
            try: os.rename("service", "a/b/c/service")
            except OSError as e: print(e.strerror)
            os.rename("a", "z"); open("service/new", "w").close()
            """);
        Assert.Equal((0, "Device or resource busy\n"), (moved.ExitCode, moved.Output));
        Assert.Equal(["service/.env.local", "service/new"], ((string[])["service/.env.local", "service/new", "z/b/c/service"])
            .Where(name => Path.Exists(Path.Combine(_user.Project, name))));
    }

    [Fact]
    public void Who_opened_one_is_told_what_shows_it_and_who_did_not_is_not()
    {
        Outcome opened = _user.Sandpiper("run", "--", "python", "-c", "print(repr(open('.env').read()), open('.env.example').read())");
        Assert.Equal((0, "'' TOKEN=\n\n"), (opened.ExitCode, opened.Output));
        Assert.Equal("sandpiper: `.env` was empty for python ·  sandpiper allow python --read .env\n", opened.Error);
        Assert.Equal("", _user.Sandpiper("run", "--", "python", "-c", "import os; os.stat('.env')").Error);
        Outcome below = _user.Sandpiper("run", "--", "cat", "service/.env.local");
        Assert.Equal(("", "sandpiper: `service/.env.local` was empty for cat ·  sandpiper allow cat --read service/.env.local\n"),
            (below.Output, below.Error));

        Assert.Equal(0, _user.Sandpiper("allow", "python", "--read", ".env").ExitCode);
        Outcome shown = _user.Sandpiper("run", "--", "python", "-c", "print(open('.env').read())");
        Assert.Equal(("TOKEN=s3cret\n\n", ""), (shown.Output, shown.Error));
    }

    [Fact]
    public void Git_works_with_settings_that_have_no_logins_and_shows_them_when_they_are_granted()
    {
        Outcome address = _user.Sandpiper("run", "--", "git", "config", "--get", "remote.origin.url");
        Assert.Equal("https://example.org/me/project.git\n", address.Output);
        Assert.Equal("", _user.Sandpiper("run", "--", "git", "config", "--get-regexp", "extraheader").Output);
        Assert.Equal(0, _user.Sandpiper("run", "--", "git", "status").ExitCode);
        Outcome written = _user.Sandpiper("run", "--write", ".git", "--", "git", "config", "user.name", "Somebody");
        Assert.True(written.ExitCode == 0, $"{written}");
        string kept = File.ReadAllText(Path.Combine(_user.Project, ".git/config"));
        Assert.True(kept.Contains("s3cret", StringComparison.Ordinal) && kept.Contains("Somebody", StringComparison.Ordinal), kept);
    }

    [Fact]
    public void What_is_withheld_is_explained()
    {
        Outcome explained = _user.Sandpiper("run", "--explain", "--", "python");
        Assert.Contains($"{_user.Project}/.env, empty\n", explained.Output, StringComparison.Ordinal);
        Assert.Contains($"{_user.Project}/.git/config, without what git logs in with\n", explained.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("withheld", explained.Output, StringComparison.Ordinal);
    }
}
