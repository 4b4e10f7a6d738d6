using Sandpiper.Auditing.Records;

namespace Sandpiper.Auditing.Tests.Records;

/// <summary>dpkg's own lists.</summary>
public sealed class SystemPackagesTests : IDisposable
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private readonly string _info = Directory.CreateTempSubdirectory("sandpiper-dpkg-").FullName;

    [Fact]
    public void What_a_package_of_the_system_brought_is_known_with_its_sum()
    {
        File.WriteAllText($"{_info}/python3-a:amd64.list", "/.\n/usr/lib/python3/dist-packages\n/usr/lib/python3/dist-packages/a.py\n");
        File.WriteAllText($"{_info}/python3-a:amd64.md5sums",
            "d41d8cd98f00b204e9800998ecf8427e  usr/lib/python3/dist-packages/a.py\nshort\n");
        File.WriteAllText($"{_info}/other.list", "/usr/lib/python3/dist-packages-other/b.py\n");
        var files = SystemPackages.Read(_info, "/usr/lib/python3/dist-packages", Cancel);
        Claim claim = Assert.Single(files, f => f.Key == "a.py").Value;
        Assert.Equal(("python3-a", "d41d8cd98f00b204e9800998ecf8427e"), (claim.Owner, claim.Md5));
        Assert.Single(files);
    }

    public void Dispose() => Directory.Delete(_info, recursive: true);
}
