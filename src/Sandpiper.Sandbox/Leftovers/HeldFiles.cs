using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Leftovers;

/// <summary>One thing that is kept aside.</summary>
/// <param name="Number">By which it is named.</param>
/// <param name="Path">Where it was made.</param>
/// <param name="RunBy">Who would have run it.</param>
/// <param name="Command">What had been run.</param>
/// <param name="When">When that had ended; where it was killed, when it had begun.</param>
/// <param name="Place">Where it lies now.</param>
public sealed record HeldFile(int Number, string Path, string RunBy, string Command, DateTimeOffset When, string Place)
{
    /// <summary>Of many that are kept as one: where each was made; <see cref="Path"/> is then the directory that could be
    /// written.</summary>
    public ImmutableArray<string> Together { get; init; } = [];

    /// <summary>Its run had been killed, and a later command found it.</summary>
    public bool IsOfKilled { get; init; }

    /// <summary>The directory of its record.</summary>
    internal string Kept { get; init; } = "";
}

/// <summary>
/// What programs made that others would run by themselves: moved out of the way, with a record beside it, until the user says what is to
/// become of it. It lies in the data root, which no grant may meet.
/// </summary>
/// <remarks>
/// <c>held/N/record.json</c>, and the thing itself as <c>held/N/thing</c>; the record comes first. <c>held/last</c> says the highest number
/// that was ever given: one that somebody has read is not another thing's a moment later. Where there are very many,
/// <c>held/N/thing</c> is a directory of all of them, the first one called 1, and <c>held/N/paths</c> says where each was, a line each, in
/// Base64.
/// </remarks>
public sealed class HeldFiles(string root)
{
    private const string Record = "record.json", Last = "last", Paths = "paths";
    private const int MostRecordBytes = 64 << 10, MostNumberBytes = 16, MostPathsBytes = 1 << 30;
    private const int MostOfNameBytes = 200;    // of 255, so that more can follow
    private static readonly byte[] _thing = "thing"u8.ToArray();
    private readonly string _directory = DirectoryIn(root);
    private readonly SpareRoom _room = new(root);
    private int _given;

    internal static string DirectoryIn(string root) => System.IO.Path.Combine(System.IO.Path.GetFullPath(root), "held");

    internal static void MakeDirectory(string directory) => Directory.CreateDirectory(directory, OwnersAll);

    /// <summary>All of them, the oldest first. What has no readable record is not among them.</summary>
    public ImmutableArray<HeldFile> List() => !Directory.Exists(_directory) ? [] :
        [.. Directory.EnumerateDirectories(_directory).Select(TryRead).OfType<(HeldFile File, HeldRecord)>().Select(held => held.File)
            .OrderBy(held => held.Number)];

    /// <summary>Moves it aside.</summary>
    /// <param name="watch">Which holds the directory that it lies in.</param>
    /// <param name="leftover">What.</param>
    /// <param name="command">What had been run.</param>
    /// <param name="when">Now; of one that was killed, when that had begun.</param>
    /// <param name="isKilled">Its run had been killed.</param>
    /// <returns>Null when it could not be moved, or is gone: it stays where it is.</returns>
    /// <exception cref="IOException">Nothing can be written here.</exception>
    public HeldFile? Hold(WritableWatch watch, Leftover leftover, string command, DateTimeOffset when, bool isKilled = false)
    {
        var record = new HeldRecord(
            leftover.Root, Convert.ToBase64String(WatchedTree.BytesOf(leftover.Path)), leftover.Rule.RunBy, command, when,
            IsOfKilled: isKilled);
        var (number, place) = _room.Within(() => PlaceWith(record));
        using SafeFileHandle here = RawFile.Open(place, RawFile.ReadOnly | RawFile.OnlyDirectories, out _);
        string? lies = null;
        int errno = here.IsInvalid ? Errno.NoSuchFile : Moved(watch, leftover, here, _thing);
        if (errno == 0) lies = System.IO.Path.Join(place, "thing");
        else if (errno == Errno.CrossesDevices) lies = HeldBeside(watch, leftover, place, record);
        if (lies is not null)
            return new(number, leftover.ShownPath, leftover.Rule.RunBy, command, when, lies) { IsOfKilled = isKilled, Kept = place };
        Directory.Delete(place, recursive: true);
        return null;
    }

