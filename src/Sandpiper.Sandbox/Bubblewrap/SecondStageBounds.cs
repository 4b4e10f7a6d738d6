using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Sandpiper.Kernel.Files;
using Sandpiper.Sandbox.Profiles;
using Sandpiper.Sandbox.Seccomp;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>
/// What the second stage is held to when all is in its place: told after the <see cref="SecondStagePlan"/>, and found out while it mounts.
/// Without it nothing runs.
/// </summary>
/// <param name="HostsPlaces">What is mounted outside in what is shown and comes along: where inside, and its device.</param>
/// <param name="Filter">Which calls the program may make, for the kernel.</param>
/// <param name="FilterThatTellsWrites">The same where a program can fail to write: whoever waits outside is told of it.</param>
internal sealed record SecondStageBounds(
    ImmutableArray<(string Place, string Device)> HostsPlaces, ImmutableArray<byte> Filter, ImmutableArray<byte> FilterThatTellsWrites)
{
    /// <param name="mounts">As they are planned.</param>
    public static SecondStageBounds Of(Confinement confinement, ImmutableArray<Mount> mounts)
    {
        // Whatever is bound from the host brings along what is mounted below it there.
        (string Real, string Path)[] bound =
        [
            .. FileTree.MadeBefore.Where(place => place is not "/").Select(place => (place, place)),
            .. mounts.Select(mount => mount switch
            {
                Mount.Shown shown => (shown.Judged.Real, shown.Path),
                Mount.OfTheSystem named => (named.Real, named.Path),
                _ => (null!, mount.Path),
            }).Where(place => place.Item1 is not null),
        ];
        ImmutableArray<MountLine> host = MountTable.Read();
        return new([.. bound.SelectMany(b => host
            .Where(line => line.Place.Length > b.Real.Length && DirectoryTree.Holds(b.Real, line.Place))
            .Select(line => (b.Path + line.Place[b.Real.Length..], line.Device))).Distinct()],
            Calls(tellsWrites: false), Calls(tellsWrites: true));

        ImmutableArray<byte> Calls(bool tellsWrites) => ImmutableCollectionsMarshal.AsImmutableArray(
            SystemCallFilter.ForThisMachine(tellsWrites, confinement.TellsAll, confinement.TellsNames));
    }

    public byte[] ToBytes()
    {
        var writer = new PlanWriter();
        writer.Write(Filter.AsSpan());
        writer.Write(FilterThatTellsWrites.AsSpan());
        writer.Write(HostsPlaces.Length);
        foreach (var (place, device) in HostsPlaces)
        {
            writer.Write(place);
            writer.Write(device);
        }
        return writer.ToBytes();
    }

    /// <returns>Null when it is not whole: whoever reads it must not go on.</returns>
    public static SecondStageBounds? TryRead(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new PlanReader(bytes);
            ImmutableArray<byte> filter = [.. reader.ReadContent()], tells = [.. reader.ReadContent()];
            List<(string, string)> places = [];
            for (long left = reader.ReadNumber(); left != 0; left--) places.Add((reader.ReadPath(), reader.ReadText()));
            return reader.IsAtEnd ? new([.. places], filter, tells) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
