using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>What is mounted inside, compared with the plan as the kernel tells it, when nobody can change it any more.</summary>
internal static class MountCheck
{
    /// <returns>Null when everything is as planned, and nothing is there besides.</returns>
    /// <remarks>In plain loops: at every start somebody waits for it, and a query takes longest the first time.</remarks>
    public static SecondStageFailure? Difference(SecondStagePlan plan, SecondStageBounds bounds, MountedTree tree)
    {
        ImmutableArray<MountLine> mounts = MountTable.Read();
        HashSet<ulong> there = [];
        foreach (MountLine line in mounts) there.Add(line.Id);
        foreach (Mounted mounted in tree.All)
        {
            if (!there.Contains(mounted.Number)) return SecondStageFailure.Replaced(mounted.Path);
        }
        // They are many, and where each is the table tells, too: beside the others, under its own name.
        foreach (ulong number in tree.Packages.Keys)
        {
            if (!there.Contains(number)) return SecondStageFailure.Replaced(tree.Store!.Path);
        }
        // Of two at one place the later is seen.
        HashSet<string> seen = new(StringComparer.Ordinal);
        for (int last = tree.All.Length - 1; last >= 0; last--)
        {
            if (seen.Add(tree.All[last].Path) && !LeadsTo(tree.All[last])) return SecondStageFailure.Replaced(tree.All[last].Path);
        }
        HashSet<(string, string)> hosts = [];
        foreach (var place in bounds.HostsPlaces) hosts.Add(place);
        HashSet<string> before = new(StringComparer.Ordinal);
        foreach (string place in plan.MadeBefore) before.Add(place);
        foreach (MountLine line in mounts)
        {
            bool isAsPlanned = tree.Packages.TryGetValue(line.Id, out string? package) ? IsInStore(line, package, tree)
                : tree.Rights.TryGetValue(line.Id, out MountRights rights) ? Fits(line, rights)
                : hosts.Contains((line.Place, line.Device)) ? Fits(line, RightsIn(line.Place, tree))
                // Two at one place: the later hides what was there before.
                : before.Remove(line.Place) && Fits(line, MountRights.Device);
            if (!isAsPlanned) return SecondStageFailure.Replaced(line.Place);
        }
        return null;
    }

    // Whoever exchanges what the store lies in exchanges its name in the table as well, for a moment.
    private static bool IsInStore(MountLine line, string package, MountedTree tree) => Fits(line, MountRights.Read)
        && line.Parent == tree.Store!.Number && line.Place.EndsWith($"/{package}", StringComparison.Ordinal);

    // With /usr come what is mounted in it, and is read-only as that is.
    private static MountRights RightsIn(string place, MountedTree tree) => tree.Around(place)?.Rights ?? MountRights.Read;

    /// <summary>Whether nothing more can be done with what is mounted there.</summary>
    internal static bool Fits(MountLine line, MountRights rights) => line is { IsApart: true, IsWithoutSetUserId: true } && rights switch
    {
        MountRights.Read => line is { IsReadOnly: true, IsWithoutDevices: true },
        MountRights.Write => line.IsWithoutDevices,
        _ => true,
    };

    // Its name may lead elsewhere for a moment, where somebody exchanges what it lies in.
    private static bool LeadsTo(Mounted mounted)
    {
        foreach (int _ in Looks.While())
        {
            if (FileFacts.MountOf(mounted.Path) == mounted.Number) return true;
        }
        return false;
    }
}
