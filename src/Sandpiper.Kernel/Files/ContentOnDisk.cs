using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>
/// New content on its way to the disk, without the flush of everything that syncfs(2) is: sync_file_range(2). With a file system that keeps
/// the order of changes of names, a name that is moved after its content has arrived leads after a power failure to that content, or is not
/// moved; nobody has to wait for which.
/// </summary>
/// <remarks>
/// sync_file_range promises nothing of the size or the place of a file. In ext4 and XFS both are part of what completes the writing, before
/// the page is no longer under way, and so stand in the journal before whatever is done later.
/// </remarks>
public static partial class ContentOnDisk
{
    private const uint WaitBefore = 1, Write = 2, WaitAfter = 4;    // SYNC_FILE_RANGE_*, linux/fs.h
    private const uint Ext4 = 0xef53, Xfs = 0x58465342;             // linux/magic.h
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    /// <summary>What is done to names below is on the disk in the order in which it was done.</summary>
    public static bool KeepsOrder(string path) => FileSystem.KindOf(path) is Ext4 or Xfs;

    /// <summary>Begins; does not wait. Nothing is told: whoever awaits it hears of it.</summary>
    public static void Start(SafeFileHandle file) => _ = SynchronizeRange(file, 0, 0, Write);

    /// <exception cref="KernelException">It cannot be written.</exception>
    public static void Await(SafeFileHandle file, string path) =>
        KernelException.ThrowIfFailed(SynchronizeRange(file, 0, 0, WaitBefore | Write | WaitAfter), "sync_file_range", path);

    /// <inheritdoc cref="Await(SafeFileHandle, string)"/>
    public static void Await(string path)
    {
        using var file = RegularFile.TryOpen(path) ?? throw new FileNotFoundException(message: null, path);
        Await(file, path);
    }

    /// <summary>
    /// After how long the kernel has written what it was given, nobody having asked; null where it does not by itself.
    /// </summary>
    public static TimeSpan? ByItself()
    {
        long expire = Centiseconds("dirty_expire_centisecs"), wake = Centiseconds("dirty_writeback_centisecs");
        return wake <= 0 || expire < 0 ? null : TimeSpan.FromMilliseconds(10 * (expire + 2 * wake)) + Margin;
    }

    private static long Centiseconds(string name) =>
        File.Exists($"/proc/sys/vm/{name}") && long.TryParse(
            File.ReadAllText($"/proc/sys/vm/{name}"), NumberStyles.Integer, CultureInfo.InvariantCulture, out long value)
        && value <= int.MaxValue ? value : -1;

    [LibraryImport("libc", EntryPoint = "sync_file_range", SetLastError = true)]
    private static partial int SynchronizeRange(SafeFileHandle file, long offset, long bytes, uint flags);
}
