using System.Collections.Immutable;
using Sandpiper.EndToEnd.Tests.Staging;
using Sandpiper.Samples;

namespace Sandpiper.EndToEnd.Tests;

/// <summary>Promise P1 and P2: whatever a package brings, nothing of it runs and nothing is written elsewhere by handling it.</summary>
public sealed class HooksTests
{
    public static TheoryData<string> Attacks => [.. Attack.All.Keys];

    // Else the next test would prove nothing.
    [Theory]
    [MemberData(nameof(Attacks))]
    public void Plain_pip_is_bitten(string attack)
    {
        var (victim, scene, played) = Stage(attack);
        using (victim)
        {
            Assert.SkipUnless(victim.Run(["/usr/bin/python3", "-m", "pip", "--version"]).ExitCode == 0, "this machine has no pip");
            Assert.SkipWhen(played.PipWithstands is not null, $"plain pip withstands it: {played.PipWithstands}");

            ImmutableArray<string> place = played.Pip(scene);
            ImmutableArray<string> python = place.IsEmpty ? ["--python", Path.Combine(scene.Target, "bin/python")] : [];
            ImmutableArray<string> said = place.Contains("--user") ? [.. place, "--break-system-packages"] : place;
            Outcome pip =
                victim.Run(["/usr/bin/python3", "-m", "pip", .. python, "install", "--no-cache-dir", "--disable-pip-version-check",
                "--index-url", victim.Serve(played.Index(scene)), .. said, played.Project]);
            if (played.Innocent is { } innocent) victim.Run(innocent(scene));

            Assert.True(played.Bites(scene), $"{pip}");
        }
    }

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Sandpiper_runs_and_changes_nothing(string attack)
    {
        var (victim, scene, played) = Stage(attack);
        using (victim)
        {
            Outcome first = victim.Sandpiper("install", "pebble", "-i", victim.Serve(new SampleIndex().With(OrdinaryPackages.Pebble())));
            Assert.True(first.ExitCode == 0, $"{first}");
            string environments = Path.Combine(victim.DataRoot, "envs");
            ImmutableArray<string> before = Tree.Of(environments);
            ImmutableArray<string> elsewhere = Tree.Of(victim.Home, victim.DataRoot, victim.CacheRoot);

            Outcome refused = victim.Sandpiper("install", played.Project, "-i", victim.Serve(played.Index(scene)));
            Assert.True(refused.ExitCode == played.ExitCode, $"{refused}");
            foreach (string[] command in (string[][])[["list"], ["show", "pebble"], ["verify"], ["verify", "--full"], ["freeze"],
                ["history"], ["run", "--", "python", "-c", "import pebble, random"]])
            {
                Outcome harmless = victim.Sandpiper(command);
                Assert.True(harmless.ExitCode == 0, $"{string.Join(' ', command)}: {harmless}");
                Assert.False(scene.IsMarked, string.Join(' ', command));
            }

            Assert.Equal(before, Tree.Of(environments));
            Assert.Equal(elsewhere, Tree.Of(victim.Home, victim.DataRoot, victim.CacheRoot));
            Assert.Empty(Tree.Of(victim.Temporary));
            Assert.Empty(Tree.Of(Path.Combine(victim.DataRoot, "staging")));

            Outcome removed = victim.Sandpiper("uninstall", "pebble");
            Assert.True(removed.ExitCode == 0, $"{removed}");
            Assert.False(scene.IsMarked);
            Assert.Equal(elsewhere, Tree.Of(victim.Home, victim.DataRoot, victim.CacheRoot));
        }
    }

