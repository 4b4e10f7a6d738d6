using System.Collections.Immutable;
using System.Text.Json;
using Sandpiper.EndToEnd.Tests.Staging;
using Sandpiper.Samples;

namespace Sandpiper.EndToEnd.Tests;

/// <summary>
/// What a command says of its failure is held against the disk: "nothing was changed" is true, and so is what it says instead.
/// </summary>
public sealed class WhatWasChangedTests
{
    private static readonly SampleIndex Harbour = new SampleIndex()
        .WithAll(OrdinaryPackages.Pebble(), OrdinaryPackages.Tide("1.0"), OrdinaryPackages.Tide("2.0"), Calling("1.0", "hoot"),
            Calling("2.0", "hoot", "toot"))
        .With(HostilePackages.WheelWithPthHook("/nowhere"))
        .With(HostilePackages.WheelThatLiesInRecord());

    private static readonly ImmutableArray<string> Nothing = ["nothing was changed", "nothing was done", "nothing was run"];

    // Each is one change of generation 2, whose other command or version can be told from that of generation 1.
    [Theory]
    [InlineData("install hoot==2.0 tide==2.0")]
    [InlineData("uninstall hoot")]
    [InlineData("rollback 1")]
    public void A_disk_that_is_full_from_any_request_on_is_told_as_it_is(string command)
    {
        using var user = new Somebody();
        string index = user.Serve(Harbour);
        Done(user.Sandpiper("install", "tide==1.0", "-i", index));
        Done(user.Sandpiper("install", "hoot==1.0", "-i", index));
        string[] arguments = command.StartsWith("install", StringComparison.Ordinal)
            ? [.. command.Split(' '), "-i", index] : command.Split(' ');
        var disk = new Disk(user, user.DataRoot);
        // Once for the wheels, which are sealed from then on; once to count.
        Done(user.Sandpiper(arguments));
        Done(user.Sandpiper("rollback", "2"));
        Done(disk.Sandpiper(null, arguments));
        ImmutableArray<string> requests = disk.Requests;
        Done(user.Sandpiper("rollback", "2"));
        int all = requests.Select(r => int.Parse(r.Split(' ')[0])).Max();
        // Of what is prepared a sample; of what is announced, switched and follows, every request.
        int announced = int.Parse(requests.First(r => r.Contains("ledger.jsonl", StringComparison.Ordinal)).Split(' ')[0]);
        int[] steps = [.. Enumerable.Range(1, announced).Where(n => n % 7 == 1), .. Enumerable.Range(announced, all - announced + 2)];
        int unchanged = 0, unfinished = 0;

        foreach (int step in steps.Distinct())
        {
            string[] before = Visible(user);
            Outcome outcome = disk.Sandpiper(step, arguments);
            string told = $"full from {step} of {all} on: {outcome}\n{string.Join('\n', disk.Requests)}";
            if (outcome.ExitCode == 0)
            {
                Assert.True(CurrentOf(user) != 2, told);
                IsWhole(user, told);
            }
            else if (Nothing.Any(n => outcome.Error.Contains(n, StringComparison.Ordinal)))
            {
                unchanged++;
                Assert.True(before.SequenceEqual(Visible(user)),
                    $"{told}\n{string.Join('\n', before.Except(Visible(user)).Concat(Visible(user).Except(before)))}");
                Assert.True(Tree.Of(Path.Combine(user.DataRoot, "staging")).IsEmpty, told);
                continue;
            }
            else
            {
                unfinished++;
                Assert.True(
                    outcome.Error.Contains($"`shared` is at generation {CurrentOf(user)} now", StringComparison.Ordinal)
                    && CurrentOf(user) != 2,
                    told);
                // The same command once more, and what was left is done.
                Outcome again = user.Sandpiper(arguments[0] is "uninstall" ? ["install", "tide==1.0", "-i", index] : arguments);
                Assert.True(again.ExitCode == 0, $"{told}\n{again}");
                IsWhole(user, told);
            }
            Done(user.Sandpiper("rollback", "2"));
        }
        Assert.True(unchanged > 0 && unfinished > 0, $"{unchanged} unchanged, {unfinished} unfinished");
        Done(user.Sandpiper("verify", "--full"));
    }

