using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Sandpiper.Console;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Ledger;
using Sandpiper.Kernel.Files;
using Sandpiper.Operations;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Versions;
using Sandpiper.Policies;
using Sandpiper.Sandbox.Remembered;
using Sandpiper.Store;

namespace Sandpiper.Commands;

/// <summary>
/// <c>allow</c>: let a command do more than it would be let, or accept what one rule says of one wheel, on record; list both, take one
/// back.
/// </summary>
internal static class AllowCommand
{
    private const int FewestDigits = 8;     // of a SHA-256 that tells apart what was refused here; what goes on record is the whole of it

    public static Command Build()
    {
        var subject = new Argument<string?>("COMMAND|NAME==VERSION") { Arity = ArgumentArity.ZeroOrOne };
        var here = new Option<bool>("--here") { Description = "every command in this project, not one" };
        var everywhere = new Option<bool>("--everywhere")
        {
            Description = "this command in every project; `--write .` is then the project that it runs in",
        };
        var rule = new TextOption("--rule") { HelpName = "SP-…", Description = "the rule that the refusal named" };
        var reason = new TextOption("--reason") { HelpName = "TEXT", Description = "why you accept it; goes on record" };
        var sha256 = new TextOption("--sha256")
        {
            HelpName = "HEX",
            Description = "of the wheel, or its beginning; default: the one that was refused here",
        };
        var env = new TextOption("--env")
        {
            HelpName = "NAME",
            Description = $"the environment: of the command (default: `{EnvironmentOptions.Shared}`), or of what is refused because of the "
                + "others in it (default: where it was refused)",
        };
        var expires = new Option<DateTimeOffset?>("--expires")
        {
            HelpName = "WHEN",
            Description = "until when: a date, or a time from now such as `30 days`",
            Arity = ArgumentArity.OneOrMore,
            CustomParser = Moments.ParseExpiry,
        };
        var withdraw = new TextOption("--withdraw") { HelpName = "N", Description = "take one of the list back: g1, or 1" };
        var proposed = new Option<bool>("--proposed") { Description = "what this project's pyproject.toml proposes, to be accepted" };
        var accept = new TextOption("--accept")
        {
            HelpName = "HEX", Description = "accept what is proposed, if it is still what `--proposed` showed",
        };
        var command = new TaughtCommand("allow", "let a command do more, or accept what was refused of one wheel",
            [
                new("sandpiper allow black --write .", "in this project, from now on"),
                new("sandpiper allow --here --net pypi.org", "every command in this project"),
                new("sandpiper allow black --everywhere --write .", "in each project it runs in"),
                new("sandpiper allow evilhook==1.0 --rule SP-WHEEL-21 --reason \"read it\"", "install it with its hook"),
                new("sandpiper allow --proposed", "what this project would like"),
                new("sandpiper allow", "what was allowed so far"),
                new("sandpiper allow --withdraw g1", "take the first grant back"),
            ],
            [
                "A command is a name as you type it after `run --`, or a path. What holds for it in a project (the nearest directory with "
                + "pyproject.toml, setup.cfg, setup.py or .git in it, below your home; else the current one) holds in all of it, for "
                + "`run`, `python` and the commands on your PATH alike. It is the name that is trusted: when another package brings a "
                + "command of that name, it holds for that. `run --explain` tells what counts where you stand.",
                "A project proposes with `[tool.sandpiper] allow = [\"black --write .\"]` in its pyproject.toml, each text as it would be "
                + "typed here, of its own files. What you accept is what you were shown: what is proposed later is not accepted with it.",
                "What could not be granted with `run` cannot be remembered either, and is judged anew at every run.",
                "What is accepted is what was refused here: the very bytes of that wheel, by their SHA-256. Another wheel of the same "
                + "version is refused again. Files of two packages (SP-ENV-01) and names of the standard library (SP-ENV-02) are accepted "
                + "for one environment, the first between the two packages that were named; who was there before keeps the file.",
                $"Rules that can be accepted: {string.Join(", ", Rules.Acceptable)}. An archive that readers could read differently cannot "
                + "be: nobody could say what was accepted.",
            ]);
        subject.CompletionSources.Add(EnvironmentOptions.CommandNames);
        command.Arguments.Add(subject);
        GrantOptions grants = GrantOptions.AddTo(command, AllowedGrants.Undone);
        command.Options.Add(here);
        command.Options.Add(everywhere);
        command.Options.Add(rule);
        rule.CompletionSources.Add(_ => Rules.Acceptable.Select(r => new System.CommandLine.Completions.CompletionItem(r)));
        foreach (Option option in (Option[])[reason, sha256, env, expires, withdraw, proposed, accept]) command.Options.Add(option);
        command.Runs((session, parsed) =>
        {
            var waivers = new WaiverFile(session.Places.Root);
            var granted = new AllowedGrants(session, parsed.GetValue(env) ?? EnvironmentOptions.Shared);
            string? text = parsed.GetValue(subject);
            bool isGrant = grants.AreUsed(parsed) || parsed.GetValue(here) || parsed.GetValue(everywhere);
            bool isWaiver = new Option[] { rule, reason, sha256, expires }.Any(o => parsed.GetResult(o) is { Implicit: false });
            ImmutableArray<string> done = [];
            ProposedGrants? proposals = null;
            MustBeText(text, parsed.GetValue(reason));
            if (parsed.GetValue(proposed))
            {
                if (text is not null || isGrant || isWaiver || parsed.GetValue(withdraw) is not null)
                    throw Usage("`--proposed` takes nothing but `--accept` and `--env`", "what the project says is accepted, or nothing");
                var asked = new ProposedGrants(session, granted);
                if (!session.Json || parsed.GetValue(accept) is not null) done = asked.Do(parsed.GetValue(accept));
                proposals = asked;
            }
            else if (parsed.GetValue(accept) is not null) throw Usage("`--accept` belongs to `--proposed`", "that shows what it accepts");
            else if (parsed.GetValue(withdraw) is { } number)
            {
                if (text is not null || isGrant || isWaiver) throw Usage("`--withdraw` takes nothing but a number", "see the list for it");
                if (number.StartsWith('g')) granted.Withdraw(number);
                else Withdraw(session, waivers, number);
                done = [number];
            }
            else if (isGrant)
            {
                if (isWaiver) throw Usage("a grant for a command has no rule, reason, SHA-256 or end", AllowedGrants.Undone);
                done = [granted.Add(text, parsed.GetValue(here), parsed.GetValue(everywhere), path => grants.Chosen(parsed, path))];
            }
            else if (text is null)
            {
                if (!session.Json) Show(session, waivers, granted);
            }
            else if (!isWaiver && !text.Contains('=', StringComparison.Ordinal)) throw AllowedGrants.NothingFor(text);
            else
            {
                Waiver asked = Asked(text, parsed.GetValue(rule), parsed.GetValue(reason)) with { Expires = parsed.GetValue(expires) };
                done = [Add(session, waivers, asked, parsed.GetValue(sha256), parsed.GetValue(env))];
            }
            if (session.Json)
                WriteJson(session.Terminal, waivers.List(), granted.List(), Session.Time.GetUtcNow(), proposals, done);
            return (int)ExitCode.Done;
        });
        return command;
    }

