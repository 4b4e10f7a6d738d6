using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Sandpiper.Kernel.Files;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>
/// What has to be mounted inside, as the second stage is told it: in a file, for its argument list can be read by every user of the
/// machine.
/// </summary>
/// <param name="Shown">What was judged: which file or directory, where, and whether it may be written.</param>
/// <param name="Protected">Names in what may be written that may not be changed, besides those that are protected everywhere.</param>
/// <param name="Masked">Where nothing may answer.</param>
/// <param name="Packages">Which directory of the store the second stage shows where; all are among <paramref name="Shown"/>.</param>
/// <param name="OwnPlaces">Where the sandbox itself mounts something.</param>
/// <param name="HostsPlaces">What the host has mounted in what is shown: place inside and device.</param>
internal sealed record MountPlan(
    ImmutableArray<PlannedPath> Shown, ImmutableArray<string> Protected, ImmutableArray<string> Masked,
    ImmutableArray<(string Place, string InStore)> Packages, ImmutableArray<string> OwnPlaces,
    ImmutableArray<(string Place, string Device)> HostsPlaces)
{
    private const string Readable = "r", Writable = "w", Kept = "k", Copy = "c", Protect = "p", Grant = "g", Mask = "m", Package = "s",
        Own = "o", Hosts = "h", Replace = "x", Told = "t", Names = "n", Layer = "l", Start = "d";

    /// <summary>Names in what may be written that may be changed, although they would be protected.</summary>
    public ImmutableArray<string> Granted { get; init; } = [];

    /// <summary>In what is shown: files, and what is to be found there; those are among <see cref="Shown"/>.</summary>
    public ImmutableArray<(string Path, string By)> Replaced { get; init; } = [];

    /// <summary>Of what may be written: where the second stage puts what is written above what is there.</summary>
    public ImmutableArray<PlannedLayers> Layers { get; init; } = [];

    /// <summary>Where the program starts.</summary>
    public string WorkingDirectory { get; init; } = "/";

    /// <summary>Whoever waits outside is told of all that the program names.</summary>
    public bool TellsAll { get; init; }

    /// <summary>He is told of the names whose addresses it asks for.</summary>
    public bool TellsNames { get; init; }

    public static MountPlan Of(Confinement confinement)
    {
        ImmutableArray<ShownPath> shown =
        [
            .. confinement.Mounted, .. confinement.Replacements.Select(replaced => replaced.By),
            .. confinement.KeptHome is { } kept ? [kept] : Array.Empty<ShownPath>(),
            .. confinement.Nodes, .. confinement.Graphics.Hardware,
        ];
        ImmutableArray<string> own = [.. FileTree.OwnPlaces(confinement)];
        // Whatever is bound from the host brings along what is mounted below it there.
        IEnumerable<(string Real, string Path)> bound =
            [.. own.Where(place => place is not "/").Select(place => (place, place)), .. shown.Select(s => (s.Real, s.Path))];
        ImmutableArray<MountLine> host = MountTable.Read();
        return new(
            [.. shown.Select(s => new PlannedPath(s.Identity, s.Path, s.Access is not PathAccess.Read)
                {
                    IsOwn = s == confinement.KeptHome || s.Access is PathAccess.Device,
                    IsCopy = s.Access is PathAccess.Write && confinement.Copies.Contains(s.Path, StringComparer.Ordinal),
                })],
            confinement.Protected, confinement.Masked,
            [.. confinement.Packages?.Trees.Select(tree => (tree.Path, confinement.Packages.PlaceInStore(tree))) ?? []], own,
            [.. bound.SelectMany(b => host.Where(line => line.Place.Length > b.Real.Length && DirectoryTree.Holds(b.Real, line.Place))
                .Select(line => (b.Path + line.Place[b.Real.Length..], line.Device))).Distinct()])
        {
            Granted = confinement.Granted,
            WorkingDirectory = confinement.WorkingDirectory,
            TellsAll = confinement.TellsAll,
            TellsNames = confinement.TellsNames,
            Layers = [.. confinement.Layered.Select(layered => new PlannedLayers(
                layered.Path, layered.Lower.Identity, layered.Layer.Identity))],
            Replaced = [.. confinement.Replacements.Select(replaced => (replaced.Path, replaced.By.Path))],
        };
    }

    public byte[] ToBytes() => Arguments.ToBytes(
    [
        .. Shown.SelectMany(path => new[]
            { path.IsOwn ? Kept : path.IsCopy ? Copy : path.IsWritable ? Writable : Readable, path.Path, $"{path.Identity}" }),
        .. Protected.SelectMany(path => new[] { Protect, path, "" }),
        .. Granted.SelectMany(path => new[] { Grant, path, "" }),
        .. Replaced.SelectMany(replaced => new[] { Replace, replaced.Path, replaced.By }),
        .. Masked.SelectMany(path => new[] { Mask, path, "" }),
        .. Packages.SelectMany(package => new[] { Package, package.Place, package.InStore }),
        .. OwnPlaces.SelectMany(path => new[] { Own, path, "" }),
        .. HostsPlaces.SelectMany(place => new[] { Hosts, place.Place, place.Device }),
        .. Layers.SelectMany(layers => new[] { Layer, layers.Place, $"{layers.Lower} {layers.Layer}" }),
        Start, WorkingDirectory, "",
        .. TellsAll ? [Told, "/", ""] : Array.Empty<string>(),
        .. TellsNames ? [Names, "/", ""] : Array.Empty<string>(),
    ]);

    /// <returns>False when it is not whole: whoever reads it must not go on.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out MountPlan plan)
    {
        List<PlannedPath> shown = [];
        List<string> names = [], granted = [], masked = [], own = [];
        List<(string, string)> packages = [], hosts = [], replaced = [];
        List<PlannedLayers> layers = [];
        string start = "/";
        bool tellsAll = false, tellsNames = false;
        plan = new([], [], [], [], [], []);
        while (!bytes.IsEmpty)
        {
            if (!TryTake(ref bytes, out string kind) || !TryTake(ref bytes, out string path) || !path.StartsWith('/')) return false;
            if (!TryTake(ref bytes, out string rest)) return false;
            switch (kind)
            {
                case Readable or Writable or Kept or Copy when FileIdentity.TryParse(rest, out FileIdentity identity):
                    shown.Add(new(identity, path, kind is not Readable) { IsOwn = kind is Kept, IsCopy = kind is Copy });
                    break;
                case Protect: names.Add(path); break;
                case Grant: granted.Add(path); break;
                case Mask: masked.Add(path); break;
                case Package: packages.Add((path, rest)); break;
                case Replace: replaced.Add((path, rest)); break;
                case Own: own.Add(path); break;
                case Hosts: hosts.Add((path, rest)); break;
                case Layer when PlannedLayers.TryRead(path, rest, out PlannedLayers? layered): layers.Add(layered); break;
                case Start: start = path; break;
                case Told: tellsAll = true; break;
                case Names: tellsNames = true; break;
                default: return false;
            }
        }
        plan = new([.. shown], [.. names], [.. masked], [.. packages], [.. own], [.. hosts])
        {
            Granted = [.. granted],
            WorkingDirectory = start,
            TellsAll = tellsAll,
            TellsNames = tellsNames,
            Layers = [.. layers],
            Replaced = [.. replaced],
        };
        return true;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> bytes, out string text)
    {
        int end = bytes.IndexOf((byte)0);
        text = end < 0 ? "" : Encoding.UTF8.GetString(bytes[..end]);
        if (end >= 0) bytes = bytes[(end + 1)..];
        return end >= 0;
    }
}

