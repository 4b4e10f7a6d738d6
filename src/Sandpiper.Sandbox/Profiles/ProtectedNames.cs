using System.Collections.Frozen;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Profiles;

/// <summary>
/// Names in a project that make other programs run code later, outside the sandbox: version control hooks, environments, settings of
/// editors, assistants, test runners and build tools. A grant to write the project is no grant to write these.
/// </summary>
/// <remarks>
/// Only what exists can be protected. What a program adds under such a name is not prevented: whoever granted the writing asks again
/// afterwards.
/// </remarks>
public static class ProtectedNames
{
    // Compared without case: on a file system that ignores it, `.GIT` is `.git` (CVE-2014-9390).
    internal static readonly FrozenSet<string> Names = FrozenSet.ToFrozenSet(
    [
        ".git", ".gitmodules", ".hg", ".svn", ".bzr", ".jj", ".github", ".gitlab-ci.yml", ".pre-commit-config.yaml", ".husky",
        ".venv", "venv", ".env", "env", ".envrc", ".direnv", ".tox", ".nox", "node_modules",
        ".vscode", ".idea", ".cursor", ".claude", ".codex", ".gemini", ".mcp.json", "AGENTS.md", "CLAUDE.md", "GEMINI.md", ".devcontainer",
        "conftest.py", "pytest.ini", "tox.ini", "noxfile.py", "pyproject.toml", "setup.py", "setup.cfg", "sitecustomize.py",
            "usercustomize.py",
        "Makefile", "GNUmakefile", "justfile", "package.json",
        ".bashrc", ".bash_profile", ".profile", ".zshrc", ".zshenv", ".zprofile", ".config", ".local", ".ssh",
    ], StringComparer.OrdinalIgnoreCase);

    /// <returns>Names, directly in <paramref name="directory"/>, of what exists; none where it can no longer be read.</returns>
    public static IEnumerable<string> In(SafeFileHandle directory)
    {
        // A program may have taken the right to read it away: that is no failure of whoever looks.
        using SafeFileHandle read = PlaceBelow.OpenDirectory(directory, "."u8);
        return read.IsInvalid ? [] : [.. DirectoryEntries.Of(read).Select(entry => NativeText.Of(entry.Name)).Where(IsProtected)];
    }

    // Every line of a .pth file that starts with "import" is run by every interpreter that has the directory as a site (site.py).
    internal static bool IsProtected(string name) => Names.Contains(name) || name.EndsWith(".pth", StringComparison.OrdinalIgnoreCase);
}
