using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>
/// The second stage, as one sandbox gets it: open already, so that bubblewrap can be started, and not to be run before it is whole.
/// </summary>
internal sealed class HandedSecondStage : IDisposable
{
    private const int PieceBytes = 32 << 10;

    private readonly bool _isKept;
    private readonly HeldProgram _held;

    /// <param name="file">Its descriptor; it is ours to close.</param>
    /// <param name="isKept">A file that is believed only when it is the same; otherwise it is in memory, and empty.</param>
    /// <param name="mustBeCopied">It has to be a file inside: what bubblewrap starts must have a name there.</param>
    /// <param name="held">What the command holds.</param>
    public HandedSecondStage(SafeFileHandle file, bool isKept, bool mustBeCopied, HeldProgram held) =>
        (File, _isKept, MustBeCopied, _held) = (file, isKept, mustBeCopied, held);

    public SafeFileHandle File { get; }

    public bool MustBeCopied { get; }

    /// <summary>It is a file, which somebody may be about to write, and not in memory.</summary>
    public bool IsKept => _isKept;

    /// <summary>Makes it whole, or finds that it is.</summary>
    /// <returns>False: it is another one, and must not be run.</returns>
    /// <exception cref="SandboxUnavailableException">There is none.</exception>
    /// <exception cref="KernelException">There is no memory for it.</exception>
    public bool TryComplete()
    {
        ReadOnlySpan<byte> held = _held();
        if (held.IsEmpty) throw new SandboxUnavailableException(SandboxObstacle.NoSecondStage);
        // By every byte, and nobody changes one while somebody has it open, here or in the sandbox: it runs with this whole machine in
        // its hands, and a directory on the way there may be one that a program was granted, through a link, or while the data lay
        // elsewhere.
        if (_isKept) return Descriptor.TryKeepWritersOut(File) && IsSame(File, held);
        MemoryFile.Fill(File, held);
        return true;
    }

    public void Dispose() => File.Dispose();

    // Its position stays where it is: bubblewrap may copy it.
    internal static bool IsSame(SafeFileHandle file, ReadOnlySpan<byte> held)
    {
        if (FileStatus.Of(file).Size != held.Length) return false;
        Span<byte> its = new byte[PieceBytes];
        try
        {
            for (int at = 0; at < held.Length;)
            {
                int got = Descriptor.ReadAt(file, its[..Math.Min(PieceBytes, held.Length - at)], at);
                if (got == 0 || !its[..got].SequenceEqual(held.Slice(at, got))) return false;
                at += got;
            }
            return true;
        }
        catch (KernelException)
        {
            return false; // a part of the disk cannot be read any more
        }
    }
}
