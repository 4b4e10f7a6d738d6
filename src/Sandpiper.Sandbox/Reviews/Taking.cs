using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;
using Sandpiper.Sandbox.Leftovers;

namespace Sandpiper.Sandbox.Reviews;

/// <summary>Why a change was not taken; it stays where it is kept.</summary>
public enum WhyLeft
{
    /// <summary>Other programs run it unasked: its name has to be said.</summary>
    ToBeNamed,

    /// <summary>It never can be (<see cref="Change.Obstacle"/>).</summary>
    Obstacle,

    /// <summary>What is there is another one than was copied.</summary>
    ChangedThere,

    /// <summary>Something of that name is there by now.</summary>
    ExistsThere,

    /// <summary>The directory that it belongs in is gone, or a link leads there now.</summary>
    NoDirectory,

    /// <summary>The directory that was copied is gone, or another one has its name.</summary>
    NoRoot,

    /// <summary>A directory in which something lies that was not copied, or not taken away.</summary>
    NotEmpty,

    /// <summary>The kernel refused (<see cref="LeftChange.Errno"/>).</summary>
    Failed,
}

/// <param name="Errno">Where it failed.</param>
public sealed record LeftChange(Change Change, WhyLeft Why, int Errno = 0);

/// <summary>What came of taking.</summary>
/// <param name="Taken">They are there now, or were already.</param>
/// <param name="Left">They were to be taken and are not.</param>
/// <param name="IsCutShort">Somebody stopped it: those that are neither were not looked at, and are still on record.</param>
public sealed record TakingOutcome(ImmutableArray<Change> Taken, ImmutableArray<LeftChange> Left, bool IsCutShort = false);

/// <summary>
/// Puts what a program changed in its copy where the originals are, which may have been changed meanwhile, by somebody or by another
/// program: everything there is reached by handles, through no link, and what is another one than was copied stays as it is.
/// </summary>
/// <remarks>
/// A file is written where the review lies and exchanged for the original in one step; what comes out of that is looked at once more before
/// it goes. Where the two are on different mounts it is written in the directory that was copied, under a name of the review's own: what a
/// kill leaves there the next command on that review takes away.
/// </remarks>
public sealed class Taking : IDisposable
{
    // What a directory has until all of it is there. Nobody gives that to one of his own, and a kill leaves it to the next command.
    private const UnixFileMode InTheMaking = TreeCopy.OwnersAll | UnixFileMode.StickyBit;

    private readonly KeptReview _review;
    private readonly UnixFileMode _allowed;
    private readonly byte[] _beside;
    private readonly OpenRoots _roots;
    private readonly SafeFileHandle _place;
    private readonly List<Change> _taken = [];
    private readonly List<LeftChange> _left = [];
    private readonly CancellationToken _cancel;

    private Taking(KeptReview review, uint mask, CancellationToken cancel)
    {
        _review = review;
        _cancel = cancel;
        _allowed = TreeCopy.Permissions & ~(UnixFileMode)mask;
        _beside = BesideOf(review);
        _roots = new(review);
        _place = RawFile.Open(review.Place, RawFile.ReadOnly | RawFile.OnlyDirectories, out _);
    }

    /// <summary>Takes those that are chosen, and the new directories that they lie in; the review says no more of them
    /// afterwards.</summary>
    /// <param name="kept">All of them, for what becomes of the review.</param>
    /// <param name="review">Held by the caller.</param>
    /// <param name="chosen">Of its changes.</param>
    /// <param name="named">Whether the user named it, or a part of where it lies, himself.</param>
    /// <param name="mask">The user's umask: others get no more rights than with anything else that he makes.</param>
    /// <param name="cancel">Asked between two changes.</param>
    /// <exception cref="IOException">What is left cannot be put on record; what was taken is there.</exception>
    public static TakingOutcome Take(
        KeptReviews kept, KeptReview review, ImmutableArray<Change> chosen, Func<Change, bool> named, uint mask,
        CancellationToken cancel)
    {
        using var taking = new Taking(review, mask, cancel);
        taking.Tidy();
        TakingOutcome outcome = taking.Take(chosen, named);
        HashSet<Change> taken = [.. outcome.Taken];
        ImmutableArray<Change> rest = [.. review.Content.Changes.Where(change => !taken.Contains(change))];
        if (rest.IsEmpty) _ = kept.Remove(review);
        else if (taken.Count > 0) KeptReviews.Save(review.Number, review.Place, review.Content with { Changes = rest });
        return outcome;
    }

