using System.Collections.Immutable;
using System.Text.Json;
using Sandpiper.Console;
using Sandpiper.Sandbox.Networks;
using Sandpiper.Sandbox.Profiles;
using Sandpiper.Sandbox.Terminals;
using Sandpiper.Sandbox.Tried;

namespace Sandpiper.Commands;

/// <summary><c>--audit</c>, of <c>run</c> and <c>try</c>: what a program tried, told when it has ended; with what would grant it.</summary>
/// <param name="program">As it was named.</param>
/// <param name="caller">Who ran it, and from where.</param>
/// <param name="dataRoot">Where the sealed packages of every environment lie: nothing is offered that would be refused.</param>
/// <param name="next">The next command, with these grants.</param>
internal sealed class RunAudit(string program, TriedReport report, Confinement confinement, Caller caller, string dataRoot,
    Func<string, string> next)
{
    private const int MostShown = 10, MostOffered = 4, WidestColumn = 48;

    public static System.CommandLine.Option<bool> Option() => new("--audit")
    {
        Description = "say afterwards what it tried: files that it was not shown, refused writes, hosts, programs",
    };

    /// <summary>On standard error: what the program said is its own.</summary>
    public void Write(Terminal terminal)
    {
        terminal.Problem(Inked.Bold(report.Things.IsEmpty ? $"sandpiper: {program} tried nothing beyond what it may"
            : $"sandpiper: what {program} tried"));
        foreach (IGrouping<TriedKind, TriedThing> group in report.Things.GroupBy(thing => thing.Kind))
        {
            TriedThing[] things = [.. group];
            terminal.Problem($"  {TriedWords.Title(group.Key)}");
            (string What, string Words)[] rows = [.. things.Take(MostShown)
                .Select(thing => (VisibleText.Of(GrantWords.From(thing.What, caller.CurrentDirectory)), TriedWords.Of(thing)))];
            int width = rows.Select(row => row.What.Length).Where(length => length <= WidestColumn).DefaultIfEmpty(0).Max();
            foreach (var (what, words) in rows)
            {
                if (words.Length == 0) terminal.Problem($"    {what}");
                else terminal.Problem($"    {what.PadRight(width)}", Inked.Dim($"  {words}"));
            }
            if (things.Length > MostShown) terminal.Problem(Inked.Dim($"    and {things.Length - MostShown:N0} more"));
            if (OfferFor(group.Key, [.. things.Select(GrantFor).OfType<string>().Distinct(StringComparer.Ordinal)]) is { } offer)
                terminal.Problem(Inked.Dim($"    ·  {next(offer)}"));
        }
        foreach (string gap in TriedWords.Gaps(report)) terminal.Problem(Inked.Yellow($"  {gap}"));
    }

    /// <summary>The same for programs.</summary>
    public void WriteJson(Terminal terminal, int exitCode) => JsonAnswer.Write(terminal, "run-audit", json =>
    {
        json.WriteString("program", program);
        json.WriteNumber("exit_code", exitCode);
        json.WriteStartArray("tried");
        foreach (TriedThing thing in report.Things)
        {
            json.WriteStartObject();
            json.WriteString("kind", TriedWords.Key(thing.Kind));
            json.WriteString("what", thing.What);
            json.WriteNumber("times", thing.Times);
            json.WriteBoolean("opened", thing.IsOpened);
            json.WriteBoolean("reached", thing.IsReached);
            if (thing.Errno == 0) json.WriteNull("errno");
            else json.WriteNumber("errno", thing.Errno);
            json.WriteString("obstacle", TriedWords.Key(thing.Obstacle));
            json.WriteString("grant", GrantFor(thing));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteNumber("left_out", report.LeftOut);
        json.WriteNumber("not_looked", report.NotLooked);
        json.WriteNumber("unread", report.Unread);
    });

    // Nobody shall be led to show his keys, or to open what speaks for him.
    private string? GrantFor(TriedThing thing) => thing.Kind switch
    {
        TriedKind.Unshown when !thing.IsOfOthers => Offer(new() { Read = [thing.What] }),
        TriedKind.RefusedWrite when thing.Wanted is { } wanted => Offer(new()
        {
            Write = [.. new[] { wanted.Directory, wanted.Name }.OfType<string>()],
        }),
        TriedKind.Host when !thing.IsReached && !confinement.HostNetwork && NetworkWords.GrantFor(thing.What) is { } host =>
            Offer(new() { Hosts = [host] }),
        _ => null,
    };

    // Of several files or hosts each is a decision of its own; of writes the directory is one.
    private static string? OfferFor(TriedKind kind, ImmutableArray<string> grants) => grants switch
    {
        [] => null,
        [var one] => one,
        _ => kind switch
        {
            TriedKind.Unshown => "--read PATH",
            TriedKind.Host => "--net HOST",
            _ => string.Join(' ', grants.Take(MostOffered)),
        },
    };

    private string? Offer(Grants grants)
    {
        // What cannot be shown as it is cannot be typed as it is shown.
        if (grants.Read.Concat(grants.Write).Any(path => !string.Equals(path, VisibleText.Of(path), StringComparison.Ordinal))) return null;
        try
        {
            Profile.Judge(grants, dataRoot, caller);
            return GrantWords.AsTyped(grants, caller.CurrentDirectory);
        }
        catch (GrantRefusedException)
        {
            return null;
        }
    }
}
