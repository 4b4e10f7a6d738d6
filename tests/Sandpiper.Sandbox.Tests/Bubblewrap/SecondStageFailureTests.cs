using Sandpiper.Sandbox.Bubblewrap;

namespace Sandpiper.Sandbox.Tests.Bubblewrap;

public sealed class SecondStageFailureTests
{
    [Theory]
    [InlineData(SecondStageFailureKind.NotFound)]
    [InlineData(SecondStageFailureKind.NotExecutable)]
    [InlineData(SecondStageFailureKind.Replaced)]
    [InlineData(SecondStageFailureKind.NotTold)]
    public void What_is_said_from_inside_moves_no_cursor_and_reorders_nothing(SecondStageFailureKind kind)
    {
        string line = new SecondStageFailure(kind, "\e[2Jtide\u202egnp").Line;
        Assert.Contains("\\u{1b}[2Jtide\\u{202e}gnp", line, StringComparison.Ordinal);
        Assert.All(line, c => Assert.InRange(c, ' ', '~'));
    }
}