    /// <summary>Takes away what a kill left in the originals' directories.</summary>
    public static void Tidy(KeptReview review)
    {
        using var taking = new Taking(review, 0, CancellationToken.None);
        taking.Tidy();
    }

    private void Tidy()
    {
        foreach (OpenRoot root in _roots.All) _ = NameInDirectory.Remove(root.There, _beside);
    }

    private TakingOutcome Take(ImmutableArray<Change> chosen, Func<Change, bool> named)
    {
        var possible = ImmutableArray.CreateBuilder<Change>();
        // Who names what lies in a directory means the way there, too.
        HashSet<(int, string)> needed = [.. chosen
            .Where(change => change.Kind is not ChangeKind.Removed && change.Obstacle is ChangeObstacle.None
                && (change.ToBeNamed is null || named(change)))
            .SelectMany(change => Change.Above(change.Path).Select(path => (change.Root, path)))];
        foreach (Change change in WithTheirDirectories(chosen, needed))
        {
            bool isMeant = change.ToBeNamed is null || named(change) || needed.Contains((change.Root, change.Path));
            WhyLeft? why = change.Obstacle is not ChangeObstacle.None ? WhyLeft.Obstacle
                : !isMeant ? WhyLeft.ToBeNamed
                : _roots[change.Root] is null ? WhyLeft.NoRoot : null;
            if (why is null) possible.Add(change);
            else _left.Add(new(change, why.Value));
        }
        ImmutableArray<Change> all = possible.DrainToImmutable();
        // What goes makes room for what comes; the deepest goes first, and the uppermost comes first.
        Each(all.Reverse().Where(change => change.Kind is ChangeKind.Removed), Removed);
        ImmutableArray<Change> made = [.. all.Where(c => c is { Kind: ChangeKind.New, Type: ChangedType.Directory })];
        Each(made, MakeDirectory);
        Each(all.Where(c => c.Kind is not (ChangeKind.Removed or ChangeKind.Mode)).Except(made), Put);
        if (_cancel.IsCancellationRequested)
        {
            // None is closed over what is still to come: who takes the rest finds them on record.
            _taken.RemoveAll(made.Contains);
            return new([.. _taken], [.. _left], IsCutShort: true);
        }
        // At last, for in what is closed nothing can be put.
        HashSet<Change> failed = [.. _left.Select(left => left.Change)];
        foreach (Change change in made.Reverse().Where(change => !failed.Contains(change))) SetMode(change);
        Each(all.Reverse().Where(change => change.Kind is ChangeKind.Mode), Mode);
        return new([.. _taken], [.. _left], _cancel.IsCancellationRequested);
    }

    private void Each(IEnumerable<Change> changes, Func<Change, Spot, LeftChange?> how)
    {
        foreach (Change change in changes.TakeWhile(_ => !_cancel.IsCancellationRequested)) Do(change, how);
    }

    private IEnumerable<Change> WithTheirDirectories(ImmutableArray<Change> chosen, HashSet<(int, string)> needed)
    {
        HashSet<Change> wanted = [.. chosen];
        return _review.Content.Changes.Where(change => wanted.Contains(change)
            || (change is { Kind: ChangeKind.New, Type: ChangedType.Directory } && needed.Contains((change.Root, change.Path))));
    }

    private void Do(Change change, Func<Change, Spot, LeftChange?> how)
    {
        int slash = change.Path.LastIndexOf('/');
        OpenRoot root = _roots[change.Root]!;
        using SafeFileHandle directory = PlaceBelow.OpenDirectory(
            root.There, slash < 0 ? "."u8 : WatchedTree.BytesOf(change.Path[..slash]));
        // In a directory that went with all that was in it, this is gone, too.
        LeftChange? left = directory.IsInvalid
            ? change.Kind is ChangeKind.Removed ? null : new(change, WhyLeft.NoDirectory)
            : how(change, new(root, directory, WatchedTree.BytesOf(change.Path[(slash + 1)..])));
        if (left is null) _taken.Add(change);
        else _left.Add(left);
    }

