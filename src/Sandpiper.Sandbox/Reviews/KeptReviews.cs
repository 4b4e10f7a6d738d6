using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Reviews;

/// <summary>
/// What programs changed in copies, until their user has decided about it: <c>reviews/N/</c> in the data root, which no grant may meet.
/// </summary>
/// <remarks>
/// <c>lock</c> is held while somebody works on it; <c>record.json</c> is written when the program has ended. What has none and is held by
/// nobody
/// a kill has left: the next command that comes by removes it.
/// </remarks>
public sealed class KeptReviews(string root)
{
    /// <summary>How long what nobody decided about stays, at least.</summary>
    public static TimeSpan Kept { get; } = TimeSpan.FromDays(30);

    private const string Record = "record.json", Lock = "lock", Last = "last";
    private const int MostRecordBytes = 256 << 20;
    private const int MostNumberBytes = 16;

    private readonly string _directory = Path.Combine(Path.GetFullPath(root), "reviews");

    /// <summary>All of them, the oldest first. What has no readable record is not among them.</summary>
    public ImmutableArray<KeptReview> List() =>
        [.. Places().Select(place => TryRead(place.Number, place.Path)).OfType<KeptReview>().OrderBy(review => review.Number)];

    /// <summary>Null where there is none of that number, or none any more.</summary>
    public KeptReview? Find(int number) => TryRead(number, PlaceOf(number));

    /// <summary>Alone with it, until it is closed.</summary>
    /// <returns>Null while somebody else is.</returns>
    /// <exception cref="KernelException">It cannot be held at all.</exception>
    public static SafeFileHandle? TryHold(KeptReview review) => TryHold(review.Place);

    /// <summary>Removes it with all that is in it; whoever does holds it.</summary>
    /// <returns>0, or the error number where part of it is still there.</returns>
    public int Remove(KeptReview review) => Remove(review.Place);

    /// <summary>
    /// Removes what killed runs left, and what nobody decided about for a long time.
    /// </summary>
    /// <param name="before">Those that are older go.</param>
    /// <param name="isDryRun">They are only told.</param>
    /// <returns>The numbers of those that had a record.</returns>
    public ImmutableArray<int> Collect(DateTimeOffset before, bool isDryRun)
    {
        if (!isDryRun) RemoveUnfinished();
        var old = ImmutableArray.CreateBuilder<int>();
        foreach (KeptReview review in List().Where(review => review.Content.When < before))
        {
            using SafeFileHandle? alone = TryHold(review);
            if (alone is not null && (isDryRun || Remove(review) == 0)) old.Add(review.Number);
        }
        if (!isDryRun) RemoveUnreadable(before);
        return old.DrainToImmutable();
    }

    // Nobody could take anything of it.
    private void RemoveUnreadable(DateTimeOffset before)
    {
        foreach (var (number, place) in Places().Where(place => TryRead(place.Number, place.Path) is null))
        {
            if (!FileStatus.TryRead(place, out FileStatus status) || status.ChangedAt.ToDateTime() >= before) continue;
            using SafeFileHandle? alone = TryHold(place);
            if (alone is not null && Find(number) is null) _ = Remove(place);
        }
    }

    /// <summary>Removes what killed runs left.</summary>
    public void RemoveUnfinished()
    {
        foreach (var (_, place) in Places().Where(place => !Path.Exists(Path.Join(place.Path, Record))))
        {
            using SafeFileHandle? alone = TryHold(place);
            // Finished, perhaps, before it was held.
            if (alone is not null && !Path.Exists(Path.Join(place, Record))) _ = Remove(place);
        }
    }

    /// <summary>A new one, held.</summary>
    /// <param name="isTrial">Nobody will hear of it: the number is the next one's, too.</param>
    /// <exception cref="KernelException">It cannot be made.</exception>
    /// <exception cref="IOException">Nothing can be written here.</exception>
    internal (int Number, string Place, SafeFileHandle Held) Begin(bool isTrial = false)
    {
        Directory.CreateDirectory(_directory, TreeCopy.OwnersAll);
        RemoveUnfinished();
        string lastFile = Path.Join(_directory, Last);
        _ = int.TryParse(Encoding.ASCII.GetString(RegularFile.TryRead(lastFile, MostNumberBytes) ?? []), NumberStyles.None,
            CultureInfo.InvariantCulture, out int last);
        for (int number = Places().Select(place => place.Number).Append(last).Max() + 1; ; number++)
        {
            string place = PlaceOf(number);
            if (!OpenDirectory.TryMake(place, TreeCopy.OwnersAll, out int errno))
            {
                if (errno != Errno.Exists) throw new KernelException("mkdir", errno, place);
                continue;
            }
            // Between the two somebody may have taken it for one that was left.
            if (TryHold(place) is not { } held) continue;
            if (!isTrial) File.WriteAllText(lastFile, number.ToString(CultureInfo.InvariantCulture));
            return (number, place, held);
        }
    }

    /// <summary>Writes what it says, whole or not at all.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    internal static KeptReview Save(int number, string place, Review review)
    {
        string file = Path.Join(place, Record);
        File.WriteAllBytes($"{file}.new", JsonSerializer.SerializeToUtf8Bytes(review, ReviewJson.Default.Review));
        AtomicRename.Replace($"{file}.new", file);
        return new(number, place, review);
    }

    internal int Remove(string place)
    {
        using SafeFileHandle directory = RawFile.Open(_directory, RawFile.ReadOnly | RawFile.OnlyDirectories, out int errno);
        return errno != 0 ? errno : TreeRemoval.Remove(directory, Encoding.ASCII.GetBytes(Path.GetFileName(place)));
    }

    private static SafeFileHandle? TryHold(string place)
    {
        string path = Path.Join(place, Lock);
        SafeFileHandle? file = RawFile.TryOpen(path, RawFile.ReadWrite | RawFile.Create | RawFile.NoFollow);
        return file is null ? null : LockFile.HeldOrClosed(file, path);
    }

    private string PlaceOf(int number) => Path.Join(_directory, number.ToString(CultureInfo.InvariantCulture));

    private ImmutableArray<(int Number, string Path)> Places() => !Directory.Exists(_directory) ? [] :
        [.. Directory.EnumerateDirectories(_directory).Select(path => (NumberOf(path), path)).Where(place => place.Item1 > 0)];

    private static int NumberOf(string path) => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture,
        out int number) && string.Equals(Path.GetFileName(path), number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            ? number : 0;

    private static KeptReview? TryRead(int number, string place)
    {
        try
        {
            return RegularFile.TryRead(Path.Join(place, Record), MostRecordBytes) is { } content
                && JsonSerializer.Deserialize(content, ReviewJson.Default.Review) is { IsSound: true } review
                ? new(number, place, review) : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