    // Nothing is moved to another file system; under a name that nobody looks for it is run by nobody where it lies, either.
    private static string? HeldBeside(WritableWatch watch, Leftover leftover, string place, HeldRecord record)
    {
        var (parent, name) = Split(leftover.Path);
        string other = $"{name[..Math.Min(name.Length, MostOfNameBytes)]}.held-{RandomName.OfBytes(8)}";
        WriteRecord(place, record with { Beside = Convert.ToBase64String(WatchedTree.BytesOf(other)) });
        using SafeFileHandle there = Below(watch.RootOf(leftover), parent);
        if (there.IsInvalid || Move(there, WatchedTree.BytesOf(name), there, WatchedTree.BytesOf(other)) != 0) return null;
        return System.IO.Path.Join(leftover.Root, WatchedTree.Shown(parent), WatchedTree.Shown(other));
    }

    private static void WriteRecord(string place, HeldRecord record) => File.WriteAllBytes(
        System.IO.Path.Join(place, Record), JsonSerializer.SerializeToUtf8Bytes(record, HeldJson.Default.HeldRecord));

    /// <summary>
    /// Moves them aside as one: a program can make any number of such names, and what comes after many others is as dangerous as they are.
    /// </summary>
    /// <param name="watch">Which holds the directory that they lie in.</param>
    /// <param name="leftovers">Of one root.</param>
    /// <param name="command">What had been run.</param>
    /// <param name="when">Now; of one that was killed, when that had begun.</param>
    /// <param name="isKilled">Their run had been killed.</param>
    /// <returns>Those that could not be moved.</returns>
    /// <exception cref="IOException">Nothing can be written here.</exception>
    public ImmutableArray<Leftover> HoldTogether(
        WritableWatch watch, ImmutableArray<Leftover> leftovers, string command, DateTimeOffset when, bool isKilled = false)
    {
        if (leftovers.IsEmpty) return [];
        var record = new HeldRecord(leftovers[0].Root, "", null, command, when, IsOfKilled: isKilled);
        string paths = string.Concat(leftovers.Select(l => $"{Convert.ToBase64String(WatchedTree.BytesOf(l.Path))}\n"));
        var (_, place) = _room.Within(() => PlaceWith(record, paths));
        using SafeFileHandle here = RawFile.Open(
            System.IO.Path.Join(place, "thing"), RawFile.ReadOnly | RawFile.OnlyDirectories, out _);
        ImmutableArray<Leftover> left = here.IsInvalid ? leftovers
            : [.. leftovers.Where((leftover, index) => Moved(watch, leftover, here, NameOf(index)) != 0)];
        if (left.Length == leftovers.Length) Directory.Delete(place, recursive: true);
        return left;
    }

    private static int Moved(WritableWatch watch, Leftover leftover, SafeFileHandle here, byte[] newName)
    {
        var (parent, name) = Split(leftover.Path);
        using SafeFileHandle there = Below(watch.RootOf(leftover), parent);
        return there.IsInvalid ? Errno.NoSuchFile : Move(there, WatchedTree.BytesOf(name), here, newName);
    }

    private static byte[] NameOf(int index) => Encoding.ASCII.GetBytes((index + 1).ToString(CultureInfo.InvariantCulture));

    // Neither a directory without rights, nor out of or into one, is moved: what it lies in stands in it (`..`).
    private static int Move(SafeFileHandle from, byte[] name, SafeFileHandle to, byte[] newName)
    {
        int errno = AtomicRename.Move(from, name, to, newName);
        if (errno is not Errno.NoAccess) return errno;
        using SafeFileHandle thing = PlaceBelow.Open(from, name);
        List<(SafeFileHandle Directory, UnixFileMode Mode)> given = [];
        foreach (SafeFileHandle directory in (SafeFileHandle[])[from, to, thing])
        {
            if (!directory.IsInvalid && OwnersRights.Give(directory) is { } mode) given.Add((directory, mode));
        }
        errno = AtomicRename.Move(from, name, to, newName);
        given.Reverse();        // the same directory may be twice among them
        foreach (var (directory, mode) in given) OwnersRights.TakeBack(directory, mode);
        return errno;
    }

