using System.Collections.Immutable;
using System.Text;
using Sandpiper.Kernel.Files;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>
/// What was judged, as the second stage is told it: in a file, for its argument list can be read by every user of the machine.
/// </summary>
internal static class JudgedPaths
{
    public static byte[] ToBytes(IEnumerable<ShownPath> shown) =>
        Arguments.ToBytes(shown.SelectMany(path => new[] { $"{path.Identity}", path.Path }));

    /// <returns>False when it is not whole: whoever reads it must not go on.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out ImmutableArray<(FileIdentity Identity, string Path)> judged)
    {
        var paths = ImmutableArray.CreateBuilder<(FileIdentity, string)>();
        judged = [];
        while (!bytes.IsEmpty)
        {
            if (!TryTake(ref bytes, out string identity) || !FileIdentity.TryParse(identity, out FileIdentity known)) return false;
            if (!TryTake(ref bytes, out string path) || !path.StartsWith('/')) return false;
            paths.Add((known, path));
        }
        judged = paths.DrainToImmutable();
        return true;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> bytes, out string text)
    {
        int end = bytes.IndexOf((byte)0);
        text = end < 0 ? "" : Encoding.UTF8.GetString(bytes[..end]);
        if (end >= 0) bytes = bytes[(end + 1)..];
        return end >= 0;
    }
}
