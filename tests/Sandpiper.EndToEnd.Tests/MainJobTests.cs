using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Sandpiper.EndToEnd.Tests.Staging;
using Sandpiper.Samples;

namespace Sandpiper.EndToEnd.Tests;

/// <summary>What people do all day: install, use, look, change, go back, remove.</summary>
public sealed class MainJobTests
{
    private static readonly SampleIndex Harbour = new SampleIndex().WithAll(
        OrdinaryPackages.Pebble("1.1"), OrdinaryPackages.Pebble("1.2"), OrdinaryPackages.Tide("1.0"), OrdinaryPackages.Tide("2.0"),
        OrdinaryPackages.Plover());

    [Fact]
    public void What_was_installed_is_listed_shown_and_frozen_in_words_and_in_json()
    {
        using var user = new Somebody();
        string index = Install(user, "tide");

        Assert.Equal(["pebble", "tide"], Lines(Done(user.Sandpiper("list"))).Select(line => line.Split(' ')[0]));
        Assert.Equal(["pebble==1.2", "tide==2.0"], Lines(Done(user.Sandpiper("freeze"))));

        using JsonDocument list = JsonDocument.Parse(Done(user.Sandpiper("list", "--json")));
        JsonElement tide = list.RootElement.GetProperty("packages").EnumerateArray()
            .Single(p => p.GetProperty("name").GetString() == "tide");
        Assert.Equal(("2.0", true), (tide.GetProperty("version").GetString(), tide.GetProperty("requested").GetBoolean()));
        Assert.StartsWith(index.Replace("simple/", "", StringComparison.Ordinal), tide.GetProperty("index").GetString(),
            StringComparison.Ordinal);
        Assert.Equal(Sha256Of(OrdinaryPackages.Tide("2.0")), tide.GetProperty("sha256").GetString());

        using JsonDocument show = JsonDocument.Parse(Done(user.Sandpiper("show", "pebble", "--json")));
        Assert.Equal("Sets rows in columns", show.RootElement.GetProperty("summary").GetString());
        Assert.Equal("tide", show.RootElement.GetProperty("package").GetProperty("required_by")[0].GetString());

        using JsonDocument freeze = JsonDocument.Parse(Done(user.Sandpiper("freeze", "--json")));
        Assert.Equal(["pebble==1.2", "tide==2.0"],
            freeze.RootElement.GetProperty("requirements").EnumerateArray().Select(r => r.GetString()));
    }

    [Fact]
    public void A_command_of_a_package_runs_by_name_and_by_its_shim()
    {
        using var user = new Somebody();
        Install(user, "tide");

        Outcome byName = user.Sandpiper("run", "--", "tide");
        Outcome byShim = user.Run([Path.Combine(user.DataRoot, "bin/tide")]);

        Assert.StartsWith("hour   metres\n00:00  3.5\n", byName.Output, StringComparison.Ordinal);
        Assert.Equal((0, byName.Output), (byShim.ExitCode, byShim.Output));
    }

