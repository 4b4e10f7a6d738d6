using Sandpiper.EndToEnd.Tests.Staging;
using Sandpiper.Samples;
using Sandpiper.Surroundings;

namespace Sandpiper.EndToEnd.Tests;

/// <summary>A directory whose name is no UTF-8: what is not done by it is said, and no other one is taken for it.</summary>
public sealed class NamesOfBytesTests : IDisposable
{
    private const string NoText = "its name is no UTF-8, so that it could be neither compared nor put on record";

    private readonly Somebody _user = new();

    public NamesOfBytesTests()
    {
        Done(_user.Sandpiper("install", "pebble", "-i", _user.Serve(new SampleIndex().With(OrdinaryPackages.Pebble()))));
        // Beside it what the base library makes of its name.
        Done(Shell("cd ~ && mkdir $d caf\ufffd && echo mine > $d/file && echo other > caf\ufffd/file && ln -s $d link"));
    }

    public void Dispose() => _user.Dispose();

    // It was on record as a command of another name, which had the grant.
    [Theory]
    [InlineData("$d --env-var TERM")]
    [InlineData("--here --env-var $d")]
    [InlineData("pebble==1.0 --rule SP-WHEEL-21 --reason $d")]
    public void Nothing_is_put_on_record_by_it(string words)
    {
        Outcome refused = Shell($"cd ~ && cd project && sandpiper allow {words}");
        Assert.True(refused.ExitCode is 1 or 2 && refused.Error.Contains("no UTF-8", StringComparison.Ordinal)
            && refused.Error.Contains("nothing was put on record", StringComparison.Ordinal), $"{refused}");
        Assert.Equal("Nothing was allowed so far.\n", _user.Sandpiper("allow").Error);
    }

    [Theory]
    [InlineData("--read $d", "cannot be shown to the program")]
    [InlineData("--write $d", "cannot be granted for writing")]
    [InlineData("--read link", "cannot be shown to the program")]
    public void A_grant_of_it_is_refused_as_that(string grant, string what)
    {
        Outcome refused = Shell($"cd ~ && sandpiper run {grant} -- true");
        Assert.Equal(125, refused.ExitCode);
        Assert.Contains($"{what}\n╰─▶ {NoText}; what lies around it can be granted\n", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_stands_in_it_is_told_that_it_is_not_shown()
    {
        Outcome run = Shell("cd ~/$d && sandpiper run -- cat file");
        Assert.Contains($"sandpiper: this directory is not shown: {NoText}\n", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("other", run.Output, StringComparison.Ordinal);
        Outcome written = Shell("cd ~/$d && sandpiper run --write . -- sh -c 'echo x > left'");
        Assert.Equal(125, written.ExitCode);
        Assert.Contains(NoText, written.Error, StringComparison.Ordinal);
        Assert.Equal("file\n", Shell("ls ~/$d ~/caf\ufffd | grep -v : | sort -u | grep .").Output);
    }

    // It was made beside it, of what the base library makes of its name, and everything was kept there.
    [Theory]
    [InlineData("HOME=~/$d")]
    [InlineData("SANDPIPER_ROOT=~/$d/root")]
    [InlineData("XDG_CACHE_HOME=~/$d")]
    public void Nothing_is_kept_below_it_nor_in_another_one_in_its_place(string variable)
    {
        Outcome refused = Shell($"cd ~ && {variable} sandpiper install pebble --env other");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("× nothing can be kept in a directory whose name is no UTF-8; nothing was done\n", refused.Error,
            StringComparison.Ordinal);
        Assert.Equal("file\n", Shell("ls -A ~/$d ~/caf\ufffd | grep -v : | sort -u | grep .").Output);
    }

    [Fact]
    public void Nothing_is_put_on_record_by_its_name()
    {
        foreach (string words in (string[])["allow cat --everywhere --read ~/$d", "allow cat --write ."])
        {
            Outcome refused = Shell($"cd ~/$d && sandpiper {words}");
            Assert.NotEqual(0, refused.ExitCode);
            Assert.Contains(NoText, refused.Error, StringComparison.Ordinal);
        }
        Assert.Equal("", _user.Sandpiper("allow").Output);
    }

    [Fact]
    public void What_lies_around_it_shows_it_under_its_own_name() =>
        Assert.Equal("mine\n", Shell(
            "mkdir ~/around && mv ~/$d ~/around && sandpiper run --read ~/around -- cat ~/around/$d/file").Output);

    private Outcome Shell(string script) => _user.Run(
        ["/bin/sh", "-c", $"sandpiper() {{ \"$0\" \"$@\"; }}; d=$(printf 'caf\\351'); {script}",
            PublishedCommand.Path]);

    private static void Done(Outcome outcome) => Assert.True(outcome.ExitCode == 0, $"{outcome}");
}
