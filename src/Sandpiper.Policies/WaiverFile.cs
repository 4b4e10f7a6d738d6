using System.Collections.Immutable;
using System.Text.Json;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Policies;

/// <summary>All waivers of a data root: one JSON line each in <c>waivers.jsonl</c>, only ever appended to.</summary>
public sealed class WaiverFile(string root)
{
    private const int MaxBytes = 16 << 20;

    private readonly string _path = Path.Combine(Path.GetFullPath(root), "waivers.jsonl");

    /// <summary>In the order in which they were made.</summary>
    /// <exception cref="WaiverFileDamagedException">A line cannot be read; that is never "no waiver", and never "no rule".</exception>
    public ImmutableArray<Waiver> List()
    {
        var waivers = ImmutableArray.CreateBuilder<Waiver>();
        byte[] content = ReadAll();
        for (int start = 0, line = 1; start < content.Length; line++)
        {
            int length = content.AsSpan(start).IndexOf((byte)'\n');
            // A line without an end was cut off, by a full disk or a crash: the next one would be glued to it.
            if (length < 0) throw new WaiverFileDamagedException(_path, line, "the last line is cut off");
            Take(content.AsSpan(start, length), line, waivers);
            start += length + 1;
        }
        return waivers.DrainToImmutable();
    }

    /// <summary>Appends, and returns when it is on the disk.</summary>
    /// <returns>The same with its number.</returns>
    /// <exception cref="WaiverFileDamagedException">What is there already cannot be read: nothing is added to it.</exception>
    /// <exception cref="UnwritableException">The disk is full or read-only.</exception>
    public Waiver Add(Waiver waiver)
    {
        List();
        Append(WaiverLine.From(waiver));
        // Another command may have added one in between; of two equal ones it does not matter which is ours.
        return List().Last(w => w with { Number = waiver.Number } == waiver);
    }

    /// <summary>Takes one back: from now on it holds no more. It stays on record.</summary>
    /// <returns>What was taken back; null when there is no waiver of that number that is still to be withdrawn.</returns>
    /// <inheritdoc cref="Add"/>
    public Waiver? Withdraw(int number, string who, DateTimeOffset when)
    {
        if (List().FirstOrDefault(w => w.Number == number) is not { WithdrawnBy: null } waiver) return null;
        Append(new WaiverLine(who, when, Withdraw: number));
        return waiver;
    }

    private void Append(WaiverLine line)
    {
        byte[] text = [.. JsonSerializer.SerializeToUtf8Bytes(line, WaiverJson.Default.WaiverLine), (byte)'\n'];
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            using var file = RawFile.TryOpen(_path, RawFile.ReadWrite | RawFile.Create | RawFile.Append)!;   // created, so never null
            RawFile.AppendLine(file, text, _path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnwritableException(_path, e);
        }
    }

    private byte[] ReadAll()
    {
        try
        {
            if (!FileStatus.TryRead(_path, out var status)) return [];
            if (status.Size > MaxBytes) throw new WaiverFileDamagedException(_path, 1, $"it is larger than {MaxBytes} bytes");
            return AppendedLines.TryRead(_path, MaxBytes) ?? throw new WaiverFileDamagedException(_path, 1, "it is no file of ours");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new WaiverFileDamagedException(_path, 1, e.Message);
        }
    }

    private void Take(ReadOnlySpan<byte> text, int number, ImmutableArray<Waiver>.Builder waivers)
    {
        try
        {
            var line = JsonSerializer.Deserialize(text, WaiverJson.Default.WaiverLine) ?? throw new FormatException("null");
            if (!line.IsWithdrawal)
            {
                waivers.Add(line.ToWaiver(waivers.Count + 1));
                return;
            }
            int index = line.Withdraw!.Value - 1;
            if (index < 0 || index >= waivers.Count) throw new FormatException("it withdraws what was never made");
            waivers[index] = waivers[index] with { WithdrawnBy = line.Who, WithdrawnWhen = line.When };
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new WaiverFileDamagedException(_path, number, $"it is no waiver ({e.Message})");
        }
    }
}
