using Sandpiper.Auditing.Records;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Auditing.Looking;

/// <summary>Something below a site, as it was when its directory was listed.</summary>
/// <param name="Raw">Below the site, as the kernel has it.</param>
/// <param name="Path">The same for people and for RECORD; bytes that are no UTF-8 spelled <c>\xNN</c>.</param>
/// <param name="IsText">The name is UTF-8.</param>
/// <param name="Claims">Who says that it is his.</param>
internal sealed record SeenFile(
    ReadOnlyMemory<byte> Raw, string Path, bool IsText, FileStatus Status, IReadOnlyList<Claim> Claims)
{
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    public bool IsTop => !Path.Contains('/', StringComparison.Ordinal);
}
