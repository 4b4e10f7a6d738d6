using System.Collections.Immutable;
using System.Text.Json;
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

    /// <summary>Whoever reads holds the environment's lock: nobody is writing, so that what is cut off stays so.</summary>
    public bool IsHeld { get; init; }

    /// <summary>What is done before a line is read again that another is writing; null: a little time passes.</summary>
    internal Action? Meanwhile { get; init; }

    /// <summary>Whole lines that could not be read at the last <see cref="Read"/>, less those that a repair has taken note of.</summary>
    public int Unreadable { get; private set; }

    /// <summary>There was no file at the last <see cref="Read"/>, or something else in its place.</summary>
    public bool IsMissing { get; private set; }

    /// <summary>The last line was cut off, as of the last <see cref="Read"/>.</summary>
    public bool IsTorn { get; private set; }

    /// <summary>Writes what is about to happen, and does not return before it is on the disk.</summary>
    /// <exception cref="IOException">It is not; then nothing may be changed.</exception>
    public void Announce(LedgerLine line) => Append(LedgerEvent.Of(line, UserIds.Effective));

    /// <summary>Writes that the announced switch happened, and what the generation's description was then.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public void Confirm(int to) => Append(new LedgerEvent(LedgerEvent.Switched, to, GenerationSha256: DescriptionOf(to)?.Hex));

    /// <summary>Writes that the lines before this one that cannot be read are known; nothing is ever taken out.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public void NoteUnreadable() => Append(new LedgerEvent(LedgerEvent.Noted, To: 0));

    /// <summary>All changes, oldest first.</summary>
    /// <exception cref="EnvironmentException">The file is larger than any ledger.</exception>
    public ImmutableArray<LedgerLine> Read()
    {
        (Unreadable, IsTorn) = (0, false);
        _generations.Clear();
        var lines = new List<LedgerLine>();
        var rest = Content();
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)'\n');
            if (end < 0) IsTorn = true;
            else if (end > 0 && !TryTake(rest[..end], lines)) Unreadable++;
            rest = end < 0 ? [] : rest[(end + 1)..];
        }
        return [.. lines];
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

    private bool TryTake(ReadOnlySpan<byte> text, List<LedgerLine> lines)
    {
        try
        {
            var read = JsonSerializer.Deserialize(text, LedgerJson.Default.LedgerEvent);
            if (read is { Event: LedgerEvent.Noted })
            {
                Unreadable = 0;
                return true;
            }
            if (read is { Event: LedgerEvent.Switched })
            {
                int announced = lines.FindLastIndex(l => l.To == read.To && !l.Confirmed);
                if (announced >= 0) lines[announced] = lines[announced] with { Confirmed = true };
                Describe(read);
                return true;
            }
            if (read?.ToLine() is not { } line) return false;
            lines.Add(line);
            Describe(read);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // The first word counts: whoever changed the file later cannot make the ledger forget.
    private void Describe(LedgerEvent read)
    {
        if (Sha256Digest.TryParseHex(read.GenerationSha256, out var digest)) _generations.TryAdd(read.To, digest);
    }

    private ReadOnlySpan<byte> Content()
    {
        string path = environment.LedgerFile;
        IsMissing = !FileStatus.TryRead(path, out var file) || file.Type != FileType.Regular;
        if (IsMissing) return [];
        if (file.Size > MaxBytes) throw new EnvironmentException($"`{path}` is larger than {MaxBytes} bytes");
        return (IsHeld ? RegularFile.TryRead(path, MaxBytes) : AppendedLines.TryRead(path, MaxBytes, Meanwhile)) ?? [];
    }

    private void Append(LedgerEvent what)
    {
        using var file = RawFile.TryOpen(environment.LedgerFile, RawFile.ReadWrite | RawFile.Create | RawFile.Append)
            ?? throw new DirectoryNotFoundException($"no directory for {environment.LedgerFile}");
        // Into a pipe it would be written and lost.
        if (FileStatus.Of(file).Type != FileType.Regular) throw new IOException($"it is no file: {environment.LedgerFile}");
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(what, LedgerJson.Default.LedgerEvent);
        // After a torn line comes a line break first, or this line would become part of it.
        RawFile.AppendLine(file, [.. EndsInLine(file) ? "\n"u8 : [], .. json, (byte)'\n'], environment.LedgerFile);
    }

    private static bool EndsInLine(Microsoft.Win32.SafeHandles.SafeFileHandle file)
    {
        long length = RandomAccess.GetLength(file);
        Span<byte> last = stackalloc byte[1];
        return length > 0 && RandomAccess.Read(file, last, length - 1) == 1 && last[0] != '\n';
    }

    private Sha256Digest? DescriptionOf(int number)
    {
        string path = Path.Combine(environment.DirectoryOf(number), GenerationFile.Name);
        return RegularFile.TryRead(path, int.MaxValue) is { } description ? Sha256Digest.Of(description) : null;
    }
}
