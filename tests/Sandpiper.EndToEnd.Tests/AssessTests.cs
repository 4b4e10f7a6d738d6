using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json;
using Sandpiper.EndToEnd.Tests.Staging;
using Sandpiper.Surroundings;

namespace Sandpiper.EndToEnd.Tests;

/// <summary>`assess`: the decisive cells, its own rows, its traces.</summary>
public sealed class AssessTests
{
    private static readonly Lazy<JsonElement> Quick = new(() => Measured("assess", "--quick", "--json"));

    // What (1) to (4) are asked about for: who reaches root, and when. With a pip of the system, as the tests need it anyway.
    [Theory]
    [InlineData("sudo-pip", "root", "install")]
    [InlineData("sudo-pip", "other-users", "install")]
    [InlineData("sudo-pip", "keys", "install")]
    [InlineData("pip-user", "root", "use")]
    [InlineData("pip-user", "other-users", "use")]
    [InlineData("pip-user", "shared-site-packages", "install")]
    [InlineData("pip-user", "keys", "use")]
    [InlineData("own-site-packages", "root", "use")]
    [InlineData("own-site-packages", "commands-for-all", "install")]
    [InlineData("own-site-packages", "keys", "install")]
    [InlineData("virtualenv", "root", "sudo")]
    [InlineData("virtualenv", "other-users", "sudo")]
    [InlineData("virtualenv", "shared-site-packages", "sudo")]
    [InlineData("virtualenv", "keys", "install")]
    [InlineData("virtualenv", "other-environments", "install")]
    [InlineData("mix", "root", "install")]
    [InlineData("sandpiper-user", "root", "never")]
    [InlineData("sandpiper-user", "keys", "never")]
    [InlineData("sandpiper-user", "same-environment", "never")]
    [InlineData("sandpiper-user", "network", "never")]
    public void A_decisive_cell_is_what_it_is(string way, string asset, string worst) =>
        Assert.Equal(worst, RowOf(Quick.Value, way).GetProperty("assets").GetProperty(asset).GetProperty("worst").GetString());

    [Theory]
    [InlineData("sudo-pip", "root,you,other")]
    [InlineData("own-site-packages", "root,you,other")]
    [InlineData("virtualenv", "you")]
    [InlineData("sandpiper-user", "")]
    public void Who_still_runs_hostile_code_after_site_packages_was_made_anew(string way, string people)
    {
        string still = string.Join(',', RowOf(Quick.Value, way).GetProperty("after_rebuild").EnumerateArray().Select(p => p.GetString()));
        Assert.Equal(people, still);
    }

    [Fact]
    public void Every_control_shows_nothing()
    {
        JsonElement[] controls = [.. Quick.Value.GetProperty("controls").EnumerateArray()];
        Assert.NotEmpty(controls);
        Assert.All(controls, c => Assert.True(c.GetProperty("holds").GetBoolean(), $"{c}"));
    }

    [Fact]
    public void Without_run_its_own_row_is_as_red_as_any()
    {
        JsonElement row = RowOf(Measured("assess", "--only", "sandpiper-unconfined", "--json"), "sandpiper-unconfined");
        Assert.Equal("use", row.GetProperty("assets").GetProperty("keys").GetProperty("worst").GetString());
        Assert.Equal("use", row.GetProperty("assets").GetProperty("same-environment").GetProperty("worst").GetString());
    }

    [Fact]
    public void It_leaves_nothing_behind()
    {
        using var somebody = new Somebody();
        somebody.Write("notes.txt", "mine\n");
        Outcome outcome = somebody.Sandpiper("assess", "--only", "user-site");
        Assert.True(outcome.ExitCode == 0, $"{outcome}");
        Assert.Empty(Directory.GetFileSystemEntries(somebody.Temporary));
        Assert.Equal(["notes.txt"], Directory.EnumerateFiles(somebody.Home, "*", SearchOption.AllDirectories).Select(Path.GetFileName));
    }

