using System.Collections.Immutable;
using Sandpiper.Console;
using Sandpiper.Environments.Generations;
using Sandpiper.Interpreters;
using Sandpiper.Operations;

namespace Sandpiper.Commands;

/// <summary>An installation from the indexes that were named, with what it does on the terminal while it does it.</summary>
internal static class ShownInstallation
{
    /// <param name="interpreter">Asked when something was asked of the indexes: it may have to be started, to say what it is.</param>
    /// <param name="seen">As <see cref="Installation.Seen"/>.</param>
    /// <param name="isBrief">As <see cref="ShownFacts.IsBrief"/>.</param>
    /// <inheritdoc cref="Installation.InstallAsync" path="/exception"/>
    public static async Task<InstallationOutcome> DoAsync(
        Session session, Lazy<Interpreter> interpreter, Generation? seen, InstallationRequest request,
        ImmutableArray<Uri> addresses, bool isBrief, CancellationToken cancel)
    {
        using var indexes = new OpenIndexes(session, addresses, request.Limits);
        // What is installed answers for itself.
        if (seen is null) indexes.AskAhead(request.Lines.Where(line => line.Hashes.IsEmpty || !session.Context.HasChosenBefore));
        Interpreter asked = interpreter.Value;
        InstallationOutcome outcome;
        using (var line = new ProgressLine(session.Terminal, Session.Time))
        {
            outcome = await new Installation(session.Context, asked, indexes.Whole) { Seen = seen }
                .InstallAsync(request, new ShownFacts(session.Terminal, line) { IsBrief = isBrief }, cancel);
        }
        indexes.TellLeftOut(session.Terminal);
        return outcome;
    }
}