/// <summary>One thing of the host's that is shown.</summary>
/// <param name="Identity">Which file or directory was judged.</param>
/// <param name="Path">Where it appears.</param>
/// <param name="IsWritable">Read-only otherwise.</param>
internal sealed record PlannedPath(FileIdentity Identity, string Path, bool IsWritable)
{
    /// <summary>The program's own home, or a device: no name in it is protected, for nobody else runs what lies there.</summary>
    public bool IsOwn { get; init; }

    /// <summary>A copy of what is there outside: no name in it is protected either.</summary>
    public bool IsCopy { get; init; }
}

/// <summary>One directory that is shown as two layers.</summary>
/// <param name="Place">Where; it is among what is shown.</param>
/// <param name="Lower">Which directory was judged.</param>
/// <param name="Layer">In which what is written lands.</param>
internal sealed record PlannedLayers(string Place, FileIdentity Lower, FileIdentity Layer)
{
    public static bool TryRead(string place, ReadOnlySpan<char> identities, [NotNullWhen(true)] out PlannedLayers? layers)
    {
        int space = identities.IndexOf(' ');
        bool isWhole = FileIdentity.TryParse(identities[..Math.Max(space, 0)], out FileIdentity lower)
            & FileIdentity.TryParse(identities[(space + 1)..], out FileIdentity layer);
        layers = isWhole ? new(place, lower, layer) : null;
        return isWhole;
    }
}
