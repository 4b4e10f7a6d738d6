using System.Collections.Immutable;
using Sandpiper.Environments;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Ledger;
using Sandpiper.Environments.Shims;
using Sandpiper.Environments.Tests.Composing;
using Sandpiper.Environments.Verifying;
using Sandpiper.Samples;
using Sandpiper.Surroundings;

namespace Sandpiper.Operations.Tests;

/// <summary>What leads to an environment's files is verified like the files: link, ledger, interpreter, shims.</summary>
public sealed class VerificationTests : IDisposable
{
    private const string Executable = "/opt/sandpiper";

    private readonly Workshop _workshop = new();

    private DataPlaces Places => DataPlaces.Below(_workshop.Root.Path);

    private string LedgerFile => Path.Combine(_workshop.Environment.Directory, "ledger.jsonl");

    private string CurrentLink => Path.Combine(_workshop.Environment.Directory, "current");

    public void Dispose() => _workshop.Dispose();

    [Fact]
    public void Nothing_is_found_after_an_installation_and_nothing_where_none_was()
    {
        Assert.Null(Look());
        Install();
        Assert.Empty(Look()!.Deviations);
    }

    public static TheoryData<string, DeviationKind, string> Tamperings => new()
    {
        { "echo '# more' >> bin/tide", DeviationKind.Changed, "bin/tide" },
        { "chmod go+w bin/tide", DeviationKind.Mode, "bin/tide" },
        { "rm bin/tide", DeviationKind.Missing, "bin/tide" },
        { "rm bin/tide && ln -s /bin/true bin/tide", DeviationKind.Changed, "bin/tide" },
        { "rm bin/tide && mkfifo bin/tide", DeviationKind.Changed, "bin/tide" },
        { "rm bin/tide && mkdir -p bin/tide/more", DeviationKind.Changed, "bin/tide" },
        { "echo true > bin/ls", DeviationKind.Added, "bin/ls" },
        { "mkfifo bin/pipe", DeviationKind.Added, "bin/pipe" },
        { "ln -s /bin/true bin/true", DeviationKind.Added, "bin/true" },
        { "cp bin/tide bin/tidal", DeviationKind.Added, "bin/tidal" },
        { "mv bin elsewhere && ln -s elsewhere bin", DeviationKind.Changed, "bin" },
        { "rm -r bin", DeviationKind.Missing, "bin" },
    };

    [Theory]
    [MemberData(nameof(Tamperings))]
    public void Whatever_becomes_of_the_commands_on_PATH_is_found_and_put_back(string how, DeviationKind kind, string path)
    {
        Generation generation = Install();
        Shell(how);
        var deviation = Assert.Single(Look()!.Deviations);
        Assert.Equal((kind, path, DeviationPlace.Shims), (deviation.Kind, deviation.Path, deviation.Place));

        PutBack(generation);
        Assert.Empty(Look()!.Deviations);
    }

    [Fact]
    public void What_is_not_ours_is_put_aside_and_not_thrown_away()
    {
        Generation generation = Install();
        Shell("echo mine > bin/mine");
        string note = Assert.Single(PutBack(generation));
        Assert.Contains("was put aside", note, StringComparison.Ordinal);
        Assert.Equal("mine\n", File.ReadAllText(Directory.GetFiles(Path.Combine(_workshop.Root.Path, "aside")).Single()));
    }

    [Fact]
    public void What_is_somebodys_in_the_place_of_a_command_is_put_aside()
    {
        Generation generation = Install();
        Shell("echo mine > bin/tide");
        string note = Assert.Single(ShimDirectory.Refresh(_workshop.Environment, generation, Places, Executable));
        Assert.Contains("/bin/tide` was put aside", note, StringComparison.Ordinal);
        Assert.Equal("mine\n", File.ReadAllText(Directory.GetFiles(Path.Combine(_workshop.Root.Path, "aside")).Single()));
        Assert.Empty(Look()!.Deviations);
    }

    [Fact]
    public async Task A_pipe_among_the_commands_holds_up_no_change()
    {
        Generation generation = Install();
        Shell("mkfifo bin/pipe; rm bin/tide; mkfifo bin/tide");
        await Task.Run(() => ShimDirectory.Refresh(_workshop.Environment, generation, Places, Executable),
            TestContext.Current.CancellationToken)
            .WaitAsync(Patience.Endless, TestContext.Current.CancellationToken);
        Assert.Equal(["bin/pipe"], Look()!.Deviations.Select(f => f.Path));
    }

