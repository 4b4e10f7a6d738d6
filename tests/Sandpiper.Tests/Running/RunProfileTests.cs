using System.Collections.Immutable;
using Sandpiper.Console;
using Sandpiper.Environments.Generations;
using Sandpiper.Packaging.Names;
using Sandpiper.Running;
using Sandpiper.Sandbox;
using Sandpiper.Sandbox.Bubblewrap;
using Sandpiper.Tests.Commands;

namespace Sandpiper.Tests.Running;

public sealed class RunProfileTests : IDisposable
{
    private readonly Folder _folder = new();
    private readonly OwnProgram _ownProgram = OwnProgram.Held();
    private readonly string _home;
    private readonly string _project;
    private readonly string _root;

    public RunProfileTests()
    {
        _home = _folder.Make("home");
        _project = _folder.Make("home/project");
        _root = _folder.Make("home/data/sandpiper");
    }

    public void Dispose()
    {
        _folder.Dispose();
        _ownProgram.Dispose();
    }

    [Fact]
    public void Without_grants_it_reads_its_packages_and_this_directory_and_nothing_else()
    {
        RunProfile profile = Of(new Grants());
        Assert.Equal([Environment.Directory, _project], profile.Confinement.ReadOnly);
        Assert.Empty(profile.Confinement.Writable);
        Assert.Empty(profile.Confinement.Protected);
        Assert.False(profile.Confinement.HostNetwork);
        Assert.Equal((_home, _project, _ownProgram), (profile.Confinement.Home, profile.Confinement.WorkingDirectory, profile.Confinement.SecondStage));
        Assert.Equal("it could read this directory, write nowhere, reach no host.", profile.Summary);
    }

    [Fact]
    public void Of_an_interpreter_outside_the_system_only_its_own_parts_are_shown_even_where_its_prefix_is_the_home()
    {
        string bin = _folder.Make("home/bin"), lib = _folder.Make("home/lib");
        ImmutableArray<string> shown = Of(new Grants(), prefix: _home).Confinement.ReadOnly;
        Assert.Equal([Environment.Directory, bin, lib, _project], shown);
    }

    [Fact]
    public void A_link_to_what_nobody_would_be_shown_is_no_name_for_it()
    {
        _folder.Write("home/.ssh/id_rsa", "");
        string link = Path.Combine(_project, "data");
        File.CreateSymbolicLink(link, Path.Combine(_home, ".ssh"));
        Assert.Contains("name that itself", Assert.Throws<ExplainedException>(() => Of(new Grants { Read = [link] })).Explanation.Because[0], StringComparison.Ordinal);
        Of(new Grants { Read = [Path.Combine(_home, ".ssh")] });
    }

    [Fact]
    public void What_is_shown_is_what_was_judged()
    {
        RunProfile profile = Of(new Grants { Write = [_project] });
        Assert.Equal([(_project, SeenPath.Of(_project)!.Identity)], profile.Confinement.Seen);
    }

