using System.Collections.Immutable;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>What bubblewrap is told: which namespaces to make, and what the second stage needs to make the rest.</summary>
/// <remarks>Nothing of it is anybody's business, but it is no secret either: every user of the machine can read an argument list.</remarks>
internal static class Arguments
{
    /// <param name="needs">What cannot be changed any more once it is made.</param>
    /// <param name="ownProgram">The second stage's place outside.</param>
    /// <param name="copied">From which descriptor it is copied; null: it is shown from its place.</param>
    /// <param name="ownSession">Cut off from our terminal's session.</param>
    /// <param name="lastStep">What it starts (<see cref="SecondStage"/>).</param>
    public static ImmutableArray<string> Of(
        SandboxNeeds needs, string ownProgram, int? copied, bool ownSession, ImmutableArray<string> lastStep)
    {
        // --unshare-all only tries for a user namespace; --unshare-user insists. Not --disable-userns: the second stage mounts, which it
        // could not from the namespace within a namespace that bubblewrap then makes; so it forbids another one itself.
        List<string> arguments = ["bwrap", "--unshare-all", "--unshare-user", "--die-with-parent", "--cap-drop", "ALL"];
        foreach (string right in SecondStage.Rights) arguments.AddRange(["--cap-add", right]);
        if (needs.Layers) arguments.AddRange(["--cap-add", MountedTree.RightToLayers]);
        if (needs.HostNetwork) arguments.Add("--share-net");
        if (ownSession) arguments.Add("--new-session");
        arguments.AddRange(["--hostname", SyntheticFiles.HostName, "--ro-bind", "/usr", "/usr"]);
        foreach (var (path, target) in FileTree.BesideUsr)
        {
            if (target is null) arguments.AddRange(["--ro-bind", path, path]);
            else arguments.AddRange(["--symlink", target, path]);
        }
        arguments.AddRange(copied is null ? ["--ro-bind", ownProgram, SecondStage.PathInside]
            : ["--perms", "0555", "--file", $"{copied}", SecondStage.PathInside]);
        // Not --json-status-fd: between binding itself to us and letting its child go on, bubblewrap would write there, and who is killed
        // meanwhile leaves a child that waits for ever.
        return
        [
            .. arguments, "--proc", "/proc", "--dev-bind", "/", HostTree.Inside, "--chdir", "/", "--", SecondStage.PathInside, .. lastStep,
        ];
    }
}