    [Fact]
    public void Commands_that_start_another_program_than_this_one_are_found()
    {
        Install();
        Assert.Equal(["bin/tide", "confined/bin/python", "confined/bin/python3", "confined/bin/python3.11", "confined/bin/tide",
                "confined/notebooks/kernel"],
            new Verification(_workshop.Environment, Places, "/usr/local/bin/sandpiper")
            .Look(full: false, TestContext.Current.CancellationToken)!.Deviations.Select(f => f.Path));
    }

    [Fact]
    public void Commands_follow_the_program_when_it_moves()
    {
        const string Moved = "/usr/local/bin/sandpiper";
        Generation generation = Install();
        ShimDirectory.Refresh(_workshop.Environment, generation, Places, Moved);
        var verification = new Verification(_workshop.Environment, Places, Moved);
        Assert.Empty(verification.Look(full: false, TestContext.Current.CancellationToken)!.Deviations);
    }

    [Fact]
    public void Commands_that_are_ours_but_for_the_program_are_known_and_follow_it_with_the_next_change_and_nothing_else_does()
    {
        Install();
        string shim = Path.Combine(Places.Shims, "tide");
        File.WriteAllText(shim, File.ReadAllText(shim).Replace("/opt/sandpiper", @"/opt/it'\''s/sandpiper", StringComparison.Ordinal));
        Assert.Equal(["/opt/it's/sandpiper"], Look()!.Deviations.Select(f => f.Starts));
        Begin();
        Assert.Empty(Look()!.Deviations);

        // As an earlier version wrote it.
        File.WriteAllText(shim, $"#!/bin/sh\n# A command of a package, run confined; made by sandpiper.\n"
            + $"exec '{Executable}' run --root '{Places.Root}' -- 'tide' \"$@\"\n");
        Assert.Equal([Executable], Look()!.Deviations.Select(f => f.Starts));
        Begin();
        Assert.Empty(Look()!.Deviations);

        // More than another program: two words, another root, another line.
        foreach (string edit in (string[])["s|/sandpiper'|/sandpiper' 'x'|", "s|--root '|--root '/x|", "s|^#!/bin/sh|#!/bin/bash|"])
        {
            Shell($"sed -i \"{edit}\" bin/tide");
            Begin();
            Assert.Equal([null], Look()!.Deviations.Select(f => f.Starts));
            ShimDirectory.Refresh(_workshop.Environment, _workshop.Environment.Read(1), Places, Executable);
        }

        void Begin() =>
            Operation.Begin(_workshop.Context, "shared", new Unheard(), TestContext.Current.CancellationToken).Dispose();
    }

    [Theory]
    [InlineData(": > envs/shared/ledger.jsonl", DeviationKind.Changed)]
    [InlineData("rm envs/shared/ledger.jsonl", DeviationKind.Missing)]
    [InlineData("rm envs/shared/ledger.jsonl; mkfifo envs/shared/ledger.jsonl", DeviationKind.Missing)]
    [InlineData("sed -i 1,2d envs/shared/ledger.jsonl", DeviationKind.Changed)]
    [InlineData("sed -i '1s/{/(/' envs/shared/ledger.jsonl", DeviationKind.Changed)]
    public void A_ledger_that_has_lost_something_is_found(string how, DeviationKind kind)
    {
        Install();
        Install();
        Shell(how);
        var deviation = Look()!.Deviations.First(f => f.Place == DeviationPlace.Ledger);
        Assert.Equal((kind, "ledger.jsonl"), (deviation.Kind, deviation.Path));
    }

    [Fact]
    public void Lines_that_cannot_be_read_are_complained_of_until_a_repair_has_noted_them()
    {
        Install();
        File.AppendAllText(LedgerFile, "nonsense\n");
        Assert.Single(Look()!.Deviations);
        _workshop.Ledger.NoteDamage();
        Assert.Empty(Look()!.Deviations);
        Assert.Contains("nonsense", File.ReadAllText(LedgerFile), StringComparison.Ordinal);
        File.AppendAllText(LedgerFile, "more nonsense\n");
        Assert.Single(Look()!.Deviations);
    }

    [Theory]
    [InlineData("rm envs/shared/current", DeviationKind.Missing)]
    [InlineData("ln -sfn /etc envs/shared/current", DeviationKind.Changed)]
    [InlineData("ln -sfn generations/77 envs/shared/current", DeviationKind.Changed)]
    [InlineData("rm envs/shared/current; mkdir envs/shared/current", DeviationKind.Changed)]
    public void A_link_that_does_not_say_what_is_current_is_found_and_the_ledger_knows(string how, DeviationKind kind)
    {
        Install();
        Install();
        Install();
        _workshop.Ledger.Announce(new LedgerLine("rollback", Workshop.Now, "somebody", 3, 2, [], [], Confirmed: false));
        _workshop.Ledger.Confirm(2);
        Shell(how);

        var report = Look()!;

        Assert.Equal(2, report.Generation.Number);
        var deviation = Assert.Single(report.Deviations);
        Assert.Equal((kind, DeviationPlace.Current), (deviation.Kind, deviation.Place));
        var lost = Assert.Throws<CurrentLostException>(() => CurrentGeneration.Read(_workshop.Environment));
        Assert.Equal((2, 3), (lost.Last, lost.Generations));
    }