    // On record a byte that is no text would become another one, and the command of that name would have what this one was given.
    private static void MustBeText(params ReadOnlySpan<string?> typed)
    {
        foreach (string? text in typed)
        {
            if (text is null || NativeText.IsText(text)) continue;
            throw new ExplainedException(new(ExitCode.CouldNot, $"`{text}` cannot be put on record; {AllowedGrants.Undone}",
                "it is no UTF-8, so that it would be another one there"));
        }
    }

    // As typed: which bytes it is about is not known yet.
    private static Waiver Asked(string text, string? rule, string? reason)
    {
        if (!Requirement.TryParse(text, out Requirement? requirement, out _)
            || requirement.Specifiers.Clauses is not [{ Operator: "==" } pin]
            || !Pep440Version.TryParse(pin.VersionText, out Pep440Version version, out _) || requirement.Marker is not null)
        {
            throw Usage($"`{text}` does not name one version of one package", "a waiver is for exactly one: NAME==VERSION");
        }
        if (rule is null) throw Usage("`--rule` is missing", "a waiver is for one rule, which the refusal named: --rule SP-…");
        string known = Rules.Acceptable.FirstOrDefault(r => string.Equals(r, rule, StringComparison.OrdinalIgnoreCase))
            ?? throw Usage($"`{rule}` is no rule that can be accepted", $"these can: {string.Join(", ", Rules.Acceptable)}");
        if (string.IsNullOrWhiteSpace(reason))
            throw Usage("a waiver needs a reason", "in a year somebody asks why this was accepted: --reason TEXT");
        return new Waiver(requirement.Name, version, known, reason, Author.Name, Session.Time.GetUtcNow());
    }

    /// <returns>Its number.</returns>
    private static string Add(Session session, WaiverFile waivers, Waiver asked, string? sha256, string? env)
    {
        Waiver bound = Bound(session, asked, sha256, env);
        Waiver added = waivers.Add(bound);
        string where = added.Environment is { } environment ? $" in `{environment}`" : "";
        session.Terminal.Note($"On record as number {added.Number}: {added.Name} {added.Version} may do what {added.Rule} "
            + $"refuses{where}, as the wheel {added.Digest}.");
        if (added.Owner is { } owner) session.Terminal.Note($"{owner} keeps `{added.Path}`.");
        if (added.Expires is { } end) session.Terminal.Note($"Until {MomentIn(end)}.");
        return $"{added.Number}";
    }

