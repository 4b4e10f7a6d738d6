using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Remembered;

/// <summary>
/// What commands were allowed: one JSON line each in <c>grants.jsonl</c>, only ever appended to. It lies in the data root, which no grant
/// may meet: no confined program can write it, whatever it was allowed.
/// </summary>
public sealed class GrantFile(string root)
{
    private const int MaxBytes = 16 << 20;

    private const string Name = "grants.jsonl";

    private readonly string _path = In(root);

    /// <summary>Where it lies.</summary>
    public static string In(string root) => System.IO.Path.Combine(System.IO.Path.GetFullPath(root), Name);

    /// <summary>In the order in which they were made, those that were taken back among them.</summary>
    /// <exception cref="GrantFileDamagedException">A line cannot be read; it is never passed over.</exception>
    public ImmutableArray<RememberedGrant> List() => Parse(ReadAll(), _path);

    /// <summary>Appends, and returns when it is on the disk. Of two commands that do so at once both stay.</summary>
    /// <returns>The same with its number.</returns>
    /// <exception cref="GrantFileDamagedException">What is there already cannot be read: nothing is added to it.</exception>
    /// <exception cref="UnwritableException">The disk is full or read-only.</exception>
    public RememberedGrant Add(RememberedGrant grant, CancellationToken cancel)
    {
        GrantLine line = GrantLine.From(grant);
        using SafeFileHandle file = Held(cancel);
        int number = List().Length + 1;
        // What could not be read again would keep every command from running.
        RememberedGrant added = line.ToGrant(number);
        Append(file, line);
        return added;
    }

    /// <summary>Takes one back: from now on it counts no more. It stays on record.</summary>
    /// <returns>What was taken back; null when there is none of that number that is still to be withdrawn.</returns>
    /// <inheritdoc cref="Add"/>
    public RememberedGrant? Withdraw(int number, string who, DateTimeOffset when, CancellationToken cancel)
    {
        if (!Path.Exists(_path)) return null;
        using SafeFileHandle file = Held(cancel);
        if (List().FirstOrDefault(grant => grant.Number == number) is not { WithdrawnBy: null } grant) return null;
        Append(file, new GrantLine(who, when, Withdraw: number));
        return grant;
    }

    /// <summary>The content of such a file.</summary>
    /// <param name="path">For the message.</param>
    /// <inheritdoc cref="List"/>
    public static ImmutableArray<RememberedGrant> Parse(ReadOnlySpan<byte> content, string path)
    {
        var grants = ImmutableArray.CreateBuilder<RememberedGrant>();
        for (int line = 1; !content.IsEmpty; line++)
        {
            int length = content.IndexOf((byte)'\n');
            // A line without an end was cut off, by a full disk or a crash: the next one would be glued to it.
            if (length < 0) throw new GrantFileDamagedException(path, line, "the last line is cut off");
            Take(content[..length], path, line, grants);
            content = content[(length + 1)..];
        }
        return grants.DrainToImmutable();
    }

    private static void Take(ReadOnlySpan<byte> text, string path, int number, ImmutableArray<RememberedGrant>.Builder grants)
    {
        try
        {
            GrantLine line = JsonSerializer.Deserialize(text, GrantJson.Default.GrantLine) ?? throw new FormatException("null");
            if (!line.IsWithdrawal)
            {
                grants.Add(line.ToGrant(grants.Count + 1));
                return;
            }
            int index = line.Withdraw!.Value - 1;
            if (index < 0 || index >= grants.Count) throw new FormatException("it withdraws what was never made");
            grants[index] = grants[index] with { WithdrawnBy = line.Who, WithdrawnWhen = line.When };
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new GrantFileDamagedException(path, number, $"it is no grant ({e.Message})");
        }
    }

    private SafeFileHandle Held(CancellationToken cancel)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            while (true)
            {
                SafeFileHandle? file = LockFile.TryHold(_path, RawFile.Append | RawFile.NoFollow, FileLock.TryTake, () => { }, cancel);
                if (file is not null) return file;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnwritableException(_path, e);
        }
    }

    private void Append(SafeFileHandle file, GrantLine line)
    {
        try
        {
            RawFile.AppendLine(file, [.. JsonSerializer.SerializeToUtf8Bytes(line, GrantJson.Default.GrantLine), (byte)'\n'], _path);
        }
        catch (IOException e)
        {
            throw new UnwritableException(_path, e);
        }
    }

    private byte[] ReadAll()
    {
        try
        {
            if (!FileStatus.TryRead(_path, out var status)) return [];
            if (status.Size > MaxBytes) throw new GrantFileDamagedException(_path, 1, $"it is larger than {MaxBytes} bytes");
            return AppendedLines.TryRead(_path, MaxBytes) ?? throw new GrantFileDamagedException(_path, 1, "it is no file of ours");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GrantFileDamagedException(_path, 1, e.Message);
        }
    }
}