    [Fact]
    public void With_link_and_ledger_lost_the_newest_generation_counts()
    {
        Install();
        Install();
        File.Delete(CurrentLink);
        File.Delete(LedgerFile);
        Assert.Equal(new CurrentGeneration(2, IsLinked: false), CurrentGeneration.Of(_workshop.Environment));
    }

    [Fact]
    public void What_a_killed_first_install_left_was_never_current()
    {
        Install();
        File.Delete(CurrentLink);
        File.WriteAllLines(LedgerFile, File.ReadAllLines(LedgerFile)[..1]);      // announced, and not seen to end
        Assert.Null(CurrentGeneration.Of(_workshop.Environment));
        Assert.Null(CurrentGeneration.Read(_workshop.Environment));
    }

    [Fact]
    public void An_interpreter_that_was_there_and_is_gone_is_a_finding()
    {
        string gone = $"/nowhere/bin/{Workshop.Python.VersionedName}";
        using var workshop = new Workshop { Instead = Workshop.Python with { Path = gone } };
        workshop.Install(workshop.Package(OrdinaryPackages.Pebble()));

        var places = DataPlaces.Below(workshop.Root.Path);
        var report = new Verification(workshop.Environment, places, Executable).Look(full: false, TestContext.Current.CancellationToken)!;

        var deviation = Assert.Single(report.Deviations);
        Assert.Equal((DeviationKind.Missing, gone, DeviationPlace.Interpreter), (deviation.Kind, deviation.Path, deviation.Place));
        Assert.True(deviation.RunsAtStart);
    }

    [Fact]
    public void An_interpreter_that_is_gone_or_another_version_is_found()
    {
        var generation = Install();
        var interpreters = new EnvironmentInterpreter(new Sandpiper.Interpreters.InterpreterProbe(null), "/usr/bin");
        string name = Workshop.Python.VersionedName;
        var gone = generation with { Python = $"/nowhere/bin/{name}" };
        Assert.Null(interpreters.Own(gone));
        Assert.Equal(Workshop.Python.Path, interpreters.For(gone).Path);

        var another = generation with { PythonName = "python3.1" };
        Assert.Null(interpreters.Own(another));
        var refused = Assert.Throws<InterpreterGoneException>(() => interpreters.For(another));
        Assert.Equal(("shared", "python3.1"), (refused.Environment, refused.Version));
        Assert.Equal(["tide"], refused.Requested);
    }

    [Fact]
    public void That_a_command_is_the_systems_is_told_once()
    {
        var first = _workshop.Install(_workshop.Package(Hoot("1.0", "hoot")));
        string note = Assert.Single(ShimDirectory.Refresh(_workshop.Environment, first, Places, Executable));
        Assert.Equal("`ls` is a command of the system, inside as well", note);
        Assert.Empty(ShimDirectory.Refresh(_workshop.Environment, first, Places, Executable, before: first));

        var second = _workshop.Install(_workshop.Package(Hoot("2.0", "cat")));
        note = Assert.Single(ShimDirectory.Refresh(_workshop.Environment, second, Places, Executable, before: first));
        Assert.StartsWith("`cat` is a command of the system", note, StringComparison.Ordinal);
    }

    private static SampleWheel Hoot(string version, string command) => new SampleWheel("hoot", version).WithFile("hoot.py", "")
        .WithConsoleScript("ls", "hoot:main").WithConsoleScript(command, "hoot:main");

    private Generation Install()
    {
        var generation = _workshop.Install(
            _workshop.Package(OrdinaryPackages.Pebble(), isRequested: false), _workshop.Package(OrdinaryPackages.Tide()));
        ShimDirectory.Refresh(_workshop.Environment, generation, Places, Executable);
        return generation;
    }

    private Verification.Report? Look() =>
        new Verification(_workshop.Environment, Places, Executable).Look(full: false, TestContext.Current.CancellationToken);

    private ImmutableArray<string> PutBack(Generation generation) =>
        [.. ShimDirectory.PutAside(_workshop.Environment, generation, Places),
            .. ShimDirectory.Refresh(_workshop.Environment, generation, Places, Executable)];

    private void Shell(string command)
    {
        using var shell = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("/bin/sh", ["-ec", command]) { WorkingDirectory = _workshop.Root.Path })!;
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
    }
}