    /// <summary>
    /// The same with the bytes it is about: those that were refused here, or that lie in an environment; never simply the next ones.
    /// </summary>
    private static Waiver Bound(Session session, Waiver asked, string? sha256, string? env)
    {
        if (sha256 is not null && (sha256.Length is < FewestDigits or > 64 || !sha256.All(char.IsAsciiHexDigit)))
            throw Usage($"`{sha256}` is no SHA-256", $"its first {FewestDigits} digits or more, of 64");
        bool isOfEnvironment = Rules.IsAboutEnvironment(asked.Rule);
        if (env is not null && !isOfEnvironment)
            throw Usage($"`--env` means nothing for {asked.Rule}", "it is about the wheel itself, wherever it is installed");

        ImmutableArray<Waiver> known = [.. KnownFor(session, asked)
            .Where(w => sha256 is null || w.Digest!.Value.Hex.StartsWith(sha256, StringComparison.OrdinalIgnoreCase))
            .Where(w => env is null || string.Equals(w.Environment, env, StringComparison.Ordinal))
            .DistinctBy(w => (w.Digest, w.Environment))];
        if (known is [var one]) return one;
        if (known.IsEmpty)
        {
            if (!isOfEnvironment && Sha256Digest.TryParseHex(sha256, out Sha256Digest whole)) return asked with { Digest = whole };
            throw new ExplainedException(new(ExitCode.CouldNot,
                $"nothing was put on record: no wheel of {asked.Name} {asked.Version} was refused here by {asked.Rule}",
                isOfEnvironment
                    ? "what is accepted is one conflict in one environment, so it has to have been met"
                    : "what is accepted are the bytes of one wheel, so it has to be known which",
                $"sandpiper install {asked.Name}=={asked.Version}      then what is refused can be accepted"));
        }
        bool isOneWheel = known.Select(w => w.Digest).Distinct().Count() == 1;
        throw new ExplainedException(new(ExitCode.WrongUsage,
            $"{asked.Rule} refused more than one thing in {asked.Name} {asked.Version} here; nothing was put on record",
            [.. known.Select(w => $"{w.Digest}{(w.Environment is null ? "" : $" in `{w.Environment}`")}")],
            [
                isOneWheel
                    ? "name the environment: --env NAME"
                    : $"name the wheel by the beginning of its SHA-256: --sha256 {known[0].Digest!.Value.Hex[..12]}",
            ]));
    }

    // Newest first. Of one wheel in one environment the newest counts: it is what was shown last.
    private static IEnumerable<Waiver> KnownFor(Session session, Waiver asked)
    {
        foreach (Refusal refusal in new RefusedBefore(session.Places.Cache).Find(asked.Name, asked.Version, asked.Rule))
        {
            yield return asked with
            {
                Digest = refusal.Artifact!.Digest,
                Environment = refusal.Environment,
                Path = refusal.First.Path,
                Owner = refusal.First.Owner,
            };
        }
        if (Rules.IsAboutEnvironment(asked.Rule)) yield break;
        foreach (InstalledPackage package in EnvironmentOptions.AllInstalled(session)
            .Where(p => p.Name == asked.Name && p.Version == asked.Version && IsRefusedIn(session, p, asked.Rule)))
        {
            yield return asked with { Digest = package.Digest };
        }
    }

    // An environment's description lies where the user's programs can write: what it names has to be sealed here, as what it says it is,
    // and to have what the rule is about. Otherwise it would say which bytes are accepted.
    private static bool IsRefusedIn(Session session, InstalledPackage package, string rule)
    {
        try
        {
            if (new WheelStore(session.Places.Root).Find(package.Digest) is not { Findings: { } findings } wheel) return false;
            _ = EntryStamps.Find(wheel);        // throws where the manifest is not the one that was sealed
            return wheel.FileName.Name == package.Name && wheel.FileName.Version == package.Version
                && findings.Any(f => string.Equals(f.Rule, rule, StringComparison.Ordinal));
        }
        catch (StoreDamagedException)
        {
            return false;
        }
    }

