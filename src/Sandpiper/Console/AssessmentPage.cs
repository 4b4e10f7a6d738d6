using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using Sandpiper.Assessment;
using Sandpiper.Assessment.Matrix;
using Sandpiper.Assessment.Probes;
using Sandpiper.Assessment.Replicas;
using Sandpiper.Assessment.Trials;
using Sandpiper.Auditing;
using Sandpiper.Sandbox.Terminals;

namespace Sandpiper.Console;

/// <summary>An assessment as one page: verdict on top, the table with colour and word, each cell opens its chain.</summary>
/// <remarks>
/// Nothing is fetched, and everything can be read without a script; the one that is there only puts rows in another order or out of
/// sight, and changes no cell. Contrast is that of WCAG AA in both schemes.
/// </remarks>
internal static class AssessmentPage
{
    /// <param name="order">Assets, what matters most first.</param>
    public static string Of(AssessmentResult result, MachineFacts facts, ImmutableArray<Asset> order, string took)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
            <title>What each way of installing exposes</title>
            <style>{Style}</style>
            </head>
            <body>
            <main>
            <h1>What each way of installing Python packages exposes</h1>
            <p>Measured in a throw-away copy of this machine, without harming it:
            {Counted.Of(result.Rows.Count(r => r.Missing is null), "way")} to install,
            {Counted.Of(result.Kinds.Length, "harmless stand-in")} for malware, {Text(took)}.</p>