    [Fact]
    public void No_package_answers_for_the_system_for_us_or_where_a_password_is_typed()
    {
        using var user = new Somebody();
        string[] commands = ["ls", "sudo", "Sandpiper", "a;b", "a$(id)", "plain-1.0_x"];
        SampleWheel mimic = commands.Aggregate(
            OrdinaryPackages.Small("mimic", "1.0"), (wheel, command) => wheel.WithConsoleScript(command, "mimic:main"));

        Outcome installed = user.Sandpiper("install", "mimic", "-i", user.Serve(new SampleIndex().With(mimic)));

        Assert.True(installed.ExitCode == 0, $"{installed}");
        Assert.Equal(["plain-1.0_x"], Directory.GetFiles(Path.Combine(user.DataRoot, "bin")).Select(Path.GetFileName));
        Assert.All(commands[..^1], command => Assert.Contains($"`{command}`", installed.Error, StringComparison.Ordinal));
        Assert.Contains($"export PATH=\"$PATH:{user.DataRoot}/bin\"", installed.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "pass")]
    [InlineData(3, "import sys; sys.exit(3)")]
    [InlineData(1, "raise RuntimeError")]
    [InlineData(255, "import sys; sys.exit(255)")]
    [InlineData(128 + 15, "import os, signal; os.kill(os.getpid(), signal.SIGTERM)")]
    [InlineData(128 + 9, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")]
    public void A_program_that_was_run_answers_with_its_own_exit_code(int code, string program)
    {
        using var user = new Somebody();
        Install(user, "pebble");

        Outcome run = user.Sandpiper("run", "--", "python", "-c", program);

        Assert.True(run.ExitCode == code, $"{run}");
    }

    [Fact]
    public void What_cannot_be_started_is_told_apart_as_a_shell_does()
    {
        using var user = new Somebody();
        Install(user, "pebble");
        user.Write("plain.txt", "not a program\n");

        Assert.Equal(127, user.Sandpiper("run", "--", "no-such-command").ExitCode);
        Assert.Equal(126, user.Sandpiper("run", "--", "./plain.txt").ExitCode);
        Assert.Equal(125, user.Sandpiper("run", "--write", "/no/such/directory", "--", "python", "-c", "pass").ExitCode);
        Assert.Equal(125, user.Sandpiper("run", "--no-such-option", "--", "python").ExitCode);
    }

    [Theory]
    [InlineData("sandpiper install 'pebble>=1'", "pip", "install", "pebble>=1")]
    [InlineData("sandpiper uninstall pebble tide", "python", "-m", "pip", "uninstall", "pebble", "tide")]
    [InlineData("sandpiper help install", "pip3", "install", "-r", "requirements.txt")]
    public void Who_starts_pip_inside_is_told_what_does_it(string next, params string[] command)
    {
        using var user = new Somebody();
        Install(user, "pebble");
        // Whether or not this machine has a pip.
        Outcome outcome = user.Sandpiper(["run", "--", .. command]);
        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Contains($"sandpiper: pip changes nothing in here ·  {next}\n", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run", "--env", "nowhere", "--", "true")]
    [InlineData("run", "--wrong", "--", "true")]
    [InlineData("run")]
    [InlineData("run", "--net", "example org", "--", "true")]
    [InlineData("run", "--write", "/nowhere", "--", "true")]
    public void What_is_not_started_is_told_from_every_program_that_fails(params string[] arguments)
    {
        using var user = new Somebody();
        Install(user, "tide");
        Assert.Equal(125, user.Sandpiper(arguments).ExitCode);
    }

    [Fact]
    public void A_directory_that_is_gone_is_no_reason_not_to_run()
    {
        using var user = new Somebody();
        Install(user, "tide");
        Outcome run = user.Run(["/bin/sh", "-c", $"mkdir gone; cd gone; rmdir ../gone; exec '{PublishedCommand.Path}' run -- tide"]);
        Assert.True(run.ExitCode == 0, $"{run}");
    }

    [Fact]
    public void Standard_input_reaches_the_program_and_its_output_is_nobody_elses()
    {
        using var user = new Somebody();
        Install(user, "pebble");

        Outcome run = user.Run([PublishedCommand.Path, "run", "--", "python", "-c", "import sys; print(sys.stdin.read().upper())"],
            input: "knot");

        Assert.Equal(("KNOT\n", ""), (run.Output, run.Error));
    }

    // A sandbox of the usual kind is begun before the command line is read; where that asks for another it ends unused.
    [Theory]
    [InlineData("")]
    [InlineData("--cpus=1")]
    [InlineData("--net=all")]
    [InlineData("--net all --cpus 1")]
    [InlineData("--no-such-option")]
    public void What_is_begun_in_vain_takes_nothing_of_the_input(string options)
    {
        using var user = new Somebody();
        Install(user, "tide");
        File.WriteAllText(Path.Combine(user.Home, "input"), "knot and rope");
        const string ReadsFour = "import os; print(os.read(0, 4))";
        Outcome run = user.Run(["/bin/sh", "-c",
            $"{{ '{PublishedCommand.Path}' run {options} -- python -c '{ReadsFour}' 2> errors; cat; }} < '{user.Home}/input'"]);
        Assert.Equal(options is "--no-such-option" ? "knot and rope" : "b'knot'\n and rope", run.Output);
    }

    [Fact]
    public void What_is_begun_before_the_output_is_known_does_not_have_it()
    {
        using var user = new Somebody();
        Install(user, "tide");
        Outcome run = user.Sandpiper("run", "--audit", "--json=true", "--", "python", "-c", "print('said')");
        Assert.StartsWith("{", run.Output, StringComparison.Ordinal);
        Assert.Equal("said\n", run.Error);
    }

    public static TheoryData<string, string> Tamperings => new()
    {
        { "edit", "chmod u+w \"$f\" && echo '# more' >> \"$f\"" },
        { "same size and time",
            "touch -r \"$f\" \"$TMPDIR/then\" && chmod u+w \"$f\" && printf X | dd of=\"$f\" bs=1 seek=20 conv=notrunc "
                + "&& touch -r \"$TMPDIR/then\" \"$f\" && chmod u-w \"$f\"" },
        { "touch", "touch \"$f\"" },
        { "make writable", "chmod u+w \"$f\"" },
        { "delete", "chmod u+w \"$d\" && rm -f \"$f\"" },
        { "replace by a link", "chmod u+w \"$d\" && rm -f \"$f\" && ln -s /etc/passwd \"$f\"" },
        { "add a module", "chmod u+w \"$d\" && echo > \"$d/more.py\"" },
        { "add .pth", "chmod u+w \"$s\" && echo 'import os' > \"$s/x.pth\"" },
        { "add sitecustomize", "chmod u+w \"$s\" && echo > \"$s/sitecustomize.py\"" },
        { "replace the package's directory",
            "chmod u+w \"$s\" && mv \"$s/pebble\" \"$s/old\" "
                + "&& cp -r \"$s/old\" \"$s/pebble\" && chmod -R u+w \"$s/old\" && rm -rf \"$s/old\"" },
        { "change the interpreter's settings",
            "chmod u+w \"$g/pyvenv.cfg\" && echo 'include-system-site-packages = true' >> \"$g/pyvenv.cfg\"" },
        { "replace the interpreter", "chmod u+w \"$g/bin\" && rm -f \"$g/bin/python\" && cp /bin/true \"$g/bin/python\"" },
        { "edit a script", "chmod u+w \"$g/bin/tide\" && echo '# more' >> \"$g/bin/tide\"" },
    };

    [Theory]
    [MemberData(nameof(Tamperings))]
    public void Verify_finds_every_tampering_and_repair_undoes_it(string what, string how)
    {
        using var user = new Somebody();
        string index = Install(user, "tide");
        string[] installed = Frozen(user);
        Assert.Equal(0, user.Sandpiper("verify").ExitCode);
        Assert.Equal(0, user.Sandpiper("verify", "--full").ExitCode);

        string locate = $"set -e; g={user.Generation()}; s=$(echo $g/lib/python3*/site-packages); "
            + "f=$(readlink -f $s/pebble/__init__.py); d=$(dirname $f)";
        Outcome tampered = user.Run(["/bin/sh", "-c", $"{locate}; {how}"]);
        Assert.True(tampered.ExitCode == 0, $"{what}: {tampered}");

        Outcome verify = user.Sandpiper("verify");
        Outcome full = user.Sandpiper("verify", "--full", "--json");
        Assert.True(full.ExitCode == 3, $"{what}: {full}");
        using JsonDocument findings = JsonDocument.Parse(full.Output);
        Assert.NotEqual(0, findings.RootElement.GetProperty("findings").GetArrayLength());
        Assert.True(verify.ExitCode == 3, $"{what}: {verify}");

        Outcome repaired = user.Sandpiper("repair", "-i", index);
        Assert.True(repaired.ExitCode == 0, $"{what}: {repaired}");
        Done(user.Sandpiper("verify", "--full"));
        Assert.Equal(installed, Frozen(user));
        Assert.StartsWith("hour", user.Sandpiper("run", "--", "tide").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Repair_does_nothing_where_nothing_is_wrong_and_throws_nothing_away_without_an_index()
    {
        using var user = new Somebody();
        string index = Install(user, "tide");
        string generation = user.Generation();
        Done(user.Sandpiper("repair", "-i", index));
        Assert.Equal(generation, user.Generation());

        Done(user.Run(["/bin/sh", "-c",
            $"cd {user.DataRoot}/store; for f in */wheel/pebble/__init__.py; do chmod u+w $f; echo '# more' >> $f; done"]));
        var before = Tree.Of(Path.Combine(user.DataRoot, "store"));
        Outcome failed = user.Sandpiper("repair", "-i", "http://127.0.0.1:9/simple/");
        Assert.Equal(1, failed.ExitCode);
        Assert.Equal(before, Tree.Of(Path.Combine(user.DataRoot, "store")));
        Done(user.Sandpiper("repair", "-i", index));
        Done(user.Sandpiper("verify", "--full"));
    }

    [Fact]
    public void A_generation_whose_own_description_was_changed_is_not_repaired_from_it()
    {
        using var user = new Somebody();
        string index = Install(user, "tide");
        string description = Path.Combine(user.Generation(), "generation.json");
        Done(user.Run(["/bin/sh", "-c", $"chmod u+w {user.Generation()} {description}; sed -i 's/tide/tidf/g' {description}"]));
        Outcome repaired = user.Sandpiper("repair", "-i", index);
        Assert.True(repaired.ExitCode is 1 or 3, $"{repaired}");
    }

    [Fact]
    public void A_hook_that_was_left_out_stays_out_until_it_is_allowed()
    {
        using var user = new Somebody();
        string index = user.Serve(Harbour.With(HostilePackages.WheelWithPthHook(Path.Combine(user.Place, "marker"))));
        string Hooks() => string.Join(' ', Directory.EnumerateFiles(
            Path.Combine(user.DataRoot, "envs/shared/current/lib"), "*.pth", SearchOption.AllDirectories).Select(Path.GetFileName));
        Done(user.Sandpiper("install", "pth-hook", "--omit-hooks", "-i", index));

        Done(user.Sandpiper("install", "tide", "-i", index));
        Done(user.Sandpiper("uninstall", "tide"));
        Assert.Equal("", Hooks());

        Done(user.Sandpiper("allow", "pth-hook==1.0", "--rule", "SP-WHEEL-21", "--reason", "a test"));
        Done(user.Sandpiper("install", "pth-hook", "-i", index));
        Assert.NotEqual("", Hooks());
        Assert.Contains("Everything is as asked already", user.Sandpiper("install", "pth-hook", "-i", index).Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_changed_by_hand_is_not_carried_into_the_next_generation()
    {
        using var user = new Somebody();
        string index = Install(user, "tide");
        string Table() => Directory.EnumerateFiles(
            Path.Combine(user.DataRoot, "envs/shared/current/lib"), "table.py", SearchOption.AllDirectories).Single();
        File.SetUnixFileMode(Table(), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.AppendAllText(Table(), "# changed\n");

        // An environment that has none of it yet gets none of it.
        Outcome refused = user.Sandpiper("install", "--env", "other", "--index-url", index, "tide");
        Assert.True(refused.ExitCode == 3 && refused.Error.Contains("has been changed", StringComparison.Ordinal), $"{refused}");

        Outcome mended = user.Sandpiper("install", "--index-url", index, "plover");
        Assert.Contains("`tide` 2.0 was no longer as it was sealed; its wheel was fetched anew", mended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("# changed", File.ReadAllText(Table()), StringComparison.Ordinal);
        Done(user.Sandpiper("verify", "--full"));
    }

    [Fact]
    public void What_was_changed_by_hand_is_found_when_a_change_is_done_and_mended_by_the_next()
    {
        using var user = new Somebody();
        string index = Install(user, "tide");
        string table = Directory.EnumerateFiles(
            Path.Combine(user.DataRoot, "envs/shared/current/lib"), "table.py", SearchOption.AllDirectories).Single();
        File.SetUnixFileMode(table, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.AppendAllText(table, "# changed\n");
        Done(user.Sandpiper("install", "--index-url", index, "plover"));
        string stamps = Path.Combine(user.DataRoot, "stamps");
        Assert.True(SpinWait.SpinUntil(() => Directory.GetFiles(stamps, "*.distrusted").Length == 1, Patience.Endless), "nobody looks");

        Outcome mended = user.Sandpiper("uninstall", "plover");
        Assert.Equal(0, mended.ExitCode);
        mended = user.Sandpiper("install", "--index-url", index, "plover");
        Assert.Contains("`tide` 2.0 was no longer as it was sealed; its wheel was fetched anew", mended.Error, StringComparison.Ordinal);
        Done(user.Sandpiper("verify", "--full"));
    }

    [Fact]
    public void An_edit_that_covers_its_traces_reaches_no_other_environment_and_is_repaired()
    {
        using var user = new Somebody();
        string index = Install(user, "tide");
        string Module() => Directory.EnumerateFiles(Path.Combine(user.Generation(), "lib"), "__init__.py", SearchOption.AllDirectories)
            .First(p => p.Contains("/tide/", StringComparison.Ordinal));
        byte[] honest = File.ReadAllBytes(Module());
        Done(user.Run(["/bin/sh", "-c", """
            touch -r "$0" "$TMPDIR/then" && chmod u+w "$0" && printf X | dd of="$0" bs=1 seek=3 conv=notrunc &&
            touch -r "$TMPDIR/then" "$0" && chmod u-w "$0"
            """, Module()]));
        Assert.NotEqual(honest, File.ReadAllBytes(Module()));

        Assert.Equal(3, user.Sandpiper("verify").ExitCode);
        Assert.Equal(3, user.Sandpiper("install", "--env", "other", "-i", index, "tide").ExitCode);
        Done(user.Sandpiper("install", "--env", "other", "-i", index, "tide"));
        Done(user.Sandpiper("verify", "--full", "--env", "other"));
        Done(user.Sandpiper("repair", "-i", index));
        Assert.Equal(honest, File.ReadAllBytes(Module()));
        Done(user.Sandpiper("verify", "--full"));
    }

    [Theory]
    [InlineData("echo 'id > /tmp/x' >> bin/tide")]
    [InlineData("echo true > bin/ls && chmod +x bin/ls")]
    [InlineData("mkfifo bin/pipe && rm bin/tide && mkfifo bin/tide")]
    [InlineData("rm -r bin")]
    [InlineData(": > envs/shared/ledger.jsonl")]
    [InlineData("rm envs/shared/ledger.jsonl && mkfifo envs/shared/ledger.jsonl")]
    [InlineData("sed -i 1d envs/shared/ledger.jsonl")]
    [InlineData("echo nonsense >> envs/shared/ledger.jsonl")]
    [InlineData("rm envs/shared/current")]
    [InlineData("ln -sfn /etc envs/shared/current")]
    [InlineData("rm envs/shared/current && mkdir envs/shared/current")]
    [InlineData("rm envs/shared/current envs/shared/ledger.jsonl bin/tide")]
    public void What_leads_to_the_packages_is_verified_and_put_back_like_them(string how)
    {
        using var user = new Somebody();
        string index = Install(user, "pebble");
        Done(user.Sandpiper("install", "-i", index, "tide"));
        string[] installed = Frozen(user);
        Done(user.Run(["/bin/sh", "-ec", how], directory: user.DataRoot));

        Outcome verify = user.Sandpiper("verify");
        Assert.True(verify.ExitCode == 3, $"{verify}");
        Done(user.Sandpiper("repair", "-i", index));

        Done(user.Sandpiper("verify", "--full"));
        Assert.Equal(installed, Frozen(user));
        Assert.StartsWith("hour", Done(user.Run([Path.Combine(user.DataRoot, "bin/tide")])), StringComparison.Ordinal);
        Done(user.Sandpiper("history"));
        Done(user.Sandpiper("rollback", "1"));
        Done(user.Sandpiper("verify", "--full"));
    }

    [Fact]
    public void A_lost_link_is_told_and_nothing_is_begun_anew_over_it()
    {
        using var user = new Somebody();
        string index = Install(user, "pebble");
        Done(user.Sandpiper("install", "-i", index, "tide"));
        File.Delete(Path.Combine(user.DataRoot, "envs/shared/current"));

        foreach (string[] command in (string[][])[["list"], ["install", "-i", index, "knot"], ["uninstall", "tide"], ["rollback"]])
        {
            Outcome told = user.Sandpiper(command);
            Assert.True(
                told.ExitCode == 1 && told.Error.Contains("2 generations are there, and 2 was current last", StringComparison.Ordinal),
                $"{told}");
            Assert.Contains("sandpiper repair", told.Error, StringComparison.Ordinal);
        }
        Assert.Contains("tide", Done(user.Sandpiper("history")), StringComparison.Ordinal);
        Done(user.Sandpiper("rollback", "2"));
        Done(user.Sandpiper("verify", "--full"));
    }

    [Fact]
    public void A_data_directory_of_an_earlier_version_is_as_installed_after_the_next_command()
    {
        using var user = new Somebody();
        string index = Install(user, "tide", "--link-mode", "hardlink"), shim = Path.Combine(user.DataRoot, "bin/tide");
        MakeOld(user);
        user.Write(shim, $"""
            #!/bin/sh
            # A command of a package, run confined; made by sandpiper.
            exec '/opt/earlier/sandpiper' run --root '{user.DataRoot}' -- 'tide' "$@"

            """);

        Outcome verify = user.Sandpiper("verify");
        Assert.Equal((3, "  bin/tide  changed  starts /opt/earlier/sandpiper"), (verify.ExitCode, verify.Output.Split('\n')[^2]));
        Assert.Contains("× 1 thing is not as installed", verify.Output, StringComparison.Ordinal);
        Done(user.Sandpiper("run", "--", "python", "-c", "import tide"));

        // One that comes to nothing will do.
        Assert.Equal(1, user.Sandpiper("install", "no-such-package", "-i", index).ExitCode);
        Done(user.Sandpiper("verify", "--full"));
        Assert.Contains(PublishedCommand.Path, File.ReadAllText(shim), StringComparison.Ordinal);

        Done(user.Sandpiper("uninstall", "tide"));
        Done(user.Sandpiper("rollback"));
        Done(user.Sandpiper("repair", "-i", index));
        Done(user.Sandpiper("verify", "--full"));
    }

    // As before stamps, findings in manifests, and acceptances: the same directory without them.
    private static void MakeOld(Somebody user)
    {
        Directory.Delete(Path.Combine(user.DataRoot, "stamps"), recursive: true);
        string store = Path.Combine(user.DataRoot, "store/by-shared");
        foreach (string manifest in Directory.GetFiles(store, "manifest.json", SearchOption.AllDirectories))
        {
            JsonArray parts = JsonNode.Parse(File.ReadAllText(manifest))!.AsArray();
            RemoveRecords(Path.Combine(Path.GetDirectoryName(manifest)!, "wheel"), parts[^1]!.AsArray());
            parts[0] = 1;
            parts.RemoveAt(parts.Count - 1);
            parts.RemoveAt(parts.Count - 1);
            Rewrite(manifest, parts.ToJsonString());
        }
        string generation = Path.Combine(user.Generation(), "generation.json");
        string ledger = Path.Combine(user.DataRoot, "envs/shared/ledger.jsonl");
        JsonNode described = JsonNode.Parse(File.ReadAllText(generation))!;
        foreach (JsonNode? package in described["packages"]!.AsArray())
        {
            package!.AsObject().Remove("accepted");
            package.AsObject().Remove("yielded");
            package.AsObject().Remove("manifest");
        }
        // Nor had it places for byte code, nor ledgers whose lines stand for all before them.
        foreach (string place in Directory.GetDirectories(store, "__pycache__", SearchOption.AllDirectories))
        {
            Within(Path.GetDirectoryName(place)!, () => Directory.Delete(place));
        }
        string before = Hash();
        Rewrite(generation, described.ToJsonString());
        string lines = File.ReadAllText(ledger).Replace(before, Hash(), StringComparison.Ordinal);
        File.WriteAllText(ledger, Regex.Replace(lines, ",\"chain\":\"[0-9a-f]{64}\"", "", RegexOptions.None, Patience.Endless));

        string Hash() => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(generation)));

        // Nor did a seal write what installers write.
        static void RemoveRecords(string tree, JsonArray records)
        {
            foreach (string path in records.Select(r => (string)r![0]!).Where(p => !p.StartsWith("requested.", StringComparison.Ordinal)))
                Within(Path.GetDirectoryName(Path.Combine(tree, path))!, () => File.Delete(Path.Combine(tree, path)));
            string requested = Path.Combine(tree, "requested.dist-info");
            if (!Directory.Exists(requested)) return;
            File.SetUnixFileMode(requested, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            Within(tree, () => Directory.Delete(requested, recursive: true));
        }

        static void Within(string directory, Action change)
        {
            UnixFileMode mode = File.GetUnixFileMode(directory);
            DateTime time = Directory.GetLastWriteTimeUtc(directory);
            File.SetUnixFileMode(directory, mode | UnixFileMode.UserWrite);
            change();
            Directory.SetLastWriteTimeUtc(directory, time);
            File.SetUnixFileMode(directory, mode);
        }

        static void Rewrite(string path, string text)
        {
            UnixFileMode mode = File.GetUnixFileMode(path);
            DateTime time = File.GetLastWriteTimeUtc(path);
            File.SetUnixFileMode(path, mode | UnixFileMode.UserWrite);
            File.WriteAllText(path, text);
            File.SetUnixFileMode(path, mode);
            File.SetLastWriteTimeUtc(path, time);
        }
    }

    [Fact]
    public void Commands_on_PATH_follow_the_program_when_it_moves()
    {
        using var user = new Somebody();
        string index = Install(user, "tide");
        string moved = user.Write("moved/sandpiper", "");
        Done(user.Run(["/bin/sh", "-ec", "cat \"$0\" > \"$1\"; chmod +x \"$1\"", PublishedCommand.Path, moved]));

        Assert.Contains("bin/tide", user.Run([moved, "verify"]).Output, StringComparison.Ordinal);
        Done(user.Run([moved, "repair", "-i", index]));

        Done(user.Run([moved, "verify"]));
        Assert.Contains(moved, File.ReadAllText(Path.Combine(user.DataRoot, "bin/tide")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("install", "plover")]
    [InlineData("install", "pebble")]
    [InlineData("install", "--python", "python/2/bin/python3", "pebble")]
    [InlineData("repair")]
    [InlineData("uninstall", "tide")]
    public void An_environment_moves_to_the_interpreter_that_took_the_place_of_its_own(params string[] command)
    {
        using var user = new Somebody();
        string index = user.Serve(Harbour);
        // As version managers lay them: a directory for each release, and a link that leads to the newest.
        Done(user.Run(["/bin/sh", "-ec", """
            v=$(/usr/bin/python3 -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
            mkdir -p python/1/bin python/1/lib bin
            cp "$(readlink -f /usr/bin/python3)" python/1/bin/$v && ln -s $v python/1/bin/python3 &&
            ln -s /usr/lib/$v python/1/lib/$v && ln -s ../python/1/bin/$v bin/$v
            """]));
        user.Variables["PATH"] = $"{user.Project}/bin:/usr/bin:/bin";
        Done(user.Sandpiper("install", "--python", "python/1/bin/python3", "-i", index, "pebble", "tide"));
        Done(user.Run(["/bin/sh", "-ec", "mv python/1 python/2; for l in bin/python3*; do ln -sf ../python/2/bin/${l#bin/} $l; done"]));

        Outcome verify = user.Sandpiper("verify");
        Assert.True(verify.ExitCode == 3 && verify.Output.Contains("the interpreter", StringComparison.Ordinal), $"{verify}");
        Outcome run = user.Sandpiper("run", "--", "python", "-c", "import pebble");
        Assert.True(run.ExitCode == 125 && run.Error.Contains("sandpiper repair", StringComparison.Ordinal), $"{run}");

        Done(user.Sandpiper([.. command, .. command[0] is "uninstall" ? Array.Empty<string>() : ["-i", index]]));

        Done(user.Sandpiper("verify", "--full"));
        string prefix = Done(user.Sandpiper("run", "--", "python", "-c", "import pebble, sys; print(sys.base_prefix)"));
        Assert.StartsWith(Path.Combine(user.Project, "python/2"), prefix, StringComparison.Ordinal);
    }

    [Fact]
    public void No_program_is_started_as_the_interpreter_that_is_not_the_one_of_the_packages_any_more()
    {
        using var user = new Somebody();
        Done(user.Run(["/bin/sh", "-ec", """
            v=$(/usr/bin/python3 -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
            mkdir -p python/bin python/lib
            cp "$(readlink -f /usr/bin/python3)" python/bin/$v && ln -s /usr/lib/$v python/lib/$v && ln -s $v python/bin/python3
            """]));
        Done(user.Sandpiper("install", "--python", "python/bin/python3", "-i", user.Serve(Harbour), "pebble"));
        Done(user.Sandpiper("run", "--", "python", "-c", "import pebble"));
        Done(user.Run(["/bin/sh", "-ec", "p=$(readlink -f python/bin/python3); rm $p; cp /bin/true $p"]));

        foreach (string[] command in (string[][])[["run", "--", "python", "-c", "pass"], ["run", "--", "true"], ["python", "-c", "pass"]])
        {
            Outcome run = user.Sandpiper(command);
            Assert.True(run.ExitCode == 125, $"{run}");
            Assert.StartsWith(
                "× the interpreter of `shared` is another one by now; nothing was run\n", run.Error, StringComparison.Ordinal);
            Assert.Contains("hint: sandpiper repair ", run.Error, StringComparison.Ordinal);
        }
        Assert.Contains("the interpreter", user.Sandpiper("verify").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_package_with_a_directory_called_store_is_repaired_like_any_other()
    {
        using var user = new Somebody();
        string index = user.Serve(new SampleIndex().With(OrdinaryPackages.Small("gull", "1.0").WithFile("gull/store/egg.py", "EGG = 1\n")));
        Done(user.Sandpiper("install", "gull", "-i", index));
        string Egg() => Directory.EnumerateFiles(Path.Combine(user.Generation(), "lib"), "egg.py", SearchOption.AllDirectories).Single();
        Done(user.Run(["/bin/sh", "-c", "chmod u+w \"$0\" && echo 'EGG = 2' > \"$0\"", Egg()]));

        Done(user.Sandpiper("repair", "-i", index));

        Assert.Equal("EGG = 1\n", File.ReadAllText(Egg()));
        Done(user.Sandpiper("verify", "--full"));
    }

    [Fact]
    public void Upgrades_are_asked_for_and_every_generation_can_be_gone_back_to()
    {
        using var user = new Somebody();
        string index = Install(user, "tide<2");
        Assert.Equal(["pebble==1.2", "tide==1.0"], Frozen(user));

        Done(user.Sandpiper("install", "tide", "-i", index));
        Assert.Equal(["pebble==1.2", "tide==1.0"], Frozen(user));
        Done(user.Sandpiper("install", "-U", "tide", "-i", index));
        Assert.Equal(["pebble==1.2", "tide==2.0"], Frozen(user));
        int upgraded = CurrentOf(user);
        Done(user.Sandpiper("install", "plover", "-i", index));
        Assert.Equal(["pebble==1.2", "plover==0.3", "tide==2.0"], Frozen(user));

        Done(user.Sandpiper("rollback"));
        Assert.Equal(["pebble==1.2", "tide==2.0"], Frozen(user));
        Done(user.Sandpiper("rollback", "1"));
        Assert.Equal(["pebble==1.2", "tide==1.0"], Frozen(user));
        Done(user.Sandpiper("rollback", $"{upgraded}"));
        Assert.Equal("2.0\n", user.Sandpiper("run", "--", "python", "-c", "import tide; print(tide.__version__)").Output);
        Assert.Equal(1, user.Sandpiper("rollback", "99").ExitCode);

        using JsonDocument history = JsonDocument.Parse(Done(user.Sandpiper("history", "--json")));
        Assert.Equal(upgraded, history.RootElement.GetProperty("current").GetInt32());
        Assert.Contains("rollback",
            history.RootElement.GetProperty("changes").EnumerateArray().Select(c => c.GetProperty("command").GetString()));
    }

    [Fact]
    public void An_upgrade_moves_what_was_named_and_what_that_needs_and_nothing_else()
    {
        using var user = new Somebody();
        // plover is not at the other index, and nobody named it; knot is there in a newer version, and tide does not need it.
        string first = user.Serve(new SampleIndex().WithAll(
            OrdinaryPackages.Pebble("1.1"), OrdinaryPackages.Tide("1.0"), OrdinaryPackages.Plover(),
            OrdinaryPackages.Small("knot", "1.0")));
        string second = user.Serve(new SampleIndex().WithAll(
            OrdinaryPackages.Pebble("1.1"), OrdinaryPackages.Pebble("1.2"), OrdinaryPackages.Tide("1.0"), OrdinaryPackages.Tide("2.0"),
            OrdinaryPackages.Small("knot", "1.0"), OrdinaryPackages.Small("knot", "2.0")));
        Done(user.Sandpiper("install", "tide", "plover", "knot", "-i", first));
        Assert.Equal(["knot==1.0", "pebble==1.1", "plover==0.3", "tide==1.0"], Frozen(user));

        Done(user.Sandpiper("install", "-U", "tide", "-i", second));
        Assert.Equal(["knot==1.0", "pebble==1.2", "plover==0.3", "tide==2.0"], Frozen(user));

        Done(user.Sandpiper("install", "-U", "knot", "-i", second));
        Assert.Equal(["knot==2.0", "pebble==1.2", "plover==0.3", "tide==2.0"], Frozen(user));
    }

    [Fact]
    public void Of_one_package_alone_the_newest_can_be_asked_for()
    {
        using var user = new Somebody();
        SampleIndex older = new SampleIndex().WithAll(OrdinaryPackages.Pebble("1.1"), OrdinaryPackages.Tide("1.0"));
        Done(user.Sandpiper("install", "tide", "-i", user.Serve(older)));
        string index = user.Serve(Harbour);

        Done(user.Sandpiper("install", "tide", "-P", "pebble", "-i", index));
        Assert.Equal(["pebble==1.2", "tide==1.0"], Frozen(user));
        Done(user.Sandpiper("install", "-U", "--no-deps", "tide", "-i", index));
        Assert.Equal(["pebble==1.2", "tide==2.0"], Frozen(user));
    }

    [Fact]
    public void What_an_index_does_not_have_stays_when_something_else_has_to_move()
    {
        using var user = new Somebody();
        SampleWheel newcomer = OrdinaryPackages.Small("newcomer", "1.0", "pebble>=1.2");
        SampleIndex first = new SampleIndex().WithAll(OrdinaryPackages.Pebble("1.1"), OrdinaryPackages.Plover());
        SampleIndex second = new SampleIndex().WithAll(OrdinaryPackages.Pebble("1.2"), newcomer);
        Done(user.Sandpiper("install", "pebble", "plover", "-i", user.Serve(first)));

        Done(user.Sandpiper("install", "newcomer", "-i", user.Serve(second)));

        Assert.Equal(["newcomer==1.0", "pebble==1.2", "plover==0.3"], Frozen(user));
    }

    [Fact]
    public void Every_limit_of_the_user_is_recorded_and_holds_at_later_installs()
    {
        using var user = new Somebody();
        string index = user.Serve(Harbour.WithAll(
            OrdinaryPackages.Small("knot", "1.0", "tide>=2"), OrdinaryPackages.Small("knot", "0.9"),
            OrdinaryPackages.Small("rope", "1.0", "tide")));
        user.Write("limits.txt", "tide<2\ntide>=3; sys_platform == 'win32'\n");

        Done(user.Sandpiper("install", "tide>=1", "-r", "limits.txt", "-i", index));
        Assert.Contains("tide>=1,<2", Done(user.Sandpiper("show", "tide")), StringComparison.Ordinal);

        // The newest knot would need what was ruled out.
        Done(user.Sandpiper("install", "knot", "-i", index));
        Done(user.Sandpiper("install", "-U", "rope", "-i", index));
        Assert.Equal(["knot==0.9", "pebble==1.2", "rope==1.0", "tide==1.0"], Frozen(user));
        Assert.Equal(1, user.Sandpiper("install", "knot==1.0", "-i", index).ExitCode);
    }

    [Fact]
    public void A_line_that_does_not_apply_here_takes_nothing_away()
    {
        using var user = new Somebody();
        string index = Install(user, "tide<2");
        Outcome nothing = user.Sandpiper("install", "tide; sys_platform == 'win32'", "-i", index);
        Assert.True(nothing.ExitCode == 0 && nothing.Error.Contains("Nothing was asked for", StringComparison.Ordinal), $"{nothing}");
        Done(user.Sandpiper("install", "plover", "tide==9; sys_platform == 'win32'", "-i", index));
        Assert.Equal(["pebble==1.2", "plover==0.3", "tide==1.0"], Frozen(user));
    }

    [Theory]
    [InlineData("")]
    [InlineData("# not filled in yet\n")]
    [InlineData("tide; sys_platform == 'win32'\n")]
    [InlineData("-r other.txt\n")]
    public void A_file_that_asks_for_nothing_is_no_mistake_and_makes_nothing(string content)
    {
        using var user = new Somebody();
        user.Write("requirements.txt", content);
        user.Write("other.txt", "\n");
        Outcome outcome = user.Sandpiper("install", "-r", "requirements.txt", "--env", "new", "-i", "http://127.0.0.1:9/simple/");
        Assert.True(outcome.ExitCode == 0 && outcome.Error.Contains("Nothing was asked for", StringComparison.Ordinal), $"{outcome}");
        Assert.False(Path.Exists(Path.Combine(user.DataRoot, "envs/new")));
        Assert.Equal(0, user.Sandpiper("install", "-r", "requirements.txt", "--json", "-i", "http://127.0.0.1:9/simple/").ExitCode);
    }

    [Fact]
    public void What_an_extra_brought_is_not_taken_away_by_an_upgrade()
    {
        using var user = new Somebody();
        SampleWheel Knot(string version) => OrdinaryPackages.Small("knot", version).WithExtra("loop", "plover");
        string index = user.Serve(Harbour.WithAll(Knot("1.0")));
        Done(user.Sandpiper("install", "knot[loop]", "-i", index));
        Done(user.Sandpiper("install", "-U", "knot", "-i", user.Serve(Harbour.WithAll(Knot("1.0"), Knot("2.0")))));
        Assert.Equal(["knot==2.0", "pebble==1.2", "plover==0.3"], Frozen(user));
    }

    [Fact]
    public void Uninstalling_takes_along_what_only_that_package_needed()
    {
        using var user = new Somebody();
        Install(user, "tide", "plover");

        Assert.Equal(1, user.Sandpiper("uninstall", "pebble").ExitCode);
        Assert.Equal(1, user.Sandpiper("uninstall", "knot").ExitCode);
        Done(user.Sandpiper("uninstall", "tide"));
        Assert.Equal(["pebble==1.2", "plover==0.3"], Frozen(user));
        Assert.False(File.Exists(Path.Combine(user.DataRoot, "bin/tide")), "its shim stayed");
        Done(user.Sandpiper("uninstall", "plover"));
        Assert.Empty(Frozen(user));
        Done(user.Sandpiper("rollback", "1"));
        Assert.Equal(["pebble==1.2", "plover==0.3", "tide==2.0"], Frozen(user));
    }

    [Fact]
    public void A_dry_run_says_what_would_come_and_changes_nothing()
    {
        using var user = new Somebody();
        string index = Install(user, "pebble");
        var before = Tree.Of(user.DataRoot);

        string said = Done(user.Sandpiper("install", "--dry-run", "tide", "-i", index));

        Assert.Contains("tide 2.0", said, StringComparison.Ordinal);
        Assert.Equal(before, Tree.Of(user.DataRoot));
    }

    [Fact]
    public void Hashes_in_a_requirements_file_decide()
    {
        using var user = new Somebody();
        string index = user.Serve(Harbour);
        string pebble = Sha256Of(OrdinaryPackages.Pebble("1.2")), tide = Sha256Of(OrdinaryPackages.Tide("2.0"));

        user.Write("wrong.txt", $"tide==2.0 --hash=sha256:{tide}\npebble==1.2 --hash=sha256:{tide}\n");
        user.Write("short.txt", $"tide==2.0 --hash=sha256:{tide}\n");
        user.Write("right.txt", $"tide==2.0 --hash=sha256:{tide}\npebble==1.2 \\\n    --hash=sha256:{pebble}\n");

        Assert.InRange(user.Sandpiper("install", "-r", "wrong.txt", "-i", index).ExitCode, 1, 3);
        Assert.InRange(user.Sandpiper("install", "-r", "short.txt", "-i", index).ExitCode, 1, 3);
        Assert.InRange(user.Sandpiper("install", "--require-hashes", "pebble", "-i", index).ExitCode, 1, 3);
        Assert.False(Path.Exists(Path.Combine(user.DataRoot, "envs/shared/current")));
        Done(user.Sandpiper("install", "-r", "right.txt", "-i", index));
        Assert.Equal([$"pebble==1.2 --hash=sha256:{pebble}", $"tide==2.0 --hash=sha256:{tide}"],
            Lines(Done(user.Sandpiper("freeze", "--hashes"))));
    }

    [Fact]
    public void Constraints_dependencies_and_upload_times_limit_what_is_chosen()
    {
        using var user = new Somebody();
        string index = user.Serve(Harbour
            .With(OrdinaryPackages.Small("young", "1.0"), new SampleOffer { Uploaded = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero) })
            .With(OrdinaryPackages.Small("young", "2.0"), new SampleOffer { Uploaded = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero) }));
        user.Write("limits.txt", "pebble<1.2\nplover==9\n");

        Done(user.Sandpiper("install", "--env", "constrained", "tide", "-c", "limits.txt", "-i", index));
        Done(user.Sandpiper("install", "--env", "alone", "--no-deps", "tide", "-i", index));
        Done(user.Sandpiper("install", "--env", "old", "--exclude-newer", "2024-06-01", "young", "-i", index));

        Assert.Equal(["pebble==1.1", "tide==2.0"], Frozen(user, "constrained"));
        Assert.Equal(["tide==2.0"], Frozen(user, "alone"));
        Assert.Equal(["young==1.0"], Frozen(user, "old"));
        Assert.Equal(1, user.Sandpiper("list").ExitCode);
    }

    [Fact]
    public void A_release_without_a_wheel_is_not_built_and_the_newest_with_one_is_named()
    {
        using var user = new Somebody();
        string index = user.Serve(new SampleIndex().With(OrdinaryPackages.Small("mixed", "1.4"))
            .With(new SampleSdist("mixed", "2.0").WithSetup("raise SystemExit('built')\n")));

        Outcome refused = user.Sandpiper("install", "mixed==2.0", "-i", index);
        Assert.True(refused.ExitCode == 1 && refused.Error.Contains("1.4", StringComparison.Ordinal), $"{refused}");
        Done(user.Sandpiper("install", "mixed", "-i", index));
        Assert.Equal(["mixed==1.4"], Frozen(user));
    }

    [Fact]
    public void A_second_environment_is_its_own()
    {
        using var user = new Somebody();
        string index = Install(user, "pebble==1.1");

        Done(user.Sandpiper("install", "--env", "scratch", "--python", "/usr/bin/python3", "pebble", "-i", index));

        Assert.Equal(["pebble==1.1"], Frozen(user));
        Assert.Equal(["pebble==1.2"], Frozen(user, "scratch"));
        Assert.Equal("1.2\n",
            user.Sandpiper("run", "--env", "scratch", "--", "python", "-c", "import pebble; print(pebble.__version__)").Output);
        Assert.Equal("1.1\n", user.Sandpiper("python", "-c", "import pebble; print(pebble.__version__)").Output);
    }

    [Fact]
    public void Installing_what_is_there_already_makes_no_generation()
    {
        using var user = new Somebody();
        string index = Install(user, "tide");
        int before = CurrentOf(user);

        Done(user.Sandpiper("install", "tide", "-i", index));

        Assert.Equal(before, CurrentOf(user));
    }

    [Fact]
    public void Help_and_completion_are_there_before_anything_is_installed()
    {
        using var user = new Somebody();
        foreach (string[] words in (string[][])[
            [], ["help"], ["--help"], ["install", "--help"], ["help", "run"], ["--version"], ["completion", "bash"]])
        {
            Assert.NotEmpty(Done(user.Sandpiper(words)));
        }
        Assert.Equal(2, user.Sandpiper("instal", "tide").ExitCode);
        Assert.Equal(2, user.Sandpiper("install").ExitCode);
        Assert.False(Directory.Exists(user.DataRoot));
    }

    private static string Install(Somebody user, params string[] requirements)
    {
        string index = user.Serve(Harbour);
        Done(user.Sandpiper(["install", "-i", index, .. requirements]));
        return index;
    }

    private static string Done(Outcome outcome)
    {
        Assert.True(outcome.ExitCode == 0, $"{outcome}");
        return outcome.Output;
    }

    private static string[] Frozen(Somebody user, string environment = "shared") =>
        Lines(Done(user.Sandpiper("freeze", "--env", environment)));

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static int CurrentOf(Somebody user) => int.Parse(Path.GetFileName(user.Generation()));

    private static string Sha256Of(SampleWheel wheel) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(wheel.Build()));
}