    /// <summary>Puts it where it was made.</summary>
    /// <returns>Null when it is there; else the error number: <see cref="Errno.Exists"/> where something is there by now.</returns>
    public static int? Keep(HeldFile held)
    {
        string place = held.Kept;
        if (TryRead(place) is not var (_, record)) return Errno.NoSuchFile;
        bool isOne = held.Together.IsEmpty;
        using SafeFileHandle here = RawFile.Open(
            isOne ? place : held.Place, RawFile.ReadOnly | RawFile.OnlyDirectories, out _);
        using SafeFileHandle top = RawFile.Open(record.Root, RawFile.ReadOnly | RawFile.OnlyDirectories, out int errno);
        if (errno != 0) return errno;
        if (here.IsInvalid) return Errno.NoSuchFile;
        if (record.Beside is { } beside)
        {
            using SafeFileHandle around = Below(top, Split(PathIn(record.Path)).Parent);
            errno = around.IsInvalid ? Errno.NoSuchFile : PutBack(around, Convert.FromBase64String(beside), top, record.Path);
        }
        else if (isOne) errno = PutBack(here, _thing, top, record.Path);
        else
        {
            int index = 0;
            foreach (string path in File.ReadLines(System.IO.Path.Join(place, Paths)))
            {
                byte[] name = NameOf(index++);
                using SafeFileHandle thing = PlaceBelow.Open(here, name);
                // Gone where it was put back before, and the rest was not.
                int one = thing.IsInvalid ? 0 : PutBack(here, name, top, path);
                if (errno == 0) errno = one;
            }
        }
        if (errno != 0) return errno;
        Directory.Delete(place, recursive: true);
        return null;
    }

    // No link on the way: a program may have put one there, to have it land elsewhere.
    private static int PutBack(SafeFileHandle here, byte[] thing, SafeFileHandle top, string path)
    {
        var (parent, name) = Split(PathIn(path));
        using SafeFileHandle there = Below(top, parent);
        return there.IsInvalid ? Errno.NoSuchFile : Move(here, thing, there, WatchedTree.BytesOf(name));
    }

    /// <summary>Removes it for good.</summary>
    /// <returns>0, or the error number where part of it is still there.</returns>
    public static int Drop(HeldFile held)
    {
        string place = held.Kept;
        if (TryRead(place) is not var (_, record)) return Errno.NoSuchFile;
        using (SafeFileHandle top = RawFile.Open(
            record.Beside is null ? place : record.Root, RawFile.ReadOnly | RawFile.OnlyDirectories, out int errno))
        {
            if (errno != 0) return errno;
            using SafeFileHandle here = Below(top, record.Beside is null ? "" : Split(PathIn(record.Path)).Parent);
            if (here.IsInvalid) return Errno.NoSuchFile;
            errno = TreeRemoval.Remove(here, record.Beside is { } beside ? Convert.FromBase64String(beside) : _thing);
            if (errno != 0) return errno;
        }
        Directory.Delete(place, recursive: true);
        return 0;
    }

    private static string PathIn(string record) => Encoding.Latin1.GetString(Convert.FromBase64String(record));

    private const UnixFileMode OwnersAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private (int Number, string Place) PlaceWith(HeldRecord record, string? paths = null)
    {
        var (number, place) = NewPlace();
        try
        {
            if (paths is not null)
            {
                File.WriteAllText(System.IO.Path.Join(place, Paths), paths, Encoding.ASCII);
                MakeDirectory(System.IO.Path.Join(place, "thing"));
            }
            WriteRecord(place, record);
            File.WriteAllText(System.IO.Path.Join(_directory, Last), number.ToString(CultureInfo.InvariantCulture));
            return (_given = number, place);
        }
        catch (IOException)
        {
            Directory.Delete(place, recursive: true);
            throw;
        }
    }

