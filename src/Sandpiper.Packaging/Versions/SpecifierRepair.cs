using System.Globalization;

namespace Sandpiper.Packaging.Versions;

/// <summary>
/// Reads what older tools let pass into metadata and the standard does not allow: <c>&gt;=3.5.*</c>, <c>&gt;=1.0&lt;2</c>, <c>!=~1.0</c>,
/// <c>==2.6*</c>, <c>&gt;="1.0"</c>, <c>&gt;dev</c>. Every kind of change is told once.
/// </summary>
/// <remarks>Whoever publishes the text chooses its length: one pass, and none at all over what is longer than anything real.</remarks>
internal static class SpecifierRepair
{
    /// <summary>Characters of a text that is mended; the longest broken lists in the wild have some hundred.</summary>
    public const int MaxLength = 16_384;

    /// <summary>A text that the standard may allow, and what was done to it.</summary>
    public static string Apply(ReadOnlySpan<char> text, List<string> repairs)
    {
        string unquoted = text.ToString().Replace("\"", "", StringComparison.Ordinal).Replace("'", "", StringComparison.Ordinal);
        if (unquoted.Length != text.Length) Tell("removed stray quotes", repairs);
        var clauses = new List<string>();
        foreach (string part in unquoted.Split(','))
        {
            if (part.AsSpan().IsWhiteSpace()) Tell("removed an empty clause", repairs);
            else clauses.AddRange(SplitAtOperators(part, repairs));
        }
        return string.Join(',', clauses.Select(clause => RepairClause(clause, repairs)));
    }

    // ">=1.0<2" lacks a comma: an operator after a version begins another clause.
    private static IEnumerable<string> SplitAtOperators(string part, List<string> repairs)
    {
        int start = 0;
        bool inVersion = false;
        for (int i = 0; i < part.Length; i++)
        {
            bool isOperator = part[i] is '<' or '>' or '=' or '!' or '~';
            if (isOperator && inVersion && part.AsSpan(i) is not ['!', >= '0' and <= '9', ..])  // 1!2.0 has an epoch
            {
                Tell("inserted a missing comma", repairs);
                yield return part[start..i];
                start = i;
                inVersion = false;
            }
            else if (!isOperator && !char.IsWhiteSpace(part[i]))
            {
                inVersion = true;
            }
        }
        yield return part[start..];
    }

    private static string RepairClause(string clause, List<string> repairs)
    {
        string trimmed = clause.Trim();
        string @operator = trimmed[..(trimmed.Length - trimmed.TrimStart('<', '>', '=', '!', '~').Length)];
        string version = trimmed[@operator.Length..].Trim();
        if (version is ['<' or '>' or '=' or '!' or '~', ..]) return clause;    // "= =1.0": joined, it would be another operator
        if (@operator is "!=~")
        {
            Tell("read !=~ as != with a wildcard", repairs);
            @operator = "!=";
            if (!version.EndsWith('*')) version += ".*";
        }
        if (version.EndsWith('*') && @operator is "~=" or "<=" or ">=" or "<" or ">")
        {
            Tell(string.Create(CultureInfo.InvariantCulture, $"removed the wildcard after {@operator}"), repairs);
            version = version.TrimEnd('*').TrimEnd('.');
        }
        else if (version is [.., >= '0' and <= '9', '*'])
        {
            Tell("inserted a missing dot before the wildcard", repairs);
            version = version[..^1] + ".*";
        }
        if (@operator is ">" && version is "dev")
        {
            Tell("read >dev as >0.0.0.dev0", repairs);
            version = "0.0.0.dev0";
        }
        if (version.EndsWith(".0", StringComparison.Ordinal) && !Pep440Version.TryParse(version, out _, out _)
            && Pep440Version.TryParse(version.AsSpan()[..^2], out var shorter, out _) && shorter.IsPrerelease)
        {
            Tell("removed .0 after a pre-release", repairs);    // >=9.0.0a1.0
            version = version[..^2];
        }
        return @operator + version;
    }

    private static void Tell(string repair, List<string> repairs)
    {
        if (!repairs.Contains(repair)) repairs.Add(repair);
    }
}
