using System.Text;
using CsCheck;
using Sandpiper.Sandbox.Bubblewrap;

namespace Sandpiper.Sandbox.Tests.Bubblewrap;

public sealed class StatusReportTests
{
    private const string Started = """{ "child-pid": 12, "cgroup-namespace": 4026531835, "net-namespace": 4026532000 }""" + "\n";

    [Theory]
    [InlineData(Started + """{ "exit-code": 0 }""" + "\n", 0)]
    [InlineData(Started + """{ "exit-code": 137 }""" + "\n", 137)]
    [InlineData("""{"exit-code":1}""", 1)]
    [InlineData(Started, null)]
    [InlineData("", null)]
    [InlineData("""{ "exit-code": """, null)]
    [InlineData("""{ "exit-code": "0" }""", null)]
    [InlineData("""{ "exit-code": -1 }""", null)]
    [InlineData("""{ "exit-code": 1e9 }""", null)]
    [InlineData("""{ "x": { "exit-code": 0 } }""", null)]
    public void The_exit_code_is_found_or_there_is_none(string report, int? exitCode) =>
        Assert.Equal(exitCode, StatusReport.ExitCodeIn(Encoding.UTF8.GetBytes(report)));

    [Fact]
    public void Anything_else_is_no_exit_code_and_no_exception() =>
        Gen.Byte.Array[0, 200].Sample(bytes => { _ = StatusReport.ExitCodeIn(bytes); });

    [Fact]
    public void A_damaged_line_does_not_hide_the_next() => Gen.Select(Gen.Int[0, Started.Length - 2], Gen.Byte).Sample((at, value) =>
    {
        byte[] report = Encoding.UTF8.GetBytes(Started + """{ "exit-code": 5 }""" + "\n");
        report[at] = value;
        Assert.Equal(5, StatusReport.ExitCodeIn(report));
    });
}