    [Fact]
    public void Everything_is_on_the_disk_before_the_switch_and_the_switch_before_its_confirmation()
    {
        using var user = new Somebody();
        var disk = new Disk(user, user.DataRoot);
        Done(disk.Sandpiper(null, "install", "hoot==1.0", "-i", user.Serve(Harbour)));

        string[] order = [.. disk.Requests.Select(r => r[(r.IndexOf(' ') + 1)..])];
        int[] places =
        [
            At("write /envs/shared/ledger.jsonl", 0), At("fsync /envs/shared/ledger.jsonl", 0),
            At("rename /envs/shared/generations/1", 0), At("syncfs /envs/shared/generations", 0),
            At("rename /envs/shared/current", 0), At("fsync /envs/shared", 0),
            At("write /envs/shared/ledger.jsonl", 1), At("fsync /envs/shared/ledger.jsonl", 1),
        ];
        Assert.True(places.SequenceEqual(places.Order()) && places[0] >= 0, $"{string.Join(' ', places)}\n{string.Join('\n', order)}");

        int At(string request, int nth) =>
            order.Select((r, i) => (r, i)).Where(p => string.Equals(p.r, request, StringComparison.Ordinal))
                .Select(p => p.i).Skip(nth).DefaultIfEmpty(-1).First();
    }

