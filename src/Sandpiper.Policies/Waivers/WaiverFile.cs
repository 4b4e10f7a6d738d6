using System.Collections.Immutable;
using System.Text.Json;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Policies.Waivers;

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
            waivers.Add(Parse(content.AsSpan(start, length), line));
            start += length + 1;
        }
        return waivers.DrainToImmutable();
    }

    /// <summary>The newest waiver for exactly this package, version and rule; null when there is none.</summary>
    /// <exception cref="WaiverFileDamagedException">A line cannot be read.</exception>
    public Waiver? Find(PackageName name, Pep440Version version, string rule) =>
        List().LastOrDefault(w => w.Name == name && w.Version == version && string.Equals(w.Rule, rule, StringComparison.Ordinal));

    /// <summary>The rules waived for exactly this package and version.</summary>
    /// <exception cref="WaiverFileDamagedException">A line cannot be read.</exception>
    public ImmutableHashSet<string> RulesFor(PackageName name, Pep440Version version) =>
        [.. List().Where(w => w.Name == name && w.Version == version).Select(w => w.Rule)];

    /// <summary>Appends, and returns when it is on the disk.</summary>
    /// <exception cref="WaiverFileDamagedException">What is there already cannot be read: nothing is added to it.</exception>
    /// <exception cref="UnwritableException">The disk is full or read-only.</exception>
    public void Add(Waiver waiver)
    {
        List();
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(WaiverLine.From(waiver), WaiverJson.Default.WaiverLine), (byte)'\n'];
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            using var file = RawFile.TryOpen(_path, RawFile.ReadWrite | RawFile.Create | RawFile.Append)!;   // created, so never null
            RawFile.AppendLine(file, line, _path);
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
            return new FileInfo(_path).Length <= MaxBytes
                ? File.ReadAllBytes(_path) : throw new WaiverFileDamagedException(_path, 1, $"it is larger than {MaxBytes} bytes");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new WaiverFileDamagedException(_path, 1, e.Message);
        }
    }

    private Waiver Parse(ReadOnlySpan<byte> line, int number)
    {
        try
        {
            return JsonSerializer.Deserialize(line, WaiverJson.Default.WaiverLine)?.ToWaiver() ?? throw new FormatException("null");
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new WaiverFileDamagedException(_path, number, $"it is no waiver ({e.Message})");
        }
    }
}
