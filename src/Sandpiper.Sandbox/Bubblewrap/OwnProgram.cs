using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>
/// This very program. Held open from the start: it may lie in root's home, where the user that root becomes has no way, or be gone from its
/// place when its next version is put there.
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

    /// <summary>Where a confined program can start it: its place, which has to be shown then, or a copy.</summary>
    /// <param name="directory">What is shown.</param>
    /// <returns>A path.</returns>
    /// <exception cref="SandboxUnavailableException">It may be executable and not readable, and its place holds another by now.</exception>
    /// <exception cref="IOException">It cannot be written there.</exception>
    internal string StartedFrom(string directory)
    {
        if (ProgramFile.MayRun(Path) && FileFacts.IdentityOf(Path) == _identity) return Path;
        if (_content.IsInvalid) throw new SandboxUnavailableException(SandboxObstacle.OwnProgramClosed, Path);
        string copy = System.IO.Path.Join(directory, "program");
        using var from = new FileStream(new(_content.DangerousGetHandle(), ownsHandle: false), FileAccess.Read, bufferSize: 0);
        using var to = new FileStream(copy, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserExecute,
        });
        from.Position = 0;
        from.CopyTo(to);
        return copy;
    }

    public void Dispose() => _content.Dispose();
}
