using System.Collections.Immutable;
using System.Text;
using Sandpiper.Environments.Destinations;
using Sandpiper.Environments.Generations;
using Sandpiper.Store;

namespace Sandpiper.Environments.Composing;

/// <summary>
/// Which directories of a generation can be one symbolic link into the store each: those whose files are all of one wheel, under the names
/// that they have there, with nothing else of that wheel beside them. Ten links take the place of ten thousand.
/// </summary>
/// <remarks>
/// A directory that several wheels share (a namespace package) is real, and what lies in it is asked in turn. One of a single wheel is
/// linked or real throughout, so that whoever walks through a package meets no link below it; only its record, which is no package, is real
/// with linked directories in it, where its list of files is of this generation alone. It is real where it holds native code that
/// looks for libraries of another package: they are beside the link, not beside what it leads to.
/// </remarks>
internal static class DirectoryLinks
{
    /// <param name="files">Of the generation, ordered by path; all below one directory are together.</param>
    public static (ImmutableArray<TreeFile> Left, ImmutableArray<PlannedLink> Links) Of(
        ImmutableArray<TreeFile> files, Destination destination)
    {
        var links = ImmutableArray.CreateBuilder<PlannedLink>();
        var left = ImmutableArray.CreateBuilder<TreeFile>();
        string above = destination.SitePackages + "/";
        int begin = 0;
        while (begin < files.Length && !files[begin].Path.StartsWith(above, StringComparison.Ordinal)) begin++;
        int end = EndOf(files, begin, above);
        left.AddRange(files[..begin]);
        Visit(files, begin, end, above.Length, left, links);
        left.AddRange(files[end..]);
        return (left.DrainToImmutable(), links.DrainToImmutable());
    }

    /// <param name="above">Length of the path of the directory, its slash included.</param>
    private static void Visit(ImmutableArray<TreeFile> files, int begin, int end, int above,
        ImmutableArray<TreeFile>.Builder left, ImmutableArray<PlannedLink>.Builder links)
    {
        for (int i = begin; i < end;)
        {
            int slash = files[i].Path.IndexOf('/', above);
            if (slash < 0)
            {
                left.Add(files[i++]);
                continue;
            }
            int next = EndOf(files, i, files[i].Path.AsSpan(0, slash + 1));
            var range = files.AsSpan()[i..next];
            if (TryLink(range, slash) is { } link) links.Add(link);
            else if (IsShared(range) || IsRecord(files[i].Path.AsSpan(above..slash))) Visit(files, i, next, slash + 1, left, links);
            else left.AddRange(range);
            i = next;
        }
    }

    private static int EndOf(ImmutableArray<TreeFile> files, int begin, ReadOnlySpan<char> above)
    {
        int end = begin;
        while (end < files.Length && files[end].Path.AsSpan().StartsWith(above, StringComparison.Ordinal)) end++;
        return end;
    }

    /// <param name="length">Of the directory's path.</param>
    private static PlannedLink? TryLink(ReadOnlySpan<TreeFile> range, int length)
    {
        if (range[0] is not LinkedFile first) return null;
        string stored = first.Stored.StorePath;
        if (!stored.AsSpan().EndsWith(first.Path.AsSpan(length), StringComparison.Ordinal)) return null;
        string directory = stored[..^(first.Path.Length - length)];
        if (directory.Length == 0) return null;
        foreach (var file in range)
        {
            if (file is not LinkedFile linked || linked.Wheel.Digest != first.Wheel.Digest || linked.Stored.ReachesOut) return null;
            ReadOnlySpan<char> path = linked.Stored.StorePath, below = linked.Path.AsSpan(length);
            bool isSameName = path.Length == directory.Length + below.Length && path.StartsWith(directory, StringComparison.Ordinal)
                && path.EndsWith(below, StringComparison.Ordinal);
            if (!isSameName) return null;
        }
        // A start-up hook that is left out, a file that another package has: it would show through the link.
        if (CountBelow(first.Wheel.Table, Encoding.UTF8.GetBytes(directory + '/')) != range.Length) return null;
        return new PlannedLink(new LinkedDirectory(first.Path[..length], first.Wheel.Digest, directory), first.Wheel);
    }

    private static int CountBelow(FileTable files, ReadOnlySpan<byte> above)
    {
        int count = 0;
        for (int i = 0; i < files.Count; i++)
        {
            if (files.NameOf(i).StartsWith(above)) count++;
        }
        return count;
    }

    private static bool IsRecord(ReadOnlySpan<char> name) => name.EndsWith(".dist-info", StringComparison.Ordinal);

    private static bool IsShared(ReadOnlySpan<TreeFile> range)
    {
        SealedWheel? one = null;
        foreach (var file in range)
        {
            if (file is not LinkedFile linked) continue;
            one ??= linked.Wheel;
            if (one.Digest != linked.Wheel.Digest) return true;
        }
        return false;
    }

    internal static bool IsBelow(string path, string directory) =>
        path.Length > directory.Length && path[directory.Length] == '/' && path.StartsWith(directory, StringComparison.Ordinal);
}

/// <summary>A link to be, and the wheel it leads into.</summary>
public sealed record PlannedLink(LinkedDirectory Directory, SealedWheel Wheel);
