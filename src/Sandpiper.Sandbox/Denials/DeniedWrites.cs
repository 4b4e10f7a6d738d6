using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;
using Sandpiper.Sandbox.Profiles;
using Sandpiper.Sandbox.Seccomp;

namespace Sandpiper.Sandbox.Denials;

/// <summary>
/// What a program wanted to write in what it was only shown: seen as it asks the kernel, which decides, so that its user can be told what
/// would have to be granted. Nothing depends on it: a program that means to deceive can only have less said of it, or of itself.
/// </summary>
/// <param name="confinement">What it is shown.</param>
/// <param name="environment">Whose packages it has: those nobody may write.</param>
public sealed class DeniedWrites(Confinement confinement, InstalledEnvironment environment)
{
    private const int Most = 16;
    private const ulong Create = 0x40, Exclusive = 0x80;

    // What pytest renames to .pytest_cache once it is filled; it goes on without.
    private const string CacheOfPytest = "pytest-cache-files-";

    // git diff takes it to note what it has just looked at, and goes on without it; whoever needs it dies (usage.c).
    private const string LockOfIndex = ".git/index.lock";
    private const int GitDied = 128;

    private readonly ImmutableArray<string> _protected = ProtectedIn(confinement);
    private ImmutableSortedSet<DeniedWrite> _seen = [];

    /// <summary>Those that were seen, a few; ordered.</summary>
    /// <param name="exitCode">Of the program: what it failed for tells whether it missed the lock of git's index.</param>
    public ImmutableArray<DeniedWrite> SeenBefore(int exitCode) =>
        [.. Volatile.Read(ref _seen).Where(write => !write.IsOfLock || exitCode == GitDied)];

    /// <summary>As much was seen as is told; nothing more has to be read.</summary>
    internal bool IsFull => Volatile.Read(ref _seen).Count >= Most;

    /// <summary>Looks at what the kernel was asked for.</summary>
    internal void See(AskedPath asked)
    {
        if (asked.Changes && !IsFull && DeniedAt(asked) is { } denied)
            ImmutableInterlocked.Update(ref _seen, (seen, one) => seen.Add(one), denied);
    }

    /// <summary>What would have to be granted to write there, whether or not that can be done; null: it cannot, or it is.</summary>
    internal DeniedWrite? GrantFor(string path) =>
        Place(path, out ShownPath? around, out string granted, out string? name)
            && (around.Access is not PathAccess.Write || name is not null)
            ? Wanted(around, granted, name) : null;

    // With such a directory all that lies in it is granted, and nothing beside it.
    private static DeniedWrite Wanted(ShownPath around, string granted, string? name) =>
        new(around.Access is PathAccess.Write || Directory.Exists(name) ? null : granted, name);

    private bool Place(string path, [NotNullWhen(true)] out ShownPath? around, out string granted, out string? name)
    {
        (granted, name) = ("", null);
        around = confinement.Shown.Where(shown => DirectoryTree.Holds(shown.Path, path)).MaxBy(shown => shown.Path.Length);
        if (around is null || environment.IsOwn(around)) return false;
        // Of a project, which is shown for standing in it, no more than where one stands.
        string start = confinement.WorkingDirectory;
        granted = around.Access is PathAccess.Read && DirectoryTree.Holds(around.Path, start) && DirectoryTree.Holds(start, path)
            ? start : around.Path;
        string[] below = Below(granted, path);
        name = below.Length > 0 && IsProtected($"{granted}/{below[0]}", around) ? $"{granted}/{below[0]}" : null;
        return true;
    }

    private static string[] Below(string granted, string path) => path[granted.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries);

    private DeniedWrite? DeniedAt(AskedPath attempt)
    {
        string path = attempt.Path;
        if (!Place(path, out ShownPath? around, out string granted, out string? name)) return null;
        string[] below = Below(granted, path);
        if (below.Skip(name is null ? 0 : 1).Any(IsCache)) return null;
        if (around.Access is PathAccess.Write && name is null) return null;
        // Only what the kernel refuses for being read-only: where the directory is there, and the file is or would be made.
        bool isThere = Path.Exists(path);
        bool isRefused = attempt.OpenFlags is { } flags
            ? !Directory.Exists(path) && (isThere ? (flags & (Create | Exclusive)) != (Create | Exclusive) : (flags & Create) != 0)
            : isThere == (attempt.Use is PathUse.Remove);
        string? above = Path.GetDirectoryName(path);
        bool isInIt = above is not null && (string.Equals(path, around.Path, StringComparison.Ordinal)
            || (Directory.Exists(above) && DirectoryTree.Holds(around.Real, RealPath.Of(above))));
        return isRefused && isInIt ? Wanted(around, granted, name) with { IsOfLock = string.Join('/', below) is LockOfIndex } : null;
    }

    // What programs do without.
    private static bool IsCache(string name) =>
        name is "__pycache__" or ['.', ..] || name.StartsWith(CacheOfPytest, StringComparison.Ordinal);

    // A name that is not there is nobody's to protect, and cannot be granted; one that the program has made where it may write is its own.
    private bool IsProtected(string path, ShownPath around) => !confinement.Granted.Contains(path, StringComparer.Ordinal)
        && (confinement.Protected.Contains(path, StringComparer.Ordinal) || (around.Access is PathAccess.Write
            ? _protected.Contains(path, StringComparer.Ordinal) : ProtectedNames.IsProtected(Path.GetFileName(path)) && Path.Exists(path)));

    private static ImmutableArray<string> ProtectedIn(Confinement confinement)
    {
        var there = ImmutableArray.CreateBuilder<string>();
        foreach (ShownPath shown in confinement.Shown)
        {
            if (shown is not { Access: PathAccess.Write, Type: FileType.Directory }) continue;
            using SafeFileHandle? directory = shown.TryOpenDirectory();
            if (directory is not null) there.AddRange(ProtectedNames.In(directory).Select(name => $"{shown.Path}/{name}"));
        }
        return there.DrainToImmutable();
    }
}

/// <summary>What would have to be granted for one write.</summary>
/// <param name="Directory">What it is shown and may not write; null when it may.</param>
/// <param name="Name">A name in it that may not be changed unless it is granted by itself; null when it is none.</param>
public sealed record DeniedWrite(string? Directory, string? Name) : IComparable<DeniedWrite>
{
    /// <summary>A lock that git often does without.</summary>
    public bool IsOfLock { get; init; }

    public int CompareTo(DeniedWrite? other) => string.CompareOrdinal(Words, other?.Words);

    private string Words => $"{Directory}\0{Name}\0{IsOfLock}";
}