            """);
        AppendControls(page, result);
        page.Append("<h2>The answer</h2>\n<ol>\n");
        foreach (string sentence in AssessmentVerdict.Of(result)) page.Append("<li>").Append(WithCode(sentence)).Append("</li>\n");
        page.Append("</ol>\n<h2>Every way, and what is reached</h2>\n");
        AppendChoices(page);
        AppendTable(page, [.. AssessmentScreen.Ordered(result.Rows, order)]);
        page.Append("<h2>This machine</h2>\n<ul>\n");
        foreach (string fact in MachineWords.Of(facts)) page.Append("<li>").Append(Text(fact)).Append("</li>\n");
        page.Append("</ul>\n<p>How it was measured: <code>docs/assess.md</code>; how likely each is: <code>docs/risk.md</code>. Next: "
            + "<code>sandpiper audit</code>.</p>\n</main>\n<script>").Append(Script).Append("</script>\n</body>\n</html>\n");
        return page.ToString();
    }

    private static void AppendControls(StringBuilder page, AssessmentResult result)
    {
        foreach (Control control in result.Controls.Where(c => !c.Holds))
        {
            page.Append("<p class=\"broken\">").Append(Text($"{control.Row}: {AssessmentWords.Of(control.What)} should have shown nothing, "
                + "and did not. Nothing on this page is to be relied on.")).Append("</p>\n");
        }
        if (result.Controls.Length > 0 && result.Controls.All(c => c.Holds))
            page.Append("<p>").Append(Counted.Of(result.Controls.Length, "control")).Append(" showed nothing, as it must be.</p>\n");
        if (result.Confirmation is { } confirmation)
        {
            page.Append(confirmation.Differences.Length > 0 ? "<p class=\"broken\">" : "<p>")
                .Append(Text(AssessmentWords.Of(confirmation))).Append("</p>\n");
        }
    }

    // Shown by the script alone: without one they would do nothing.
    private static void AppendChoices(StringBuilder page)
    {
        page.Append("<form id=\"choices\" hidden><label>My way <select id=\"way\"><option value=\"\">all</option></select></label>\n"
            + "<label>What matters to me first <select id=\"first\"><option value=\"\">the system</option>");
        foreach (Asset asset in AssetNames.All)
            page.Append(CultureInfo.InvariantCulture, $"<option value=\"{asset.Id()}\">{Text(AssessmentWords.Of(asset))}</option>");
        page.Append("</select></label><span>Orders the rows; no cell changes.</span></form>\n");
    }

    private static void AppendTable(StringBuilder page, ImmutableArray<Row> rows)
    {
        page.Append("<p class=\"legend\">NOW: while installing · start: when any Python starts · use: when the package is used "
            + "· later: by what it left behind · sudo: with your next sudo · – looked for, not reached · ? not known. "
            + "<span>A cell opens its chain.</span></p>\n"
            + "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"the table\">\n"
            + "<table>\n<thead><tr><th scope=\"col\">how you install</th>");
        foreach (Asset asset in AssetNames.All) page.Append("<th scope=\"col\">").Append(Text(AssessmentWords.Of(asset))).Append("</th>");
        page.Append("<th scope=\"col\">still runs as, after all was made anew</th></tr></thead>\n<tbody>\n");
        foreach (Row row in rows) AppendRow(page, row);
        page.Append("</tbody>\n</table>\n</div>\n");
    }

    private static void AppendRow(StringBuilder page, Row row)
    {
        page.Append(CultureInfo.InvariantCulture, $"<tr data-way=\"{Text(row.Id)}\"><th scope=\"row\">{Text(row.Label)}</th>");
        if (row.Missing is { } why)
        {
            page.Append(CultureInfo.InvariantCulture, $"<td colspan=\"{AssetNames.All.Length + 1}\">not measured: {Text(why)}</td></tr>\n");
            return;
        }
        foreach (Cell cell in row.Cells)
        {
            page.Append(CultureInfo.InvariantCulture,
                $"<td class=\"{ClassOf(cell.Worst)}\" data-asset=\"{cell.Asset.Id()}\" data-rank=\"{RankOf(cell)}\">");
            page.Append("<details><summary>").Append(Text(AssessmentWords.Of(cell))).Append("</summary><ol>");
            foreach (string step in AssessmentChain.Of(row, cell)) page.Append("<li>").Append(Text(step)).Append("</li>");
            page.Append("</ol></details></td>");
        }
        ImmutableArray<Person> still = row.StillRunsAs(Moment.AfterRebuild);
        page.Append("<td>").Append(Text(still.Length == 0 && row.HasGap ? "not known" : AssessmentWords.Of(still)));
        if (row.StillRunsBySudoAs.Length > 0)
            page.Append("; with your next sudo ").Append(Text(AssessmentWords.Of(row.StillRunsBySudoAs)));
        page.Append("</td></tr>\n");
    }

    private static int RankOf(Cell cell) => (int)cell.Worst * 2 + (cell.AtStart ? 0 : 1);

    private static string ClassOf(Worst worst) => worst switch
    {
        Worst.Install or Worst.Use => "reached",
        Worst.Never => "never",
        _ => "later",
    };

    // What came out of a trial (messages of pip, names of files) is text, and what would mislead in it is spelled out as on a terminal.
    private static string Text(string text) => WebUtility.HtmlEncode(VisibleText.Of(text));

    // What is typed stands between backticks in a sentence of ours.
    private static string WithCode(string sentence) =>
        string.Concat(Text(sentence).Split('`').Select((part, i) => i % 2 == 1 ? $"<code>{part}</code>" : part));

    private const string Style = """
        :root { color-scheme: light dark; --ink: #1a1a1a; --paper: #ffffff; --line: #8a8a8a; --head: #f0f0f0;
          --red: #8c1414; --red-paper: #fdeaea; --amber: #6b4200; --amber-paper: #fff1d0; --green: #145220; --green-paper: #e6f4e8; }
        @media (prefers-color-scheme: dark) { :root { --ink: #ececec; --paper: #161616; --line: #7d7d7d; --head: #262626;
          --red: #ffb9b0; --red-paper: #451210; --amber: #ffd894; --amber-paper: #3c2b00; --green: #abdcae; --green-paper: #143018; } }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
        main { max-width: 90rem; margin: 0 auto; padding: 1rem 1.5rem 3rem; }
        h1 { font-size: 1.6rem; line-height: 1.25; } h2 { font-size: 1.2rem; margin-top: 2rem; }
        main > ol, main > ul, main > p { max-width: 48rem; } main > ol > li { margin: .4rem 0; }
        .broken { color: var(--red); font-weight: bold; } .legend { font-size: .9rem; }
        form { display: flex; flex-wrap: wrap; gap: 1rem; align-items: baseline; margin: .75rem 0; font-size: .95rem; }
        form[hidden] { display: none; } select { font: inherit; color: inherit; background: var(--paper); }
        .scroll { overflow-x: auto; } table { border-collapse: collapse; font-size: .85rem; }
        th, td { border: 1px solid var(--line); padding: .3rem .25rem; text-align: left; vertical-align: top; }
        thead th { background: var(--head); font-size: .75rem; line-height: 1.25; }
        tbody th { background: var(--head); min-width: 8rem; position: sticky; left: 0; }
        td.reached { background: var(--red-paper); color: var(--red); } td.later { background: var(--amber-paper); color: var(--amber); }
        td.never { background: var(--green-paper); color: var(--green); }
        summary { cursor: pointer; font-weight: 600; white-space: nowrap; }
        td:last-child { min-width: 7rem; } td ol { margin: .4rem 0 0; padding-left: 1.1rem; min-width: 12rem; overflow-wrap: anywhere; }
        summary:focus-visible, select:focus-visible, .scroll:focus-visible { outline: 3px solid currentcolor; outline-offset: 1px; }
        @media print { :root { color-scheme: light; --ink: #000; --paper: #fff; --line: #666; --head: #eee; --red: #7a0000;
          --red-paper: #fbe3e3; --amber: #5a3700; --amber-paper: #fff1d0; --green: #0e4419; --green-paper: #e6f4e8; }
          @page { size: A4 landscape; margin: 8mm; } body { font-size: 7.5pt; line-height: 1.3; } main { padding: 0; max-width: none; }
          .legend { font-size: 7.5pt; } .legend span { display: none; }
          h1 { font-size: 13pt; margin: 0 0 2mm; } h2 { font-size: 10pt; margin: 3mm 0 1mm; } p { margin: 1mm 0; }
          main > ol, main > ul, main > p { max-width: none; } main > ol, main > ul { columns: 2; column-gap: 8mm; margin: 1mm 0; }
          main > ol > li { margin: 0 0 .8mm; break-inside: avoid; } form { display: none; } .scroll { overflow: visible; }
          table { font-size: 6.5pt; line-height: 1.2; width: 100%; } thead th { font-size: 6pt; } td, th { padding: 1px 3px; }
          tbody th { min-width: 0; position: static; } tr { break-inside: avoid; }
          td, th { -webkit-print-color-adjust: exact; print-color-adjust: exact; } }
        """;

    private const string Script = """
        (function () {
          var form = document.getElementById('choices'), way = document.getElementById('way'), first = document.getElementById('first');
          var body = document.querySelector('tbody'), rows = Array.prototype.slice.call(body.rows);
          rows.forEach(function (row) { way.add(new Option(row.cells[0].textContent, row.dataset.way)); });
          function rank(row) { var cell = row.querySelector('[data-asset="' + first.value + '"]'); return cell ? +cell.dataset.rank : 99; }
          function show() {
            var order = rows.slice();
            if (first.value) order.sort(function (a, b) { return rank(a) - rank(b) || rows.indexOf(a) - rows.indexOf(b); });
            order.forEach(function (row) { row.hidden = way.value && row.dataset.way !== way.value; body.appendChild(row); });
          }
          way.onchange = first.onchange = show; form.onsubmit = function () { return false; }; form.hidden = false;
        })();
        """;
}
