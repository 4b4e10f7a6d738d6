using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Verifying;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Environments.Shims;

/// <summary>Which shims were as they should be, and when.</summary>
public sealed record SeenShims(IReadOnlySet<string> Names, long At)
{
    private static readonly TimeSpan Holds = TimeSpan.FromSeconds(1);

    /// <summary>It was, a moment ago.</summary>
    public bool IsStill(string name) => Names.Contains(name) && Stopwatch.GetElapsedTime(At) < Holds;
}

/// <summary>A command that an environment would have on PATH, and the other environment that has it.</summary>
public sealed record HeldName(string Command, string Holder);

/// <summary>
/// The commands of an environment as little scripts, each of which goes through <c>run</c>: those of the shared one and of each tool on a
/// person's PATH, those of each environment beside a <c>python</c>, for whoever activates it and for editors, and one that is the kernel
/// of a notebook.
/// </summary>
/// <remarks>
/// On PATH a name is that of one environment. Whose it is says the script itself; who has it keeps it as long as it has such a command, and
/// another one gets it when its user says so.
/// </remarks>
public static class ShimDirectory
{
    internal const string Kernel = "kernel";

    /// <summary>Where the confined <c>python</c> of an environment lies, and its commands; absolute.</summary>
    public static string OfInterpreter(ManagedEnvironment environment) => Path.Combine(environment.Directory, "confined", "bin");

    /// <summary>The kernel of an environment for notebooks, which takes a connection file; absolute.</summary>
    public static string OfKernel(ManagedEnvironment environment) =>
        Path.Combine(environment.Directory, "confined", "notebooks", Kernel);

    /// <summary>Those of some commands that the environment could have on PATH, and that another one has.</summary>
    public static ImmutableArray<HeldName> HeldByOthers(
        ManagedEnvironment environment, IEnumerable<string> commands, DataPlaces places)
    {
        ShimPlace place = ShimPlace.OnPath(environment, places, "");
        return [.. commands.Where(c => CommandName.WhyNone(c) is null)
            .Select(c => place.HolderOf(c) is { } other ? new HeldName(c, other) : null).OfType<HeldName>()];
    }

    /// <summary>Commands on PATH that are this environment's.</summary>
    public static ImmutableArray<string> OnPath(ManagedEnvironment environment, Generation generation, DataPlaces places)
    {
        ShimPlace place = ShimPlace.OnPath(environment, places, "");
        return [.. place.NamesOf(generation).Where(name => place.At(name) is { } shim && place.IsOwn(shim))];
    }

