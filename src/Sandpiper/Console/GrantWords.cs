using System.Collections.Immutable;
using Sandpiper.Sandbox.Profiles;
using Sandpiper.Sandbox.Remembered;

namespace Sandpiper.Console;

/// <summary>The words for what was granted, and to whom.</summary>
internal static class GrantWords
{
    /// <summary>`write ., read /data, network`: in a few words, paths as they are from <paramref name="project"/>.</summary>
    public static string Of(Grants grants, string? project) => string.Join(", ", (ImmutableArray<string>)
    [
        .. grants.Write.Select(path => $"write {From(path, project)}"),
        .. grants.Read.Select(path => $"read {From(path, project)}"),
        .. grants.Network ? ["network"] : Array.Empty<string>(),
        .. grants.Hosts.Select(host => $"host {host}"),
        .. grants.Ports.Select(port => $"port {port}"),
        .. grants.Variables.Select(name => $"variable {name}"),
        .. grants.Devices.Select(path => $"device {path}"),
        .. grants.Graphics ? ["graphics cards"] : Array.Empty<string>(),
        .. grants.Display ? ["display"] : Array.Empty<string>(),
        .. grants.X11 ? ["X11"] : Array.Empty<string>(),
    ]);

    /// <summary>All of them after one another.</summary>
    /// <inheritdoc cref="AsOptions" path="/param"/>
    public static string AsTyped(Grants grants, string? directory) => string.Join(' ', AsOptions(grants, directory));

    /// <summary>As they are typed: <c>--write . --net example.org</c>.</summary>
    /// <param name="directory">Where that is; null: paths are as they are typed.</param>
    public static ImmutableArray<string> AsOptions(Grants grants, string? directory) =>
    [
        .. grants.ShowCurrentDirectory ? Array.Empty<string>() : ["--cwd none"],
        .. grants.Write.Select(path => $"--write {InShell.Quoted(From(path, directory))}"),
        .. grants.Read.Select(path => $"--read {InShell.Quoted(From(path, directory))}"),
        .. grants.Network ? ["--net all"] : Array.Empty<string>(),
        .. grants.Hosts.Select(host => $"--net {InShell.Quoted($"{host}")}"),
        .. grants.Ports.Select(port => $"--port {InShell.Quoted($"{port}")}"),
        .. grants.Variables.Select(name => $"--env-var {InShell.Quoted(name)}"),
        .. grants.Devices.Select(path => $"--device {InShell.Quoted(path)}"),
        .. grants.Graphics ? ["--gpu"] : Array.Empty<string>(),
        .. grants.Display ? ["--display"] : Array.Empty<string>(),
        .. grants.X11 ? ["--x11"] : Array.Empty<string>(),
    ];

    /// <summary>For which command, where.</summary>
    public static string Whose(RememberedGrant grant) =>
        $"{grant.Command ?? "every command"}{InEnvironment.Of(grant.Environment)}"
            + (grant.Project is { } project ? $" in {project}" : ", everywhere");

    /// <summary>What to type so that it is granted from now on.</summary>
    public static string ToAllow(string command, string environment, string grant) =>
        $"sandpiper allow{InEnvironment.Option(environment)} {InShell.Quoted(command)} {grant}";

    /// <summary>A path as one writes it in that directory.</summary>
    public static string From(string path, string? directory)
    {
        if (directory is null || !path.StartsWith('/')) return path;
        return string.Equals(path, directory, StringComparison.Ordinal) ? "."
            : path.StartsWith($"{directory}/", StringComparison.Ordinal) ? path[(directory.Length + 1)..] : path;
    }
}
