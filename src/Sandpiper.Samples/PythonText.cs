using System.Text;

namespace Sandpiper.Samples;

/// <summary>Pieces of Python source.</summary>
internal static class PythonText
{
    /// <summary>A string literal, whatever <paramref name="text"/> contains; ASCII, on one line.</summary>
    public static string Literal(string text)
    {
        var literal = new StringBuilder("\"");
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is '"' or '\\') literal.Append('\\').Append((char)rune.Value);
            else if (rune.Value is >= 0x20 and < 0x7F) literal.Append((char)rune.Value);
            else literal.Append($"\\U{rune.Value:x8}");
        }
        return literal.Append('"').ToString();
    }

    /// <summary>The whole payload of a hostile sample: a statement that adds a line to a file which the sample's maker names.</summary>
    public static string Mark(string path, string what) => $"open({Literal(path)}, \"a\").write({Literal(what + "\n")})";
}
