using System.Text;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>This machine's whole file tree, as the second stage sees it until everything has its place.</summary>
/// <remarks>
/// Bubblewrap takes names, and whoever may write above a name can put a link there at any moment. From here each thing is opened, compared
/// with what was judged, and mounted by handle.
/// </remarks>
internal sealed class HostTree : IDisposable
{
    /// <summary>In the root, where nothing that a user may grant can be in the way.</summary>
    public const string Inside = "/.host";

    private readonly SafeFileHandle _root;

    private HostTree(SafeFileHandle root) => _root = root;

    /// <exception cref="KernelException">It is not there.</exception>
    public static HostTree Open()
    {
        SafeFileHandle root = RawFile.Open(Inside, RawFile.AsPlace | RawFile.OnlyDirectories | RawFile.NoFollow, out int errno);
        return errno == 0 ? new(root) : throw new KernelException("open", errno, Inside);
    }

    /// <summary>The very file or directory that was judged: whoever exchanges it with another meanwhile is waited for.</summary>
    /// <returns>Null when it is there no more.</returns>
    public SafeFileHandle? Judged(JudgedPath judged)
    {
        byte[] relative = Encoding.UTF8.GetBytes(judged.Real[1..]);
        foreach (int _ in Looks.While())
        {
            SafeFileHandle place = PlaceBelow.Open(_root, relative);
            if (!place.IsInvalid && FileFacts.IdentityOf(place) == judged.Identity) return place;
            place.Dispose();
        }
        return null;
    }

    /// <summary>What only root can exchange; its links are followed.</summary>
    public SafeFileHandle OfTheSystem(string path, out int errno) =>
        PlaceBelow.OpenInRoot(_root, Encoding.UTF8.GetBytes(path), out errno);

    /// <summary>Nothing leads there any more.</summary>
    /// <exception cref="KernelException">The kernel does not.</exception>
    public void TakeAway()
    {
        _root.Dispose();
        Unmounting.Detach(Inside);
    }

    public void Dispose() => _root.Dispose();
}
