using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>
/// This very program, which is the second stage of every sandbox. Held open from the start: it may lie in root's home, where the user that
/// root becomes has no way, or be gone from its place when its next version is put there.
/// </summary>
public sealed class OwnProgram : IDisposable
{
    private const string Running = "/proc/self/exe";

    private readonly SafeFileHandle _content;
    private readonly FileIdentity _identity;

    private OwnProgram(string path, SafeFileHandle content, FileIdentity identity) =>
        (Path, _content, _identity) = (path, content, identity);

    /// <summary>Where it lay when it was started.</summary>
    public string Path { get; }

    /// <summary>To be called with the rights that we were started with, before root's are given up.</summary>
    /// <exception cref="KernelException">The kernel does not say which program this is (/proc is not mounted).</exception>
    public static OwnProgram Held() => Held(Running, new FileInfo(Running).LinkTarget ?? Running);

    internal static OwnProgram Held(string program, string path)
    {
        SafeFileHandle content = RawFile.Open(program, RawFile.ReadOnly, out int errno);
        // A program may be executable and not readable; then it can be shown at its place alone.
        return FileFacts.IdentityOf(program) is { } identity
            ? new OwnProgram(path, content, identity) : throw new KernelException($"open({program})", errno);
    }

    /// <summary>Null when it can be shown inside from its place; else what a copy of it is made from there.</summary>
    /// <exception cref="SandboxUnavailableException">Neither: and there is no sandbox without something inside that compares.</exception>
    internal SafeFileHandle? ToCopy()
    {
        if (ProgramFile.MayRun(Path) && FileFacts.IdentityOf(Path) == _identity) return null;
        if (_content.IsInvalid) throw new SandboxUnavailableException(SandboxObstacle.OwnProgramClosed, Path);
        Descriptor.MoveTo(_content, 0); // bubblewrap reads on from where the last one stopped
        return _content;
    }

    public void Dispose() => _content.Dispose();
}
