using System.Collections.Immutable;
using Sandpiper.Auditing.People;
using Sandpiper.Auditing.Places;
using Sandpiper.Auditing.Records;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Auditing;

/// <summary>Looks up what of this machine matters to whoever installs packages on it.</summary>
/// <param name="caller">Who asks; null: root did, and whose a directory is, is trusted with it.</param>
public sealed class MachineLook(Accounts accounts, uint? caller)
{
    private const string SystemPython = "/usr/bin/python3";
    private const string SudoRules = "/etc/sudoers";

    /// <param name="searchPath">The PATH of whoever asks; null when there is none.</param>
    /// <param name="home">His home directory.</param>
    public MachineFacts Of(string? searchPath, string home, CancellationToken cancel)
    {
        ImmutableArray<Site> sites = [.. SiteSearch.OnPath(searchPath).Concat(PythonLayout.OfUser(home))
            .DistinctBy(s => s.Directory, StringComparer.Ordinal)];
        string? library = PythonLayout.SitesOf(SystemPython).Select(s => s.Library).FirstOrDefault(l => l is not null);
        return new MachineFacts([.. sites.Select(s => PlaceOf(s, cancel)).OfType<MachineFacts.Place>()],
            [.. SiteSearch.DirectoriesOf(searchPath).Select(WayOf).OfType<MachineFacts.Way>()],
            library is null ? null : File.Exists($"{library}/EXTERNALLY-MANAGED"), MayRead(SudoRules));
    }

    private MachineFacts.Place? PlaceOf(Site site, CancellationToken cancel)
    {
        try
        {
            using ForeignTree? tree = ForeignTree.TryOpen(site.Directory);
            if (tree is null) return null;
            Distribution[] own = [.. Audit.RecordedIn(tree, site, cancel).Where(p => !p.IsOfTheSystem)];
            return new(site.Directory, accounts.UserOf(tree.Status.UserId), own.Length, own.Count(p => p.UserId == 0));
        }
        catch (IOException)
        {
            return null;    // it may not be read; `audit` says so
        }
    }

    private MachineFacts.Way? WayOf(string directory)
    {
        string real = ProgramFile.Resolve(directory) ?? directory;
        var people = new List<string>();
        for (string? place = real; place is not null; place = Path.GetDirectoryName(place))
        {
            if (!TryLook(place, out FileStatus status)) continue;
            var writers = new Writers(accounts, caller is { } asker ? [0, asker] : [0, status.UserId]);
            bool isEnd = string.Equals(place, real, StringComparison.Ordinal);
            people.AddRange(isEnd ? writers.Of(status, place) : writers.OfAncestor(status, place));
        }
        return people.Count == 0 ? null : new(directory, [.. people.Distinct(StringComparer.Ordinal)]);
    }

    private static bool TryLook(string path, out FileStatus status)
    {
        try
        {
            return FileStatus.TryRead(path, out status);
        }
        catch (IOException)
        {
            status = default;
            return false;
        }
    }

    private static bool MayRead(string path)
    {
        try
        {
            using var file = RegularFile.TryOpen(path);
            return file is not null;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
