using System.Collections.Immutable;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Auditing.ByteCode;
using Sandpiper.Auditing.Places;
using Sandpiper.Auditing.Records;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Wheels;

namespace Sandpiper.Auditing.Looking;

/// <summary>How a file of a site is not what its package holds by other, better evidence.</summary>
public enum Departing
{
    Changed,
    Missing,

    /// <summary>RECORD gives it to the package, which does not hold it.</summary>
    Added,
}

/// <summary>One file of a site that is not what the package of that name and version holds.</summary>
/// <param name="Path">Below the site.</param>
public sealed record Departure(Departing Kind, string Package, string Path);

/// <summary>Holds a site against what its packages hold, as somebody knows it who did not ask the site.</summary>
public static class SiteComparison
{
    /// <param name="Package">With its version, as <see cref="Distribution.Label"/> has it.</param>
    /// <param name="Rows">Of the other RECORD, whose paths are relative to the directory of modules.</param>
    public sealed record Held(string Package, ImmutableArray<RecordRow> Rows);

    /// <param name="packages">Those of the site that are compared.</param>
    /// <exception cref="IOException">The site may not be read.</exception>
    /// <exception cref="DirectoryNotFoundException">It is gone.</exception>
    public static ImmutableArray<Departure> Of(
        Site site, ImmutableArray<Distribution> packages, IReadOnlyList<Held> held, CancellationToken cancel)
    {
        using ForeignTree tree = ForeignTree.TryOpen(site.Directory) ?? throw new DirectoryNotFoundException(site.Directory);
        var departures = ImmutableArray.CreateBuilder<Departure>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (Held package in held)
        {
            foreach (RecordRow row in package.Rows.Where(r => r.Digest is not null && IsCompared(r.Path)))
            {
                cancel.ThrowIfCancellationRequested();
                known.Add(row.Path);
                if (Compare(tree, row, package.Package) is { } kind) departures.Add(new(kind, package.Package, row.Path));
            }
        }
        foreach (Distribution package in packages)
        {
            foreach (RecordRow row in package.Rows ?? [])
            {
                if (IsCompared(row.Path) && !known.Contains(row.Path) && tree.TryLookAt(Encoding.UTF8.GetBytes(row.Path), out _))
                    departures.Add(new(Departing.Added, package.Label, row.Path));
            }
        }
        return [.. departures.OrderBy(d => d.Path, StringComparer.Ordinal)];
    }

    // Commands name the interpreter that they were written for, the recording directory who wrote it, byte code when it was made.
    private static bool IsCompared(string path) => !path.StartsWith("../", StringComparison.Ordinal) && !path.StartsWith('/')
        && !path.Split('/')[0].EndsWith(".dist-info", StringComparison.Ordinal) && !CachedModule.IsByteCode(path);

    private static Departing? Compare(ForeignTree tree, RecordRow row, string owner)
    {
        byte[] path = Encoding.UTF8.GetBytes(row.Path);
        if (!tree.TryLookAt(path, out _)) return Departing.Missing;
        using SafeFileHandle? file = tree.TryOpenFile(path, behindLinks: true);
        return file is not null && Contents.Compare(file, FileStatus.Of(file), [new Claim(owner, row.Digest, row.Size)], out _)
            == Agreement.Right ? null : Departing.Changed;
    }
}
