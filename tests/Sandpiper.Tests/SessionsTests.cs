using Sandpiper.Tests.Snapshots;

namespace Sandpiper.Tests;

/// <summary>
/// Making a session gives root's rights up: where it is made in one place, no command can do anything before.
/// </summary>
public sealed class SessionsTests
{
    // Those of the second only print a text, of this program or of the command line.
    [Theory]
    [InlineData("Session.Of(", "TaughtCommand.cs")]
    [InlineData(".SetAction(", "CompletionCommand.cs", "HelpCommand.cs")]
    public void A_command_is_given_its_session(string call, params string[] callers) =>
        Assert.Equal(callers, FilesWith(call));

    private static IEnumerable<string> FilesWith(string text) =>
        Directory.EnumerateFiles(Checkout.PathOf("src/Sandpiper"), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && File.ReadAllText(f).Contains(text, StringComparison.Ordinal))
            .Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal);
}