    private static void Withdraw(Session session, WaiverFile waivers, string number)
    {
        if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int asked))
            throw Usage($"`{number}` is no number of the list", "grants are g1, g2 …, waivers 1, 2 …");
        if (waivers.Withdraw(asked, Author.Name, Session.Time.GetUtcNow()) is not { } waiver)
            throw new ExplainedException(new(ExitCode.CouldNot, $"there is no number {number} to take back; nothing was changed",
                "it was never given, or was taken back before", "sandpiper allow"));
        // It may have been accepted more than once: with another reason, until another day.
        DateTimeOffset now = Session.Time.GetUtcNow();
        string[] others = [.. waivers.List()
            .Where(w => w.StateAt(now) is WaiverState.Holds && WhatItIsAbout(w).Equals(WhatItIsAbout(waiver)))
            .Select(w => $"{w.Number}")];
        string which = waiver.Digest is { } digest ? $", as the wheel {digest}" : "";
        if (others.Length > 0)
        {
            session.Terminal.Note(Inked.Yellow($"Taken back: number {waiver.Number}. {waiver.Name} {waiver.Version} may still do what "
                + $"{waiver.Rule} refuses{which}: number {string.Join(", ", others)}"));
            return;
        }
        session.Terminal.Note($"Taken back: {waiver.Name} {waiver.Version} may no longer do what {waiver.Rule} refuses{which}. "
            + "What is installed stays until the next install.");
    }

    private static (PackageName, Pep440Version, string, Sha256Digest?, string?, string?, Artifact?) WhatItIsAbout(Waiver waiver) =>
        (waiver.Name, waiver.Version, waiver.Rule, waiver.Digest, waiver.Environment, waiver.Path, waiver.Owner);

    private static void Show(Session session, WaiverFile waivers, AllowedGrants granted)
    {
        ImmutableArray<Waiver> all = waivers.List();
        ImmutableArray<RememberedGrant> grants = granted.List();
        DateTimeOffset now = Session.Time.GetUtcNow();
        bool isAny = granted.Show(grants);
        if (all.IsEmpty && !isAny) session.Terminal.Note("Nothing was allowed so far.");
        foreach (Waiver waiver in all)
        {
            string where = waiver.Environment is { } environment ? $"in `{environment}`  " : "";
            string between = waiver.Owner is { } owner ? $"`{waiver.Path}` stays {owner.Name}'s  " : "";
            session.Terminal.Listed(17, $"{waiver.Number,3}  ", waiver.When.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), "  ",
                $"{waiver.Name}=={waiver.Version}", "  ",
                waiver.Rule, "  ", $"{where}{between}{waiver.Who}", "  ", Inked.Dim(waiver.Reason));
            if (StateIn(waiver, now) is { } state) session.Terminal.Listed(5, Inked.Yellow($"     {state}"));
        }
    }

    // Null: it holds until somebody takes it back.
    private static string? StateIn(Waiver waiver, DateTimeOffset now) => waiver.StateAt(now) switch
    {
        WaiverState.Withdrawn => $"holds no more: taken back by {waiver.WithdrawnBy} on {waiver.WithdrawnWhen:yyyy-MM-dd}",
        WaiverState.Expired => $"holds no more since {MomentIn(waiver.Expires!.Value)}",
        WaiverState.Unbound =>
            $"holds no more: it names no bytes. sandpiper allow {waiver.Name}=={waiver.Version} --rule {waiver.Rule} --reason …",
        _ => waiver.Expires is { } end ? $"until {MomentIn(end)}" : null,
    };

    private static string MomentIn(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static void WriteJson(
        Terminal terminal, ImmutableArray<Waiver> all, ImmutableArray<RememberedGrant> grants, DateTimeOffset now,
        ProposedGrants? proposed, ImmutableArray<string> done) =>
        JsonAnswer.Write(terminal, "allow", json =>
        {
            json.WriteStartArray("waivers");
            foreach (Waiver waiver in all)
            {
                json.WriteStartObject();
                json.WriteNumber("number", waiver.Number);
                json.WriteString("name", waiver.Name.ToString());
                json.WriteString("version", waiver.Version.ToString());
                json.WriteString("sha256", waiver.Digest?.Hex);
                json.WriteString("rule", waiver.Rule);
                json.WriteString("environment", waiver.Environment);
                json.WriteString("path", waiver.Path);
                json.WriteString("owner", waiver.Owner is { } owner ? $"{owner.Name}=={owner.Version}" : null);
                json.WriteString("reason", waiver.Reason);
                json.WriteString("who", waiver.Who);
                json.WriteString("when", waiver.When.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
                json.WriteString("expires", waiver.Expires?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
                json.WriteString("state", waiver.StateAt(now) switch
                {
                    WaiverState.Holds => "holds",
                    WaiverState.Expired => "expired",
                    WaiverState.Withdrawn => "withdrawn",
                    _ => "without_bytes",
                });
                json.WriteEndObject();
            }
            json.WriteEndArray();
            AllowedGrants.WriteJson(json, grants);
            if (proposed is null) json.WriteNull("proposed");
            else proposed.WriteJson(json);
            json.WriteStrings("done", done);
        });

    private static ExplainedException Usage(string what, string because) =>
        new(new(ExitCode.WrongUsage, what, because, "sandpiper help allow"));
}
