using System.Collections.Immutable;
using Sandpiper.Sandbox.Networks;

namespace Sandpiper.Sandbox.Profiles;

/// <summary>What one run may do beyond reading its environment and its project. Nothing, by default.</summary>
public sealed record Grants
{
    /// <summary>Directories it may write; absolute.</summary>
    public ImmutableArray<string> Write { get; init; } = [];

    /// <summary>Directories or files it may read; absolute.</summary>
    public ImmutableArray<string> Read { get; init; } = [];

    /// <summary>
    /// Of both, those that were remembered: each has to lead to itself. Whoever may write near one could put a link there, to have another
    /// place granted with the next run.
    /// </summary>
    public ImmutableArray<string> Settled { get; init; } = [];

    /// <summary>The host's network instead of none.</summary>
    public bool Network { get; init; }

    /// <summary>Single hosts that it may reach.</summary>
    public ImmutableArray<HostGrant> Hosts { get; init; } = [];

    /// <summary>Servers of it that may be reached.</summary>
    public ImmutableArray<PortGrant> Ports { get; init; } = [];

    /// <summary>Variables of the caller that it is given.</summary>
    public ImmutableArray<string> Variables { get; init; } = [];

    /// <summary>Devices that it may use; full paths in <c>/dev</c>, links of udev's among them.</summary>
    public ImmutableArray<string> Devices { get; init; } = [];

    /// <summary>It may compute on the graphics cards of this machine.</summary>
    public bool Graphics { get; init; }

    /// <summary>It may show windows, by way of Wayland.</summary>
    public bool Display { get; init; }

    /// <summary>It may speak to the X server, which lets it do with every window what it likes.</summary>
    public bool X11 { get; init; }

    /// <summary>False: the current directory is not shown.</summary>
    public bool ShowCurrentDirectory { get; init; } = true;

    /// <summary>Nothing beyond what every run may do.</summary>
    public bool AreNone => Write.IsEmpty && Read.IsEmpty && Variables.IsEmpty && !Network && Hosts.IsEmpty && Ports.IsEmpty
        && Devices.IsEmpty && !Graphics && !Display && !X11;

    /// <summary>Both. What is hidden by one of them is hidden.</summary>
    public Grants And(Grants other) => new()
    {
        Write = [.. Write.Union(other.Write, StringComparer.Ordinal)],
        Read = [.. Read.Union(other.Read, StringComparer.Ordinal)],
        Settled = [.. Settled.Union(other.Settled, StringComparer.Ordinal)],
        Network = Network || other.Network,
        Hosts = [.. Hosts.Union(other.Hosts)],
        Ports = [.. Ports.Union(other.Ports)],
        Variables = [.. Variables.Union(other.Variables, StringComparer.Ordinal)],
        Devices = [.. Devices.Union(other.Devices, StringComparer.Ordinal)],
        Graphics = Graphics || other.Graphics,
        Display = Display || other.Display,
        X11 = X11 || other.X11,
        ShowCurrentDirectory = ShowCurrentDirectory && other.ShowCurrentDirectory,
    };

    /// <summary>The same, each path of which has to lead to itself.</summary>
    public Grants Settle() => this with { Settled = [.. Write, .. Read] };

    /// <summary>The same with its relative paths below <paramref name="directory"/>.</summary>
    public Grants Below(string directory) => this with
    {
        Write = [.. Write.Select(path => Path.GetFullPath(path, directory))],
        Read = [.. Read.Select(path => Path.GetFullPath(path, directory))],
    };
}