    private LeftChange? Removed(Change change, Spot spot)
    {
        if (change.Type is ChangedType.Directory)
        {
            int errno = NameInDirectory.RemoveDirectory(spot.Directory, spot.Name);
            return errno is 0 or Errno.NoSuchFile ? null
                : new(change, errno is Errno.NotEmpty or Errno.Exists ? WhyLeft.NotEmpty
                    : errno is Errno.NotDirectory ? WhyLeft.ChangedThere : WhyLeft.Failed, errno);
        }
        if (!NameInDirectory.TryLookAt(spot.Directory, spot.Name, out FileStatus status)) return null;
        if (FileStamp.Of(status) != change.Before) return new(change, WhyLeft.ChangedThere);
        SafeFileHandle aside = Aside(spot);
        int moved = AtomicRename.Move(spot.Directory, spot.Name, aside, _beside);
        if (moved != 0) return new(change, WhyLeft.Failed, moved);
        if (IsOriginal(change, aside)) return FailureOf(change, NameInDirectory.Remove(aside, _beside));
        _ = AtomicRename.Move(aside, _beside, spot.Directory, spot.Name);
        return new(change, WhyLeft.ChangedThere);
    }

    private LeftChange? MakeDirectory(Change change, Spot spot)
    {
        int errno = NameInDirectory.MakeDirectory(spot.Directory, spot.Name, InTheMaking);
        if (errno != Errno.Exists) return FailureOf(change, errno);
        return NameInDirectory.TryLookAt(spot.Directory, spot.Name, out FileStatus there) && there.Type is FileType.Directory
            ? null : new(change, WhyLeft.ExistsThere);
    }

    private void SetMode(Change change)
    {
        using SafeFileHandle place = PlaceBelow.Open(_roots[change.Root]!.There, WatchedTree.BytesOf(change.Path));
        if (place.IsInvalid) return;
        FileStatus there = FileStatus.Of(place);
        // One that somebody made meanwhile may be closed for a reason. (Its group it can have of the directory that it was made in.)
        bool isOurs = there.Type is FileType.Directory && (there.Mode & ~UnixFileMode.SetGroup) == InTheMaking;
        if (isOurs) _ = TrySetMode(place, change.ModeAfter!.Value & _allowed);
    }

    private LeftChange? Mode(Change change, Spot spot)
    {
        using SafeFileHandle place = PlaceBelow.Open(spot.Directory, spot.Name);
        if (place.IsInvalid) return new(change, WhyLeft.ChangedThere);
        FileStatus there = FileStatus.Of(place);
        UnixFileMode mode = change.ModeAfter!.Value & (_allowed | change.ModeBefore!.Value);
        bool isKnown = change.Type is ChangedType.Directory
            ? there.Type is FileType.Directory && there.Identity == change.Before!.Value.Identity
            : FileStamp.Of(there) == change.Before;
        if (there.Type is FileType.Regular or FileType.Directory && (there.Mode & TreeCopy.Permissions) == mode) return null;
        return isKnown ? FailureOf(change, TrySetMode(place, mode)) : new(change, WhyLeft.ChangedThere);
    }

    // A file or a link: made beside, whole, and then in its place in one step.
    private LeftChange? Put(Change change, Spot spot)
    {
        bool isThere = NameInDirectory.TryLookAt(spot.Directory, spot.Name, out FileStatus there);
        if (isThere && IsAsTaken(change, spot, there)) return null;
        if (change.Before is null ? isThere : !isThere || FileStamp.Of(there) != change.Before)
            return new(change, change.Before is null ? WhyLeft.ExistsThere : WhyLeft.ChangedThere);
        SafeFileHandle aside = Aside(spot);
        _ = NameInDirectory.Remove(aside, _beside);
        int errno = change.Type is ChangedType.Link
            ? NameInDirectory.MakeLink(aside, _beside, WatchedTree.BytesOf(change.Target!)) : MakeFile(change, aside);
        bool wasAnother = false;
        if (errno == 0) errno = PutInPlace(change, spot, aside, out wasAnother);
        if (errno != 0 || wasAnother) _ = NameInDirectory.Remove(aside, _beside);
        return wasAnother ? new(change, WhyLeft.ChangedThere) : errno == Errno.Exists ? new(change, WhyLeft.ExistsThere)
            : FailureOf(change, errno);
    }

