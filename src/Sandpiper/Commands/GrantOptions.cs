using System.Collections.Immutable;
using System.CommandLine;
using Sandpiper.Console;
using Sandpiper.Sandbox.Networks;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Commands;

/// <summary>What a program may do beyond what every one may: for one run, or remembered. The same options mean the same in both.</summary>
internal sealed class GrantOptions
{
    private readonly Option<string[]> _write = new("--write")
    {
        HelpName = "PATH",
        Description = "let it change this directory or file; what makes later programs run (.git, conftest.py, …) stays read-only in it "
            + "unless it is named, too",
    };

    private readonly Option<string[]> _read = new("--read") { HelpName = "PATH", Description = "show it this directory or file" };

    private readonly Option<string[]> _net = new("--net")
    {
        HelpName = "HOST[:PORT]|all",
        Description = "let it reach this host (*.example.org: those below it), on ports 80 and 443 where none is named; or the network of "
            + "this machine, all of it",
    };

    private readonly Option<string[]> _port = new("--port")
    {
        HelpName = "[BIND:]PORT[:INSIDE]",
        Description = "let programs of this machine reach its server at this port (BIND: an address others reach, too)",
    };

    private readonly Option<string[]> _variables = new("--env-var")
    {
        HelpName = "NAME",
        Description = "hand this environment variable on",
    };

    private readonly Option<string[]> _devices = new("--device")
    {
        HelpName = "PATH",
        Description = "let it use this device of /dev, as far as you may: a serial port, a camera, /dev/kvm",
    };

    private readonly Option<bool> _graphics = new("--gpu") { Description = "let it compute on the graphics cards of this machine" };

    private readonly Option<bool> _display = new("--display") { Description = "let it show windows (Wayland)" };

    private readonly Option<bool> _x11 = new("--x11")
    {
        Description = "let it show windows by X11: it can then read all that is typed in any window, see it, and type itself",
    };

    private const string WholeNetwork = "all";

    private readonly string _undone;

    private GrantOptions(string undone)
    {
        _undone = undone;
        _net.CompletionSources.Add(WholeNetwork);
    }

    /// <param name="undone">What did not happen when one of them is wrong.</param>
    public static GrantOptions AddTo(Command command, string undone)
    {
        var options = new GrantOptions(undone);
        foreach (Option option in options.All) command.Options.Add(option);
        return options;
    }

    private ImmutableArray<Option> All => [_write, _read, _net, _port, _variables, _devices, _graphics, _display, _x11];

    /// <summary>Whether one of them was used.</summary>
    public bool AreUsed(ParseResult parsed) => All.Any(option => parsed.GetResult(option) is { Implicit: false });

    /// <param name="path">What becomes of a path as it was typed.</param>
    public Grants Chosen(ParseResult parsed, Func<string, string> path) => new()
    {
        Write = [.. (parsed.GetValue(_write) ?? []).Select(path)],
        Read = [.. (parsed.GetValue(_read) ?? []).Select(path)],
        Network = (parsed.GetValue(_net) ?? []).Contains(WholeNetwork, StringComparer.Ordinal),
        Hosts = HostsOf(parsed),
        Ports = PortsOf(parsed),
        Variables = [.. (parsed.GetValue(_variables) ?? []).Select(name => NameOf(name, parsed))],
        // Where links lead is udev's business, today here and tomorrow there: the name is what is meant.
        Devices = [.. (parsed.GetValue(_devices) ?? []).Select(device => Path.TrimEndingDirectorySeparator(Path.GetFullPath(device)))],
        Graphics = parsed.GetValue(_graphics),
        Display = parsed.GetValue(_display),
        X11 = parsed.GetValue(_x11),
    };

    private string NameOf(string variable, ParseResult parsed) => variable.Length > 0 && !variable.Contains('=', StringComparison.Ordinal)
        ? variable
        : throw new ExplainedException(new(
            ExitCode.WrongUsage, $"`--env-var {variable.Split('=')[0]}=…` is not supported; {_undone}",
            "a variable of yours is handed on as it is, by its name alone", $"sandpiper help {parsed.CommandResult.Command.Name}"));

    private ImmutableArray<HostGrant> HostsOf(ParseResult parsed)
    {
        if (parsed.GetValue(_net) is not [_, ..] named) return [];
        ImmutableArray<HostGrant> hosts = [.. named.Where(text => text is not WholeNetwork).Select(HostOf).Distinct()];
        return hosts.Length <= HostGrant.Most ? hosts
            : throw Usage(parsed, "so many hosts are not supported", $"at most {HostGrant.Most} can be named; all of them: --net all");

        HostGrant HostOf(string text) => HostGrant.TryParse(text, out HostGrant? host, out HostGrantProblem problem) ? host
            : throw Usage(parsed, $"`--net {text}` names no host that can be granted", NetworkWords.Of(problem, text));
    }

    private ImmutableArray<PortGrant> PortsOf(ParseResult parsed)
    {
        ImmutableArray<PortGrant> ports = [.. (parsed.GetValue(_port) ?? []).Select(PortOf).Distinct()];
        return ports.Length <= PortGrant.Most ? ports
            : throw Usage(parsed, "so many ports are not supported", $"at most {PortGrant.Most} can be named");

        PortGrant PortOf(string text) => PortGrant.TryParse(text, out PortGrant? port) ? port
            : throw Usage(parsed, $"`--port {text}` names no port",
                "a number from 1 to 65535, of the server and here; 9000:8000 where they differ; 0.0.0.0:8000 for every address of this "
                    + "machine");
    }

    private ExplainedException Usage(ParseResult parsed, string what, string why) =>
        new(new(ExitCode.WrongUsage, $"{what}; {_undone}", why, $"sandpiper help {parsed.CommandResult.Command.Name}"));
}
