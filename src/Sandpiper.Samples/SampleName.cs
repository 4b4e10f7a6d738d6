using System.Text;

namespace Sandpiper.Samples;

/// <summary>The spellings of a project's name. The samples do not use the product's own: they are what it is tested with.</summary>
internal static class SampleName
{
    /// <summary>Lower case, each run of <c>-_.</c> one <c>-</c> (PEP 503).</summary>
    public static string Normalized(string name)
    {
        var normal = new StringBuilder(name.Length);
        foreach (char c in name)
        {
            if (c is not ('-' or '_' or '.')) normal.Append(char.ToLowerInvariant(c));
            else if (normal.Length == 0 || normal[^1] != '-') normal.Append('-');
        }
        return normal.ToString();
    }

    /// <summary>As it stands in file names, where <c>-</c> separates (binary distribution format, "Escaping and Unicode").</summary>
    public static string InFileName(string name) => Normalized(name).Replace('-', '_');
}
