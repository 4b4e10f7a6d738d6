using System.Collections.Immutable;
using System.Text;
using Sandpiper.Sandbox.Profiles;
using Sandpiper.Sandbox.Proxies;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>What bubblewrap is told. In a file, not its argument list, which every user of the machine can read.</summary>
internal static class Arguments
{
    /// <param name="confinement">What the program may see and do.</param>
    /// <param name="ownProgram">The second stage's place outside.</param>
    /// <param name="ownSession">Cut off from our terminal's session.</param>
    /// <param name="descriptors">What it is handed.</param>
    public static IEnumerable<string> Of(Confinement confinement, string ownProgram, bool ownSession, HandedOver descriptors)
    {
        // --unshare-all only tries for a user namespace; --unshare-user insists. Not --disable-userns: the second stage mounts, which it
        // could not from the namespace within a namespace that bubblewrap then makes; so it forbids another one itself.
        List<string> arguments = ["--unshare-all", "--unshare-user", "--die-with-parent", "--cap-drop", "ALL"];
        foreach (string right in SecondStage.Rights) arguments.AddRange(["--cap-add", right]);
        if (!confinement.Layered.IsEmpty) arguments.AddRange(["--cap-add", LayerMounts.Right]);
        // To listen, in its own network, where hosts do that it shall reach: 80 and 443.
        if (!confinement.Hosts.IsEmpty) arguments.AddRange(["--cap-add", "CAP_NET_BIND_SERVICE"]);
        if (confinement.HostNetwork) arguments.Add("--share-net");
        if (ownSession) arguments.Add("--new-session");
        arguments.AddRange(["--hostname", SyntheticFiles.HostName]);
        arguments.AddRange(FileTree.Of(confinement, ownProgram, descriptors));
        // The root and /dev are memory of bubblewrap's making: without this they could be filled without a limit.
        arguments.AddRange(["--remount-ro", "/dev", "--remount-ro", "/"]);
        arguments.Add("--clearenv");
        foreach (var (name, value) in confinement.Variables.OrderBy(variable => variable.Key, StringComparer.Ordinal))
        {
            arguments.AddRange(["--setenv", name, value]);
        }
        arguments.AddRange(["--chdir", confinement.WorkingDirectory, "--json-status-fd", $"{descriptors.Status}"]);
        return arguments;
    }

    /// <summary>What follows the arguments: the last step inside, and the program.</summary>
    public static ImmutableArray<string> LastStep(
        HandedOver descriptors, ImmutableArray<InnerSocket> sockets, IReadOnlyList<string> command) =>
        [SecondStage.PathInside, SecondStage.Marker, $"{descriptors.Plan}", $"{descriptors.Report}", InnerSocket.ToText(sockets), "--",
            .. command];

    /// <exception cref="ArgumentException">One contains a zero byte, which would end it early and start another.</exception>
    public static byte[] ToBytes(IEnumerable<string> arguments)
    {
        using var bytes = new MemoryStream();
        foreach (string argument in arguments)
        {
            if (argument.Contains('\0')) throw new ArgumentException("an argument contains a zero byte", nameof(arguments));
            bytes.Write(Encoding.UTF8.GetBytes(argument));
            bytes.WriteByte(0);
        }
        return bytes.ToArray();
    }
}
