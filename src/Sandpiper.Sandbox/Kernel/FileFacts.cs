using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Sandbox.Kernel;

/// <summary>Whose a file is, which the base library does not tell.</summary>
/// <param name="UserId">Owner.</param>
/// <param name="Mode">Permission bits.</param>
internal readonly partial record struct FileFacts(uint UserId, UnixFileMode Mode)
{
    /// <returns>Null when there is none (links are followed).</returns>
    public static unsafe FileFacts? Of(string path)
    {
        Statx facts = default;
        return Call(CurrentDirectory, path, 0, OwnerAndMode, &facts) == 0 ? From(facts) : null;
    }

    /// <exception cref="SandboxException">Never, for an open file of an ordinary file system.</exception>
    public static unsafe FileFacts Of(SafeFileHandle file)
    {
        Statx facts = default;
        return Call((int)file.DangerousGetHandle(), "", EmptyPath, OwnerAndMode, &facts) == 0
            ? From(facts)
            : throw new SandboxException("statx", Marshal.GetLastPInvokeError());
    }

    private static FileFacts From(Statx facts) => new(facts.UserId, (UnixFileMode)(facts.Mode & 0xfff));

    private const int CurrentDirectory = -100;  // AT_FDCWD, AT_EMPTY_PATH: linux/fcntl.h
    private const int EmptyPath = 0x1000;
    private const uint OwnerAndMode = 0x2 | 0x8; // STATX_MODE | STATX_UID, linux/stat.h

    /// <summary>The head of <c>struct statx</c>; the same on every architecture, unlike <c>struct stat</c>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct Statx
    {
        [FieldOffset(20)]
        public uint UserId;

        [FieldOffset(28)]
        public ushort Mode;
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Call(int directory, string path, int flags, uint mask, Statx* facts);
}
