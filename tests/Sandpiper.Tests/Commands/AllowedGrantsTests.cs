using Sandpiper.Surroundings;

namespace Sandpiper.Tests.Commands;

public sealed class AllowedGrantsTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Allow(params string[] words)
    {
        Ended ended = BuiltCommand.Run(["--root", _folder.Path, "allow", .. words]);
        Assert.Equal(0, ended.ExitCode);
        return ended.Output + ended.Error;
    }

    // Who allowed it twice and took it back once would believe that it is gone.
    [Fact]
    public void What_holds_already_is_on_record_once()
    {
        Assert.Contains("On record as g1: tidy", Allow("tidy", "--everywhere", "--net", "example.org"), StringComparison.Ordinal);
        Assert.Contains("On record already as g1: tidy", Allow("tidy", "--everywhere", "--net", "example.org"), StringComparison.Ordinal);
        Assert.Contains("On record as g2: tidy", Allow("tidy", "--everywhere", "--net", "example.net"), StringComparison.Ordinal);
        Assert.Contains("On record as g3: other", Allow("other", "--everywhere", "--net", "example.org"), StringComparison.Ordinal);
        string taken = Allow("--withdraw", "g1");
        Assert.Contains("Taken back", taken, StringComparison.Ordinal);
        Assert.Contains("still holds: g2\n", taken, StringComparison.Ordinal);
        Assert.DoesNotContain("still holds", Allow("--withdraw", "g3"), StringComparison.Ordinal);
        // What was taken back can be given again.
        Assert.Contains("On record as g4: tidy", Allow("tidy", "--everywhere", "--net", "example.org"), StringComparison.Ordinal);
    }

    // As text the two lists are one.
    [Fact]
    public void What_only_reads_alike_is_another_grant()
    {
        Allow("tidy", "--everywhere", "--env-var", "A", "--env-var", "B");
        Assert.Contains("On record as g2", Allow("tidy", "--everywhere", "--env-var", "A, variable B"), StringComparison.Ordinal);
    }
}
