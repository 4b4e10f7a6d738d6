using System.Collections.Immutable;
using System.Net.Sockets;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Sandbox.Tests.Profiles;

public sealed class ProfileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sandpiper-profile-").FullName;
    private readonly string _home;
    private readonly string _project;
    private readonly string _root;
    private readonly string _generation;

    public ProfileTests()
    {
        _home = Make("home");
        _project = Make("home/project");
        _root = Make("home/data/sandpiper");
        _generation = Make("home/data/sandpiper/envs/shared/generations/1");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Without_grants_it_reads_its_packages_and_this_directory_and_nothing_else()
    {
        Terms terms = Of(new Grants());
        Assert.Equal([(_generation, PathAccess.Read), (_project, PathAccess.Read)], Shown(terms));
        Assert.False(terms.Confinement.HostNetwork);
        Assert.Equal((_home, _project), (terms.Confinement.Home, terms.Confinement.WorkingDirectory));
        Assert.Null(terms.Hidden);
    }

    [Fact]
    public void Of_an_interpreter_outside_the_system_only_its_own_parts_are_shown_even_where_its_prefix_is_the_home()
    {
        string bin = Make("home/bin"), lib = Make("home/lib");
        Assert.Equal([_generation, bin, lib, _project], Of(new Grants(), prefix: _home).Confinement.PathsWith(PathAccess.Read));
    }

    [Fact]
    public void A_link_to_what_nobody_would_be_shown_is_no_name_for_it()
    {
        Write("home/.ssh/id_rsa");
        string keys = Path.Combine(_home, ".ssh"), link = Path.Combine(_project, "data");
        File.CreateSymbolicLink(link, keys);
        Assert.Equal(new GrantRefusal.LeadsTo(keys, new(SensitivityKind.HiddenInHome)), RefusalOf(new Grants { Read = [link] }));
        Of(new Grants { Read = [keys] });
    }

    [Fact]
    public void What_is_shown_is_what_was_judged()
    {
        string link = Path.Combine(_project, "link"), elsewhere = Make("home/elsewhere");
        File.CreateSymbolicLink(link, elsewhere);
        Terms terms = Of(new Grants { Write = [_project], Read = [link] });
        // The link leads there inside as well, so there it has to be.
        Assert.Equal(
            [
                Judged(_generation, _generation, PathAccess.Read), Judged(elsewhere, elsewhere, PathAccess.Read),
                    Judged(_project, _project, PathAccess.Write),
            ],
            terms.Confinement.Shown.Select(shown => $"{shown.Path} {shown.Real} {shown.Identity} {shown.Access}"));

        static string Judged(string path, string real, PathAccess access) =>
            $"{path} {real} {ShownPath.Needed(real, PathAccess.Read).Identity} {access}";
    }

    [Fact]
    public void Standing_at_home_it_sees_nothing_of_it_and_is_told_why()
    {
        Terms terms = Of(new Grants(), Caller with { CurrentDirectory = _home });
        Assert.Equal([_generation], terms.Confinement.PathsWith(PathAccess.Read));
        Assert.Equal(_home, terms.Confinement.WorkingDirectory);
        Assert.Equal(new HiddenDirectory.Kept(new(SensitivityKind.Home)), terms.Hidden);
    }

    [Fact]
    public void A_directory_with_keys_is_not_shown()
    {
        Write("home/project/id_rsa");
        Assert.DoesNotContain(_project, Of(new Grants()).Confinement.PathsWith(PathAccess.Read));
    }

    [Fact]
    public void Nor_is_one_with_keys_one_level_down_or_the_home_that_is_his_whatever_HOME_says()
    {
        Make("home/project/laptop/.ssh");
        Assert.Equal(new HiddenDirectory.Kept(new(SensitivityKind.HoldsKeys, "laptop/.ssh")), Of(new Grants()).Hidden);
        Caller elsewhere = Caller with { Home = Make("elsewhere"), LoginHome = _home, CurrentDirectory = _home };
        Assert.Equal(new HiddenDirectory.Kept(new(SensitivityKind.Home)), Of(new Grants(), elsewhere).Hidden);
        var refused = Assert.Throws<GrantRefusedException>(() => Of(new Grants { Write = [_home] }, elsewhere, root: Make("other-root")));
        Assert.IsType<GrantRefusal.Sensitive>(refused.Reason);
    }

    [Fact]
    public void Where_programs_are_looked_for_is_protected_by_the_name_that_holds_it_and_not_granted_itself()
    {
        string tools = Make("home/project/tools/bin");
        Caller looking = Caller with { Variables = Caller.Variables.SetItem("PATH", $"{tools}:relative::/usr/bin") };
        Assert.Equal([Path.Join(_project, "tools")], Of(new Grants { Write = [_project] }, looking).Confinement.Protected);
        Assert.IsType<GrantRefusal.HoldsPrograms>(RefusalOf(new Grants { Write = [tools] }, looking));
        Assert.Empty(Of(new Grants { Write = [_project] }).Confinement.Protected);
    }

    [Fact]
    public void Nor_is_any_when_the_user_says_so()
    {
        Terms terms = Of(new Grants { ShowCurrentDirectory = false });
        Assert.DoesNotContain(_project, terms.Confinement.PathsWith(PathAccess.Read));
        Assert.Equal(new HiddenDirectory.OnRequest(), terms.Hidden);
    }

    [Fact]
    public void Nor_is_one_that_is_gone() =>
        Assert.Equal(new HiddenDirectory.Gone(), Of(new Grants(), Caller with { CurrentDirectory = Path.Combine(_home, "gone") }).Hidden);

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    public void Home_is_shown_when_it_is_named(string end)
    {
        Terms terms = Of(new Grants { Read = [_home + end] }, Caller with { CurrentDirectory = _home });
        Assert.Contains(_home, terms.Confinement.PathsWith(PathAccess.Read));
        Assert.Equal(_home, terms.Confinement.WorkingDirectory);
    }

    [Fact]
    public void What_is_granted_is_granted()
    {
        string elsewhere = Make("home/elsewhere");
        Terms terms = Of(new Grants { Write = [_project], Read = [elsewhere], Network = true });
        Assert.Equal([_project], terms.Confinement.PathsWith(PathAccess.Write));
        Assert.Equal([_generation, elsewhere], terms.Confinement.PathsWith(PathAccess.Read));
        Assert.True(terms.Confinement.HostNetwork);
        Assert.Null(terms.Hidden);
    }

    [Theory]
    [InlineData("home", typeof(GrantRefusal.Sensitive))]
    [InlineData("home/.config", typeof(GrantRefusal.Sensitive))]
    [InlineData("", typeof(GrantRefusal.HoldsPackages))]
    [InlineData("home/data", typeof(GrantRefusal.HoldsPackages))]
    [InlineData("home/data/sandpiper", typeof(GrantRefusal.HoldsPackages))]
    [InlineData("home/data/sandpiper/store", typeof(GrantRefusal.HoldsPackages))]
    [InlineData("home/cache", typeof(GrantRefusal.HoldsCache))]
    [InlineData("home/none", typeof(GrantRefusal.Absent))]
    [InlineData("home/project/pipe", typeof(GrantRefusal.Absent))]
    [InlineData("home/.bashrc", typeof(GrantRefusal.Sensitive))]
    [InlineData("home/setup.py", typeof(GrantRefusal.Sensitive))]
    [InlineData("home/id_rsa", typeof(GrantRefusal.Sensitive))]
    public void Some_directories_are_never_granted_for_writing(string directory, Type reason)
    {
        Make("home/.config");
        Make("home/cache");
        Make("home/data/sandpiper/store");
        foreach (string file in (string[])["home/.bashrc", "home/setup.py", "home/id_rsa"]) Write(file);
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
            socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(_project, "pipe")));
        string path = Path.TrimEndingDirectorySeparator(Path.Combine(_folder, directory));
        string root = directory is "home" ? Make("elsewhere") : _root;
        var refused = Assert.Throws<GrantRefusedException>(() => Of(new Grants { Write = [path] }, root: root));
        Assert.Equal((path, PathAccess.Write, reason), (refused.Path, refused.Access, refused.Reason.GetType()));
    }

    [Fact]
    public void The_sealed_packages_are_not_granted_by_a_link_either()
    {
        string link = Path.Combine(_project, "link");
        File.CreateSymbolicLink(link, _root);
        Assert.IsType<GrantRefusal.HoldsPackages>(RefusalOf(new Grants { Write = [link] }));
    }

    [Fact]
    public void Nobody_grants_what_he_may_not_write_himself()
    {
        var grants = new Grants { Write = [_project] };
        Assert.Equal(new GrantRefusal.NotTheCallers(null), RefusalOf(grants, Caller with { MayWrite = _ => false }));
        Assert.Equal(new GrantRefusal.NotTheCallers("sandpiper"),
            RefusalOf(grants, Caller with { MayWrite = _ => false, WasRoot = true, UserName = "sandpiper" }));
    }

    [Fact]
    public void What_is_not_there_or_is_a_device_cannot_be_shown()
    {
        Assert.Equal(new GrantRefusal.Absent(), RefusalOf(new Grants { Read = ["/nowhere/at/all"] }));
        Assert.Equal(new GrantRefusal.Device(), RefusalOf(new Grants { Read = ["/dev/zero"] }));
        Assert.Equal(new GrantRefusal.Device(), RefusalOf(new Grants { Write = ["/dev/shm"] }));
    }

    [Fact]
    public void A_generation_that_is_gone_is_not_silently_missing()
    {
        Directory.Delete(_generation);
        Assert.Equal(SandboxObstacle.PathAbsent, Assert.Throws<SandboxUnavailableException>(() => Of(new Grants())).Obstacle);
    }

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
        Terms terms = Of(new Grants { Variables = ["GRANTED", "ABSENT"] },
            Caller with { Variables = mine.ToImmutableDictionary(StringComparer.Ordinal) });
        Assert.Equal(
            ["GIT_OPTIONAL_LOCKS=0", "GRANTED=yes",
                $"HOME={_home}", "LANG=C.UTF-8", "LOGNAME=ann", $"PATH={_generation}/bin:/usr/local/bin:/usr/bin:/bin",
                "SHELL=/bin/sh", "TMPDIR=/tmp", "USER=ann", $"VIRTUAL_ENV={_generation}"],
            terms.Confinement.Variables.Select(v => $"{v.Key}={v.Value}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Not_even_a_grant_changes_where_programs_are_looked_for()
    {
        Caller caller = Caller with { Variables = Caller.Variables.Add("PATH", "/evil") };
        Assert.StartsWith($"{_generation}/bin", Of(new Grants { Variables = ["PATH"] }, caller).Confinement.Variables["PATH"],
            StringComparison.Ordinal);
    }

    private Caller Caller => new(
        _home, _home, Path.Combine(_home, "cache"), _project, "ann", WasRoot: false,
        ImmutableDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal), _ => true);

    [Fact]
    public void In_a_directory_of_a_project_all_of_it_is_shown_and_what_is_granted_in_it_may_be_written()
    {
        Write("home/project/pyproject.toml");
        string source = Make("home/project/src");
        Caller inside = Caller with { CurrentDirectory = source };
        Assert.Equal([(_generation, PathAccess.Read), (_project, PathAccess.Read)], Shown(Of(new Grants(), inside)));
        Assert.Equal([(_generation, PathAccess.Read), (_project, PathAccess.Read), (source, PathAccess.Write)],
            Shown(Of(new Grants { Write = [source] }, inside)));
        Assert.Equal([(_generation, PathAccess.Read), (_project, PathAccess.Write)],
            Shown(Of(new Grants { Write = [_project], Read = [_project] }, inside)));
        // Not one with keys in it, and not where the home itself is one.
        Write("home/project/id_rsa");
        Assert.Equal([_generation, source], Of(new Grants(), inside).Confinement.PathsWith(PathAccess.Read));
        Write("home/setup.py");
        Assert.Equal([_generation], Of(new Grants(), Caller with { CurrentDirectory = _home }).Confinement.PathsWith(PathAccess.Read));
    }

    [Fact]
    public void A_registrys_settings_and_files_for_containers_close_no_project_and_are_empty_inside()
    {
        foreach (string file in (string[])["home/project/.npmrc", "home/project/.docker/config.json", "home/project/.docker/Dockerfile"])
            Write(file);
        string npmrc = Path.Combine(_project, ".npmrc"), docker = Path.Combine(_project, ".docker/config.json");
        Terms terms = Of(new Grants { Write = [_project] });
        Assert.Null(terms.Hidden);
        Assert.Equal([docker, npmrc], terms.Confinement.Masked);
        Assert.Equal([docker], Of(new Grants { Read = [npmrc] }).Confinement.Masked);
        File.Delete(npmrc);
        File.CreateSymbolicLink(npmrc, "/etc/passwd");
        Assert.Equal([docker], Of(new Grants()).Confinement.Masked);
    }

    [Fact]
    public void A_file_may_be_granted_by_its_name_and_beside_its_directory_is_then_not_protected()
    {
        Write("home/project/conftest.py");
        Write("home/report.csv");
        string conftest = Path.Combine(_project, "conftest.py"), link = Path.Combine(_project, "link");
        string report = Path.Combine(_home, "report.csv");
        File.CreateSymbolicLink(link, "conftest.py");
        foreach (string named in (string[])[conftest, link])
        {
            Confinement both = Of(new Grants { Write = [_project, named] }).Confinement;
            Assert.Equal([_project], both.PathsWith(PathAccess.Write));
            Assert.Equal([conftest], both.Granted);
        }
        Confinement alone = Of(new Grants { Write = [conftest, report] }).Confinement;
        Assert.Equal([conftest, report], alone.PathsWith(PathAccess.Write));
        Assert.Empty(alone.Granted);
    }

    [Fact]
    public void A_program_on_the_PATH_is_not_granted_by_its_name_either()
    {
        Write("home/project/tools/lint");
        string tools = Path.Combine(_project, "tools");
        Caller looking = Caller with { Variables = Caller.Variables.SetItem("PATH", tools), OwnProgram = Path.Combine(_project, "own") };
        Write("home/project/own");
        Assert.IsType<GrantRefusal.HoldsPrograms>(RefusalOf(new Grants { Write = [Path.Combine(tools, "lint")] }, looking));
        Assert.IsType<GrantRefusal.HoldsPrograms>(RefusalOf(new Grants { Write = [looking.OwnProgram] }, looking));
    }

    [Fact]
    public void What_was_remembered_is_a_place_and_no_link_to_another()
    {
        string elsewhere = Make("home/elsewhere"), link = Path.Combine(_project, "out");
        File.CreateSymbolicLink(link, elsewhere);
        Of(new Grants { Write = [link] });
        Assert.Equal(new GrantRefusal.LeadsElsewhere(elsewhere), RefusalOf(new Grants { Write = [link] }.Settle()));
        Assert.Equal(new GrantRefusal.LeadsElsewhere(elsewhere), RefusalOf(new Grants { Read = [link] }.Settle().And(new Grants())));
    }

    [Theory]
    [InlineData("python ../report.py x", "home/report.py")]
    [InlineData("python3.11 -X dev -W error -u ../report.py", "home/report.py")]
    [InlineData("python -uX dev ../report.py", "home/report.py")]
    [InlineData("python -- ../report.py", "home/report.py")]
    [InlineData("bash -eu ../report.py", "home/report.py")]
    [InlineData("../report.py", "home/report.py")]
    [InlineData("python -c ../report.py", null)]
    [InlineData("python -Im ../report.py", null)]
    [InlineData("python - ../report.py", null)]
    [InlineData("bash -ec ../report.py", null)]
    [InlineData("cat ../report.py", null)]
    [InlineData("python ../.ssh/id_rsa", null)]
    [InlineData("python ../.netrc", null)]
    [InlineData("python ../to-key", null)]
    [InlineData("python ../none", null)]
    [InlineData("python ../.ssh", null)]
    [InlineData("python /etc/passwd", null)]
    [InlineData("python /usr/bin/true", null)]
    [InlineData("python ../data/sandpiper/envs/shared/generations/1/x.py", null)]
    [InlineData("python inside.py", null)]
    public void A_script_that_is_named_is_shown_by_itself(string words, string? shown)
    {
        foreach (string file in (string[])["home/report.py", "home/.ssh/id_rsa", "home/.netrc", "home/project/inside.py",
            "home/data/sandpiper/envs/shared/generations/1/x.py"]) Write(file);
        File.CreateSymbolicLink(Path.Combine(_home, "to-key"), Path.Combine(_home, ".ssh/id_rsa"));
        Terms terms = Of(new Grants(), command: words.Split(' '));
        Assert.Equal(shown is null ? null : Path.Combine(_folder, shown), terms.Script?.Path);
        Assert.Equal(shown is null ? [_generation, _project] : [_generation, _project, Path.Combine(_folder, shown)],
            terms.Confinement.PathsWith(PathAccess.Read));
    }

    [Fact]
    public void What_was_named_and_not_shown_is_known_and_keys_are_never_offered()
    {
        foreach (string file in (string[])["home/data.csv", "home/.ssh/id_rsa", "home/project/here"]) Write(file);
        string[] words = ["cat", "../data.csv", "--in=../data.csv", "here", "-v", "../.ssh/id_rsa", "/etc/passwd", "../none", "", "a\0"];
        Assert.Equal([Path.Combine(_home, "data.csv")], UnshownArguments.In(words, Of(new Grants()), Caller));
        Assert.Empty(UnshownArguments.In(words, Of(new Grants { Read = [Path.Combine(_home, "data.csv")] }), Caller));
    }

    [Fact]
    public void A_package_is_shown_as_the_directory_that_lies_in_the_store()
    {
        string store = Make("home/data/sandpiper/store"), tree = Make("home/data/sandpiper/store/a/wheel"), keys = Make("home/.ssh/wheel");
        Directory.CreateSymbolicLink(Path.Combine(store, "behind"), Path.GetDirectoryName(keys)!);
        Directory.CreateSymbolicLink(Path.Combine(store, "a/link"), keys);
        Write("home/data/sandpiper/store/a/file");
        ShownPackages packages = ShownPackages.Needed(store, [tree])!;
        Assert.Equal(new SealedTree("a/wheel", ShownPath.Needed(tree, PathAccess.Read).Identity), Assert.Single(packages.Trees));
        Assert.Equal([tree], packages.Paths);
        Assert.Null(ShownPackages.Needed(store, []));
        foreach (string not in (string[])[$"{store}/none", $"{store}/behind/wheel", $"{store}/a/link", $"{store}/a/file", keys, store])
            Assert.Throws<SandboxUnavailableException>(() => ShownPackages.Needed(store, [tree, not]));
    }

    [Fact]
    public void What_the_environment_has_brought_is_shown_as_the_one_directory_in_which_it_lies()
    {
        string store = Make("home/data/sandpiper/store"), own = Make("home/data/sandpiper/store/by-shared");
        string other = Make("home/data/sandpiper/store/by-other/c/wheel");
        Assert.Equal(["by-shared"], ShownPackages.Needed(store, [], own)!.Trees.Select(tree => tree.Name));
        Assert.Equal(["by-shared", "by-other/c/wheel"], ShownPackages.Needed(store, [other], own)!.Trees.Select(tree => tree.Name));
        Directory.Move(own, own + ".away");
        Directory.CreateSymbolicLink(own, own + ".away");
        Assert.Throws<SandboxUnavailableException>(() => ShownPackages.Needed(store, [], own));
    }

    private Terms Of(Grants grants, Caller? caller = null, string prefix = "/usr", string? root = null, string[]? command = null) =>
        Profile.Run.For(
            new InstalledEnvironment(_generation, [], $"{_generation}/bin", prefix, root ?? _root, root ?? _root), grants, caller ?? Caller,
            command ?? ["python"]);

    private GrantRefusal RefusalOf(Grants grants, Caller? caller = null) =>
        Assert.Throws<GrantRefusedException>(() => Of(grants, caller)).Reason;

    private static IEnumerable<(string, PathAccess)> Shown(Terms terms) =>
        terms.Confinement.Shown.Select(shown => (shown.Path, shown.Access));

    private string Make(string relative) => Directory.CreateDirectory(Path.Combine(_folder, relative)).FullName;

    private void Write(string relative)
    {
        string path = Path.Combine(_folder, relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "");
    }
}
