using System.Collections.Immutable;
using Sandpiper.Auditing.Looking;
using Sandpiper.Console;
using Sandpiper.Operations;

namespace Sandpiper.Commands;

/// <summary>What was adopted, what of the old set is not what the index holds, and how the old set goes.</summary>
internal static class AdoptReport
{
    private const int Shown = 20;

    public static void Write(
        Session session, string environment, EnvironmentChange change, OldSet old, ImmutableArray<Departure> departures, bool isDryRun)
    {
        if (session.Json) WriteJson(session.Terminal, environment, change, old, departures, isDryRun);
        else WriteWords(session.Terminal, environment, change, old, departures, isDryRun);
    }

    private static void WriteWords(
        Terminal terminal, string environment, EnvironmentChange change, OldSet old, ImmutableArray<Departure> departures, bool isDryRun)
    {
        ChangeReport.WriteWords(terminal, environment, change, isDryRun);
        foreach (string package in NotAsBefore(change, old)) terminal.Line(Inked.Yellow("! "), package);
        foreach (var (package, why) in old.LeftOut) terminal.Line($"{package} was not taken along: {why}");
        if (isDryRun) return;
        terminal.Line("");
        if (departures.IsEmpty) terminal.Line("every file of the old set is what the index holds");
        else
        {
            terminal.Line(Inked.Red("!"), departures.Length == 1 ? " 1 file of the old set is not what the index holds"
                : $" {departures.Length:N0} files of the old set are not what the index holds");
            foreach (Departure departure in departures.Take(Shown))
                terminal.Line("    ", Inked.Yellow(departure.Path), "  ", $"{WordFor(departure.Kind)}, {departure.Package}");
            if (departures.Length > Shown) terminal.Line($"    … and {departures.Length - Shown:N0} more; --json lists all");
        }
        terminal.Line($"the old set was left alone: {old.Site.Directory}");
        terminal.Line(Inked.Cyan("next: "), $"sandpiper run --env {environment} -- python");
        terminal.Line(Inked.Cyan("then: "), old.Removal);
    }

    private static void WriteJson(Terminal terminal, string environment, EnvironmentChange change, OldSet old,
        ImmutableArray<Departure> departures, bool isDryRun) => JsonAnswer.Write(terminal, "adopt", json =>
    {
        json.WriteString("environment", environment);
        if (change.Generation is { } generation) json.WriteNumber("generation", generation);
        else json.WriteNull("generation");
        json.WriteBoolean("dry_run", isDryRun);
        json.WriteString("from", old.Site.Directory);
        json.WriteStrings("packages", change.Changes.Select(c => $"{c.Name}=={c.After}"));
        json.WriteStrings("not_as_before", NotAsBefore(change, old));
        json.WriteStartArray("left_out");
        foreach (var (package, why) in old.LeftOut)
        {
            json.WriteStartObject();
            json.WriteString("package", package);
            json.WriteString("why", why);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("differences");
        foreach (Departure departure in departures)
        {
            json.WriteStartObject();
            json.WriteString("path", departure.Path);
            json.WriteString("package", departure.Package);
            json.WriteString("kind", WordFor(departure.Kind));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteString("removal", old.Removal);
    });

    // What the old set lacked although something in it needs it, and what nothing needs any more.
    private static IEnumerable<string> NotAsBefore(EnvironmentChange change, OldSet old)
    {
        var before = old.Packages.ToDictionary(p => p.Name!.Value, p => $"{p.Version}");
        foreach (PackageChange one in change.Changes)
            if (!before.ContainsKey(one.Name)) yield return $"{one.Name} {one.After} was not there, and something needs it";
        var now = change.Changes.Select(c => c.Name).ToHashSet();
        foreach (var (name, version) in before)
            if (!now.Contains(name)) yield return $"{name} {version} was not taken along: nothing needs it on this Python";
    }

    private static string WordFor(Departing kind) => kind switch
    {
        Departing.Changed => "changed",
        Departing.Missing => "missing",
        _ => "added",
    };
}
