using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>What is mounted inside, compared with the plan as the kernel tells it, when nobody can change it any more.</summary>
internal static class MountCheck
{
    /// <returns>Null when everything is as planned, and nothing is there besides.</returns>
    public static SecondStageFailure? Difference(SecondStagePlan plan, MountedTree tree)
    {
        ImmutableArray<MountLine> mounts = MountTable.Read();
        Dictionary<ulong, MountLine> byNumber = mounts.ToDictionary(line => line.Id);
        foreach (Mounted mounted in tree.All)
        {
            if (!byNumber.TryGetValue(mounted.Number, out MountLine? line) || line.IsReadOnly == mounted.IsWritable)
                return SecondStageFailure.Replaced(mounted.Path);
        }
        // Of two at one place the later is seen.
        foreach (Mounted seen in tree.All.Reverse().DistinctBy(mounted => mounted.Path, StringComparer.Ordinal))
        {
            if (!LeadsTo(seen)) return SecondStageFailure.Replaced(seen.Path);
        }
        HashSet<(string, string)> hosts = [.. plan.HostsPlaces];
        HashSet<string> before = new(plan.MadeBefore, StringComparer.Ordinal);
        foreach (MountLine line in mounts)
        {
            if (tree.Made(line.Id) || hosts.Contains((line.Place, line.Device))) continue;
            // Two at one place: the later hides what was there before.
            if (!before.Remove(line.Place)) return SecondStageFailure.Replaced(line.Place);
        }
        return null;
    }

    // Its name may lead elsewhere for a moment, where somebody exchanges what it lies in.
    private static bool LeadsTo(Mounted mounted)
    {
        foreach (int _ in Looks.While())
        {
            using SafeFileHandle place = RawFile.Open(mounted.Path, RawFile.AsPlace | RawFile.NoFollow, out int errno);
            if (errno == 0 && FileFacts.MountOf(place) == mounted.Number) return true;
        }
        return false;
    }
}