    // Of two that end at the same time, one may write the lower number last: then a number that is in use is passed over all the same.
    private int LastNumber()
    {
        int there = _given > 0 ? _given : Directory.EnumerateDirectories(_directory).Select(NumberOf).DefaultIfEmpty(0).Max();
        byte[]? said = RegularFile.TryRead(System.IO.Path.Join(_directory, Last), MostNumberBytes);
        return Math.Max(there, said is null ? 0 : NumberIn(Encoding.Latin1.GetString(said)));
    }

    private (int Number, string Place) NewPlace()
    {
        MakeDirectory(_directory);
        for (int number = LastNumber() + 1; ; number++)
        {
            string place = System.IO.Path.Join(_directory, number.ToString(CultureInfo.InvariantCulture));
            if (OpenDirectory.TryMake(place, OwnersAll, out int errno)) return (number, place);
            if (errno != Errno.Exists) throw new KernelException("mkdir", errno, place);
        }
    }

    private static (HeldFile File, HeldRecord Record)? TryRead(string place)
    {
        int number = NumberOf(place);
        string thing = System.IO.Path.Join(place, "thing");
        if (number == 0) return null;
        try
        {
            if (RegularFile.TryRead(System.IO.Path.Join(place, Record), MostRecordBytes) is not { } content) return null;
            if (JsonSerializer.Deserialize(content, HeldJson.Default.HeldRecord) is not { Root: not null, Path: not null } record)
                return null;
            if (record.Beside is { } beside) thing = Full(Beside(record.Path, beside));
            if (!IsThere(record, thing)) return null;
            byte[]? paths = RegularFile.TryRead(System.IO.Path.Join(place, Paths), MostPathsBytes);
            string full = paths is null ? Full(record.Path) : record.Root;
            ImmutableArray<string> together = paths is null ? [] : [.. Encoding.ASCII.GetString(paths)
                .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Full)];
            return (new(number, full, record.RunBy ?? "", record.Command ?? "", record.When, thing)
            {
                Together = together, IsOfKilled = record.IsOfKilled, Kept = place,
            }, record);

            string Full(string path) => System.IO.Path.Join(record.Root,
                WatchedTree.Shown(Encoding.Latin1.GetString(Convert.FromBase64String(path))));
        }
        catch (Exception e) when (e is JsonException or FormatException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // In Base64, as a path is.
    private static string Beside(string path, string name)
    {
        string parent = Split(PathIn(path)).Parent;
        return parent.Length == 0 ? name : Convert.ToBase64String(WatchedTree.BytesOf($"{parent}/{PathIn(name)}"));
    }

    private static bool IsThere(HeldRecord record, string thing)
    {
        if (record.Beside is not { } beside) return FileStatus.TryRead(thing, out _);
        using SafeFileHandle top = RawFile.Open(record.Root, RawFile.ReadOnly | RawFile.OnlyDirectories, out int errno);
        if (errno != 0) return false;
        using SafeFileHandle place = PlaceBelow.Open(top, Convert.FromBase64String(Beside(record.Path, beside)));
        return !place.IsInvalid;
    }

    private static int NumberOf(string place) => NumberIn(System.IO.Path.GetFileName(place));

    // What is near the end of all numbers nobody has counted up to.
    private static int NumberIn(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number < int.MaxValue / 2 ? number : 0;

    private static SafeFileHandle Below(SafeFileHandle root, string path) =>
        PlaceBelow.OpenDirectory(root, path.Length == 0 ? "."u8 : WatchedTree.BytesOf(path));

    private static (string Parent, string Name) Split(string path)
    {
        int slash = path.LastIndexOf('/');
        return slash < 0 ? ("", path) : (path[..slash], path[(slash + 1)..]);
    }
}

/// <summary>What is written down of each.</summary>
/// <param name="Root">The directory that could be written.</param>
/// <param name="Path">Below it: its bytes, in Base64.</param>
/// <param name="Beside">Where it lies on another file system: the other name that it has in its directory, likewise.</param>
/// <param name="IsOfKilled">Its run had been killed.</param>
internal sealed record HeldRecord(
    string Root, string Path, string? RunBy, string? Command, DateTimeOffset When, string? Beside = null, bool IsOfKilled = false);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(HeldRecord))]
internal sealed partial class HeldJson : JsonSerializerContext;
