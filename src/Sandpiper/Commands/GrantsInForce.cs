using System.Collections.Immutable;
using Sandpiper.Console;
using Sandpiper.Sandbox.Profiles;
using Sandpiper.Sandbox.Remembered;

namespace Sandpiper.Commands;

/// <summary>What one run was granted, and by whom: typed for this time, or remembered.</summary>
/// <param name="Typed">On this command line.</param>
/// <param name="Remembered">Those that count here, their paths absolute.</param>
/// <param name="NotHere">Those for every project whose paths cannot be granted in this one, and why.</param>
internal sealed record GrantsInForce(
    Grants Typed, ImmutableArray<RememberedGrant> Remembered, ImmutableArray<(RememberedGrant Grant, GrantRefusedException Why)> NotHere)
{
    /// <summary>All of them together.</summary>
    public Grants All => Remembered.Aggregate(Typed, (all, remembered) => all.And(remembered.Grants));

    /// <param name="environment">Whose packages are used.</param>
    /// <param name="program">The first word of the command line.</param>
    /// <param name="around">The project of the caller; null: he is in none.</param>
    /// <exception cref="GrantFileDamagedException">What is remembered cannot be read: nothing is run on a part of it.</exception>
    /// <exception cref="ExplainedException">A remembered grant must not be given any more, or cannot.</exception>
    public static GrantsInForce For(
        Session session, string environment, string program, Grants typed, Caller caller, Project? around)
    {
        string? project = around?.Directory;
        string command = RememberedGrant.CommandOf(program, caller.CurrentDirectory);
        var here = ImmutableArray.CreateBuilder<RememberedGrant>();
        var notHere = ImmutableArray.CreateBuilder<(RememberedGrant, GrantRefusedException)>();
        foreach (RememberedGrant grant in new GrantFile(session.Places.Root).List().Where(g => g.HoldsFor(environment, command, project)))
        {
            bool isRelative = grant.Grants.Write.Concat(grant.Grants.Read).Any(path => !Path.IsPathFullyQualified(path));
            // "Its own project" means nothing where there is none.
            if (isRelative && project is null) continue;
            RememberedGrant placed = grant with { Grants = (isRelative ? grant.Grants.Below(project!) : grant.Grants).Settle() };
            try
            {
                Profile.Judge(placed.Grants, session.Places.Root, caller);
                here.Add(placed);
            }
            catch (GrantRefusedException refused) when (isRelative)
            {
                notHere.Add((placed, refused));
            }
            catch (GrantRefusedException refused)
            {
                Explanation why = ConfinementWords.Of(refused);
                throw new ExplainedException(why with
                {
                    What = $"{why.What}, which you allowed (g{grant.Number}); nothing was run",
                    Hints = [$"sandpiper allow --withdraw g{grant.Number}"],
                });
            }
        }
        return new(typed, here.DrainToImmutable(), notHere.DrainToImmutable());
    }
}
