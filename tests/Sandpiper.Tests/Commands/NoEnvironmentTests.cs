namespace Sandpiper.Tests.Commands;

public sealed class NoEnvironmentTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("list")]
    [InlineData("freeze")]
    [InlineData("show six")]
    [InlineData("verify")]
    [InlineData("repair")]
    [InlineData("history")]
    [InlineData("rollback")]
    [InlineData("rollback 1")]
    [InlineData("uninstall six")]
    public void Where_nothing_was_ever_installed_every_command_says_so_and_how_to_begin(string words)
    {
        Ended told = BuiltCommand.Run(["--root", Path.Combine(_folder.Path, "root"), "--color", "never", .. words.Split(' ')]);
        Assert.Equal(1, told.ExitCode);
        Assert.StartsWith(
            "× there is no environment `shared`\n╰─▶ nothing was ever installed in it\n", told.Error, StringComparison.Ordinal);
        Assert.Contains("hint: sandpiper install NAME", told.Error, StringComparison.Ordinal);
    }
}
