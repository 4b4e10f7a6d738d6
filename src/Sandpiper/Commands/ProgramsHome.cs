using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Console;
using Sandpiper.Environments.Homes;
using Sandpiper.Kernel.Files;
using Sandpiper.Sandbox;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Commands;

/// <summary>The home that one program has while it runs: kept for its environment and project, or one that is gone afterwards.</summary>
internal sealed class ProgramsHome : IDisposable
{
    private const int NewShown = 3;

    private readonly Session _session;
    private readonly KeptHome? _kept;
    private readonly SafeFileHandle? _inUse;
    private readonly ImmutableDictionary<string, (FileIdentity Identity, UnixTime ChangedAt)>? _before;
    private readonly Lazy<ImmutableDictionary<string, (FileIdentity Identity, UnixTime ChangedAt)>?> _after;

    private ProgramsHome(Session session, Confinement confinement, KeptHome? kept = null, SafeFileHandle? inUse = null)
    {
        (_session, Confinement, _kept, _inUse) = (session, confinement, kept, inUse);
        _before = kept?.Names();
        _after = new(() =>
        {
            var names = kept?.Names();
            kept?.Measure(Confinement.MountedInHome.ToHashSet(StringComparer.Ordinal));
            return names;
        });
    }

    /// <summary>With the home that it has.</summary>
    public Confinement Confinement { get; }

    /// <exception cref="Sandbox.SandboxUnavailableException">Places in it cannot be made.</exception>
    public static ProgramsHome For(Session session, string environment, Confinement confinement, Project? project, bool isFresh)
    {
        // Who shows the whole home shows what is there.
        bool isShown = confinement.Shown.Any(shown => string.Equals(shown.Path, confinement.Home, StringComparison.Ordinal));
        if (isFresh || isShown) return new(session, confinement);
        SafeFileHandle? inUse = null;
        try
        {
            foreach (KeptHome kept in KeptHome.Of(session.Places.Root, environment, project?.Directory))
            {
                if (kept.IsFull)
                {
                    return Fresh($"holds more than {SizeWords.Of(KeptHome.MostBytes)} or {KeptHome.MostFiles:N0} files",
                        $"sandpiper home empty{InEnvironment.Option(environment)}");
                }
                inUse = kept.TryHold();
                if (inUse is not null) return new(session, confinement.WithHome(kept.Content), kept, inUse);
            }
            return Fresh($"is in use {KeptHome.Most} times", next: null);
        }
        catch (UnwritableException unwritable)
        {
            inUse?.Dispose();
            return Fresh($"cannot be kept: {unwritable.Because}", next: null);
        }

        ProgramsHome Fresh(string why, string? next)
        {
            session.Terminal.Note(Inked.Yellow($"sandpiper: the private home of this project {why}; this program has a throw-away one"
                + (next is null ? "" : $" ·  {next}")));
            return new(session, confinement);
        }
    }

    /// <summary>All who could change it have ended: looks what is there, and how much, while the sandbox is still put away.</summary>
    public void Look() => _ = _after.Value;

    /// <summary>One line when it left something that its user may look for elsewhere.</summary>
    public void TellOfNew()
    {
        if (_kept is null || _before is null || _after.Value is not { } after) return;
        var changed = new List<string>();
        foreach (var (name, known) in after)
        {
            if (!_before.TryGetValue(name, out var before) || before != known) changed.Add(name);
        }
        if (changed.Count == 0) return;
        string[] made = [.. changed.Except(Confinement.MountedInHome.Select(place => place.Split('/')[0]), StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)];
        if (made.Length == 0) return;
        string which = string.Join(", ", made.Take(NewShown)) + (made.Length > NewShown ? $" and {made.Length - NewShown:N0} more" : "");
        string take = made is [[not '-', ..]] ? $" take {InShell.Quoted(made[0])}" : "";
        string next = $"sandpiper home{take}{InEnvironment.Option(_kept.Environment)}";
        _session.Terminal.Note(Inked.Dim(
            $"sandpiper: {which} {(made.Length == 1 ? "lies" : "lie")} in this project's private home ·  {next}"));
    }

    public void Dispose()
    {
        if (_kept is not null) RemoveEmptyPlaces(_kept.Content);
        _inUse?.Dispose();
    }

    // A file that was shown in it had an empty one for its place: the next program, which is not shown it, would read that. Likewise a
    // directory, but for what every program of this home has there.
    private void RemoveEmptyPlaces(string content)
    {
        string?[] always = [_session.Places.Root, _kept!.Project];
        using SafeFileHandle home = RawFile.Open(content, RawFile.ReadOnly, out int errno);
        foreach (string place in errno == 0 ? Confinement.MountedInHome : [])
        {
            using SafeFileHandle around = Around(place);
            byte[] name = NativeText.Bytes(Path.GetFileName(place));
            if (!around.IsInvalid && NameInDirectory.TryLookAt(around, name, out FileStatus there)
                && there is { Type: FileType.Regular, Size: 0 }) _ = NameInDirectory.Remove(around, name);
        }
        foreach (string made in errno == 0 ? Confinement.MadeInHome.Reverse() : [])
        {
            if (always.Any(path => path is not null && DirectoryTree.Holds(path, $"{Confinement.Home}/{made}"))) continue;
            using SafeFileHandle around = Around(made);
            if (!around.IsInvalid) _ = NameInDirectory.RemoveDirectory(around, NativeText.Bytes(Path.GetFileName(made)));
        }

        SafeFileHandle Around(string place) => PlaceBelow.OpenDirectory(
            home, NativeText.Bytes(Path.GetDirectoryName(place) is { Length: > 0 } directory ? directory : ".")); // through no link
    }
}
