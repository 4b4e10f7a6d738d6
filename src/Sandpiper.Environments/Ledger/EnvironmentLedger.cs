using System.Collections.Immutable;
using Sandpiper.Environments.Generations;
using Sandpiper.Kernel.Files;
using Sandpiper.Kernel.Users;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Environments.Ledger;

/// <summary>The append-only record of every change of one environment: a JSON line before each switch, and one after it.</summary>
/// <remarks>
/// The environment's lock is held while it is appended to; reading needs none. A line that cannot be read is skipped and counted, for what
/// stands before and after it is still true. The last one may be torn: a power failure can cut off what was being written. One that
/// another command is just writing is waited for.
/// </remarks>
public sealed class EnvironmentLedger(ManagedEnvironment environment)
{
    private const int MaxBytes = 256 << 20;     // a line has about 150 bytes a package: decades of daily changes

    private readonly Dictionary<int, Sha256Digest> _generations = [];
    private readonly List<int> _broken = [];
    private Sha256Sum _before = new();      // of so many bytes of the file
    private long _length;
    private Task _chaining = Task.CompletedTask;
    private (int To, Sha256Digest? Description) _announced;

    /// <summary>Whoever reads holds the environment's lock: nobody is writing, so that what is cut off stays so.</summary>
    public bool IsHeld { get; init; }

    /// <summary>What is done before a line is read again that another is writing; null: a little time passes.</summary>
    internal Action? Meanwhile { get; init; }

    /// <summary>Whole lines that could not be read at the last <see cref="Read"/>, less those that a repair has taken note of.</summary>
    public int Unreadable { get; private set; }

    /// <summary>
    /// Lines (from 1) before which something is not as it was when they were written, at the last <see cref="Read"/>; less those that a
    /// repair has taken note of.
    /// </summary>
    public ImmutableArray<int> Broken => [.. _broken];

    /// <summary>Nothing of it is known to be other than it was written, as of the last <see cref="Read"/>.</summary>
    public bool IsWhole => Unreadable == 0 && _broken.Count == 0;

    /// <summary>The first line (from 1) that says what stood before it, at the last <see cref="Read"/>; null: none does.</summary>
    public int? ChainedSince { get; private set; }

    /// <summary>Whole lines at the last <see cref="Read"/>.</summary>
    public int Lines { get; private set; }

    /// <summary>There was no file at the last <see cref="Read"/>, or something else in its place.</summary>
    public bool IsMissing { get; private set; }

    /// <summary>The last line was cut off, as of the last <see cref="Read"/>.</summary>
    public bool IsTorn { get; private set; }

    /// <summary>Writes what is about to happen, and does not return before it is on the disk.</summary>
    /// <exception cref="IOException">It is not; then nothing may be changed.</exception>
    /// <param name="line">What.</param>
    /// <param name="inOrder">
    /// What is done afterwards does not get to the disk before the line either: only its content is waited for.
    /// </param>
    public void Announce(LedgerLine line, bool inOrder = false)
    {
        Append(LedgerEvent.Of(line, UserIds.Effective), inOrder);
        _announced = (line.To, line.Description);
        if (inOrder) ContentOnDisk.Await(environment.LedgerFile);
    }

    /// <summary>Writes that the announced switch happened, and what the generation's description was then.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    /// <param name="to">Where to.</param>
    /// <param name="inOrder">It may be lost with a power failure, as when the command had ended before.</param>
    public void Confirm(int to, bool inOrder = false) =>
        Append(new LedgerEvent(LedgerEvent.Switched, to, GenerationSha256: DescriptionOf(to)?.Hex), inOrder);

    /// <summary>
    /// Writes that the lines before this one that cannot be read, or are not as they were, are known; nothing is ever taken out.
    /// </summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public void NoteDamage() => Append(new LedgerEvent(LedgerEvent.Noted, To: 0));

