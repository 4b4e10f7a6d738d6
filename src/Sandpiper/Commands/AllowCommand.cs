using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Sandpiper.Console;
using Sandpiper.Operations;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Versions;
using Sandpiper.Policies.Waivers;

namespace Sandpiper.Commands;

/// <summary><c>allow</c>: accept one finding of one package in one version, on record.</summary>
internal static class AllowCommand
{
    public static Command Build()
    {
        var package = new Argument<string?>("NAME==VERSION") { Arity = ArgumentArity.ZeroOrOne };
        var rule = new TextOption("--rule") { HelpName = "SP-…", Description = "the rule that the refusal named" };
        var reason = new TextOption("--reason") { HelpName = "TEXT", Description = "why you accept it; goes on record" };
        var command = new TaughtCommand("allow", "accept one refused thing, for one package in one version",
            [
                new("sandpiper allow evilhook==1.0 --rule SP-WHEEL-21 --reason \"read it\"", "install it with its hook from now on"),
                new("sandpiper allow", "what was allowed so far"),
            ],
            [
                $"Rules that can be accepted: {string.Join(", ", WaivableRules.All)}. An archive that readers could read differently cannot be: nobody could say "
                + "what was accepted.",
            ]);
        command.Arguments.Add(package);
        command.Options.Add(rule);
        rule.CompletionSources.Add(_ => WaivableRules.All.Select(r => new System.CommandLine.Completions.CompletionItem(r)));
        command.Options.Add(reason);
        command.SetAction(parsed =>
        {
            using var session = Session.Of(parsed);
            var waivers = new WaiverFile(session.Places.Root);
            if (parsed.GetValue(package) is { } text) Add(session, waivers, text, parsed.GetValue(rule), parsed.GetValue(reason));
            else Show(session, waivers);
            return (int)ExitCode.Done;
        });
        return command;
    }

    private static void Add(Session session, WaiverFile waivers, string text, string? rule, string? reason)
    {
        if (!Requirement.TryParse(text, out Requirement? requirement, out _) || requirement.Specifiers.Clauses is not [{ Operator: "==" } pin]
            || !Pep440Version.TryParse(pin.VersionText, out Pep440Version version, out _) || requirement.Marker is not null)
        {
            throw Usage($"`{text}` does not name one version of one package", "a waiver is for exactly one: NAME==VERSION");
        }
        if (rule is null) throw Usage("`--rule` is missing", "a waiver is for one rule, which the refusal named: --rule SP-…");
        string known = WaivableRules.All.FirstOrDefault(r => string.Equals(r, rule, StringComparison.OrdinalIgnoreCase))
            ?? throw Usage($"`{rule}` is no rule that can be accepted", $"these can: {string.Join(", ", WaivableRules.All)}");
        if (string.IsNullOrWhiteSpace(reason)) throw Usage("a waiver needs a reason", "in a year somebody asks why this was accepted: --reason TEXT");

        waivers.Add(new Waiver(requirement.Name, version, known, reason, Author.Name, Session.Time.GetUtcNow()));
        session.Terminal.Note($"On record: {requirement.Name} {version} may do what {known} refuses.");
    }

    private static void Show(Session session, WaiverFile waivers)
    {
        ImmutableArray<Waiver> all = waivers.List();
        if (session.Json)
        {
            JsonAnswer.Write(session.Terminal, "allow", json =>
            {
                json.WriteStartArray("waivers");
                foreach (Waiver waiver in all)
                {
                    json.WriteStartObject();
                    json.WriteString("name", waiver.Name.ToString());
                    json.WriteString("version", waiver.Version.ToString());
                    json.WriteString("rule", waiver.Rule);
                    json.WriteString("reason", waiver.Reason);
                    json.WriteString("who", waiver.Who);
                    json.WriteString("when", waiver.When.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            });
            return;
        }
        if (all.IsEmpty) session.Terminal.Note("Nothing was allowed so far.");
        foreach (Waiver waiver in all)
        {
            session.Terminal.Line(waiver.When.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), "  ", $"{waiver.Name}=={waiver.Version}", "  ", waiver.Rule, "  ", waiver.Who, "  ", Inked.Dim(waiver.Reason));
        }
    }

    private static ExplainedException Usage(string what, string because) => new(new(ExitCode.WrongUsage, what, because, "sandpiper help allow"));
}
