using System.Collections.Immutable;
using Sandpiper.Auditing.Findings;
using Sandpiper.Auditing.Places;
using Sandpiper.Packaging.Wheels;

namespace Sandpiper.Auditing.Records;

/// <summary>Whose every file of a site is, by all of its RECORDs and by the system's own list of packages.</summary>
internal sealed class Claims
{
    private readonly Dictionary<string, List<Claim>> _inside = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Claim>> _outside = new(StringComparer.Ordinal);
    private readonly HashSet<string> _wholeDirectories = new(StringComparer.Ordinal);
    private readonly Site _site;

    public Claims(Site site, ImmutableArray<Distribution> packages, SystemPackages system, List<AuditFinding> findings)
    {
        _site = site;
        // Packages of the system are taken apart and moved about after RECORD was written; their own list says where everything is.
        foreach (Distribution package in packages.Where(p => !p.IsOfTheSystem))
        {
            var leadOut = new List<string>();
            foreach (RecordRow row in package.Rows ?? [])
            {
                if (!Add(row, package)) leadOut.Add(row.Path);
            }
            if (leadOut.Count == 0) continue;
            findings.Add(new(AuditKind.RecordLeadsOut, Gravity.Alarm, $"{site.Directory}/{package.Directory}/RECORD")
            {
                Packages = [package.Label], Seen = leadOut[0], Count = leadOut.Count,
            });
        }
        foreach (var (path, claim) in system.Files) Put(_inside, path, claim);
    }

    /// <summary>By path below the site.</summary>
    public IReadOnlyDictionary<string, List<Claim>> Inside => _inside;

    /// <summary>By path below the prefix: commands, man pages, data.</summary>
    public IReadOnlyDictionary<string, List<Claim>> Outside => _outside;

    public IReadOnlyList<Claim> Of(string path)
    {
        if (_inside.TryGetValue(path, out var claims)) return claims;
        int slash = path.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && _wholeDirectories.Contains(path[..slash]) ? _inside[path[..slash]] : [];
    }

    private bool Add(RecordRow row, Distribution package)
    {
        var claim = new Claim(package.Label, row.Digest, row.Size);
        // `pip --target` moves what it installed elsewhere, and leaves the rows as they were: two directories up.
        string written = _site.Kind == SiteKind.Named && row.Path.StartsWith("../../", StringComparison.Ordinal) ? row.Path[6..] : row.Path;
        string full = Path.GetFullPath(Path.Combine(_site.Directory, written));
        if (PathBelow.Of(full, _site.Directory) is { } inside)
        {
            Put(_inside, inside, claim);
            if (package.IsLegacy && string.Equals(inside, package.Directory, StringComparison.Ordinal)) _wholeDirectories.Add(inside);
            return true;
        }
        if (PathBelow.Of(full, _site.Prefix) is not { } outside) return false;
        Put(_outside, outside, claim);
        return true;
    }

    private static void Put(Dictionary<string, List<Claim>> place, string path, Claim claim)
    {
        if (place.TryGetValue(path, out var claims)) claims.Add(claim);
        else place.Add(path, [claim]);
    }
}
