using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Wheels;
using Sandpiper.Policies;

namespace Sandpiper.Operations;

/// <summary>
/// What a wheel's file name stood for when it was installed here, in whichever environment: <c>known/FILENAME</c> below the data root, one
/// SHA-256 a line, the oldest first. A file name that was published once means those bytes for ever; an index that offers others under it
/// has been changed, or is another one.
/// </summary>
/// <remarks>Trust on first use: of what was never installed here nothing is known.</remarks>
internal sealed class KnownBytes(string root)
{
    private const int MaxBytes = 64 << 10;      // a thousand digests of one name

    private readonly string _directory = Path.Combine(root, DirectoryName);
    private readonly ConcurrentDictionary<string, bool> _isKnown = new(StringComparer.Ordinal);

    public const string DirectoryName = "known";

    /// <summary>Null when the name is new, or has had these bytes before. Safe for several threads.</summary>
    public Finding? Compare(WheelFileName name, Sha256Digest digest)
    {
        ImmutableArray<Sha256Digest> before = Read(name.FileName);
        bool isKnown = before.Contains(digest);
        _isKnown[name.FileName] = isKnown;
        return isKnown || before.IsEmpty
            ? null : new Finding(Fault.OtherBytesThanBefore, name.FileName, $"sha256 {digest.Hex}", $"sha256 {before[^1].Hex}");
    }

    /// <summary>After it was installed, and so accepted where that was needed. Forgetting is no failure of an install.</summary>
    public void Keep(string fileName, Sha256Digest digest)
    {
        if (!_isKnown.TryGetValue(fileName, out bool isKnown) || isKnown) return;
        try
        {
            Directory.CreateDirectory(_directory);
            using var file = RawFile.TryOpen(Path.Combine(_directory, fileName),
                RawFile.WriteOnly | RawFile.Create | RawFile.Append | RawFile.NoFollow | RawFile.NonBlocking);
            if (file is not null && FileStatus.Of(file).Type == FileType.Regular)
                _ = Descriptor.TryWrite(file, Encoding.ASCII.GetBytes($"{digest.Hex}\n"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next install knows one name less.
        }
    }

    // A line that is none says nothing; what is larger than any is none of ours.
    private ImmutableArray<Sha256Digest> Read(string fileName)
    {
        try
        {
            if (RegularFile.TryRead(Path.Combine(_directory, fileName), MaxBytes) is not { } content) return [];
            return
            [
                .. Encoding.ASCII.GetString(content).Split('\n')
                    .Select(line => Sha256Digest.TryParseHex(line, out var digest) ? digest : default).Where(digest => digest != default),
            ];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
