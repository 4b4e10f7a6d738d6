using Sandpiper.Auditing.Records;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Auditing.Tests.Records;

/// <summary>Which packages of a site somebody wanted.</summary>
public sealed class InstalledSetTests
{
    private static readonly MarkerEnvironment Markers = new()
    {
        ImplementationName = "cpython", ImplementationVersion = "3.11.2", OsName = "posix", PlatformMachine = "x86_64",
        PlatformPythonImplementation = "CPython", PlatformRelease = "6", PlatformSystem = "Linux", PlatformVersion = "1",
        PythonFullVersion = "3.11.2", PythonVersion = "3.11", SysPlatform = "linux",
    };

    [Theory]
    [InlineData("a>b b", "a")]
    [InlineData("a>b b!", "a b")]
    [InlineData("a>b,c b>c c", "a")]
    [InlineData("a>b;sys_platform=='win32' b", "a b")]
    [InlineData("a>b;extra=='x' b", "a b")]
    [InlineData("a>b b>a", "a")]
    [InlineData("a>b b>a c>d d>c e", "a c e")]
    [InlineData("a>a", "a")]
    [InlineData("a>gone", "a")]
    public void What_nobody_needs_or_somebody_asked_for_is_a_root(string packages, string roots)
    {
        InstalledSet set = InstalledSet.Of([.. packages.Split(' ').Select(Of)], Markers);
        Assert.Equal(roots, string.Join(' ', set.Roots.Select(r => r.Name)));
        Assert.Equal(packages.Split(' ').Length, set.Roots.Length + set.Others.Length);
    }

    private static Distribution Of(string text)
    {
        string[] parts = text.TrimEnd('!').Split('>', 2);
        return new Distribution(parts[0])
        {
            Name = PackageName.Parse(parts[0]), Version = Pep440Version.Parse("1"), IsRequested = text.EndsWith('!'),
            Requires = parts.Length == 1 ? [] : [.. parts[1].Split(',').Select(Requirement.Parse)],
        };
    }
}
