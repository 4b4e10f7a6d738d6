using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Sandbox.Kernel;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>
/// This very program, which is the second stage of every sandbox. Held open from the start: it may lie in root's home, where the user that
/// root becomes has no way, or be gone from its place when its next version is put there.
/// </summary>
public sealed partial class OwnProgram : IDisposable
{
    private const string Running = "/proc/self/exe";

    private readonly SafeFileHandle _content;
    private readonly FileIdentity _identity;

    private OwnProgram(string path, SafeFileHandle content, FileIdentity identity) => (Path, _content, _identity) = (path, content, identity);

    /// <summary>Where it lay when it was started.</summary>
    public string Path { get; }

    /// <summary>To be called with the rights that we were started with, before root's are given up.</summary>
    /// <exception cref="SandboxException">The kernel does not say which program this is (/proc is not mounted).</exception>
    public static OwnProgram Held() => Held(Running, new FileInfo(Running).LinkTarget ?? Running);

    internal static OwnProgram Held(string program, string path)
    {
        SafeFileHandle content = Open(program, CloseOnExec);
        int errno = Marshal.GetLastPInvokeError();
        // A program may be executable and not readable; then it can be shown at its place alone.
        return FileFacts.IdentityOf(program) is { } identity ? new OwnProgram(path, content, identity) : throw new SandboxException($"open({program})", errno);
    }

    /// <summary>Null when it can be shown inside from its place; else what a copy of it is made from there.</summary>
    /// <exception cref="SandboxUnavailableException">Neither: and there is no sandbox without something inside that compares.</exception>
    internal SafeFileHandle? ToCopy()
    {
        if (MayAccess(Path, Execute) == 0 && FileFacts.IdentityOf(Path) == _identity) return null;
        if (_content.IsInvalid) throw new SandboxUnavailableException(SandboxObstacle.OwnProgramClosed, Path);
        RawFile.MoveTo(_content, 0); // bubblewrap reads on from where the last one stopped
        return _content;
    }

    public void Dispose() => _content.Dispose();

    private const int Execute = 1; // X_OK, O_CLOEXEC: unistd.h, asm-generic/fcntl.h
    private const int CloseOnExec = 0x80000;

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MayAccess(string path, int mode);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);
}
