using System.Text;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Auditing.ByteCode;
using Sandpiper.Auditing.Findings;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Auditing.Looking;

/// <summary>Whether byte code is of its source, as far as its header says. The code itself is never read.</summary>
internal static class ByteCodeFiles
{
    private const int MostSource = 64 << 20;

    /// <param name="find">What lies at a path of the site; null: nothing.</param>
    /// <param name="isVouchedFor">RECORD has its hash, and it has that.</param>
    public static AuditFinding? Of(ForeignTree tree, string site, SeenFile file, Func<string, SeenFile?> find, bool isVouchedFor)
    {
        string full = $"{site}/{file.Path}";
        bool isImportable = CachedModule.IsImportable(file.Path);
        SeenFile? source = CachedModule.SourceOf(file.Path) is { } path ? find(path) : null;
        if (source is null)
        {
            // In __pycache__ it is never imported without its source (PEP 3147), but it is read by whoever looks for code.
            Gravity gravity = isImportable && !isVouchedFor ? Gravity.Alarm : Gravity.Note;
            return Finding(AuditKind.ByteCodeWithoutSource, gravity);
        }
        if (isVouchedFor) return null;
        if (file.Status.UserId != source.Status.UserId && file.Status.UserId != 0)
            return Finding(AuditKind.ByteCodeOfAnother, Gravity.Alarm);
        // Beside a source of its name it is not imported: the source comes first.
        if (isImportable) return null;
        if (HeaderOf(tree, file) is not { } header) return Finding(AuditKind.StaleByteCode, Gravity.Note);
        if (!header.HasHash)
        {
            return header.Fits(source.Status.ModifiedAt.Seconds, source.Status.Size) ? null
                : Finding(AuditKind.StaleByteCode, Gravity.Note);
        }
        bool? fits = Fits(tree, source, header);
        if (header.IsChecked) return fits == true ? null : Finding(AuditKind.StaleByteCode, Gravity.Note);
        return fits == true ? Finding(AuditKind.UncheckedByteCode, Gravity.Note) : Finding(AuditKind.ByteCodeUnlikeSource, Gravity.Alarm);

        AuditFinding Finding(AuditKind kind, Gravity gravity) => new(kind, gravity, full)
        {
            Packages = [.. file.Claims.Select(c => c.Owner).Distinct(StringComparer.Ordinal)],
        };
    }

    private static ByteCodeHeader? HeaderOf(ForeignTree tree, SeenFile file)
    {
        using SafeFileHandle? opened = tree.TryOpenFile(file.Raw.Span);
        return opened is not null && TryRead(opened, ByteCodeHeader.Size) is { } start && ByteCodeHeader.TryRead(start, out var header)
            ? header : null;
    }

    private static bool? Fits(ForeignTree tree, SeenFile source, ByteCodeHeader header)
    {
        using SafeFileHandle? opened = tree.TryOpenFile(source.Raw.Span);
        if (opened is null || source.Status.Size > MostSource) return null;
        return TryRead(opened, (int)source.Status.Size) is { } content ? header.Fits(content) : null;
    }

    private static byte[]? TryRead(SafeFileHandle file, int length)
    {
        try
        {
            return RegularFile.Read(file, length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
