using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;
using Sandpiper.Kernel.Processes;
using Sandpiper.Kernel.Users;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>
/// The program that is the second stage of every sandbox: a small one of its own, which needs nothing around it. The command holds it, and
/// each sandbox gets it by descriptor; kept as a file, for to compare that takes a seventh of the time in which it is written to memory.
/// </summary>
/// <param name="content">Opens what the command holds.</param>
/// <param name="keptAt">Where the file is, or is to be; null: it is not kept.</param>
public sealed class SecondStageImage(Func<Stream> content, string? keptAt)
{
    private const string AppArmor = "/proc/sys/kernel/apparmor_restrict_unprivileged_userns";
    private const int PieceBytes = 32 << 10;
    private bool _isKept;

    /// <summary>Opened to be handed to a sandbox.</summary>
    /// <param name="mustBeCopied">It has to be a file inside: what bubblewrap starts must have a name there.</param>
    /// <exception cref="SandboxUnavailableException">There is none, or files may not be as large.</exception>
    /// <exception cref="KernelException">There is no memory for it, or no descriptor.</exception>
    internal SafeFileHandle Open(out bool mustBeCopied)
    {
        using Stream held = content();
        if (held.Length == 0) throw new SandboxUnavailableException(SandboxObstacle.NoSecondStage);
        // There AppArmor lets bubblewrap start what its profile names: by path.
        mustBeCopied = IsRestrictive();
        SafeFileHandle? image = Kept(held);
        _isKept = image is not null;
        if (image is null || mustBeCopied)
        {
            ulong most = ResourceLimit.Of(ResourceLimit.FileBytes);
            if (most < (ulong)held.Length) throw new SandboxUnavailableException(SandboxObstacle.FilesTooSmall, $"{most:N0}");
        }
        if (image is not null) return image;
        byte[] whole = Whole(held);
        image = MemoryFile.TryProgram("second-stage", whole);
        if (image is not null) return image;
        mustBeCopied = true;
        return MemoryFile.With("second-stage", whole);
    }

    /// <summary>Once it was handed on from memory: as a file, for the next time. Where that cannot be, it is so again.</summary>
    public void Keep()
    {
        if (_isKept || keptAt is null) return;
        using Stream held = content();
        _isKept = held.Length > 0 && KeptProgram.TryMake(keptAt, held);
    }

    /// <summary>Whether the file is the one that the command holds, in every byte.</summary>
    /// <returns>Null where it is not there, or is another one at first sight: of another build, perhaps.</returns>
    public bool? IsAsHeld()
    {
        using Stream held = content();
        // Nothing is ever put in its place.
        if (keptAt is not null && FileStatus.TryRead(keptAt, out FileStatus there) && there.Type is FileType.Directory) return false;
        using SafeFileHandle? kept = AtFirstSight(held);
        return kept is null ? null : IsSame(kept, held);
    }

    /// <summary>What is there is made anew when it is needed.</summary>
    /// <exception cref="KernelException">It cannot be removed.</exception>
    public void Forget()
    {
        if (keptAt is not null)
        {
            using SafeFileHandle directory =
                RawFile.Open(Path.GetDirectoryName(keptAt)!, RawFile.ReadOnly | RawFile.OnlyDirectories, out int errno);
            // The tree of a directory as well, of which no link is followed.
            if (errno == 0) errno = TreeRemoval.Remove(directory, NativeText.Bytes(Path.GetFileName(keptAt)));
            if (errno is not (0 or Errno.NoSuchFile)) throw new KernelException("unlinkat", errno, keptAt);
        }
        _isKept = false;
    }

    // By every byte, and nobody changes one while somebody has it open, here or in the sandbox: it runs with this whole machine in its
    // hands, and a directory on the way there may be one that a program was granted, through a link, or while the data lay elsewhere.
    private SafeFileHandle? Kept(Stream held)
    {
        SafeFileHandle? file = AtFirstSight(held);
        if (file is null || (Descriptor.TryKeepWritersOut(file) && IsSame(file, held))) return file;
        file.Dispose();
        return null;
    }

    private SafeFileHandle? AtFirstSight(Stream held)
    {
        if (keptAt is null) return null;
        SafeFileHandle file = RawFile.Open(keptAt, RawFile.ReadOnly | RawFile.NoFollow | RawFile.NonBlocking, out int errno);
        if (errno == 0)
        {
            FileStatus status = FileStatus.Of(file);
            if (KeptProgram.IsOne(status, UserIds.Real) && status.Size == held.Length && FileSystem.StartsPrograms(file)) return file;
        }
        file.Dispose();
        return null;
    }

    // Its position stays where it is: bubblewrap may copy it.
    private static bool IsSame(SafeFileHandle file, Stream held)
    {
        byte[] mine = new byte[PieceBytes], its = new byte[PieceBytes];
        held.Position = 0;
        long at = 0;
        while (held.Read(mine) is > 0 and var got)
        {
            Span<byte> piece = its.AsSpan(0, got);
            for (int read = 0; read < got;)
            {
                int more = Descriptor.ReadAt(file, piece[read..], at + read);
                if (more == 0) return false;
                read += more;
            }
            if (!piece.SequenceEqual(mine.AsSpan(0, got))) return false;
            at += got;
        }
        return true;
    }

    private static byte[] Whole(Stream held)
    {
        byte[] whole = new byte[held.Length];
        held.Position = 0;
        held.ReadExactly(whole);
        return whole;
    }

    private static bool IsRestrictive()
    {
        using SafeFileHandle file = RawFile.Open(AppArmor, RawFile.ReadOnly, out int errno);
        Span<byte> said = stackalloc byte[1];
        return errno == 0 && Descriptor.Read(file, said) == 1 && said[0] != (byte)'0';
    }
}
