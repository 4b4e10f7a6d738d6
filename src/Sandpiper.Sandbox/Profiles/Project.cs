using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Sandbox.Profiles;

/// <summary>What the current directory is a part of: what a remembered grant holds for, and what is shown as a whole.</summary>
/// <param name="Directory">Its real path.</param>
public sealed record Project(string Directory)
{
    // What a person makes once for the whole of it, and tools look for upwards.
    private static readonly ImmutableArray<string> Marks =
        ["pyproject.toml", "setup.cfg", "setup.py", ".git", ".hg", ".jj", ".svn", ".bzr"];

    /// <summary>
    /// The nearest directory with such a name in it, strictly below the home; where there is none, the current one. Null where that is
    /// everybody's or everything of one person: nothing that was allowed there could be meant for it alone.
    /// </summary>
    public static Project? Of(Caller caller)
    {
        ShownPath? here = caller.At(caller.CurrentDirectory, PathAccess.Read);
        if (here is null) return null;
        string[] homes = [RealPath.Of(caller.Home), RealPath.Of(caller.LoginHome ?? caller.Home)];
        for (ShownPath? at = here; at is not null && homes.Any(home => IsBelow(home, at.Real)); at = at.Above())
        {
            using SafeFileHandle? held = at.TryHold();
            if (held is not null && Marks.Any(mark => Path.Exists($"{ShownPath.Named(held)}/{mark}"))) return new Project(at.Real);
        }
        bool holdsMore = SensitiveDirectories.ByItsRealPlace(here.Real, caller) is
        {
            Kind: SensitivityKind.WholeFileSystem or SensitivityKind.Home or SensitivityKind.AboveHome or SensitivityKind.OfEverybody
            or SensitivityKind.AboveSystem,
        };
        return holdsMore ? null : new Project(here.Real);
    }

    // A home that is the root, as in some containers, has everything below it and says nothing.
    private static bool IsBelow(string home, string directory) =>
        home is not "/" && directory.Length > home.Length && DirectoryTree.Holds(home, directory);
}
