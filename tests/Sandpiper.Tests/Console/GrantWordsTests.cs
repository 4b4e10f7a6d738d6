using System.CommandLine;
using CsCheck;
using Sandpiper.Commands;
using Sandpiper.Console;
using Sandpiper.Sandbox.Networks;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Tests.Console;

/// <summary>What is said of grants is what can be typed for them.</summary>
public sealed class GrantWordsTests
{
    private const string Here = "/home/ann/project";

    private static readonly Gen<Grants> AnyGrants = Gen.Select(
        Gen.OneOf([.. ((string[])[Here, Here + "/src", "/data", "/data/a b", "/data/it's"]).Select(Gen.Const)]).Array[0, 2],
        Gen.OneOf([.. ((string[])["example.org", "*.example.org:8443", "localhost:5432", "10.0.0.1:80"]).Select(Gen.Const)]).Array[0, 2],
        Gen.OneOf([.. ((string[])["8000", "9000:8000", "0.0.0.0:8000"]).Select(Gen.Const)]).Array[0, 1],
        Gen.Bool.Array[5],
        (paths, hosts, ports, said) => new Grants
        {
            Write = [.. paths.Distinct()], Read = [.. paths.Distinct().Take(1)],
            Hosts = [.. hosts.Distinct()
                .Select(text => HostGrant.TryParse(text, out HostGrant? host, out _) ? host : throw new FormatException(text))],
            Ports = [.. ports.Select(text => PortGrant.TryParse(text, out PortGrant? port) ? port : throw new FormatException(text))],
            Network = said[0], Graphics = said[1], Display = said[2], X11 = said[3],
            Variables = said[4] ? ["TOKEN"] : [], Devices = said[4] ? ["/dev/kvm"] : [],
        });

    [Fact]
    public void As_options_they_are_read_back_as_they_were() => AnyGrants.Sample(grants =>
    {
        var command = new Command("run");
        GrantOptions options = GrantOptions.AddTo(command, "nothing was run");
        string[] words = [.. GrantWords.AsOptions(grants, Here).SelectMany(option => option.Split(' ', 2)).Select(Unquoted)];
        ParseResult parsed = command.Parse(words);
        Assert.Empty(parsed.Errors);
        Assert.Equal(GrantWords.Of(grants, null), GrantWords.Of(options.Chosen(parsed, path => Path.GetFullPath(path, Here)), null));
    });

    // As a shell does it.
    private static string Unquoted(string word) => word is ['\'', .. var inner, '\'']
        ? inner.Replace("'\\''", "'", StringComparison.Ordinal) : word;
}
