using System.Collections.Immutable;
using Sandpiper.Console;
using Sandpiper.Environments.Shims;
using Sandpiper.Operations;

namespace Sandpiper.Commands;

/// <summary>Which of two environments has a command on PATH: its user says so, or it stays where it is.</summary>
internal sealed class NameQuestion(Session session, CancellationToken cancel)
{
    private bool CanBeAsked => Question.CanBeAsked && !session.Json;

    /// <summary>The same request, decided.</summary>
    /// <exception cref="OperationCanceledException">The answer was Ctrl-C.</exception>
    /// <exception cref="ExplainedException">A tool would have none of them: it is installed for its commands. A package is not.</exception>
    public InstallationRequest Answered(InstallationRequest request, ImmutableArray<HeldName> held)
    {
        var taken = CanBeAsked ? held.Where(h => Question.IsAffirmed(session.Terminal,
            $"`{h.Command}` on the PATH is that of `{h.Holder}`. Let `{request.Environment}` have it?", cancel)).ToList() : [];
        string decides = ShownNames.Of([.. request.Taking.Union(held.Select(h => h.Command)).Order(StringComparer.Ordinal)
            .Select(command => $"--take {command}")], between: " ");
        if (request.Tool is { } tool && taken.Count == 0)
        {
            // Not written anew: from another index, or of another version, it would be another one that gets the name.
            throw new ExplainedException(new(ExitCode.Refused, $"`{tool}` was not installed; nothing was changed",
                string.Join("; ", held.GroupBy(h => h.Holder, h => $"`{h.Command}`", StringComparer.Ordinal)
                    .Select(g => $"on the PATH, {ShownNames.Of([.. g])} {(g.Count() == 1 ? "is" : "are")} of `{g.Key}`")),
                $"the same command for `{tool}` alone, with {decides}"));
        }
        if (!CanBeAsked) session.Terminal.Note(Inked.Dim($"to have them in `{request.Environment}`: the same command with {decides}"));
        return request with { Taking = request.Taking.Union(taken.Select(h => h.Command)), StopsAtHeldNames = false };
    }
}