    /// <summary>Makes those that are missing, removes those that are no more.</summary>
    /// <param name="taking">Names that it gets, whoever has them.</param>
    /// <param name="isHeld">Whether <see cref="PathLock"/> is held already.</param>
    /// <param name="before">What it had before: which of those commands are the system's was told then. Null: nothing.</param>
    /// <param name="seen">What was looked at already, with the environment's lock held since; null: nothing.</param>
    /// <returns>What a person should hear: commands that got none, and why.</returns>
    public static ImmutableArray<string> Refresh(ManagedEnvironment environment, Generation generation, DataPlaces places,
        string executable, IReadOnlySet<string>? taking = null, Generation? before = null, bool isHeld = false, SeenShims? seen = null)
    {
        var notes = ImmutableArray.CreateBuilder<string>();
        Fill(ShimPlace.BesideInterpreter(environment, places, executable), generation, taking, notes, seen);
        Fill(ShimPlace.ForNotebooks(environment, places, executable), generation, taking, notes);
        notes.AddRange((taking ?? ImmutableHashSet<string>.Empty).Except(generation.OnPath, StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .Select(command => $"`{command}` is no command that `{environment.Name}` could have on the PATH"));
        ShimPlace onPath = ShimPlace.OnPath(environment, places, executable);
        // An environment that is none of a tool has nothing there, unless it was one before.
        if (generation.OnPath.IsEmpty && !environment.IsShared && !onPath.IsThere) return notes.ToImmutable();
        ImmutableArray<string> free;
        using (isHeld ? null : PathLock.Hold(places))
        {
            (free, var own) = Fill(onPath, generation, taking, notes);
            ManualPages.Refresh(environment, generation, own, places, notes);
            Offer(free, onPath, notes);
        }
        string whose = environment.IsShared ? "" : $" --env {environment.Name}";
        var told = (before?.OnPath ?? []).Except(free, StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal);
        string[] others = [.. generation.OnPath.Where(c => !told.Contains(c) && CommandName.WhyNone(c) is not null)];
        notes.AddRange(others.Take(ShownNames.Most).Select(command =>
            $"`{command}` {CommandName.WhyNone(command)}" + (SystemCommands.Keep(command) ? ", inside as well"
                : $"; the package's is: sandpiper run{whose} -- {(CommandName.IsPlain(command) ? command : Shim.Quoted(command))}")));
        if (others.Length > ShownNames.Most) notes.Add($"{others.Length - ShownNames.Most} more commands have no name on the PATH");
        return notes.ToImmutable();
    }

    /// <summary>
    /// Which of those beside the interpreter are as they should be: most will be after a change, too, and whoever makes them then need not
    /// look again.
    /// </summary>
    public static SeenShims Look(ManagedEnvironment environment, Generation generation, DataPlaces places, string executable)
    {
        ShimPlace place = ShimPlace.BesideInterpreter(environment, places, executable);
        long at = Stopwatch.GetTimestamp();
        return new SeenShims(
            place.NamesOf(generation).Where(name => place.Differs(name) is null).ToHashSet(StringComparer.Ordinal), at);
    }

    /// <summary>Removes those that are ours, of an environment that goes; what somebody else put there stays.</summary>
    /// <returns>What a person should hear: names that another environment has now.</returns>
    public static ImmutableArray<string> Remove(ManagedEnvironment environment, DataPlaces places, string executable)
    {
        var notes = ImmutableArray.CreateBuilder<string>();
        ShimPlace onPath = ShimPlace.OnPath(environment, places, executable);
        // First what others have a part in: where that cannot be done, the environment stays, and has what it had.
        if (onPath.IsThere)
        {
            using (PathLock.Hold(places))
            {
                ImmutableArray<string> free = RemoveAll(onPath, onPath.Has);
                ManualPages.Remove(environment, places);
                Offer(free, onPath, notes);
            }
        }
        foreach (ShimPlace own in PlacesOf(environment, places, executable).Where(p => !p.IsOnPath)) RemoveAll(own, own.HasMark);
        return notes.ToImmutable();
    }

    /// <summary>Removes all that are on PATH, of whichever environment, with their manual pages.</summary>
    public static void RemoveAll(DataPlaces places)
    {
        ShimPlace onPath = ShimPlace.OnPath(ManagedEnvironment.Open(places.Root, ManagedEnvironment.Shared), places, "");
        ManualPages.RemoveAll(places);
        RemoveAll(onPath, onPath.HasMark);
    }

    /// <summary>
    /// Lets those that we wrote for this program where it lay before, or for an earlier version of it, start the one that it is now: ours
    /// to the letter but for the program that they start. Everything else is as it was.
    /// </summary>
    public static void FollowTheProgram(ManagedEnvironment environment, DataPlaces places, string executable)
    {
        foreach (ShimPlace place in PlacesOf(environment, places, executable))
        {
            if (!place.IsThere) continue;
            string[] names = place.Names();
            // The last one last: it speaks for the others, and most commands read no other.
            if (names is not [.., var last] || (place.At(last) is { } one && place.Starts(one))) continue;
            using SafeFileHandle? alone = place.IsOnPath ? PathLock.Hold(places) : null;
            foreach (Shim shim in names.Select(place.At).OfType<Shim>().Where(s => !place.Starts(s))) place.Follow(shim);
        }
    }

    /// <summary>What is not as <see cref="Refresh"/> leaves it; everything in that directory answers for a command of somebody's.</summary>
    public static IEnumerable<Deviation> Compare(
        ManagedEnvironment environment, Generation generation, DataPlaces places, string executable) =>
        PlacesOf(environment, places, executable).Where(place => !place.IsOnPath || HasToDoWithPath(environment, generation))
            .SelectMany(place => Compare(place, generation));

    /// <summary>Puts aside what is not ours, so that <see cref="Refresh"/> finds a directory with nothing but shims in it.</summary>
    /// <returns>What a person should hear.</returns>
    public static ImmutableArray<string> PutAside(ManagedEnvironment environment, Generation generation, DataPlaces places)
    {
        var notes = ImmutableArray.CreateBuilder<string>();
        foreach (ShimPlace place in PlacesOf(environment, places, ""))
        {
            if (place.IsOnPath && !HasToDoWithPath(environment, generation)) continue;
            place.Make(notes);
            string[] known = [.. place.CommandsOf(generation), .. place.NamesOf(generation)];
            foreach (string name in place.Names().Except(known, StringComparer.Ordinal))
            {
                if (!place.HasMark(name)) notes.Add(place.PutAside(name));
                // It leads to an environment that has no such command.
                else if (place.HolderOf(name) is null) File.Delete(place.PathOf(name));
            }
        }
        return notes.ToImmutable();
    }

    private static IEnumerable<ShimPlace> PlacesOf(ManagedEnvironment environment, DataPlaces places, string executable) =>
    [
        ShimPlace.OnPath(environment, places, executable), ShimPlace.BesideInterpreter(environment, places, executable),
        ShimPlace.ForNotebooks(environment, places, executable),
    ];

    private static bool HasToDoWithPath(ManagedEnvironment environment, Generation generation) =>
        environment.IsShared || generation.Tool is not null;

    // Returns the names that it had and has no more, and those that it has.
    private static (ImmutableArray<string> Free, HashSet<string> Own) Fill(
        ShimPlace place, Generation generation, IReadOnlySet<string>? taking, ImmutableArray<string>.Builder notes, SeenShims? seen = null)
    {
        place.Make(notes);
        var wanted = place.NamesOf(generation).ToHashSet(StringComparer.Ordinal);
        string[] there = place.Names();
        ImmutableArray<string> free = Remove(there.Where(name => !wanted.Contains(name) && place.Has(name)), place);
        var held = new List<HeldName>();
        foreach (string command in wanted)
        {
            if (taking?.Contains(command) is not true && place.HolderOf(command) is { } other) held.Add(new HeldName(command, other));
            else if (seen?.IsStill(command) is not true || !there.Contains(command, StringComparer.Ordinal)) place.Write(command, notes);
        }
        Tell(held, "still", notes);
        wanted.ExceptWith(held.Select(h => h.Command));
        return (free, wanted);
    }

    private static ImmutableArray<string> Remove(IEnumerable<string> names, ShimPlace place)
    {
        ImmutableArray<string> gone = [.. names];
        foreach (string name in gone) File.Delete(place.PathOf(name));
        return gone;
    }

    private static ImmutableArray<string> RemoveAll(ShimPlace place, Predicate<string> goes)
    {
        if (!place.IsThere) return [];
        ImmutableArray<string> gone = Remove(place.Names().Where(name => goes(name)), place);
        if (!Directory.EnumerateFileSystemEntries(place.Directory).Any()) Directory.Delete(place.Directory);
        return gone;
    }

    // Nobody has the name any more: an environment that would have had it gets it, the shared one first.
    private static void Offer(ImmutableArray<string> names, ShimPlace of, ImmutableArray<string>.Builder notes)
    {
        if (names.IsEmpty) return;
        foreach (ManagedEnvironment other in ManagedEnvironment.All(of.Places.Root).OrderByDescending(e => e.IsShared))
        {
            if (string.Equals(other.Name, of.Environment.Name, StringComparison.Ordinal)
                || other.LinkedNumber is not { } current || other.TryRead(current) is not { } generation) continue;
            ShimPlace place = of with { Environment = other };
            ImmutableArray<string> wanted =
                [.. place.NamesOf(generation).Intersect(names, StringComparer.Ordinal).Where(name => !Path.Exists(place.PathOf(name)))];
            if (wanted.IsEmpty) continue;
            place.Make(notes);
            foreach (string name in wanted) place.Write(name, notes);
            Tell(wanted.Select(name => new HeldName(name, other.Name)), "now", notes);
            HashSet<string> own = OnPath(other, generation, of.Places).ToHashSet(StringComparer.Ordinal);
            ManualPages.Refresh(other, generation, own, of.Places, notes);
        }
    }

    private static void Tell(IEnumerable<HeldName> held, string how, ImmutableArray<string>.Builder notes)
    {
        foreach (var of in held.GroupBy(h => h.Holder, h => $"`{h.Command}`", StringComparer.Ordinal))
            notes.Add($"on the PATH, {how} of `{of.Key}`: {ShownNames.Of([.. of])}");
    }

    private static IEnumerable<Deviation> Compare(ShimPlace place, Generation generation)
    {
        string[] wanted = [.. place.NamesOf(generation)];
        bool isThere = FileStatus.TryRead(place.Directory, out var status);
        // An earlier version made no interpreter, and the next change makes it.
        if (!isThere && (wanted.Length == 0 || !place.IsOnPath)) yield break;
        if (status.Type != FileType.Directory)
        {
            // A link could lead to a directory with programs of the user's own: they are none of ours to judge.
            yield return Of(isThere ? DeviationKind.Changed : DeviationKind.Missing, "");
            yield break;
        }
        string[] names = place.Names(), known = [.. place.CommandsOf(generation), .. wanted];
        foreach (string name in names)
        {
            // Whether that is as it should be the other one's verify says.
            if (place.HolderOf(name) is not null) continue;
            // One that the system has got since is left alone until the next change.
            if (!known.Contains(name, StringComparer.Ordinal)) yield return Of(DeviationKind.Added, name);
            else if (place.Differs(name) is { } kind)
                yield return Of(kind, name) with { Starts = place.At(name)?.Executable };
        }
        foreach (string command in wanted.Except(names, StringComparer.Ordinal)) yield return Of(DeviationKind.Missing, command);

        Deviation Of(DeviationKind kind, string name) =>
            new(kind, name.Length > 0 ? $"{place.Shown}/{name}" : place.Shown, null, RunsAtStart: false) { Place = DeviationPlace.Shims };
    }
}
