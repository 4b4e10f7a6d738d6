using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Leftovers;

/// <summary>Where whoever opens a link comes to, as the kernel goes there: other links on the way are followed.</summary>
/// <remarks>
/// Read as text, <c>in/../home/ada/.bashrc</c> stays in a project in which <c>in</c> is a link to <c>/usr</c>; opened, it does not. What a
/// program made it cannot change any more; what is on the way elsewhere is the user's and the system's.
/// </remarks>
internal static class LinkDestination
{
    private const int MostLinks = 40;           // MAXSYMLINKS, linux/namei.h
    private const int MostSteps = 100;          // each is asked of the kernel, and a program can make many links of a thousand

    /// <param name="directory">That the link lies in, without links below what is looked up.</param>
    /// <param name="target">What it says.</param>
    /// <param name="targetOf">What a link says; null: there is none of that path.</param>
    /// <returns>Null where nobody can know: each process comes to another place, nobody comes anywhere, or it is no text.</returns>
    public static string? Of(string directory, string target, Func<string, string?> targetOf)
    {
        string here = directory;
        var left = new Stack<string>();
        if (!TryPush(target)) return null;
        int followed = 0, steps = 0;
        while (left.TryPop(out string? name))
        {
            if (++steps > MostSteps) return null;
            if (name is "." or "") continue;
            if (name is "..")
            {
                here = Path.GetDirectoryName(here) ?? "/";
                continue;
            }
            string next = Path.Join(here, name);
            // `/proc/self/root` and its kin are other places for each process; they say so themselves only to who opens them.
            if (DirectoryTree.Holds("/proc", next)) return null;
            if (here is "/dev") return left.Count == 0 ? next : null;
            if (targetOf(next) is not { } further) here = next;
            else if (++followed > MostLinks || !TryPush(further)) return null;
        }
        return here;

        bool TryPush(string text)
        {
            if (text.Contains('\ufffd', StringComparison.Ordinal)) return false;
            if (text.StartsWith('/')) here = "/";
            foreach (string part in Enumerable.Reverse(text.Split('/'))) left.Push(part);
            return true;
        }
    }
}
