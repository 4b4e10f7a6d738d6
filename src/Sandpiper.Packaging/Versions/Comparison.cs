namespace Sandpiper.Packaging.Versions;

/// <summary>The comparison operators of clauses and markers (PEP 440, "Version specifiers").</summary>
internal enum Comparison
{
    Arbitrary,
    Equal,
    Compatible,
    NotEqual,
    AtMost,
    AtLeast,
    Below,
    Above,
}

internal static class ComparisonText
{
    // In the order of the enumeration, and every operator stands before its own beginning.
    private static readonly string[] Texts = ["===", "==", "~=", "!=", "<=", ">=", "<", ">"];

    public static string Text(this Comparison comparison) => Texts[(int)comparison];

    /// <summary>Takes the longest operator that stands here.</summary>
    public static bool TryTakeComparison(this ref AsciiCursor cursor, out Comparison comparison)
    {
        for (comparison = Comparison.Arbitrary; (int)comparison < Texts.Length; comparison++)
        {
            if (cursor.TryTake(comparison.Text())) return true;
        }
        return false;
    }
}