    [Fact]
    public void A_directory_of_shims_that_may_not_be_written_is_told_and_the_shim_made_later()
    {
        Assert.SkipUnless(Somebody.IsSomebodyElse || !string.Equals(Environment.UserName, "root", StringComparison.Ordinal),
            "root may write everywhere");
        using var user = new Somebody();
        string index = user.Serve(Harbour), shims = Path.Combine(user.DataRoot, "bin");
        Done(user.Sandpiper("install", "hoot==1.0", "-i", index));
        user.Run(["/bin/chmod", "a-w", shims]);

        Outcome outcome = user.Sandpiper("install", "hoot==2.0", "-i", index);

        Assert.Equal(1, outcome.ExitCode);
        Assert.DoesNotContain("nothing was", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("`shared` is at generation 2 now", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(2, CurrentOf(user));
        Assert.Contains("hoot==2.0", user.Sandpiper("freeze").Output, StringComparison.Ordinal);
        user.Run(["/bin/chmod", "u+w", shims]);
        Done(user.Sandpiper("install", "hoot==2.0", "-i", index));
        IsWhole(user, "after the directory can be written");
        Assert.Equal(2, CurrentOf(user));
    }

    [Fact]
    public void Whatever_else_fails_and_says_that_nothing_was_changed_left_everything_as_it_was()
    {
        using var user = new Somebody();
        string index = user.Serve(Harbour);
        Done(user.Sandpiper("install", "tide==1.0", "-i", index));
        Done(user.Sandpiper("install", "hoot==1.0", "-i", index));
        user.Write("broken.txt", "-e .\n");
        string[] before = Visible(user);
        string home = string.Join('\n', Tree.Of(user.Home, user.DataRoot, user.CacheRoot));

        foreach (string[] command in (string[][])
        [
            ["install", "pth-hook", "-i", index], ["install", "--env", "new", "pth-hook", "-i", index],
            ["install", "record-liar", "-i", index], ["install", "knot", "-i", index],
            ["install", "--env", "new", "knot", "-i", index], ["install", "tide==9", "-i", index],
            ["install", "tide", "-U", "-i", "http://127.0.0.1:9/simple/"], ["install", "tide", "-U", "-i", "file:///no/such/index/"],
            ["install", "-r", "broken.txt"], ["install", "-r", "absent.txt"],
            ["install", "pebble", "--python", "/bin/true", "-i", index],
            ["install", "--env", "new", "pebble", "--python", "/bin/true", "-i", index],
            ["uninstall", "knot"], ["uninstall", "pebble"], ["uninstall", "--env", "new", "pebble"], ["rollback", "99"],
            ["rollback", "--env", "new"], ["rollback", "--env", "new", "1"], ["repair", "--env", "new"],
            ["install", "--no-such-option"], ["run", "--net", "a page", "--", "true"],
            ["run", "--env", "new", "--", "true"],
            ["allow", "tide==1.0", "--rule", "SP-NO-RULE", "--reason", "x"], ["install", "--env", "a/b", "pebble"], ["no-such-command"],
        ])
        {
            Outcome outcome = user.Sandpiper(command);
            Assert.True(outcome.ExitCode is not 0, $"{string.Join(' ', command)}: {outcome}");
            Assert.True(before.SequenceEqual(Visible(user)),
                $"{string.Join(' ', command)}: {outcome}\n{string.Join('\n', Visible(user).Except(before))}");
            Assert.Equal(home, string.Join('\n', Tree.Of(user.Home, user.DataRoot, user.CacheRoot)));
        }
        Assert.Equal(0, user.Sandpiper("install", "--dry-run", "--env", "new", "pebble", "-i", index).ExitCode);
        Assert.Equal(before, Visible(user));
    }

    // Half a line would make the file unreadable, and with it every later command.
    [Fact]
    public void A_waiver_that_finds_no_room_is_not_there_at_all()
    {
        using var user = new Somebody();
        string index = user.Serve(Harbour);
        string bytes = new('a', 64);
        Done(user.Sandpiper("allow", "tide==1.0", "--rule", "SP-WHEEL-08", "--sha256", bytes, "--reason", "read it"));
        var disk = new Disk(user, user.DataRoot);
        string[] allow = ["allow", "tide==2.0", "--rule", "SP-WHEEL-08", "--sha256", bytes, "--reason", "read it"];

        for (int step = 1; step <= 3; step++)
        {
            Outcome outcome = disk.Sandpiper(step, allow);
            if (outcome.ExitCode == 0) continue;
            Assert.Contains("nothing was changed", outcome.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("2.0", user.Sandpiper("allow").Output, StringComparison.Ordinal);
        }
        Done(user.Sandpiper(allow));
        Done(user.Sandpiper("install", "tide==2.0", "-i", index));
    }

    [Fact]
    public void Nothing_is_installed_where_PATH_could_not_name_it()
    {
        using var user = new Somebody();
        string root = Path.Combine(user.Project, "cs194:294");

        Outcome outcome = user.Sandpiper("install", "--root", root, "pebble", "-i", user.Serve(Harbour));

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("colon", outcome.Error, StringComparison.Ordinal);
        Assert.False(Path.Exists(root));
    }

    // What programs and people see: the environments, without what only ever grows or is empty, and the commands on PATH.
    private static string[] Visible(Somebody user) =>
    [
        .. Tree.Of(Path.Combine(user.DataRoot, "envs")).Where(l => !l.Split('\t')[0].EndsWith("/ledger.jsonl", StringComparison.Ordinal)),
        .. Tree.Of(Path.Combine(user.DataRoot, "bin")),
        .. File.Exists(Path.Combine(user.DataRoot, "waivers.jsonl")) ? File.ReadAllLines(Path.Combine(user.DataRoot, "waivers.jsonl")) : [],
    ];

    // The ledger confirms what is current, and every command of it that a shell may find has its shim.
    private static void IsWhole(Somebody user, string told)
    {
        int current = CurrentOf(user);
        using JsonDocument history = JsonDocument.Parse(Done(user.Sandpiper("history", "--json")));
        JsonElement last = history.RootElement.GetProperty("changes").EnumerateArray().Last(c => c.GetProperty("to").GetInt32() == current);
        Assert.True(last.GetProperty("confirmed").GetBoolean(), told);
        string[] commands = [.. Directory.EnumerateFiles(Path.Combine(user.Generation(), "bin")).Select(p => Path.GetFileName(p)!)
            .Where(n => n is "hoot" or "toot" or "tide").Order(StringComparer.Ordinal)];
        string[] shims = [.. Directory.EnumerateFiles(Path.Combine(user.DataRoot, "bin")).Select(p => Path.GetFileName(p)!)
            .Order(StringComparer.Ordinal)];
        Assert.True(commands.SequenceEqual(shims), $"{told}\n{string.Join(' ', commands)} but {string.Join(' ', shims)}");
    }

    private static int CurrentOf(Somebody user) => int.Parse(Path.GetFileName(user.Generation()));

    private static SampleWheel Calling(string version, params string[] commands) => commands.Aggregate(
        new SampleWheel("hoot", version).WithFile("hoot.py", "def main(): pass\n"),
        (wheel, command) => wheel.WithConsoleScript(command, "hoot:main"));

    private static string Done(Outcome outcome)
    {
        Assert.True(outcome.ExitCode == 0, $"{outcome}");
        return outcome.Output;
    }
}
