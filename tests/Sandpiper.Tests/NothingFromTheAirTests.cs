using Sandpiper.Tests.Snapshots;

namespace Sandpiper.Tests;

/// <summary>What an operation does depends on its request and its context alone: who asks need not be the process that does it.</summary>
public sealed class NothingFromTheAirTests
{
    [Theory]
    [InlineData("GetEnvironmentVariable(")]
    [InlineData("Environment.UserName")]
    [InlineData("Environment.CurrentDirectory")]
    [InlineData("GetCurrentDirectory(")]
    [InlineData("Environment.GetFolderPath")]
    [InlineData("Environment.ProcessPath")]
    public void Nothing_below_the_command_line_reads(string what)
    {
        string source = Checkout.PathOf("src"), commandLine = Path.Combine(source, "Sandpiper") + "/";
        IEnumerable<string> readers = Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.StartsWith(commandLine, StringComparison.Ordinal) && !f.Contains("/obj/", StringComparison.Ordinal))
            .Where(f => File.ReadAllText(f).Contains(what, StringComparison.Ordinal));
        Assert.Empty(readers);
    }
}
