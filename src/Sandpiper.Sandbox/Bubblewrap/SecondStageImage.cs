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
/// <param name="held">What the command holds.</param>
/// <param name="keptAt">
/// Where the file is, or is to be: in a directory where each version has its own, named by its SHA-256, so that those which are used in
/// turn do not take each other's place. Nothing is believed of it by that name. Null: it is not kept.
/// </param>
public sealed class SecondStageImage(HeldProgram held, string? keptAt)
{
    private const string AppArmor = "/proc/sys/kernel/apparmor_restrict_unprivileged_userns";
    private bool _isKept;

    /// <summary>Opened to be handed to a sandbox, and not whole yet.</summary>
    /// <param name="fromMemory">Whatever file there is.</param>
    /// <exception cref="SandboxUnavailableException">There is none, or files may not be as large.</exception>
    /// <exception cref="KernelException">There is no memory for it, or no descriptor.</exception>
    internal HandedSecondStage Open(bool fromMemory = false)
    {
        // There AppArmor lets bubblewrap start what its profile names: by path.
        bool mustBeCopied = IsRestrictive();
        SafeFileHandle? file = fromMemory ? null : AtFirstSight();
        _isKept = file is not null;
        if (file is null || mustBeCopied) MustFit();
        if (file is not null) return new(file, isKept: true, mustBeCopied, held);
        file = MemoryFile.TryProgram("second-stage");
        return file is not null
            ? new(file, isKept: false, mustBeCopied, held)
            : new(MemoryFile.Empty("second-stage"), isKept: false, mustBeCopied: true, held);
    }

    /// <summary>Once it was handed on from memory: as a file, for the next time. Where that cannot be, it is so again.</summary>
    public void Keep()
    {
        if (_isKept || keptAt is null) return;
        ReadOnlySpan<byte> program = held();
        _isKept = !program.IsEmpty && SecondStageFiles.TryAdd(keptAt, program);
    }

    /// <summary>Whether the file is the one that the command holds, in every byte.</summary>
    /// <returns>Null where it is not there, or is another one at first sight: of another build, perhaps.</returns>
    public bool? IsAsHeld()
    {
        if (keptAt is null) return null;
        if (SecondStageFiles.Hindrance(keptAt) is not null) return false;
        try
        {
            using SafeFileHandle? kept = AtFirstSight();
            ReadOnlySpan<byte> program = held();
            return kept is null || FileStatus.Of(kept).Size != program.Length ? null : HandedSecondStage.IsSame(kept, program);
        }
        catch (KernelException)
        {
            // A part of the disk cannot be read any more.
            return false;
        }
    }

    /// <summary>What is there is made anew when it is needed.</summary>
    /// <exception cref="KernelException">It cannot be removed.</exception>
    public void Forget()
    {
        if (keptAt is not null)
        {
            string gone = SecondStageFiles.Hindrance(keptAt) ?? keptAt;
            using SafeFileHandle directory =
                RawFile.Open(Path.GetDirectoryName(gone)!, RawFile.ReadOnly | RawFile.OnlyDirectories, out int errno);
            // The tree of a directory as well, of which no link is followed.
            if (errno == 0) errno = TreeRemoval.Remove(directory, NativeText.Bytes(Path.GetFileName(gone)));
            if (errno is not (0 or Errno.NoSuchFile)) throw new KernelException("unlinkat", errno, gone);
        }
        _isKept = false;
    }

    private SafeFileHandle? AtFirstSight()
    {
        if (keptAt is null) return null;
        SafeFileHandle file = RawFile.Open(keptAt, RawFile.ReadOnly | RawFile.NoFollow | RawFile.NonBlocking, out int errno);
        if (errno == 0 && KeptProgram.IsOne(FileStatus.Of(file), UserIds.Real) && FileSystem.StartsPrograms(file)) return file;
        file.Dispose();
        return null;
    }

    private void MustFit()
    {
        ReadOnlySpan<byte> program = held();
        if (program.IsEmpty) throw new SandboxUnavailableException(SandboxObstacle.NoSecondStage);
        ulong most = ResourceLimit.Of(ResourceLimit.FileBytes);
        if (most < (ulong)program.Length) throw new SandboxUnavailableException(SandboxObstacle.FilesTooSmall, $"{most:N0}");
    }

    private static bool IsRestrictive()
    {
        using SafeFileHandle file = RawFile.Open(AppArmor, RawFile.ReadOnly, out int errno);
        Span<byte> said = stackalloc byte[1];
        return errno == 0 && Descriptor.Read(file, said) == 1 && said[0] != (byte)'0';
    }
}
