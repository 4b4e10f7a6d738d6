using System.Text;
using System.Text.RegularExpressions;

namespace Sandpiper.Sandbox.Tests.Terminals;

/// <summary>
/// What a terminal must not be told, found in another way than the filter finds it: by looking for it in what passed.
/// </summary>
internal static partial class TerminalOracle
{
    /// <returns>Null: there is nothing to object to.</returns>
    public static string? Objection(byte[] passed, bool mayAsk)
    {
        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(passed);
        }
        catch (ArgumentException)
        {
            // A character that is not whole yet is held back, so that what passed is text at any moment.
            return "no UTF-8";
        }
        if (text.IndexOfAny([.. Enumerable.Range(0x80, 0x20).Select(c => (char)c)]) >= 0) return "a control of eight bits";
        if (Turned().IsMatch(text)) return "text that is turned around";
        string rest = Known().Replace(text, "");
        if (rest.Contains('\e')) return $"an escape that is not known: {rest.Replace("\e", "ESC", StringComparison.Ordinal)}";
        if (Controls().IsMatch(rest)) return "a control character";
        if (!mayAsk && Questions().IsMatch(text)) return "a question";
        return null;
    }

    private const string Mode =
        "(?:1|5|6|7|8|9|12|25|45|47|66|69|100[0234567]|1015|1016|1047|1048|1049|2004|2026|2027|2031|2048)";

    [GeneratedRegex("[\u202a-\u202e\u2066-\u2069]", RegexOptions.NonBacktracking)]
    private static partial Regex Turned();

    [GeneratedRegex("[\x00-\x06\x10-\x1a\x1c-\x1f\x7f]", RegexOptions.NonBacktracking)]
    private static partial Regex Controls();

    [GeneratedRegex(@"\e\[(?:[>=]?0?c|[56]n|\?(?:6|996)n|\?[0-9;:]*u|\??[0-9;:]*\$p|>0?q)|\e\](?:4|1[0-2]);[^\a\e]*\?",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Questions();

    // Whole sequences, each spelled out.
    [GeneratedRegex(
        @"\e[78=>DEHMc]|\e[()*+][0-9A-Za-z]|\e#[34568]"
        + @"|\e\[[0-9;:]*[@A-MPSXZ`abdefgmrsu]|\e\[[0-9:]*T|\e\[(?:4|20|4;20|20;4|4;4|20;20|[420;]*)[hl]|\e\[[56]n|\e\[[>=]?0?c"
        + @"|\e\[[0-9;:]*(?: q|!p|""q)|\e\[\??[0-9;:]*\$p"
        + $@"|\e\[\?{Mode}(?:;{Mode})*[hl]"
        + @"|\e\[\?[0-9;:]*[JKu]|\e\[\?(?:6|996)n|\e\[[><=][0-9;:]*u|\e\[>[0-9;:]*[mn]|\e\[>0?q"
        + @"|\e\](?:4|10|11|12);[0-9A-Za-z:/#;?., -]+(?:\a|\e\\)|\e\](?:104|110|111|112)[0-9;]*(?:\a|\e\\)"
        + @"|\e\]8;[0-9A-Za-z=:_./-]*;(?:https?://[!-~]*)?(?:\a|\e\\)", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Known();
}
