namespace Sandpiper.Packaging;

/// <summary>Why a text is not what it should be.</summary>
/// <param name="Position">Where, in characters from the start of the text (UTF-16 code units).</param>
/// <param name="Expected">What would have fitted there, in words: <c>"a digit"</c>.</param>
public readonly record struct ParseProblem(int Position, string Expected)
{
    /// <summary>One line for a person.</summary>
    public override string ToString() => $"expected {Expected} at character {Position + 1}";
}
