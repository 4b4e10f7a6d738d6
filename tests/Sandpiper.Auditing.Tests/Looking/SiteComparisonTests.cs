using System.Text;
using Sandpiper.Auditing.Looking;
using Sandpiper.Auditing.Places;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Wheels;

namespace Sandpiper.Auditing.Tests.Looking;

/// <summary>A site held against what its packages hold elsewhere.</summary>
public sealed class SiteComparisonTests
{
    [Fact]
    public void What_differs_is_missing_or_was_added_is_told_whatever_RECORD_says_there()
    {
        using var site = new PlantedSite();
        site.Install("full", "1.0", ("full/a.py", "1\n"), ("full/b.py", "1\n"), ("full/d.py", "1\n"), ("../../../bin/full", "x"));
        Site place = Assert.Single(PythonLayout.OfVirtualEnvironment(site.Prefix));
        using ForeignTree tree = ForeignTree.TryOpen(place.Directory)!;
        CancellationToken cancel = TestContext.Current.CancellationToken;
        var packages = Audit.RecordedIn(tree, place, cancel);
        string[] held = ["full/a.py", "full/b.py", "full/c.py", "full/pipe.py"];
        site.Write("full/a.py", "2\n");
        site.Pipe("full/pipe.py");
        Assert.True(RecordFile.TryParse(Encoding.UTF8.GetBytes(string.Concat(held.Select(h => PlantedSite.RowOf(h, "1\n")))),
            out var rows, out string problem), problem);
        Assert.Equal(["Changed full/a.py", "Missing full/c.py", "Added full/d.py", "Changed full/pipe.py"],
            SiteComparison.Of(place, [.. packages.Where(p => p.Label is "full 1.0")], [new("full 1.0", rows)], cancel)
                .Select(d => $"{d.Kind} {d.Path}"));
    }
}
