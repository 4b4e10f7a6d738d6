using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Sandpiper.Packaging.Requirements;

/// <summary>Repairs of published metadata that breaks the grammar in ways with one possible meaning (the list is uv's).</summary>
internal static class RequirementRepair
{
    private const string OperatorCharacters = "<>=!~";

    public static bool TryRepair(ReadOnlySpan<char> text, [NotNullWhen(true)] out string? repaired)
    {
        int semicolon = text.IndexOf(';');
        ReadOnlySpan<char> head = semicolon < 0 ? text : text[..semicolon];
        int first = head.IndexOfAny(OperatorCharacters);
        repaired = first < 0 ? null : $"{head[..first].TrimEnd("( ")}{RepairClauses(head[first..])}{(semicolon < 0 ? "" : text[semicolon..])}";
        return repaired is not null && !text.SequenceEqual(repaired);
    }

    private static string RepairClauses(ReadOnlySpan<char> text)
    {
        var repaired = new StringBuilder();
        foreach (string clause in WithCommas(text).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string one = clause.Replace("!=~", "!=", StringComparison.Ordinal);
            // `>=3.5.*` means `>=3.5`; only == and != take a wildcard.
            if (one.EndsWith(".*", StringComparison.Ordinal) && !one.StartsWith("==", StringComparison.Ordinal) && !one.StartsWith("!=", StringComparison.Ordinal)) one = one[..^2];
            repaired.Append(repaired.Length > 0 ? "," : "").Append(one);
        }
        return repaired.ToString();
    }

    // `>=1.9.1<2` and `>=1 <2` lack a comma; quotes and parentheses say nothing here.
    private static string WithCommas(ReadOnlySpan<char> text)
    {
        var result = new StringBuilder(text.Length + 8);
        char before = '\0';
        foreach (char c in text)
        {
            if (c is '\'' or '"' or '(' or ')') continue;
            if (OperatorCharacters.Contains(c, StringComparison.Ordinal) && (char.IsAsciiLetterOrDigit(before) || before == '*')) result.Append(',');
            result.Append(c);
            if (c is not (' ' or '\t')) before = c;
        }
        return result.ToString();
    }
}
