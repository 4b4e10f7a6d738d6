using System.Text.Json;
using Sandpiper.Assessment;
using Sandpiper.Assessment.Matrix;
using Sandpiper.Assessment.Probes;
using Sandpiper.Assessment.Replicas;
using Sandpiper.Assessment.Trials;
using Sandpiper.Auditing;

namespace Sandpiper.Console;

/// <summary>An assessment for programs: every cell with all that was seen.</summary>
internal static class AssessmentJson
{
    public static void Write(Terminal terminal, AssessmentResult result, MachineFacts facts, bool quick, TimeSpan took) =>
        JsonAnswer.Write(terminal, "assess", json =>
        {
            Write(json, result, quick, took);
            WriteMachine(json, facts);
        });

    private static void WriteMachine(Utf8JsonWriter json, MachineFacts facts)
    {
        json.WriteStartObject("machine");
        json.WriteStartArray("places");
        foreach (MachineFacts.Place place in facts.Sites)
        {
            json.WriteStartObject();
            json.WriteString("directory", place.Directory);
            json.WriteString("owner", place.Owner);
            json.WriteNumber("packages", place.Packages);
            json.WriteNumber("by_root", place.ByRoot);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("writable_path");
        foreach (MachineFacts.Way way in facts.Writable)
        {
            json.WriteStartObject();
            json.WriteString("directory", way.Directory);
            json.WriteStrings("people", way.People);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (facts.IsManaged is { } managed) json.WriteBoolean("externally_managed", managed);
        else json.WriteNull("externally_managed");
        json.WriteBoolean("sudo_rules_readable", facts.SudoRules);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, AssessmentResult result, bool quick, TimeSpan took)
    {
        json.WriteBoolean("quick", quick);
        json.WriteString("python", result.Layout?.Version);
        json.WriteString("pip", result.Layout?.PipVersion);
        json.WriteStrings("kinds", result.Kinds.Select(k => k.Id()));
        json.WriteStartArray("approaches");
        foreach (Row row in result.Rows) WriteRow(json, row);
        json.WriteEndArray();
        json.WriteStartArray("controls");
        foreach (Control control in result.Controls)
        {
            json.WriteStartObject();
            json.WriteString("approach", control.Row);
            json.WriteString("what", AssessmentWords.Of(control.What));
            json.WriteBoolean("holds", control.Holds);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        WriteConfirmation(json, result.Confirmation);
        json.WriteStrings("verdict", AssessmentVerdict.Of(result));
        json.WriteNumber("seconds", Math.Round(took.TotalSeconds, 2));
    }

    private static void WriteConfirmation(Utf8JsonWriter json, Confirmation? confirmation)
    {
        if (confirmation is null)
        {
            json.WriteNull("real_users");
            return;
        }
        json.WriteStartObject("real_users");
        json.WriteNumber("cells", confirmation.Cells);
        json.WriteStartArray("differences");
        foreach (Difference difference in confirmation.Differences)
        {
            json.WriteStartObject();
            json.WriteString("approach", difference.Way);
            json.WriteString("asset", difference.Asset.Id());
            json.WriteString("here", difference.Views);
            json.WriteString("with_real_users", difference.Users);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteString("not_measured", confirmation.Problem);
        json.WriteEndObject();
    }

    private static void WriteRow(Utf8JsonWriter json, Row row)
    {
        json.WriteStartObject();
        json.WriteString("id", row.Id);
        json.WriteString("title", row.Label);
        json.WriteString("not_measured", row.Missing);
        json.WriteString("taken_over_from", row.TakenOverFrom);
        json.WriteStrings("worse_of", row.WorseOf);
        if (row.KeepsFurniture is { } keeps) json.WriteBoolean("commands_and_data", keeps);
        else json.WriteNull("commands_and_data");
        json.WriteStrings("after_uninstall", row.StillRunsAs(Moment.AfterUninstall).Select(NameOf));
        json.WriteStrings("after_rebuild", row.StillRunsAs(Moment.AfterRebuild).Select(NameOf));
        json.WriteStrings("after_rebuild_by_sudo", row.StillRunsBySudoAs.Select(NameOf));
        json.WriteStartObject("assets");
        foreach (Cell cell in row.Cells)
        {
            json.WriteStartObject(cell.Asset.Id());
            json.WriteString("worst", cell.Worst.Id());
            json.WriteStrings("moments", cell.Reaches.Select(r => r.Moment).Distinct().Order().Select(m => m.Id()));
            json.WriteStartArray("evidence");
            foreach (Reach reach in cell.Reaches)
            {
                json.WriteStartObject();
                json.WriteString("kind", reach.Kind.Id());
                json.WriteString("moment", reach.Moment.Id());
                json.WriteString("by", NameOf(reach.By));
                json.WriteString("trigger", reach.Trigger);
                json.WriteString("rights_of", NameOf(reach.RunsAs));
                json.WriteString("reached", reach.What);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string NameOf(Person person) => person switch
    {
        Person.Root => "root",
        Person.You => "you",
        Person.Other => "other",
        _ => "package-user",
    };
}
