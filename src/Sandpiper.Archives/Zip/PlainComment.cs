namespace Sandpiper.Archives.Zip;

/// <summary>What a comment may hold.</summary>
internal static class PlainComment
{
    /// <summary>
    /// Every signature (APPNOTE 4.3) contains two bytes between 1 and 8; without them no reader, forwards or backwards, finds a header in
    /// the comment. uv and the public index have the same rule for the archive's comment ("zip in zip").
    /// </summary>
    public static bool Hides(ReadOnlySpan<byte> comment) => comment.ContainsAnyInRange((byte)0, (byte)8);
}
