using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;
using Sandpiper.Kernel.Processes;
using Sandpiper.Kernel.Users;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>
/// The program that is the second stage of every sandbox: a small one of its own, which needs nothing around it. The command holds it, and
/// each sandbox gets it by descriptor; kept as a file, for to write it to memory takes as long as to run it.
/// </summary>
/// <param name="content">Opens what the command holds.</param>
/// <param name="keptAt">Where the file is, or is to be; null: it is not kept.</param>
public sealed class SecondStageImage(Func<Stream> content, string? keptAt)
{
    private const string AppArmor = "/proc/sys/kernel/apparmor_restrict_unprivileged_userns";

    /// <summary>
    /// In them lies the note by which a linker tells one build from another (<c>.note.gnu.build-id</c>): with the size they say which file
    /// that is.
    /// </summary>
    internal const int HeadBytes = 4096;

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
    /// <returns>Null where it is not there, or is another one at first sight: then it is never started, but made anew.</returns>
    public bool? IsAsHeld()
    {
        using Stream held = content();
        using SafeFileHandle? kept = Kept(held);
        return kept is null ? null : Whole(held).AsSpan().SequenceEqual(Descriptor.ReadToEnd(kept));
    }

    /// <summary>What is there is not believed any more, and made anew when it is needed.</summary>
    /// <exception cref="KernelException">It cannot be removed.</exception>
    public void Forget()
    {
        if (keptAt is not null) File.Delete(keptAt);
        _isKept = false;
    }

    // As it was made, by size and head: who may change what lies in between could as well change the command.
    private SafeFileHandle? Kept(Stream held)
    {
        if (keptAt is null) return null;
        SafeFileHandle file = RawFile.Open(keptAt, RawFile.ReadOnly | RawFile.NoFollow | RawFile.NonBlocking, out int errno);
        if (errno == 0)
        {
            FileStatus status = FileStatus.Of(file);
            Span<byte> mine = stackalloc byte[HeadBytes], its = stackalloc byte[HeadBytes];
            held.Position = 0;
            mine = mine[..held.ReadAtLeast(mine, HeadBytes, throwOnEndOfStream: false)];
            held.Position = 0;
            if (KeptProgram.IsOne(status, UserIds.Real) && status.Size == held.Length && FileSystem.StartsPrograms(file)
                && its[..Descriptor.ReadAt(file, its, 0)].SequenceEqual(mine)) return file;
        }
        file.Dispose();
        return null;
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
