using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>What somebody distrusted has named.</summary>
public enum QuietAnswer
{
    /// <summary>Nothing, or not for us.</summary>
    NotThere,

    /// <summary>Something.</summary>
    There,

    /// <summary>It lies where a look asks somebody else, or has something mounted: nobody looked.</summary>
    NotLooked,
}

/// <summary>
/// Finds out whether a path leads to something, where somebody distrusted chose the path: nothing is opened but as a place, nothing is
/// mounted for it, no server is asked. Step by step and by handles, links too, so that no step leads elsewhere than was looked at.
/// </summary>
public sealed class QuietLook : IDisposable
{
    private const int MostLinks = 40;   // path_resolution(7)

    // Where a name that is asked for goes to a server or to a program, which may answer late or never, or learns what was asked.
    private static readonly FrozenSet<string> _remote = FrozenSet.ToFrozenSet(
        ["autofs", "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "afs", "coda", "lustre", "gpfs", "orangefs", "beegfs", "fuse"],
        StringComparer.Ordinal);

    private readonly SafeFileHandle _root = RawFile.Open("/", RawFile.AsPlace | RawFile.OnlyDirectories, out _);
    private readonly FrozenSet<string> _closed;

    /// <param name="home">What is on the way to it is in use anyway.</param>
    /// <exception cref="IOException">What is mounted cannot be read.</exception>
    public QuietLook(string home) : this(MountTable.Read(), home) { }

    internal QuietLook(IEnumerable<MountLine> mounts, string home) =>
        _closed = FrozenSet.ToFrozenSet(
            mounts.Where(line => _remote.Contains(line.Kind) || line.Kind.StartsWith("fuse.", StringComparison.Ordinal))
                .Select(line => line.Place)
                .Where(place => !$"{home}/".StartsWith($"{place.TrimEnd('/')}/", StringComparison.Ordinal)),
            StringComparer.Ordinal);

    /// <param name="path">Absolute.</param>
    /// <param name="real">Where it really lies, as far as that was looked at.</param>
    /// <param name="mayRead">We may read it ourselves.</param>
    public QuietAnswer At(string path, out string real, out bool mayRead)
    {
        List<(string Path, SafeFileHandle Handle)> way = [("", _root)];
        var rest = new Stack<string>(path.Split('/').Reverse());
        (real, mayRead) = ("/", false);
        try
        {
            for (int links = 0; rest.TryPop(out string? name);)
            {
                if (name is "" or ".") continue;
                if (name is "..")
                {
                    if (way.Count > 1) Back(way);
                    continue;
                }
                string next = $"{way[^1].Path}/{name}";
                real = next;
                if (_closed.Contains(next)) return QuietAnswer.NotLooked;
                SafeFileHandle directory = way[^1].Handle;
                SafeFileHandle place = PlaceBelow.Open(directory, name);
                if (place.IsInvalid) return QuietAnswer.NotThere;
                if (FileFacts.KindOf(place) is not FileType.SymbolicLink)
                {
                    way.Add((next, place));
                    continue;
                }
                place.Dispose();
                if (++links > MostLinks || NameInDirectory.TargetOf(directory, Encoding.UTF8.GetBytes(name)) is not { } bytes)
                    return QuietAnswer.NotThere;
                string target = Encoding.UTF8.GetString(bytes);
                while (target.StartsWith('/') && way.Count > 1) Back(way);
                foreach (string part in target.Split('/').Reverse()) rest.Push(part);
            }
            real = way.Count == 1 ? "/" : way[^1].Path;
            mayRead = ProgramFile.MayRead(
                string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{way[^1].Handle.DangerousGetHandle()}"));
            return QuietAnswer.There;
        }
        catch (KernelException)
        {
            return QuietAnswer.NotThere;
        }
        finally
        {
            while (way.Count > 1) Back(way);
        }
    }

    public void Dispose() => _root.Dispose();

    private static void Back(List<(string Path, SafeFileHandle Handle)> way)
    {
        way[^1].Handle.Dispose();
        way.RemoveAt(way.Count - 1);
    }
}
