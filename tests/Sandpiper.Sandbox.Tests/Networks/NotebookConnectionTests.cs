using System.Text;
using CsCheck;
using Sandpiper.Sandbox.Networks;
using Sandpiper.Surroundings;

namespace Sandpiper.Sandbox.Tests.Networks;

/// <summary>A connection file says by which ports of this machine a kernel is reached, or is not used.</summary>
public sealed class NotebookConnectionTests
{
    // As jupyter_client writes it.
    private const string Written = """
        {"shell_port": 40001, "iopub_port": 40002, "stdin_port": 40003, "control_port": 40004, "hb_port": 40005,
        "ip": "127.0.0.1", "key": "5f1-8a", "transport": "tcp", "signature_scheme": "hmac-sha256", "kernel_name": "sandpiper"}
        """;

    [Fact]
    public void What_a_client_writes_is_five_ports_of_this_machine_and_stays_as_it_was()
    {
        byte[] content = Encoding.UTF8.GetBytes(Written);
        Assert.True(NotebookConnection.TryParse(content, out NotebookConnection? connection, out _));
        Assert.Equal(["40001", "40002", "40003", "40004", "40005"],
            connection.Ports.Select(port => $"{port}").Order(StringComparer.Ordinal));
        Assert.All(connection.Ports, port => Assert.False(port.IsOpenToOthers));
        Assert.Equal(content, connection.Content);
    }

    [Theory]
    [InlineData("\"tcp\"", "\"ipc\"", NotebookConnectionProblem.NotByPorts)]
    [InlineData("\"tcp\"", "null", NotebookConnectionProblem.NoConnectionFile)]
    [InlineData("\"transport\"", "\"other\"", NotebookConnectionProblem.NoConnectionFile)]
    [InlineData("127.0.0.1", "0.0.0.0", NotebookConnectionProblem.NotOfThisMachine)]
    [InlineData("127.0.0.1", "127.0.0.2", NotebookConnectionProblem.NotOfThisMachine)]
    [InlineData("127.0.0.1", "::1", NotebookConnectionProblem.NotOfThisMachine)]
    [InlineData("127.0.0.1", "*", NotebookConnectionProblem.NotOfThisMachine)]
    [InlineData("\"ip\"", "\"ip\": \"127.0.0.1\", \"ip\"", NotebookConnectionProblem.NoConnectionFile)]
    [InlineData("40001", "0", NotebookConnectionProblem.NoConnectionFile)]
    [InlineData("40001", "65536", NotebookConnectionProblem.NoConnectionFile)]
    [InlineData("40001", "-1", NotebookConnectionProblem.NoConnectionFile)]
    [InlineData("40001", "40001.5", NotebookConnectionProblem.NoConnectionFile)]
    [InlineData("40001", "\"40001\"", NotebookConnectionProblem.NoConnectionFile)]
    [InlineData("40001", "40002", NotebookConnectionProblem.NoConnectionFile)]
    [InlineData("\"hb_port\"", "\"other\"", NotebookConnectionProblem.NoConnectionFile)]
    [InlineData("\"5f1-8a\"", "[[[[[[[[[[[]]]]]]]]]]]", NotebookConnectionProblem.NoConnectionFile)]
    [InlineData("{", "[{", NotebookConnectionProblem.NoConnectionFile)]
    [InlineData("\"sandpiper\"}", "\"sandpiper\"", NotebookConnectionProblem.NoConnectionFile)]
    public void Anything_else_is_not_used_and_why_is_told(string part, string instead, NotebookConnectionProblem problem)
    {
        byte[] content = Encoding.UTF8.GetBytes(Written.Replace(part, instead, StringComparison.Ordinal));
        Assert.NotEqual(Written.Length, Written.Replace(part, "", StringComparison.Ordinal).Length);
        Assert.False(NotebookConnection.TryParse(content, out _, out NotebookConnectionProblem found));
        Assert.Equal(problem, found);
    }

    [Fact]
    public void Whatever_comes_it_is_read_or_not_and_only_ports_of_this_machine_come_out()
    {
        byte[] written = Encoding.UTF8.GetBytes(Written);
        Gen.Select(Gen.Int[0, written.Length - 1], Gen.Byte).Array[1, 4].Sample(changes =>
        {
            byte[] content = [.. written];
            foreach (var (at, value) in changes) content[at] = value;
            if (!NotebookConnection.TryParse(content, out NotebookConnection? connection, out _)) return;
            Assert.Equal(5, connection.Ports.Select(port => port.Port).Distinct().Count());
            Assert.All(connection.Ports, port => Assert.True(!port.IsOpenToOthers && port.Port == port.Inside));
        }, iter: Fuzz.Inputs);
    }
}
