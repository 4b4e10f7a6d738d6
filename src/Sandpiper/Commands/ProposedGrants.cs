using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using Sandpiper.Console;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Sandbox;
using Sandpiper.Sandbox.Profiles;
using Sandpiper.Sandbox.Remembered;

namespace Sandpiper.Commands;

/// <summary>What a project proposes: shown, and put on record when somebody has accepted exactly that text.</summary>
internal sealed class ProposedGrants
{
    private const int FewestDigits = 12;

    private readonly Session _session;
    private readonly AllowedGrants _granted;
    private readonly ProposedLines? _proposed;
    private readonly Project? _project;

    /// <exception cref="ExplainedException">What is proposed is not understood.</exception>
    public ProposedGrants(Session session, AllowedGrants granted)
    {
        (_session, _granted) = (session, granted);
        _project = Project.Of(Callers.Of(session));
        try
        {
            _proposed = _project is null ? null : ProposedLines.Of(_project);
        }
        catch (FormatException e)
        {
            throw Refused("what this project proposes is not understood", e.Message);
        }
    }

    /// <summary>Shows it; accepts it where that was said, or is said when asked.</summary>
    /// <param name="accept">The beginning of the SHA-256 of what was seen; null: not accepted yet.</param>
    /// <returns>The numbers of what was put on record.</returns>
    public ImmutableArray<string> Do(string? accept)
    {
        if (_proposed is null)
        {
            _session.Terminal.Note(_project is null ? "This directory is no project." : "This project proposes nothing.");
            return [];
        }
        // Every line is judged before the first is put on record.
        ImmutableArray<Proposal> all = [.. _proposed.Lines.Select(Judged)];
        ImmutableArray<RememberedGrant> held = _granted.List();
        if (accept is not null)
        {
            MustBeSeen(accept);
            return Accept(all, held);
        }
        _session.Terminal.Note($"{_proposed.File} proposes:");
        foreach (Proposal proposal in all)
        {
            string state = proposal.Why is { } why ? $"   (cannot be granted now: {why})"
                : HeldAs(proposal, held) is { } number ? $"   (holds already: {number})" : "";
            _session.Terminal.Line("  sandpiper allow ", Inked.Bold(proposal.Line), Inked.Dim(state));
        }
        if (!all.Any(p => IsNew(p, held))) return [];
        if (IsWanted()) return Accept(all, held);
        _session.Terminal.Note("Nothing of it counts yet. To accept just this: "
            + $"sandpiper allow --proposed --accept {_proposed.Digest[..FewestDigits]}");
        return [];
    }

    /// <summary>The same for programs.</summary>
    public void WriteJson(Utf8JsonWriter json)
    {
        if (_proposed is null)
        {
            json.WriteNull("proposed");
            return;
        }
        ImmutableArray<RememberedGrant> held = _granted.List();
        json.WriteStartObject("proposed");
        json.WriteString("file", _proposed.File);
        json.WriteString("sha256", _proposed.Digest);
        json.WriteStartArray("lines");
        foreach (Proposal proposal in _proposed.Lines.Select(Judged))
        {
            json.WriteStartObject();
            json.WriteString("allow", proposal.Line);
            json.WriteString("holds_as", HeldAs(proposal, held));
            json.WriteString("cannot_be_granted", proposal.Why);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Whether the project of that directory proposes something for a command; what is not understood is nothing.</summary>
    public static bool AreFor(string command, Project project)
    {
        try
        {
            return ProposedLines.Of(project)?.Lines.Select(line => line.Split(' ')[0])
                .Any(word => word is "--here" || string.Equals(word, command, StringComparison.Ordinal)) == true;
        }
        catch (Exception e) when (e is FormatException or ExplainedException or RequirementsFileException)
        {
            return false;
        }
    }

    // What cannot be granted now (a directory that is not there yet) is left out, and proposed again the next time.
    private ImmutableArray<string> Accept(ImmutableArray<Proposal> all, ImmutableArray<RememberedGrant> held)
    {
        ImmutableArray<string> numbers = [.. all.Where(p => IsNew(p, held)).Select(p => _granted.Put(p.Grant!))];
        foreach (Proposal proposal in all.Where(p => p.Why is not null))
            _session.Terminal.Note(Inked.Yellow($"Left out: `{proposal.Line}`: {proposal.Why}"));
        return numbers;
    }

    private void MustBeSeen(string accept)
    {
        if (accept.Length >= FewestDigits && _proposed!.Digest.StartsWith(accept, StringComparison.OrdinalIgnoreCase)) return;
        throw Refused($"`--accept {accept}` is not what {_proposed!.File} proposes now",
            $"it changed since it was seen, or that is not the beginning of its SHA-256 (at least {FewestDigits} digits)");
    }

    private Proposal Judged(string line)
    {
        try
        {
            return new(line, GrantOf(line), null);
        }
        catch (GrantRefusedException e)
        {
            return new(line, null, $"`{GrantWords.From(e.Path, _project!.Directory)}`, {string.Join(' ', ConfinementWords.Of(e).Because)}");
        }
    }

    private RememberedGrant GrantOf(string line)
    {
        var words = new Command("allow");
        var subject = new Argument<string?>("COMMAND") { Arity = ArgumentArity.ZeroOrOne };
        var here = new Option<bool>("--here");
        words.Arguments.Add(subject);
        words.Options.Add(here);
        GrantOptions options = GrantOptions.AddTo(words, AllowedGrants.Undone);
        string[] typed = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        ParseResult parsed = words.Parse(typed, new() { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0) throw Refused($"`{line}` is no proposal that could be accepted", parsed.Errors[0].Message);
        return _granted.Judged(
            parsed.GetValue(subject), parsed.GetValue(here), isEverywhere: false, _ => options.Chosen(parsed, InProject));
    }

    // A project may speak for itself alone.
    private string InProject(string typed)
    {
        string path = RealPath.Of(Path.GetFullPath(typed, _project!.Directory));
        return DirectoryTree.Holds(_project.Directory, path) ? path
            : throw Refused($"`{typed}` lies outside the project", "a project may propose what is its own; all else you allow yourself");
    }

    private static bool IsNew(Proposal proposal, ImmutableArray<RememberedGrant> held) =>
        proposal.Grant is not null && HeldAs(proposal, held) is null;

    private static string? HeldAs(Proposal proposal, ImmutableArray<RememberedGrant> held) =>
        proposal.Grant is { } proposed ? AllowedGrants.HeldAs(proposed, held) : null;

    private bool IsWanted() =>
        Question.CanBeAsked && Question.IsAffirmed(_session.Terminal, "Accept all of it, from now on?");

    private static ExplainedException Refused(string what, string why) =>
        new(new(ExitCode.CouldNot, $"{what}; {AllowedGrants.Undone}", why, "sandpiper help allow"));

    /// <summary>A line, and what it would be on record as; or why it cannot be granted now.</summary>
    private sealed record Proposal(string Line, RememberedGrant? Grant, string? Why);
}
