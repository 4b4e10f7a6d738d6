using System.Collections.Immutable;
using Sandpiper.Auditing;

namespace Sandpiper.Console;

/// <summary>What of this machine decides how far hostile code gets, in a few lines.</summary>
internal static class MachineWords
{
    /// <returns>One fact a line.</returns>
    public static ImmutableArray<string> Of(MachineFacts facts)
    {
        var lines = ImmutableArray.CreateBuilder<string>();
        foreach (MachineFacts.Place place in facts.Sites)
        {
            string byRoot = place.ByRoot == 0 ? "" : place.ByRoot == place.Packages ? ", by root" : $", {place.ByRoot:N0} of them by root";
            lines.Add($"{place.Directory}: {place.Owner}'s, "
                + (place.Packages == 0 ? "no package but the system's own" : $"{Counted.Of(place.Packages, "package")} of pip's{byRoot}"));
        }
        if (facts.IsManaged is { } managed)
        {
            lines.Add(managed ? "pip refuses to install into the system's Python unless it is told to break it (PEP 668)"
                : "nothing keeps pip from installing into the system's Python (no EXTERNALLY-MANAGED)");
        }
        foreach (MachineFacts.Way way in facts.Writable)
            lines.Add($"{way.Directory} is on your PATH, and may be written by {string.Join(", ", way.People)}");
        if (facts.Writable.IsEmpty) lines.Add("no directory of your PATH may be written by anybody but root and you");
        lines.Add(facts.SudoRules ? "the rules of sudo (/etc/sudoers) can be read by you; they are not read here"
            : "the rules of sudo are not yours to read: whether they run Python is not known");
        return lines.ToImmutable();
    }
}
