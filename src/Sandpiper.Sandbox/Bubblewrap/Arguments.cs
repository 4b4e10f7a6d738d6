using System.Collections.Immutable;
using System.Text;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>What bubblewrap is told: which namespaces to make, and what the second stage needs to make the rest.</summary>
/// <remarks>Nothing of it is anybody's business, but it is no secret either: every user of the machine can read an argument list.</remarks>
internal static class Arguments
{
    /// <param name="needs">What cannot be changed any more once it is made.</param>
    /// <param name="ownSession">Cut off from our terminal's session.</param>
    /// <param name="tree">The descriptor at which it reads <see cref="Tree"/>, to the end; where nothing comes, nothing is there to be
    /// started.</param>
    /// <param name="image">The descriptor of the second stage's image.</param>
    /// <param name="copied">It is copied inside, for here nothing is started from a descriptor.</param>
    /// <param name="lastStep">With what it is started (<see cref="SecondStage"/>).</param>
    public static ImmutableArray<string> Of(
        SandboxNeeds needs, bool ownSession, int tree, int image, bool copied, ImmutableArray<string> lastStep)
    {
        // --unshare-all only tries for a user namespace; --unshare-user insists. Not --disable-userns: the second stage mounts, which it
        // could not from the namespace within a namespace that bubblewrap then makes; so it forbids another one itself.
        List<string> arguments = ["bwrap", "--unshare-all", "--unshare-user", "--die-with-parent", "--cap-drop", "ALL"];
        foreach (string right in SecondStage.Rights) arguments.AddRange(["--cap-add", right]);
        if (needs.Layers) arguments.AddRange(["--cap-add", MountedTree.RightToLayers]);
        if (needs.HostNetwork) arguments.Add("--share-net");
        if (ownSession) arguments.Add("--new-session");
        // Not --json-status-fd: between binding itself to us and letting its child go on, bubblewrap would write there, and who is killed
        // meanwhile leaves a child that waits for ever.
        return
        [
            .. arguments, "--hostname", SyntheticFiles.HostName, "--args", $"{tree}",
            "--", copied ? SecondStage.PathInside : $"/proc/self/fd/{image}", .. lastStep,
        ];
    }

    /// <summary>What is inside; without it nothing is, and the second stage cannot be found.</summary>
    /// <inheritdoc cref="Of"/>
    public static ImmutableArray<string> Tree(int image, bool copied)
    {
        ImmutableArray<string> second = copied ? ["--perms", "0555", "--file", $"{image}", SecondStage.PathInside] : [];
        return [.. second, "--proc", "/proc", "--dev-bind", "/", HostTree.Inside, "--chdir", "/"];
    }

    /// <summary>As bubblewrap reads them.</summary>
    public static byte[] Bytes(ImmutableArray<string> arguments) => Encoding.UTF8.GetBytes(string.Join('\0', arguments) + '\0');
}