    // The user may take the risk; the risk is then still the sandbox's, and only that of programs he starts.
    [Fact]
    public void A_hook_that_was_allowed_runs_in_programs_but_in_no_command_of_ours()
    {
        using var victim = new Somebody();
        string granted = Path.GetDirectoryName(victim.Write("granted/empty", ""))!;
        string marker = Path.Combine(granted, "marker");
        string index = victim.Serve(new SampleIndex().With(HostilePackages.WheelWithPthHook(marker)));

        Outcome refused = victim.Sandpiper("install", "pth-hook", "-i", index);
        Assert.Equal(3, refused.ExitCode);
        string rule = WordAfter(refused.Error, "--rule ");
        Assert.Equal(0, victim.Sandpiper("allow", "pth-hook==1.0", "--rule", rule, "--reason", "a test").ExitCode);
        foreach (string[] command in (string[][])[["install", "pth-hook", "-i", index], ["list"], ["show", "-f", "pth-hook"],
            ["verify", "--full"], ["freeze"], ["history"]])
        {
            Outcome done = victim.Sandpiper(command);
            Assert.True(done.ExitCode == 0, $"{string.Join(' ', command)}: {done}");
            Assert.False(File.Exists(marker), string.Join(' ', command));
        }
        victim.Sandpiper("run", "--", "python", "-c", "pass");
        Assert.False(File.Exists(marker), "written without a grant");
        victim.Sandpiper("run", "--write", granted, "--", "python", "-c", "pass");
        Assert.True(File.Exists(marker), "an allowed hook that does not run was not allowed");

        File.Delete(marker);
        Assert.Equal(0, victim.Sandpiper("uninstall", "pth-hook").ExitCode);
        Assert.False(File.Exists(marker));
    }

    [Fact]
    public void Omitting_hooks_installs_the_rest_of_a_package()
    {
        using var victim = new Somebody();
        string granted = Path.GetDirectoryName(victim.Write("granted/empty", ""))!;
        string index = victim.Serve(new SampleIndex().With(HostilePackages.WheelWithPthHook(Path.Combine(granted, "marker"))));

        Outcome installed = victim.Sandpiper("install", "--omit-hooks", "pth-hook", "-i", index);
        Outcome run = victim.Sandpiper("run", "--write", granted, "--", "python", "-c", "import pth_hook; print(pth_hook.VALUE)");

        Assert.True(installed.ExitCode == 0, $"{installed}");
        Assert.True(run.Output is "1\n", $"{run}");
        Assert.Equal(["empty"], Directory.GetFiles(granted).Select(Path.GetFileName));
    }

    [Fact]
    public void A_package_that_tampers_when_it_is_imported_is_stopped_by_the_sandbox_though_plain_python_lets_it()
    {
        using var victim = new Somebody();
        string key = victim.Write("../.ssh/id_ed25519", "a decoy\n");
        string loot = Path.Combine(victim.Home, "loot");
        string index = victim.Serve(new SampleIndex().With(OrdinaryPackages.Pebble())
            .With(HostilePackages.WheelThatTampersAtImport("pebble", key, loot)));

        Outcome installed = victim.Sandpiper("install", "import-tamperer", "-i", index);
        Assert.True(installed.ExitCode == 0, $"{installed}");
        string homes = Path.Combine(victim.DataRoot, "homes"); // what it leaves at home is kept there
        Assert.Equal(0, victim.Sandpiper("run", "--", "true").ExitCode); // the first keeps what runs first in each
        ImmutableArray<string> before = Tree.Of(victim.DataRoot, homes);
        Outcome run = victim.Sandpiper("run", "--", "import-tamperer");

        Assert.Equal(3, run.Output.Split('\n').Count(line => line.Contains("\tstopped: ", StringComparison.Ordinal)));
        Assert.Equal(before, Tree.Of(victim.DataRoot, homes));
        Assert.False(File.Exists(loot));
        Assert.Equal(0, victim.Sandpiper("verify", "--full").ExitCode);

        Outcome pip =
            victim.Run(["/usr/bin/python3", "-m", "pip", "install", "--no-cache-dir", "--target", Path.Combine(victim.Home, "plain"),
            "--index-url", index, "import-tamperer"]);
        Assert.SkipUnless(pip.ExitCode == 0, "this machine has no pip to compare with");
        Outcome plain =
            victim.Run(["/usr/bin/env", $"PYTHONPATH={victim.Home}/plain", "/usr/bin/python3", "-c",
            "import import_tamperer; import_tamperer.main()"]);
        Assert.Equal(3, plain.Output.Split('\n').Count(line => line.EndsWith("\tdone", StringComparison.Ordinal)));
    }

    private static (Somebody Victim, Scene Scene, Attack Played) Stage(string attack)
    {
        var victim = new Somebody();
        return (victim, new Scene(victim), Attack.All[attack]);
    }

    private static string WordAfter(string text, string lead)
    {
        int start = text.IndexOf(lead, StringComparison.Ordinal);
        Assert.True(start >= 0, text);
        return text[(start + lead.Length)..].Split(' ', '\n')[0];
    }
}