    private int PutInPlace(Change change, Spot spot, SafeFileHandle aside, out bool wasAnother)
    {
        wasAnother = false;
        if (change.Before is null) return AtomicRename.Move(aside, _beside, spot.Directory, spot.Name);
        int errno = AtomicRename.Exchange(aside, _beside, spot.Directory, spot.Name);
        // Where names cannot be exchanged, nothing that comes between the look and this is seen.
        if (errno is Errno.Invalid or Errno.NoSuchCall) return AtomicRename.Replace(aside, _beside, spot.Directory, spot.Name);
        if (errno == Errno.NoSuchFile) wasAnother = true;
        if (errno != 0) return errno;
        if (IsOriginal(change, aside)) return NameInDirectory.Remove(aside, _beside);
        wasAnother = true;
        return AtomicRename.Exchange(aside, _beside, spot.Directory, spot.Name);
    }

    private int MakeFile(Change change, SafeFileHandle aside)
    {
        OpenRoot root = _roots[change.Root]!;
        using SafeFileHandle copy = PlaceBelow.OpenFile(root.Copy, WatchedTree.BytesOf(change.Path));
        if (copy.IsInvalid || FileStatus.Of(copy) is not { Type: FileType.Regular } status || status.Size != change.BytesAfter)
            return Errno.NoSuchFile;
        using SafeFileHandle made = NameInDirectory.MakeFile(aside, _beside, UnixFileMode.UserRead | UnixFileMode.UserWrite, out int errno);
        if (errno != 0) return errno;
        try
        {
            ContentCopy.Copy(copy, made, status.Size);
            // What it had it keeps; what is more, nobody else gets more of than of any other file that is made here.
            UnixFileMode mode = change.ModeAfter!.Value & (_allowed | (change.ModeBefore ?? UnixFileMode.None)) & TreeCopy.Permissions;
            File.SetUnixFileMode(made, mode);
            return 0;
        }
        catch (KernelException failed)
        {
            return failed.Errno;
        }
    }

    private static bool IsAsTaken(Change change, Spot spot, in FileStatus there)
    {
        if (change.Type is ChangedType.Link)
        {
            return there.Type is FileType.SymbolicLink
                && NameInDirectory.TargetOf(spot.Directory, spot.Name).AsSpan().SequenceEqual(WatchedTree.BytesOf(change.Target!));
        }
        // One that was there before counts as itself, until it is written anew: its mode may be what has changed.
        return there.Type is FileType.Regular && there.Size == change.BytesAfter && FileStamp.Of(there) != change.Before
            && SameContent.Have(spot.Directory, spot.Name, spot.Root.Copy, WatchedTree.BytesOf(change.Path));
    }

    private bool IsOriginal(Change change, SafeFileHandle aside) =>
        NameInDirectory.TryLookAt(aside, _beside, out FileStatus was) && change.Before!.Value.IsRenamed(was);

    // On the mount that it is to be on: between two nothing can be moved.
    private SafeFileHandle Aside(Spot spot)
    {
        ulong mount = FileFacts.MountOf(spot.Directory);
        return !_place.IsInvalid && FileFacts.MountOf(_place) == mount ? _place
            : FileFacts.MountOf(spot.Root.There) == mount ? spot.Root.There : spot.Directory;
    }

    private static int TrySetMode(SafeFileHandle place, UnixFileMode mode)
    {
        try
        {
            File.SetUnixFileMode($"/proc/self/fd/{place.DangerousGetHandle()}", mode);
            return 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Errno.NotPermitted;
        }
    }

    private static LeftChange? FailureOf(Change change, int errno) => errno == 0 ? null : new(change, WhyLeft.Failed, errno);

    private static byte[] BesideOf(KeptReview review) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $".sandpiper-review-{review.Number}"));

    public void Dispose()
    {
        _roots.Dispose();
        _place.Dispose();
    }

    /// <summary>Where one change belongs.</summary>
    private readonly record struct Spot(OpenRoot Root, SafeFileHandle Directory, byte[] Name);
}
