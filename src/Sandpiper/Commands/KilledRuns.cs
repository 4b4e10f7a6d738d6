using System.Collections.Immutable;
using System.Globalization;
using Sandpiper.Console;
using Sandpiper.Sandbox.Leftovers;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Commands;

/// <summary>
/// What runs left that were ended by force: looked at by the next command, and kept aside or told as those would have done.
/// </summary>
internal sealed class KilledRuns(Session session)
{
    /// <summary>How long what cannot be looked at is remembered, at least.</summary>
    public static TimeSpan Kept { get; } = TimeSpan.FromDays(30);

    private readonly BegunRuns _runs = new(session.Places.Root);

    /// <summary>Whether there may be any.</summary>
    public bool AreThere => _runs.AreThere;

    /// <summary>Looks at what there is, and tells of it.</summary>
    public void Settle()
    {
        foreach (KilledRun left in Settled(next: null))
        {
            using (left) Tell(left);
        }
    }

    /// <summary>The same, for who tells of the rest, too.</summary>
    /// <returns>What could not be looked at, and why.</returns>
    public ImmutableArray<UnlookedRun> SettleAndTell()
    {
        var unlooked = ImmutableArray.CreateBuilder<UnlookedRun>();
        foreach (KilledRun left in Settled(next: null))
        {
            using (left) unlooked.Add(new(left.Command, left.Begun, left.Root, left.Why));
        }
        return unlooked.DrainToImmutable();
    }

    /// <summary>Looks before a program begins that may do something.</summary>
    /// <param name="next">What it may do.</param>
    /// <exception cref="ExplainedException">Something that it could meet is not known.</exception>
    public void MustBeSettled(Confinement next)
    {
        foreach (KilledRun left in Settled(next))
        {
            using (left)
            {
                // What is not there can be run by nobody; when it is back it is looked at.
                if (left.Why is WhyUnlooked.Gone or WhyUnlooked.Another)
                {
                    Tell(left);
                    continue;
                }
                throw new ExplainedException(left.Why is WhyUnlooked.Living
                    ? new(ExitCode.RunFailed, "what was begun by a run that was killed has not ended yet; nothing was run",
                        WordsOf(left), "try again in a moment")
                    : new(ExitCode.RunFailed, "what a run left that was killed cannot be known; nothing was run",
                        WordsOf(left.Why, left.Root), "look at the project yourself: a git hook, an .envrc, *.pth",
                        "sandpiper held forget      from then on it counts as looked at"));
            }
        }
    }

    private void Tell(KilledRun left)
    {
        if (left.IsTold) return;
        session.Terminal.Problem(Inked.Yellow(
            $"sandpiper: {WordsOf(left)}; nobody knows what it left: {WordsOf(left.Why, left.Root)} ·  sandpiper held"));
        if (left.Why is not (WhyUnlooked.Gone or WhyUnlooked.Another)) return;
        try
        {
            left.TellOnce();
        }
        catch (IOException)
        {
            // Then it is said again.
        }
    }

    /// <summary>Forgets what cannot be looked at.</summary>
    /// <param name="before">Only those that began earlier; null: all.</param>
    /// <returns>What is forgotten.</returns>
    public ImmutableArray<UnlookedRun> Forget(DateTimeOffset? before = null)
    {
        var forgotten = ImmutableArray.CreateBuilder<UnlookedRun>();
        foreach (KilledRun left in Settled(next: null))
        {
            using (left)
            {
                if (left.Why is WhyUnlooked.Living || (before is not null && !(left.Begun < before))) continue;
                left.Forget();
                forgotten.Add(new(left.Command, left.Begun, left.Root, left.Why));
            }
        }
        return forgotten.DrainToImmutable();
    }

    /// <summary>Has the kernel forget when they ended, before their records go.</summary>
    public void Unmark()
    {
        foreach (KilledRun killed in _runs.Killed(TimeSpan.Zero))
        {
            using (killed) killed.Unmark();
        }
    }

    /// <summary>Puts a run on record whose program is about to begin.</summary>
    /// <returns>Null where nothing can be written, which is said.</returns>
    public BegunRun? Put(WritableWatch watch, IReadOnlyList<string> command)
    {
        try
        {
            return _runs.Put(watch, string.Join(' ', command.Select(WithoutSecrets.OfWord)), Session.Time.GetUtcNow());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            session.Terminal.Problem(Inked.Yellow(
                $"sandpiper: nothing can be written ({e.Message}): should this command be killed, nobody looks at what its program left"));
            return null;
        }
    }

    /// <summary>Which run it was.</summary>
    public static string WordsOf(KilledRun run) => WordsOf(run.Command, run.Begun);

    /// <inheritdoc cref="WordsOf(KilledRun)"/>
    public static string WordsOf(string command, DateTimeOffset? begun) => begun is not { } at ? "a run was killed"
        : string.Create(
            CultureInfo.InvariantCulture, $"`{ShownCommand.Of(command)}` was killed, begun {at.ToLocalTime():yyyy-MM-dd HH:mm}");

    /// <summary>Why what it left is not known.</summary>
    public static string WordsOf(WhyUnlooked why, string? directory) => why switch
    {
        WhyUnlooked.Gone => $"{directory} is not there",
        WhyUnlooked.Another => $"{directory} is another directory by now",
        WhyUnlooked.Closed => $"{directory} cannot be read",
        WhyUnlooked.Living => "its sandbox has not ended yet",
        _ => "its record is damaged, or of another version of sandpiper",
    };

    // Each that could not be looked at, held until its reader has disposed of it.
    private IEnumerable<KilledRun> Settled(Confinement? next)
    {
        foreach (KilledRun run in _runs.Killed())
        {
            using WritableWatch? watch = run.TryWatch(next);
            if (watch is null)
            {
                yield return run;
                continue;
            }
            using (run)
            {
                bool isKept = LeftoverReport.Settle(
                    session.Terminal, watch, new HeldFiles(session.Places.Root), run.Command, run);
                // Where nothing could be written the next command tries once more.
                if (isKept) run.Forget();
            }
        }
    }
}

/// <summary>A run that was ended by force, and of which nobody can look what it left.</summary>
/// <param name="Command">What was run; empty: nobody knows.</param>
/// <param name="Begun">When it had begun; null: likewise.</param>
/// <param name="Directory">That it could write; null: likewise.</param>
/// <param name="Why">Why.</param>
internal sealed record UnlookedRun(string Command, DateTimeOffset? Begun, string? Directory, WhyUnlooked Why);