    /// <summary>All changes, oldest first.</summary>
    /// <exception cref="EnvironmentException">The file is larger than any ledger.</exception>
    public ImmutableArray<LedgerLine> Read()
    {
        _chaining.GetAwaiter().GetResult();
        (Unreadable, IsTorn, Lines, ChainedSince) = (0, false, 0, null);
        _generations.Clear();
        _broken.Clear();
        (_before, _length) = (new(), 0);
        var lines = new List<LedgerLine>();
        ReadOnlySpan<byte> rest = Content();
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)'\n');
            if (end < 0) IsTorn = true;
            else if (end > 0)
            {
                Lines++;
                if (!TryTake(rest[..end], lines)) Unreadable++;
            }
            int taken = end < 0 ? rest.Length : end + 1;
            Chain(rest[..taken]);
            rest = rest[taken..];
        }
        return [.. lines];
    }

    /// <summary>
    /// What of all changes a further one has to know, oldest first, of the same lines as <see cref="Read"/>, which alone says whether they
    /// are as they were written. What stands in them is summed up beside, for the line that will follow.
    /// </summary>
    /// <exception cref="EnvironmentException">The file is larger than any ledger.</exception>
    public ImmutableArray<LedgerLine> ReadSteps()
    {
        _chaining.GetAwaiter().GetResult();
        (_before, _length) = (new(), 0);
        ReadOnlyMemory<byte> all = Content();
        if (!all.IsEmpty) _chaining = Task.Run(() => Chain(all.Span));
        var steps = new List<LedgerLine>();
        for (ReadOnlySpan<byte> rest = all.Span; rest.IndexOf((byte)'\n') is >= 0 and var end; rest = rest[(end + 1)..])
        {
            if (end == 0 || LedgerJson.TryRead(rest[..end]) is not { } read) continue;
            if (read.Event is LedgerEvent.Switched) Confirm(steps, read.To);
            else if (read.Event is not LedgerEvent.Noted && read.ToLine() is { } line) steps.Add(line);
        }
        return [.. steps];
    }

    /// <summary>
    /// The SHA-256 of a generation's <c>generation.json</c> when it was made, or became current for the first time; null when the ledger
    /// does not say. As of the last <see cref="Read"/>.
    /// </summary>
    public Sha256Digest? DescriptionDigest(int number) => _generations.TryGetValue(number, out var digest) ? digest : null;

    /// <summary>
    /// Of these generations those that no line speaks of, though a line precedes each: it was lost.
    /// </summary>
    /// <param name="generations">Looked up before the lines were read.</param>
    /// <param name="lines">As read.</param>
    public static ImmutableArray<int> LostOf(ImmutableArray<int> generations, ImmutableArray<LedgerLine> lines) =>
        [.. generations.Except(lines.Select(l => l.To))];

    private static void Confirm(List<LedgerLine> lines, int to)
    {
        int announced = lines.FindLastIndex(l => l.To == to && !l.Confirmed);
        if (announced >= 0) lines[announced] = lines[announced] with { Confirmed = true };
    }

    private bool TryTake(ReadOnlySpan<byte> text, List<LedgerLine> lines)
    {
        if (LedgerJson.TryRead(text) is not { } read) return false;
        Compare(read.Chain);
        if (read.Event is LedgerEvent.Noted)
        {
            Unreadable = 0;
            _broken.Clear();
            return true;
        }
        if (read.Event is LedgerEvent.Switched)
        {
            Confirm(lines, read.To);
            Describe(read);
            return true;
        }
        if (read.ToLine() is not { } line) return false;
        lines.Add(line);
        Describe(read);
        return true;
    }

    // An earlier version knows no chain; where one has begun, a line without it was not written by us.
    private void Compare(string? chain)
    {
        if (chain is null && ChainedSince is null) return;
        ChainedSince ??= Lines;
        if (!string.Equals(chain, _before.Current().Hex, StringComparison.Ordinal)) _broken.Add(Lines);
    }

    // The first word counts: whoever changed the file later cannot make the ledger forget.
    private void Describe(LedgerEvent read)
    {
        if (Sha256Digest.TryParseHex(read.GenerationSha256, out var digest)) _generations.TryAdd(read.To, digest);
    }

    private byte[] Content()
    {
        string path = environment.LedgerFile;
        IsMissing = !FileStatus.TryRead(path, out var file) || file.Type != FileType.Regular;
        if (IsMissing) return [];
        if (file.Size > MaxBytes) throw new EnvironmentException($"`{path}` is larger than {MaxBytes} bytes");
        return (IsHeld ? RegularFile.TryRead(path, MaxBytes) : AppendedLines.TryRead(path, MaxBytes, Meanwhile)) ?? [];
    }

    private void Append(LedgerEvent what, bool inOrder = false)
    {
        using var file = RawFile.TryOpen(environment.LedgerFile, RawFile.ReadWrite | RawFile.Create | RawFile.Append)
            ?? throw new DirectoryNotFoundException($"no directory for {environment.LedgerFile}");
        // Into a pipe it would be written and lost.
        if (FileStatus.Of(file).Type != FileType.Regular) throw new IOException($"it is no file: {environment.LedgerFile}");
        // After a torn line comes a line break first, or this line would become part of it.
        ReadOnlySpan<byte> lineBreak = EndsInLine(file) ? "\n"u8 : [];
        ChainTo(file);
        Chain(lineBreak);
        byte[] line = [.. LedgerJson.Write(what with { Chain = _before.Current().Hex }), (byte)'\n'];
        Chain(line);
        line = [.. lineBreak, .. line];
        if (inOrder) RawFile.AppendLineSoon(file, line, environment.LedgerFile);
        else RawFile.AppendLine(file, line, environment.LedgerFile);
    }

    private static bool EndsInLine(Microsoft.Win32.SafeHandles.SafeFileHandle file)
    {
        long length = RandomAccess.GetLength(file);
        Span<byte> last = stackalloc byte[1];
        return length > 0 && RandomAccess.Read(file, last, length - 1) == 1 && last[0] != '\n';
    }

    // What was read under the lock is not read again: another file in its place would not go on from there, and say so when it is read.
    private void ChainTo(Microsoft.Win32.SafeHandles.SafeFileHandle file)
    {
        _chaining.GetAwaiter().GetResult();
        if (IsHeld && _length == RandomAccess.GetLength(file)) return;
        (_before, _length) = (new(), 0);
        byte[] piece = new byte[64 << 10];
        while (RandomAccess.Read(file, piece, _length) is > 0 and var got) Chain(piece.AsSpan(0, got));
    }

    private void Chain(ReadOnlySpan<byte> piece)
    {
        _before.Append(piece);
        _length += piece.Length;
    }

    // Of the one that was just made it is known, and stands in the line before.
    private Sha256Digest? DescriptionOf(int number)
    {
        if (_announced.To == number && _announced.Description is { } known) return known;
        string path = Path.Combine(environment.DirectoryOf(number), GenerationFile.Name);
        return RegularFile.TryRead(path, int.MaxValue) is { } description ? Sha256Digest.Of(description) : null;
    }
}
