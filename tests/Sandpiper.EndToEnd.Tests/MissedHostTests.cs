using Sandpiper.EndToEnd.Tests.Staging;
using Sandpiper.Samples;

namespace Sandpiper.EndToEnd.Tests;

/// <summary>Which hosts a program wanted and might not reach is said, in one line that is the next command; and nothing else is.</summary>
public sealed class MissedHostTests : IDisposable
{
    private readonly Somebody _user = new();

    public MissedHostTests()
    {
        _user.Variables["SANDPIPER_INDEX_URL"] = _user.Serve(new SampleIndex().With(OrdinaryPackages.Pebble()));
        Outcome installed = _user.Sandpiper("install", "pebble");
        Assert.True(installed.ExitCode == 0, $"{installed}");
        _user.Write("setup.py", "");
    }

    public void Dispose() => _user.Dispose();

    [Theory]
    [InlineData("import urllib.request as u; u.urlopen('https://shore.example.org/x')", "shore.example.org")]
    [InlineData("import socket; socket.getaddrinfo('shore.example.org', 443)", "shore.example.org")]
    [InlineData("import socket; socket.gethostbyname('Shore.example.org')", "shore.example.org")]
    [InlineData("import socket; socket.create_connection(('93.184.216.34', 8443))", "93.184.216.34:8443")]
    [InlineData("import subprocess; subprocess.run(['getent', 'hosts', 'shore.example.org'], check=True)", "shore.example.org")]
    [InlineData("""
        import socket
        for i in range(5):
            try: socket.getaddrinfo(f's{i}.example.org', 443)
            except OSError: pass
        exit(1)
        """, "s0.example.org, s1.example.org, s2.example.org and 2 more")]
    public void The_line_is_the_next_command(string code, string where)
    {
        Outcome missed = Python(code);
        Assert.True(missed.ExitCode == 1, $"{missed}");
        string grants = string.Join(' ', where.Split(" and ")[0].Split(", ").Select(host => $"--net {host}"));
        Assert.EndsWith($"sandpiper: python was not allowed to reach {where} ·  sandpiper allow python {grants}\n", missed.Error,
            StringComparison.Ordinal);
        string[] allow = ["allow", "python", .. grants.Split(' ')];
        Outcome allowed = _user.Sandpiper(allow);
        Assert.True(allowed.ExitCode == 0, $"{allowed}");
        Assert.DoesNotContain("was not allowed to reach", Python(code).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exit(1)")]
    [InlineData("import socket; socket.create_connection(('127.0.0.1', 9))")]
    [InlineData("import socket; socket.getaddrinfo('localhost', 9); socket.getaddrinfo(socket.gethostname(), 9); exit(1)")]
    // Many ask so which address is theirs.
    [InlineData("import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('93.184.216.34', 80))")]
    [InlineData("import socket; a, b = socket.socketpair(); a.send(b'x' * 40, socket.MSG_NOSIGNAL); b.recv(99); exit(1)")]
    // A host that cannot be granted is none to offer.
    [InlineData("import socket; socket.create_connection(('169.254.169.254', 80))")]
    public void Nothing_is_said_where_no_grant_was_missing(string code)
    {
        Outcome outcome = Python(code);
        Assert.True(outcome.ExitCode == 1, $"{outcome}");
        Assert.DoesNotContain("allowed to reach", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_succeeds_without_it_hears_nothing()
    {
        Outcome outcome = Python("import socket\ntry: socket.getaddrinfo('shore.example.org', 443)\nexcept OSError: pass");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
    }

    private Outcome Python(string code) => _user.Sandpiper("run", "--", "python", "-c", code);
}