    [Fact]
    public void The_screen_fits_80_columns_and_a_chain_names_its_files()
    {
        using var somebody = new Somebody();
        Outcome screen = somebody.Sandpiper("assess", "--quick");
        Assert.True(screen.ExitCode == 0, $"{screen}");
        string[] lines = screen.Output.Split('\n');
        Assert.DoesNotContain(lines, l => l.Length > 80);
        // The answer in README is this table, as it comes out today.
        string[] readme = File.ReadAllLines(Path.Combine(PublishedCommand.Checkout, "README.md"));
        int head = Array.FindIndex(readme, l => l.Contains("SYSTEM OTHERS", StringComparison.Ordinal));
        string[] rows = [.. readme.Skip(head).TakeWhile(l => !l.StartsWith("```", StringComparison.Ordinal))];
        Assert.Equal(7, rows.Length);
        Assert.Equal(rows, lines.SkipWhile(l => !string.Equals(l, rows[0], StringComparison.Ordinal)).Take(rows.Length));
        Outcome chain = somebody.Sandpiper("assess", "--why", "4,system", "--quick");
        Assert.Contains("reached /", chain.Output, StringComparison.Ordinal);
        Assert.Contains("with the rights of root", chain.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tool_is_tried_where_it_is_and_named_where_it_is_not()
    {
        using var somebody = new Somebody();
        somebody.Variables["PATH"] = "/usr/bin:/bin";
        string[] tools = ["uv-venv", "uvx", "pipx"];
        string[] words = ["assess", "--quick", "--json", "--only", string.Join(',', tools), "--only", "pipx-wheels-only,uvx-wheels-only"];
        JsonElement without = JsonDocument.Parse(somebody.Sandpiper(words).Output).RootElement.Clone();
        foreach (string tool in tools.Where(t => !File.Exists($"/usr/bin/{t.Split('-')[0]}")))
        {
            string? why = RowOf(without, tool).GetProperty("not_measured").GetString();
            Assert.EndsWith("is not on this machine", why, StringComparison.Ordinal);
        }

        string wheel = Directory.GetFiles(Recorded.Path("peers"), "uv-*.whl").FirstOrDefault() ?? "";
        Assert.SkipUnless(wheel.Length > 0, "there is no uv in ../shared/peers");
        string bin = Directory.CreateDirectory(Path.Combine(somebody.Place, "bin")).FullName;
        using (ZipArchive members = ZipFile.OpenRead(wheel))
        {
            foreach (ZipArchiveEntry member in members.Entries.Where(m => m.Name is "uv" or "uvx"))
            {
                member.ExtractToFile(Path.Combine(bin, member.Name));
                File.SetUnixFileMode(Path.Combine(bin, member.Name), (UnixFileMode)0b111_101_101);
            }
        }
        somebody.Variables["PATH"] = $"{bin}:/usr/bin:/bin";
        JsonElement with = JsonDocument.Parse(somebody.Sandpiper(words).Output).RootElement.Clone();
        foreach (string tool in (string[])["uv-venv", "uvx"])
        {
            JsonElement row = RowOf(with, tool);
            Assert.Equal(JsonValueKind.Null, row.GetProperty("not_measured").ValueKind);
            Assert.Equal(("sudo", "install", "you"), (WorstOf(row, "root"), WorstOf(row, "keys"),
                string.Join(',', row.GetProperty("after_rebuild").EnumerateArray().Select(p => p.GetString()))));
        }
        // It makes the environment by a start of its Python, which runs the .pth file of a wheel as well; what is built is refused.
        Assert.Equal("install", WorstOf(RowOf(with, "uvx-wheels-only"), "keys"));
        JsonElement keys = RowOf(with, "uvx-wheels-only").GetProperty("assets").GetProperty("keys");
        Assert.DoesNotContain(keys.GetProperty("evidence").EnumerateArray(), e => e.GetProperty("kind").GetString() is "build");
        if (File.Exists("/usr/bin/pipx"))
        {
            // It starts the environment's Python to see what it installed: a .pth file runs then, from a wheel as well.
            JsonElement tool = RowOf(with, "pipx"), wheels = RowOf(with, "pipx-wheels-only");
            Assert.Equal(("sudo", "install", "install", "install"), (WorstOf(tool, "root"), WorstOf(tool, "keys"),
                WorstOf(wheels, "keys"), WorstOf(wheels, "installer")));
        }
        // Its own environment has no neighbours to reach; one that stays has.
        Assert.Equal(("install", "never"),
            (WorstOf(RowOf(with, "uv-venv"), "same-environment"), WorstOf(RowOf(with, "uvx"), "same-environment")));

        static string WorstOf(JsonElement row, string asset) =>
            row.GetProperty("assets").GetProperty(asset).GetProperty("worst").GetString()!;
    }

    [Fact]
    public async Task Interrupted_it_leaves_neither_files_nor_processes()
    {
        using var somebody = new Somebody();
        using Process assess = somebody.Start([PublishedCommand.Path, "assess", "--only", "sudo-pip"]);
        Task<string> error = assess.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        while (!assess.HasExited && Processes(somebody.Temporary).Length < 2) await Task.Delay(20, TestContext.Current.CancellationToken);
        if (assess.HasExited) Assert.Fail(await error);
        Shell($"kill -INT {assess.Id}");
        await assess.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(130, assess.ExitCode);
        Assert.Empty(Directory.GetFileSystemEntries(somebody.Temporary));
        // What bubblewrap held goes with it, in its own time.
        while (Processes(somebody.Temporary).Length > 0) await Task.Delay(20, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("10m", 1, "× the measurement could not be finished")] // not even the program itself has room
    [InlineData("28m", 0, "not measured: ")] // the environment has none
    public void On_a_full_disk_it_says_so_and_leaves_nothing(string size, int exitCode, string said)
    {
        Assert.SkipUnless(Somebody.IsSomebodyElse, "only root can make a small disk");
        using var somebody = new Somebody();
        Assert.SkipUnless(Ends($"mount -t tmpfs -o size={size},mode=1777 tmpfs '{somebody.Temporary}'"), "nothing can be mounted here");
        try
        {
            Outcome outcome = somebody.Sandpiper("assess", "--only", "virtualenv");
            Assert.Equal(exitCode, outcome.ExitCode);
            Assert.Contains(said, outcome.Output + outcome.Error, StringComparison.Ordinal);
            Assert.Empty(Directory.GetFileSystemEntries(somebody.Temporary));
        }
        finally
        {
            Shell($"umount '{somebody.Temporary}'");
        }
    }

    [Fact]
    public void Where_no_directory_can_be_made_it_names_the_place_and_the_way_on()
    {
        using var somebody = new Somebody();
        somebody.Variables["TMPDIR"] = "/nowhere-that-is";
        Outcome outcome = somebody.Sandpiper("assess", "--only", "virtualenv");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("`/nowhere-that-is/`", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("TMPDIR=", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_has_subordinate_uids_sees_that_real_users_reach_the_same()
    {
        Assert.SkipUnless(Somebody.IsSomebodyElse, "only root can give somebody subordinate uids");
        Assert.SkipUnless(File.Exists("/usr/bin/newuidmap") && File.Exists("/etc/subuid") && File.Exists("/etc/subgid"),
            "this system hands out no subordinate uids");
        using var somebody = new Somebody();
        string user = Somebody.AsUser[2], accounts = Path.Combine(somebody.Place, "passwd"), ids = Path.Combine(somebody.Place, "ids");
        File.WriteAllText(accounts, File.ReadAllText("/etc/passwd") + $"somebody:x:{user}:{user}::{somebody.Home}:/bin/sh\n");
        File.WriteAllText(ids, "somebody:3000000:65536\n");
        const string Given = "mount --bind \"$1\" /etc/passwd; mount --bind \"$2\" /etc/subuid; mount --bind \"$2\" /etc/subgid; "
            + "shift 2; exec \"$@\"";
        Outcome outcome = somebody.RunAsTester(["/usr/bin/unshare", "--mount", "--propagation", "private", "--", "/bin/sh", "-ec", Given,
            "sh", accounts, ids, .. Somebody.AsUser, PublishedCommand.Path, "assess", "--only", "own-site-packages", "--json"]);
        Assert.True(outcome.ExitCode == 0, $"{outcome}");
        JsonElement users = JsonDocument.Parse(outcome.Output).RootElement.GetProperty("real_users");
        Assert.Equal((JsonValueKind.Null, 12, 0), (users.GetProperty("not_measured").ValueKind, users.GetProperty("cells").GetInt32(),
            users.GetProperty("differences").GetArrayLength()));
        Assert.Empty(Directory.GetFileSystemEntries(somebody.Temporary));
    }

    [Fact]
    public void Nothing_of_the_machine_is_other_than_it_was()
    {
        using var somebody = new Somebody();
        somebody.Write("notes.txt", "mine\n");
        string[] places = ["/usr/local", "/var/lib/sandpiper", somebody.Home];
        string before = States(places);
        Outcome outcome = somebody.Sandpiper("assess", "--only", "own-site-packages", "--quick");
        Assert.True(outcome.ExitCode == 0, $"{outcome}");
        Assert.Equal(before, States(places));
    }

    [Theory]
    [InlineData("--only", "nothing")]
    [InlineData("--why", "virtualenv")]
    [InlineData("--why", "virtualenv,nothing")]
    [InlineData("--why", "5,system")]
    [InlineData("--weights", "keys,nothing")]
    public void A_word_that_is_none_is_refused_before_anything_is_measured(string option, string value)
    {
        using var somebody = new Somebody();
        Assert.Equal(2, somebody.Sandpiper("assess", option, value).ExitCode);
    }

    // Opening a FIFO for writing waits for a reader, and a file that is somebody else's was told of after minutes.
    [Theory]
    [InlineData("mkfifo page.html")]
    [InlineData("mkfifo pipe && ln -s pipe page.html")]
    [InlineData("ln -s /etc/passwd page.html")]
    public void A_page_that_could_not_be_kept_is_refused_before_anything_is_measured(string made)
    {
        using var somebody = new Somebody();
        Outcome outcome = somebody.Run(
            ["/bin/sh", "-c", $"{made} && exec timeout -k 5 60 {PublishedCommand.Path} assess --only 4 --html page.html"], somebody.Home);
        Assert.True(outcome.ExitCode == 2, $"{outcome}");
        Assert.Contains("nothing was measured", outcome.Error, StringComparison.Ordinal);
    }

    // Whoever names a place in what he was started with.
    private static string[] Processes(string place) => [.. Directory.GetDirectories("/proc")
        .Where(d => int.TryParse(Path.GetFileName(d), out _)).Where(d =>
        {
            try
            {
                return File.ReadAllText($"{d}/cmdline").Contains(place, StringComparison.Ordinal);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        })];

    // Sizes, times and owners of all that is below; what may not be read is left out on both sides.
    private static string States(string[] places)
    {
        using Process find = Process.Start(new ProcessStartInfo("/usr/bin/find",
            [.. places.Where(Directory.Exists), "-xdev", "-not", "-path", "*/.cache/*", "-printf", "%p %s %T@ %U %m\n"])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        string all = find.StandardOutput.ReadToEnd();
        find.WaitForExit();
        return string.Join('\n', all.Split('\n').Order(StringComparer.Ordinal));
    }

    private static void Shell(string line) => Assert.True(Ends(line), line);

    private static bool Ends(string line)
    {
        using Process shell = Process.Start("/bin/sh", ["-ec", line]);
        shell.WaitForExit();
        return shell.ExitCode == 0;
    }

    private static JsonElement RowOf(JsonElement answer, string id) => answer.GetProperty("approaches").EnumerateArray()
        .Single(a => string.Equals(a.GetProperty("id").GetString(), id, StringComparison.Ordinal));

    private static JsonElement Measured(params string[] words)
    {
        using var somebody = new Somebody();
        Outcome outcome = somebody.Sandpiper(words);
        Assert.True(outcome.ExitCode == 0, $"{outcome}");
        return JsonDocument.Parse(outcome.Output).RootElement.Clone();
    }
}
