using System.Globalization;
using System.Text.Json;
using Sandpiper.Console;
using Sandpiper.Operations;

namespace Sandpiper.Commands;

/// <summary>What changed, said the same way by every command that changes something.</summary>
internal static class ChangeReport
{
    public static void Write(Session session, string command, string environment, EnvironmentChange change, bool isDryRun = false)
    {
        if (session.Json) WriteJson(session.Terminal, command, environment, change, isDryRun);
        else WriteWords(session.Terminal, environment, change, isDryRun);
    }

    /// <summary>Nothing was asked for, which is no mistake.</summary>
    /// <param name="why">Behind a colon, as <c>no file names a package</c>.</param>
    public static void WriteNothing(Session session, string command, string environment, int? generation, string why)
    {
        var nothing = new EnvironmentChange(generation, IsNew: false, [], 0, TimeSpan.Zero);
        if (session.Json) WriteJson(session.Terminal, command, environment, nothing, isDryRun: false);
        else session.Terminal.Note($"Nothing was asked for: {why}");
    }

    /// <summary>Whatever becomes of the rest of the command, this is so.</summary>
    public static void IsDone(Session session, string environment, EnvironmentChange change, bool isDryRun = false)
    {
        if (!isDryRun && change.IsSwitched) session.HasDone($"`{environment}` is at generation {change.Generation} now");
    }

    internal static void WriteWords(Terminal terminal, string environment, EnvironmentChange change, bool isDryRun)
    {
        if (isDryRun) terminal.Note(change.Changes.IsEmpty ? "Everything is as asked already." : $"Would change `{environment}`:");
        else if (change.IsNew) terminal.Note($"Sealed as generation {change.Generation} of `{environment}` in {Seconds(change.Took)}");
        else if (change.IsSwitched)
        {
            terminal.Note($"`{environment}` is at generation {change.Generation} again"
                + (change.Changes.IsEmpty ? ", with the same packages" : ""));
        }
        else if (change.Changes.IsEmpty)
        {
            terminal.Note($"Everything is as asked already: generation {change.Generation} of `{environment}`, "
                + $"{Counted.Of(change.Packages, "package")}");
        }

        foreach (PackageChange package in change.Changes)
        {
            switch (package)
            {
                case { Before: null }:
                    terminal.Line(Inked.Green(" + "), package.Name.ToString(), " ", package.After!);
                    break;
                case { After: null }:
                    terminal.Line(Inked.Red(" - "), package.Name.ToString(), " ", package.Before);
                    break;
                default:
                    terminal.Line(Inked.Yellow(" ~ "), package.Name.ToString(), " ", package.Before, " → ", package.After);
                    break;
            }
            foreach (string note in package.Notes) terminal.Note(Inked.Dim($"     {note}"));
        }
        foreach (string words in HandoverWords.Of(change.HandedOver)) terminal.Note(Inked.Yellow(words));
        foreach (string note in change.Notes) terminal.Note(note);
    }

    private static void WriteJson(
        Terminal terminal, string command, string environment, EnvironmentChange change, bool isDryRun) =>
        JsonAnswer.Write(terminal, command, json => WriteMembers(json, environment, change, isDryRun));

    /// <summary>As members of an object that is open.</summary>
    internal static void WriteMembers(Utf8JsonWriter json, string environment, EnvironmentChange change, bool isDryRun)
    {
        json.WriteString("environment", environment);
        if (change.Generation is { } number) json.WriteNumber("generation", number);
        else json.WriteNull("generation");
        json.WriteBoolean("dry_run", isDryRun);
        json.WriteBoolean("new_generation", change.IsNew);
        json.WriteBoolean("switched", change.IsSwitched);
        json.WriteStartArray("changes");
        foreach (PackageChange package in change.Changes)
        {
            json.WriteStartObject();
            json.WriteString("name", package.Name.ToString());
            json.WriteString("before", package.Before);
            json.WriteString("after", package.After);
            json.WriteStrings("notes", package.Notes);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        HandoverWords.WriteJson(json, change.HandedOver);
        json.WriteStrings("notes", change.Notes);
    }

    /// <summary>A duration in words: <c>0.3 s</c>.</summary>
    public static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0#} s");
}