    [Fact]
    public void Standing_at_home_it_sees_nothing_of_it_and_is_told_why()
    {
        RunProfile profile = Of(new Grants(), Caller with { CurrentDirectory = _home });
        Assert.Equal([Environment.Directory], profile.Confinement.ReadOnly);
        Assert.Equal(_home, profile.Confinement.WorkingDirectory);
        Assert.Contains("it could not see this directory (it is your home directory)", profile.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_with_keys_is_not_shown()
    {
        _folder.Write("home/project/id_rsa", "");
        Assert.DoesNotContain(_project, Of(new Grants()).Confinement.ReadOnly);
    }

    [Fact]
    public void Nor_is_any_when_the_user_says_so()
    {
        RunProfile profile = Of(new Grants { ShowCurrentDirectory = false });
        Assert.DoesNotContain(_project, profile.Confinement.ReadOnly);
        Assert.Contains("(you said so)", profile.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Home_is_shown_when_it_is_named()
    {
        RunProfile profile = Of(new Grants { Read = [_home] }, Caller with { CurrentDirectory = _home });
        Assert.Contains(_home, profile.Confinement.ReadOnly);
        Assert.Equal(_home, profile.Confinement.WorkingDirectory);
    }

    [Fact]
    public void What_is_granted_is_granted_and_told()
    {
        string elsewhere = _folder.Make("home/elsewhere");
        RunProfile profile = Of(new Grants { Write = [_project], Read = [elsewhere], Network = true });
        Assert.Equal([_project], profile.Confinement.Writable);
        Assert.Equal([Environment.Directory, elsewhere], profile.Confinement.ReadOnly);
        Assert.True(profile.Confinement.HostNetwork);
        Assert.Equal($"it could read this directory, write {_project}, reach every host.", profile.Summary);
    }

    [Fact]
    public void What_runs_later_stays_read_only_in_a_directory_that_may_be_written()
    {
        _folder.Make("home/project/.git");
        _folder.Write("home/project/evil.pth", "import os");
        _folder.Write("home/project/plot.py", "");
        Assert.Equal([$"{_project}/.git", $"{_project}/evil.pth"], Of(new Grants { Write = [_project] }).Confinement.Protected.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("home", "it is your home directory; what is written there can run later with all your rights")]
    [InlineData("home/.config", "hidden directories of your home hold keys and settings; what is written there can run later with all your rights")]
    [InlineData("", "the sealed packages of every environment lie there")]
    [InlineData("home/data", "the sealed packages of every environment lie there")]
    [InlineData("home/data/sandpiper", "the sealed packages of every environment lie there")]
    [InlineData("home/data/sandpiper/store", "the sealed packages of every environment lie there")]
    [InlineData("home/none", "there is no directory of that name, or we may not look at it")]
    public void Some_directories_are_never_granted_for_writing(string directory, string because)
    {
        _folder.Make("home/.config");
        _folder.Make("home/data/sandpiper/store");
        string path = Path.TrimEndingDirectorySeparator(Path.Combine(_folder.Path, directory));
        bool dataElsewhere = directory is "home";
        string root = dataElsewhere ? _folder.Make("elsewhere") : _root;
        Explanation explanation = Assert.Throws<ExplainedException>(() => Of(new Grants { Write = [path] }, root: root)).Explanation;
        Assert.Equal((ExitCode.RunFailed, $"`{path}` cannot be granted for writing"), (explanation.Exit, explanation.What));
        Assert.Equal([because], explanation.Because);
    }

    [Fact]
    public void The_sealed_packages_are_not_granted_by_a_link_either()
    {
        string link = Path.Combine(_project, "link");
        File.CreateSymbolicLink(link, _root);
        Assert.Throws<ExplainedException>(() => Of(new Grants { Write = [link] }));
    }

    [Fact]
    public void Nobody_grants_what_he_may_not_write_himself()
    {
        Assert.Equal(["you may not write there yourself"], BecauseOf(Caller with { MayWrite = _ => false }));
        Assert.Equal(["started as root, the program runs as the ordinary user sandpiper, who may not write there"],
            BecauseOf(Caller with { MayWrite = _ => false, WasRoot = true, UserName = "sandpiper" }));

        ImmutableArray<string> BecauseOf(Caller caller) => Assert.Throws<ExplainedException>(() => Of(new Grants { Write = [_project] }, caller)).Explanation.Because;
    }

    [Fact]
    public void What_is_not_there_cannot_be_shown() =>
        Assert.Equal(ExitCode.RunFailed, Assert.Throws<ExplainedException>(() => Of(new Grants { Read = ["/nowhere/at/all"] })).Explanation.Exit);

    [Fact]
    public void Variables_are_cleared_but_for_the_harmless_and_the_granted()
    {
        var mine = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["LANG"] = "C.UTF-8",
            ["API_TOKEN"] = "secret",
            ["AWS_SECRET_ACCESS_KEY"] = "secret",
            ["PYTHONPATH"] = "/evil",
            ["LD_PRELOAD"] = "/evil.so",
            ["PATH"] = "/evil/bin",
            ["GRANTED"] = "yes",
        };
        RunProfile profile = Of(new Grants { Variables = ["GRANTED", "ABSENT"] }, Caller with { Variable = name => mine.GetValueOrDefault(name) });
        Assert.Equal(
            ["GRANTED=yes", $"HOME={_home}", "LANG=C.UTF-8", "LOGNAME=ann", $"PATH={Environment.Scripts}:/usr/local/bin:/usr/bin:/bin",
                "SHELL=/bin/sh", "TMPDIR=/tmp", "USER=ann", $"VIRTUAL_ENV={Environment.Directory}"],
            profile.Confinement.Variables.Select(v => $"{v.Key}={v.Value}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Not_even_a_grant_changes_where_programs_are_looked_for() =>
        Assert.StartsWith(Environment.Scripts, Of(new Grants { Variables = ["PATH"] }, Caller with { Variable = _ => "/evil" }).Confinement.Variables["PATH"], StringComparison.Ordinal);

    private Caller Caller => new(_home, _home, _folder.Make("home/cache"), _project, "ann", _ownProgram, WasRoot: false, _ => null, _ => true);

    private InstalledEnvironment Environment => In(_root, "/usr");

    private RunProfile Of(Grants grants, Caller? caller = null, string prefix = "/usr", string? root = null) => RunProfile.Of(In(root ?? _root, prefix), grants, caller ?? Caller);

    private static InstalledEnvironment In(string root, string prefix)
    {
        ManagedEnvironment environment = ManagedEnvironment.Open(root, "shared");
        return new(environment, new Generation
        {
            Environment = "shared",
            Number = 1,
            Directory = environment.DirectoryOf(1),
            Created = DateTimeOffset.UnixEpoch,
            Python = $"{prefix}/bin/python3",
            PythonPrefix = prefix,
            PythonName = "python3.11",
            Packages = [],
            WrittenFiles = ImmutableSortedDictionary<string, Sha256Digest>.Empty,
            Commands = [],
        });
    }
}
