using System.Collections.Immutable;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Environments;

/// <summary>
/// The directories above one of ours that were not there before it (<c>~/.local</c>, <c>~/.cache</c>), on record beside what is kept in
/// it, so that whoever leaves leaves the home as it was.
/// </summary>
public sealed class CreatedParents
{
    private const string FileName = "created-parents";
    private const int MaxBytes = 64 << 10;

    private readonly string _directory;
    private readonly ImmutableArray<string> _missing;

    private CreatedParents(string directory, ImmutableArray<string> missing) => (_directory, _missing) = (directory, missing);

    /// <summary>Looks before anything is made. Null where the directory is there already.</summary>
    /// <param name="directory">Absolute; one of ours.</param>
    public static CreatedParents? Before(string directory)
    {
        if (Directory.Exists(directory)) return null;
        var missing = ImmutableArray.CreateBuilder<string>();
        string? above = Path.GetDirectoryName(directory);
        for (; above is not null && !Path.Exists(above); above = Path.GetDirectoryName(above)) missing.Add(above);
        return new CreatedParents(directory, missing.ToImmutable());
    }

    /// <summary>Writes down those that were made, if anything was. Without it a directory or two stay behind: no failure.</summary>
    public void Record()
    {
        if (_missing.IsEmpty || !Directory.Exists(_directory)) return;
        try
        {
            string path = Path.Combine(_directory, FileName);
            using var file = RawFile.TryOpen(path, RawFile.WriteOnly | RawFile.Create | RawFile.Exclusive);
            if (file is not null) RandomAccess.Write(file, System.Text.Encoding.UTF8.GetBytes(string.Join('\0', _missing)), 0);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // See above.
        }
    }

    /// <summary>There is a record beside what is kept in this directory.</summary>
    public static bool AreRecorded(string directory) => FileStatus.TryRead(Path.Combine(directory, FileName), out _);

    /// <summary>Reads the record and takes it away; only directories above ours are believed. Nearest first.</summary>
    public static ImmutableArray<string> Take(string directory)
    {
        string path = Path.Combine(directory, FileName);
        try
        {
            if (RegularFile.TryRead(path, MaxBytes) is not { } content) return [];
            string[] names = System.Text.Encoding.UTF8.GetString(content).Split('\0');
            File.Delete(path);
            return [.. names.Where(name => Path.IsPathFullyQualified(name)
                    && directory.StartsWith(Path.TrimEndingDirectorySeparator(name) + "/", StringComparison.Ordinal))
                .OrderByDescending(name => name.Length)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
