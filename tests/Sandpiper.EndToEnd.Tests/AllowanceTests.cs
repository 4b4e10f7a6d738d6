using System.Security.Cryptography;
using Sandpiper.EndToEnd.Tests.Staging;
using Sandpiper.Samples;

namespace Sandpiper.EndToEnd.Tests;

/// <summary>Promise P8: what is refused can be accepted, for these bytes and no others, on record, and until it is taken back.</summary>
public sealed class AllowanceTests
{
    private static SampleWheel Liar => new SampleWheel("liar", "1.0").WithFile("liar.py", "VALUE = 1\n").WithWrongHashInRecord("liar.py");

    private static SampleWheel Good => new SampleWheel("good", "1.0").WithFile("good.py", "WHOSE = 'good'\n");

    private static SampleWheel Newcomer =>
        new SampleWheel("aevil", "1.0").WithFile("aevil.py", "").WithFile("good.py", "WHOSE = 'aevil'\n");

    [Fact]
    public void What_was_accepted_is_told_wherever_it_is_installed()
    {
        using var user = new Somebody();
        string index = user.Serve(new SampleIndex().With(Liar));
        Assert.Equal(3, user.Sandpiper("install", "liar", "-i", index).ExitCode);
        Done(user.Sandpiper("allow", "liar==1.0", "--rule", "SP-WHEEL-08", "--reason", "a test"));

        Outcome installed = user.Sandpiper("install", "liar", "-i", index);
        Done(installed);
        Assert.Contains("although SP-WHEEL-08, which you allowed: liar.py", installed.Error, StringComparison.Ordinal);
        Done(user.Sandpiper("install", "liar", "-i", index, "--env", "second"));
        foreach (string env in (string[])["shared", "second"])
        {
            Assert.Contains(
                "allowed liar 1.0: SP-WHEEL-08 liar.py", user.Sandpiper("history", "--env", env).Output, StringComparison.Ordinal);
            Assert.Contains(
                "\"SP-WHEEL-08\"", File.ReadAllText(Path.Combine(user.Generation(env), "generation.json")), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_was_taken_back_is_refused_from_the_store_too_and_holds_up_no_uninstall()
    {
        using var user = new Somebody();
        string index = user.Serve(new SampleIndex().With(Liar).With(OrdinaryPackages.Pebble()));
        user.Sandpiper("install", "liar", "-i", index);
        Done(user.Sandpiper("allow", "liar==1.0", "--rule", "SP-WHEEL-08", "--reason", "a test"));
        // Who accepted it twice and takes it back once is not told that it is refused now.
        Done(user.Sandpiper("allow", "liar==1.0", "--rule", "SP-WHEEL-08", "--reason", "another test"));
        Outcome still = user.Sandpiper("allow", "--withdraw", "2");
        Assert.Contains("liar 1.0 may still do what SP-WHEEL-08 refuses, as the wheel ", still.Error, StringComparison.Ordinal);
        Assert.EndsWith(": number 1\n", still.Error, StringComparison.Ordinal);
        Done(user.Sandpiper("install", "liar", "pebble", "-i", index));
        Outcome taken = user.Sandpiper("allow", "--withdraw", "1");
        Assert.True(taken.ExitCode == 0 && taken.Error.Contains("may no longer do", StringComparison.Ordinal), $"{taken}");

        foreach (string env in (string[])["second", "shared"])
        {
            Outcome refused = user.Sandpiper("install", "liar", "-i", index, "--env", env);
            Assert.True(refused.ExitCode == 3 && refused.Error.Contains("you allowed it and took that back", StringComparison.Ordinal),
                $"{env}: {refused}");
        }
        Done(user.Sandpiper("uninstall", "pebble"));
        Assert.Contains("allowed liar 1.0: SP-WHEEL-08", user.Sandpiper("history").Output.Split('\n')[1], StringComparison.Ordinal);
        Done(user.Sandpiper("uninstall", "liar"));
    }

    [Fact]
    public void Other_bytes_of_the_same_version_are_refused_although_the_first_were_accepted()
    {
        using var user = new Somebody();
        string index = user.Serve(new SampleIndex().With(Liar));
        user.Sandpiper("install", "liar", "-i", index);
        Done(user.Sandpiper("allow", "liar==1.0", "--rule", "SP-WHEEL-08", "--reason", "a test"));

        string other = user.Serve(new SampleIndex().With(Liar.WithFile("more.py", "")));
        Outcome refused = user.Sandpiper("install", "liar", "-i", other);
        Assert.True(refused.ExitCode == 3, $"{refused}");
        // Two wheels of one version were refused by now: nobody guesses which is meant.
        Outcome which = user.Sandpiper("allow", "liar==1.0", "--rule", "SP-WHEEL-08", "--reason", "a test");
        Assert.True(which.ExitCode == 2 && which.Error.Contains("--sha256 ", StringComparison.Ordinal), $"{which}");
        string hint = which.Error.Split("--sha256 ")[1].Trim();
        Done(user.Sandpiper("allow", "liar==1.0", "--rule", "SP-WHEEL-08", "--reason", "a test", "--sha256", hint));
        Done(user.Sandpiper("install", "liar", "-i", other));
    }

    // Every entry of a store that an earlier version wrote: the format number says that nothing of it was kept to judge it by.
    [Fact]
    public void A_wheel_that_an_earlier_version_sealed_is_inspected_again_before_it_is_installed_anywhere()
    {
        using var user = new Somebody();
        string index = user.Serve(new SampleIndex().With(Liar));
        user.Sandpiper("install", "liar", "-i", index);
        Done(user.Sandpiper("allow", "liar==1.0", "--rule", "SP-WHEEL-08", "--reason", "a test"));
        Done(user.Sandpiper("install", "liar", "-i", index));
        string manifest = Directory.GetFiles(
            Path.Combine(user.DataRoot, "store/by-shared"), "manifest.json", SearchOption.AllDirectories).Single();
        string text = File.ReadAllText(manifest);
        // It had neither findings nor, after them, the records of an installation.
        int findings = text.IndexOf(",[[802,\"liar.py\"", StringComparison.Ordinal);
        Assert.True(findings > 0, text);
        File.SetUnixFileMode(manifest, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(manifest, $"[1{text[2..findings]}]");
        Done(user.Sandpiper("allow", "--withdraw", "1"));

        Assert.Equal(3, user.Sandpiper("install", "liar", "-i", index, "--env", "second").ExitCode);
        Done(user.Sandpiper("allow", "liar==1.0", "--rule", "SP-WHEEL-08", "--reason", "a test"));
        Done(user.Sandpiper("install", "liar", "-i", index, "--env", "second"));
        Assert.Contains("allowed liar 1.0: SP-WHEEL-08", user.Sandpiper("history", "--env", "second").Output, StringComparison.Ordinal);
        Done(user.Sandpiper("verify", "--full"));       // the files stayed the ones that the first environment shares
    }

    [Fact]
    public void Who_is_installed_keeps_his_file_whatever_the_newcomer_is_called()
    {
        using var user = new Somebody();
        string index = user.Serve(new SampleIndex().With(Good).With(Newcomer).With(OrdinaryPackages.Pebble()));
        string Whose(string env) =>
            File.ReadAllText(Directory.EnumerateFiles(user.Generation(env), "good.py", SearchOption.AllDirectories).First());
        Done(user.Sandpiper("install", "good", "-i", index));

        Outcome refused = user.Sandpiper("install", "aevil", "-i", index);
        Assert.True(refused.ExitCode == 3, $"{refused}");
        Assert.Contains("\n× `aevil` 1.0 was not installed", refused.Error, StringComparison.Ordinal);
        Assert.Contains("it would overwrite a file of good 1.0: ", refused.Error, StringComparison.Ordinal);
        Assert.Contains("hint: sandpiper allow aevil==1.0 --rule SP-ENV-01 --env shared ", refused.Error, StringComparison.Ordinal);

        Done(user.Sandpiper("allow", "aevil==1.0", "--rule", "SP-ENV-01", "--env", "shared", "--reason", "a test"));
        Done(user.Sandpiper("install", "aevil", "-i", index));
        Assert.Contains("'good'", Whose("shared"), StringComparison.Ordinal);
        Done(user.Sandpiper("verify", "--full"));
        // Each next generation is composed of both anew, and neither is a newcomer any more.
        Done(user.Sandpiper("install", "pebble", "-i", index));
        Assert.Contains("'good'", Whose("shared"), StringComparison.Ordinal);
        Done(user.Sandpiper("uninstall", "pebble"));
        Assert.Contains("'good'", Whose("shared"), StringComparison.Ordinal);
        Assert.Contains("allowed aevil 1.0: SP-ENV-01 ", user.Sandpiper("history").Output, StringComparison.Ordinal);

        // As soon as it goes, its file is the other's: no package changed but this one, and yet another's code is imported.
        Outcome removed = user.Sandpiper("uninstall", "good");
        Done(removed);
        Assert.Contains("'aevil'", Whose("shared"), StringComparison.Ordinal);
        foreach (string told in (string[])[removed.Error, user.Sandpiper("history").Output])
            Assert.Matches("`aevil` has what was good's now: `lib/[^`]*/good.py`\n", told);
        Assert.Matches("\"handed_over\": \\[\\s*{\\s*\"name\": \"aevil\"", user.Sandpiper("history", "--json").Output);

        Done(user.Sandpiper("install", "good", "-i", index, "--env", "second"));
        Assert.Equal(3, user.Sandpiper("install", "aevil", "-i", index, "--env", "second").ExitCode);
        Assert.Contains("'good'", Whose("second"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_upgrade_that_reaches_for_the_file_of_another_is_the_newcomer()
    {
        using var user = new Somebody();
        string before = user.Serve(new SampleIndex().With(Good).With(new SampleWheel("aevil", "0.9").WithFile("aevil.py", "")));
        Done(user.Sandpiper("install", "good", "aevil", "-i", before));
        SampleWheel better = new SampleWheel("good", "1.1").WithFile("good/__init__.py", "WHOSE = 'good'\n");
        string after = user.Serve(new SampleIndex().With(Good).With(better).With(Newcomer));

        foreach (string[] words in (string[][])[["install", "-U", "aevil"], ["install", "-U", "aevil", "good"]])
        {
            Outcome refused = user.Sandpiper([.. words, "-i", after]);
            Assert.True(refused.ExitCode == 3 && refused.Error.Contains("\n× `aevil` 1.0 was not installed", StringComparison.Ordinal),
            $"{refused}");
        }
    }

    [Fact]
    public void Of_two_newcomers_the_one_that_was_asked_for_is_the_owner()
    {
        using var user = new Somebody();
        string index = user.Serve(new SampleIndex().With(Good.WithRequires("aevil")).With(Newcomer));
        Outcome refused = user.Sandpiper("install", "good", "-i", index);
        Assert.True(refused.ExitCode == 3 && refused.Error.Contains("\n× `aevil` 1.0 was not installed", StringComparison.Ordinal),
            $"{refused}");

    }

    // Whoever publishes a package chooses its name: the alphabet must not choose between two of them.
    [Theory]
    [InlineData("aevil", "good")]
    [InlineData("good", "aevil")]
    public void Of_two_newcomers_that_were_both_asked_for_neither_is_preferred_and_either_can_do_without(string without, string keeps)
    {
        using var user = new Somebody();
        string index = user.Serve(new SampleIndex().With(Good).With(Newcomer));
        Outcome refused = user.Sandpiper("install", "good", "aevil", "-i", index);
        Outcome other = user.Sandpiper("install", "aevil", "good", "-i", index);
        Assert.True(refused.ExitCode == 3, $"{refused}");
        Assert.Contains(
            "\n× `aevil` 1.0 and `good` 1.0 cannot both be installed; nothing was changed\n", refused.Error, StringComparison.Ordinal);
        Assert.Contains("good.py`, and neither had it before (SP-ENV-01)", refused.Error, StringComparison.Ordinal);
        Assert.Equal(Told(refused), Told(other));
        string hint = refused.Error.Split($"sandpiper allow {without}==1.0 ")[1].Split(" --reason")[0];

        Done(user.Sandpiper(["allow", $"{without}==1.0", .. hint.Split(' '), "--reason", "a test"]));
        Done(user.Sandpiper("install", "good", "aevil", "-i", index));

        Assert.Contains($"'{keeps}'", File.ReadAllText(
            Directory.EnumerateFiles(user.Generation(), "good.py", SearchOption.AllDirectories).First()), StringComparison.Ordinal);
        Assert.Contains($"allowed {without} 1.0: SP-ENV-01 ", user.Sandpiper("history").Output, StringComparison.Ordinal);
        Done(user.Sandpiper("verify", "--full"));

        // Of the progress nothing.
        static string Told(Outcome outcome) => outcome.Error[outcome.Error.IndexOf('×', StringComparison.Ordinal)..];
    }

    [Fact]
    public void Rollback_asks_whether_what_it_goes_back_to_is_still_accepted()
    {
        using var user = new Somebody();
        string index = user.Serve(new SampleIndex().With(Liar));
        user.Sandpiper("install", "liar", "-i", index);
        string[] allow = ["allow", "liar==1.0", "--rule", "SP-WHEEL-08", "--reason", "a test"];
        Done(user.Sandpiper(allow));
        Done(user.Sandpiper("install", "liar", "-i", index));
        Done(user.Sandpiper("uninstall", "liar"));
        Done(user.Sandpiper("allow", "--withdraw", "1"));
        Directory.Delete(Path.Combine(user.CacheRoot, "refused"), recursive: true);

        Outcome refused = user.Sandpiper("rollback");

        Assert.Equal((3, """
            × generation 1 was not gone back to; nothing was changed
            ╰─▶ liar 1.0 is in it: a file's SHA-256 is not what RECORD says: `liar.py` (SP-WHEEL-08)
                you allowed it and took that back

            hint: sandpiper allow liar==1.0 --rule SP-WHEEL-08 --reason …      accept it, on record

            """), (refused.ExitCode, refused.Error));
        Done(user.Sandpiper(allow));
        Done(user.Sandpiper("rollback"));
    }

    // The description of an environment lies where every program of the user's can write.
    [Fact]
    public void What_an_environment_says_of_itself_alone_is_not_what_is_accepted()
    {
        using var user = new Somebody();
        SampleWheel hook = new SampleWheel("hooked", "1.0").WithFile("hooked.pth", "import os\n");
        Done(user.Sandpiper("install", "hooked", "--omit-hooks", "-i", user.Serve(new SampleIndex().With(hook))));
        string[] allow = ["allow", "hooked==1.0", "--reason", "a test", "--rule"];
        string generation = Path.Combine(user.Generation(), "generation.json");
        string wheel = Convert.ToHexStringLower(SHA256.HashData(hook.Build()));

        Outcome other = user.Sandpiper([.. allow, "SP-WHEEL-08"]);
        Assert.True(other.ExitCode == 1 && other.Error.Contains("nothing was put on record", StringComparison.Ordinal), $"{other}");
        Done(user.Run(["/bin/sh", "-ec",
            $"cp \"$0\" kept; chmod u+w \"$0\"; sed s/{wheel}/{new string('a', 64)}/ kept > \"$0\"", generation]));
        Outcome edited = user.Sandpiper([.. allow, "SP-WHEEL-21"]);
        Assert.True(edited.ExitCode == 1 && edited.Error.Contains("nothing was put on record", StringComparison.Ordinal), $"{edited}");

        Done(user.Run(["/bin/sh", "-ec", "cat kept > \"$0\"", generation]));
        Outcome accepted = user.Sandpiper([.. allow, "SP-WHEEL-21"]);
        Done(accepted);
        Assert.Contains(wheel, accepted.Error, StringComparison.Ordinal);
    }

    private static void Done(Outcome outcome) => Assert.True(outcome.ExitCode == 0, $"{outcome}");
}
