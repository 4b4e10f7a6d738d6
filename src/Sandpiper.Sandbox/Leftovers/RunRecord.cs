using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;
using Sandpiper.Kernel.Processes;

namespace Sandpiper.Sandbox.Leftovers;

/// <summary>
/// What there was in a directory before a program began that may write it, for whoever looks what it left when its run could not.
/// </summary>
/// <param name="Command">What was run.</param>
/// <param name="Begun">When.</param>
/// <param name="Start">Of the machine: <see cref="MachineStart.Id"/>.</param>
/// <param name="Machine">Which: <see cref="MachineStart.Machine"/>.</param>
/// <param name="Mark">That says when the run ended; null: none was to be had.</param>
/// <param name="Root">The directory, as it was granted.</param>
/// <param name="Real">Where it really lay.</param>
/// <param name="Identity">Which directory.</param>
/// <param name="Born">When that was made, where its file system knows.</param>
internal sealed record RunRecord(
    string Command, DateTimeOffset Begun, string Start, string Machine, EndMark? Mark, string Root, string Real, FileIdentity Identity,
    UnixTime? Born)
{
    /// <summary>A project has a few hundred such names; with more than this, it would have some 500,000.</summary>
    public const int MostBytes = 64 << 20;

    /// <summary>Where the first process of the sandbox is written down, when there is one: its number and when it began.</summary>
    public const int PlaceOfProcess = 8, BytesOfProcess = 12;

    private const int MostCommand = 1000;
    private const int CheckedFrom = PlaceOfProcess + BytesOfProcess + 8;

    // The last byte is another one when what is looked at, or how it is written, has become something else.
    private static ReadOnlySpan<byte> Format => "spiprun\x01"u8;

    private static readonly uint _names = Names();

    public ImmutableArray<string> Whole { get; init; } = [];

    public ImmutableArray<string> Free { get; init; } = [];

    public ImmutableArray<string> Shown { get; init; } = [];

    public Dictionary<string, Watched> Before { get; init; } = [];

    /// <summary>Of one that begins now.</summary>
    public static RunRecord Of(WatchedRoot root, string command, DateTimeOffset now, EndMark? mark) => new(
        command.Length <= MostCommand ? command : command[..MostCommand], now, MachineStart.Id, MachineStart.Machine, mark, root.Root,
        root.Real,
        FileFacts.IdentityOf(root.Directory), FileFacts.BornAt(root.Directory))
    {
        Whole = [.. root.Whole], Free = [.. root.Free], Shown = root.Shown, Before = root.Before,
    };

    /// <summary>Whether a directory is the one: whatever it is called by now, and whichever number its disk has.</summary>
    /// <param name="isWhereItWas">Under the same name; where its file system does not know when it was made, that has to do.</param>
    public bool IsOf(SafeFileHandle directory, bool isWhereItWas)
    {
        FileIdentity found = FileFacts.IdentityOf(directory);
        if (found.Inode != Identity.Inode || FileFacts.BornAt(directory) != Born) return false;
        // A disk has another number after another start.
        return found == Identity || (!IsOfThisStart && (Born is not null || isWhereItWas));
    }

    /// <summary>The machine was not started anew since.</summary>
    public bool IsOfThisStart => Start.Length > 0 && string.Equals(Start, MachineStart.Id, StringComparison.Ordinal);

    /// <summary>When its run had ended; null: nobody knows.</summary>
    /// <remarks>Of another machine, with which the disk is shared, the start says nothing.</remarks>
    public DateTimeOffset? EndedAt => IsOfThisStart ? Mark?.At()
        : Machine.Length > 0 && string.Equals(Machine, MachineStart.Machine, StringComparison.Ordinal)
            && MachineStart.At is { } start && start > Begun ? start : null;

    /// <summary>The same directory, open, as it is watched.</summary>
    /// <param name="directory">Opened for reading.</param>
    /// <param name="path">That leads to it now.</param>
    /// <param name="endedBy">When the program had ended; null: nobody knows.</param>
    public WatchedRoot Watching(SafeFileHandle directory, string path, DateTimeOffset? endedBy)
    {
        FileIdentity now = FileFacts.IdentityOf(directory);
        return new(path, path, directory, FrozenSet.ToFrozenSet(Whole, StringComparer.Ordinal),
            FrozenSet.ToFrozenSet(Free, StringComparer.Ordinal), Shown.Add(path),
            Before.ToDictionary(before => before.Key, before => before.Value with { Identity = Moved(before.Value.Identity) },
                StringComparer.Ordinal)) { EndedBy = endedBy };

        FileIdentity Moved(FileIdentity of) => (of.DeviceMajor, of.DeviceMinor) == (Identity.DeviceMajor, Identity.DeviceMinor)
            ? of with { DeviceMajor = now.DeviceMajor, DeviceMinor = now.DeviceMinor } : of;
    }

    /// <returns>Null where it is longer than <see cref="MostBytes"/>.</returns>
    public byte[]? ToBytes()
    {
        using var content = new MemoryStream();
        using (var to = new BinaryWriter(content, Encoding.UTF8, leaveOpen: true))
        {
            to.Write(Format);
            to.Write(stackalloc byte[CheckedFrom - PlaceOfProcess]);
            to.Write(_names);
            to.Write(Command);
            to.Write(Begun.UtcTicks);
            to.Write(Start);
            to.Write(Machine);
            to.Write(Mark is not null);
            to.Write(Mark?.Number ?? 0);
            to.Write(Mark?.MadeAt ?? 0);
            to.Write(Mark?.MadeBy ?? 0);
            to.Write(Root);
            to.Write(Real);
            Write(to, Identity);
            to.Write(Born is not null);
            Write(to, Born ?? default);
            foreach (ImmutableArray<string> some in (ImmutableArray<string>[])[Whole, Free, Shown])
            {
                to.Write(some.Length);
                foreach (string one in some) to.Write(one);
            }
            List<AutorunName> rules = [];
            // By the object: there are few, and to compare two of them takes longer than to write one down.
            Dictionary<AutorunName, int> numbers = new(ReferenceEqualityComparer.Instance);
            foreach (Watched one in Before.Values)
            {
                if (!numbers.TryAdd(one.Rule, rules.Count)) continue;
                rules.Add(one.Rule);
            }
            to.Write(rules.Count);
            foreach (AutorunName rule in rules)
            {
                to.Write(rule.Name);
                to.Write(rule.RunBy);
                to.Write(rule.IsUnasked);
            }
            to.Write(Before.Count);
            foreach (var (path, one) in Before)
            {
                to.Write(path);
                to.Write7BitEncodedInt(numbers[one.Rule]);
                Write(to, one.Identity);
                Write(to, one.ChangedAt);
                to.Write(one.Target is not null);
                if (one.Target is not null) to.Write(one.Target);
                if (content.Length > MostBytes) return null;
            }
        }
        byte[] all = content.ToArray();
        XxHash3.Hash(all.AsSpan(CheckedFrom), all.AsSpan(CheckedFrom - 8));
        return all;
    }

    /// <summary>The first process of the sandbox, as it is written at <see cref="PlaceOfProcess"/>.</summary>
    public static void Write(Span<byte> place, int process, ulong begun)
    {
        BitConverter.TryWriteBytes(place, process);
        BitConverter.TryWriteBytes(place[4..], begun);
    }

    /// <returns>Null where it is none, was damaged, or is of a version that looks at something else.</returns>
    public static RunRecord? TryRead(byte[] content, out int process, out ulong processBegun)
    {
        (process, processBegun) = (0, 0);
        if (content.Length < CheckedFrom || !content.AsSpan().StartsWith(Format)
            || !XxHash3.Hash(content.AsSpan(CheckedFrom)).AsSpan().SequenceEqual(content.AsSpan(CheckedFrom - 8, 8))) return null;
        process = BitConverter.ToInt32(content, PlaceOfProcess);
        processBegun = BitConverter.ToUInt64(content, PlaceOfProcess + 4);
        try
        {
            using var from = new BinaryReader(new MemoryStream(content, CheckedFrom, content.Length - CheckedFrom), Encoding.UTF8);
            return from.ReadUInt32() == _names ? Read(from) : null;
        }
        catch (Exception e) when
            (e is IOException or FormatException or ArgumentException or IndexOutOfRangeException or OverflowException)
        {
            return null;    // whose check is right, and which is not
        }
    }

    private static RunRecord Read(BinaryReader from)
    {
        string command = from.ReadString();
        var begun = new DateTimeOffset(from.ReadInt64(), TimeSpan.Zero);
        string start = from.ReadString(), machine = from.ReadString();
        EndMark? mark = from.ReadBoolean() ? default(EndMark) : null;
        var read = new EndMark(from.ReadInt32(), from.ReadInt64(), from.ReadInt32());
        var record = new RunRecord(command, begun, start, machine, mark is null ? null : read, from.ReadString(), from.ReadString(),
            ReadIdentity(from), ReadBorn(from))
        {
            Whole = ReadStrings(from), Free = ReadStrings(from), Shown = ReadStrings(from),
        };
        var rules = new AutorunName[Counted(from)];
        for (int n = 0; n < rules.Length; n++) rules[n] = new(from.ReadString(), from.ReadString(), from.ReadBoolean());
        int count = Counted(from);
        var before = new Dictionary<string, Watched>(count, StringComparer.Ordinal);
        for (int n = 0; n < count; n++)
        {
            string path = from.ReadString();
            before.Add(path, new(rules[from.Read7BitEncodedInt()], ReadIdentity(from), ReadTime(from))
            {
                Target = from.ReadBoolean() ? from.ReadString() : null,
            });
        }
        return record with { Before = before };
    }

    // Each takes a byte at least: more than there are nobody wrote.
    private static int Counted(BinaryReader from)
    {
        int count = from.ReadInt32();
        return count >= 0 && count <= from.BaseStream.Length ? count
            : throw new FormatException(count.ToString(CultureInfo.InvariantCulture));
    }

    private static ImmutableArray<string> ReadStrings(BinaryReader from)
    {
        string[] all = new string[Counted(from)];
        for (int n = 0; n < all.Length; n++) all[n] = from.ReadString();
        return [.. all];
    }

    private static UnixTime? ReadBorn(BinaryReader from)
    {
        bool isKnown = from.ReadBoolean();
        UnixTime born = ReadTime(from);
        return isKnown ? born : null;
    }

    private static FileIdentity ReadIdentity(BinaryReader from) => new(from.ReadUInt32(), from.ReadUInt32(), from.ReadUInt64());

    private static UnixTime ReadTime(BinaryReader from) => new(from.ReadInt64(), from.ReadUInt32());

    private static void Write(BinaryWriter to, FileIdentity identity)
    {
        to.Write(identity.DeviceMajor);
        to.Write(identity.DeviceMinor);
        to.Write(identity.Inode);
    }

    private static void Write(BinaryWriter to, UnixTime time)
    {
        to.Write(time.Seconds);
        to.Write(time.Nanoseconds);
    }

    // Where other names are looked for, what was there before under one of them would be taken for new (FNV-1a: it is read, not trusted).
    private static uint Names()
    {
        uint sum = 2166136261;
        foreach (AutorunName name in AutorunName.All)
        {
            foreach (char c in name.Name) sum = unchecked((sum ^ c) * 16777619);
            foreach (char c in name.RunBy) sum = unchecked((sum ^ c) * 16777619);
            sum = unchecked((sum ^ (name.IsUnasked ? 1u : 2u)) * 16777619);
        }
        return sum;
    }
}
