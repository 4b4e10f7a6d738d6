using Sandpiper.Kernel;

namespace Sandpiper.Sandbox.Leftovers;

/// <summary>
/// A little of the disk that is kept for what has to be written when a program has ended: one that fills the disk could otherwise leave a
/// hook that is not kept aside, or have what it changed in a copy be lost.
/// </summary>
/// <remarks><c>held/room</c> in the data root, made before a program starts, and gone when it was needed.</remarks>
public sealed class SpareRoom
{
    internal const string Name = "room";

    private const int Bytes = 256 << 10;    // a hundred records of what is kept aside, or a review's

    private readonly string _file;

    /// <param name="root">The data root.</param>
    public SpareRoom(string root) => _file = Path.Join(HeldFiles.DirectoryIn(root), Name);

    /// <summary>Sees to it that it is there. Where the disk is full already there is none, or less.</summary>
    public void Keep()
    {
        try
        {
            if (new FileInfo(_file) is { Exists: true, Length: Bytes }) return;
            HeldFiles.MakeDirectory(Path.GetDirectoryName(_file)!);
            File.WriteAllBytes(_file, new byte[Bytes]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What cannot be kept aside for it is told.
        }
    }

    /// <summary>Does it, and once more in the room that is given up where the disk is full.</summary>
    /// <exception cref="IOException">It was full all the same, or something else is wrong.</exception>
    public T Within<T>(Func<T> write)
    {
        try
        {
            return write();
        }
        catch (IOException full) when (full.HResult is Errno.NoSpace or Errno.OverQuota && TryGiveUp())
        {
            return write();
        }
    }

    private bool TryGiveUp()
    {
        try
        {
            if (!File.Exists(_file)) return false;
            File.Delete(_file);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
