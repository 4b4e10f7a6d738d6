using CsCheck;
using Sandpiper.Environments.Composing;
using Sandpiper.Environments.Generations;
using Sandpiper.Kernel.Files;
using Sandpiper.Policies;
using Sandpiper.Samples;

namespace Sandpiper.Environments.Tests.Composing;

public sealed class SoleDirectoriesTests : IDisposable
{
    private readonly Workshop _workshop = new();

    public void Dispose() => _workshop.Dispose();

    [Fact]
    public void A_directory_of_one_wheel_is_one_link_of_which_no_file_is_planned()
    {
        var plan = PlanOf(
            _workshop.Package(new SampleWheel("one", "1.0").WithFile("one/__init__.py", "").WithFile("one/deep/x.py", "")),
            _workshop.Package(new SampleWheel("two", "1.0").WithFile("two.py", "")));
        Assert.Contains(plan.Linked, l => l.Directory.StorePath == "one");
        Assert.DoesNotContain(plan.Files, f => f.Path.Contains("/one/", StringComparison.Ordinal));
        Assert.Contains(plan.Files, f => f.Path.EndsWith("/two.py", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("six.py")]
    [InlineData("six.abi3.so")]
    [InlineData("six/other.py")]
    [InlineData("two-1.0.data/purelib/six/other.py")]
    public void Where_another_wheel_has_the_name_in_whatever_way_each_file_is_claimed(string other)
    {
        ComposedPackage[] packages =
        [
            _workshop.Package(new SampleWheel("one", "1.0").WithFile("six/__init__.py", "").WithFile("six/x.py", "")),
            _workshop.Package(new SampleWheel("two", "1.0").WithFile(other, "# 2\n")),
        ];
        string site = Workshop.SitePackages;
        var sole = SoleDirectories.Of(packages, Workshop.Destination, _ => false);
        Assert.DoesNotContain(sole.Links, l => l.Directory.Path == $"{site}/six");
    }

    [Fact]
    public void What_a_wheel_brings_to_its_own_directory_from_elsewhere_goes_there_too()
    {
        var generation = _workshop.Install(_workshop.Package(
            new SampleWheel("one", "1.0").WithFile("six/x.py", "").WithFile("one-1.0.data/purelib/six/w.py", "w = 1\n")));
        Assert.Equal("w = 1\n", File.ReadAllText(Path.Combine(generation.SitePackages, "six/w.py")));
        Assert.True(File.Exists(Path.Combine(generation.SitePackages, "six/x.py")));
    }

    [Fact]
    public void Who_shadows_the_standard_library_is_judged_by_every_file()
    {
        var refusal = Assert.Throws<RefusedException>(() => _workshop.Install(_workshop.Package(
            new SampleWheel("one", "1.0").WithFile("json/__init__.py", "").WithFile("json/more.py", "")))).Refusal;
        Assert.Equal(2, refusal.Findings.Count(f => f.Fault == Fault.ShadowsLibrary));
    }

    // What follows from claiming nothing in such a directory: for random wheels, of which many get into each other's way, the same
    // refusals, the same records and the same bytes as with hard links, where each file is claimed.
    [Fact]
    public void It_comes_to_the_same_as_claiming_each_file()
    {
        string[] names =
        [
            "six.py", "six/__init__.py", "six/x.py", "six/deep/y.py", "six.abi3.so", "six.libs/z.txt", "seven/__init__.py", "seven/x.txt",
            "seven.py", "json/x.py", "eight/a.txt", "eight/b/c.py", "eight", "W-1.0.data/purelib/six/w.py", "W-1.0.data/data/eight/a.txt",
            "W-1.0.data/platlib/eight.py", "W-1.0.data/scripts/tool", "six/__pycache__/x.py", "nine/__init__.py", "nine/REACHES.so",
        ];
        Gen<string[]> wheel = Gen.Int[0, names.Length - 1].Select(n => names[n]).Array[1, 5];
        Gen.Select(wheel, wheel, wheel).Sample((one, two, three) =>
        {
            if (((string[][])[one, two, three]).Any(IsNoTree)) return;
            using var symbolic = new Workshop();
            using var hard = new Workshop { Mode = LinkMode.Hardlink };
            Assert.Equal(Outcome(hard, one, two, three), Outcome(symbolic, one, two, three));
        }, iter: 200, threads: 1);
    }

    private static bool IsNoTree(string[] paths) =>
        paths.Any(p => paths.Any(q => q.StartsWith(p + "/", StringComparison.Ordinal)));

    private static GenerationPlan PlanOf(params ComposedPackage[] packages) =>
        GenerationPlan.Of(Workshop.Python, "/nowhere", packages, new Policy([], "shared", Workshop.Now));

    private static List<string> Outcome(Workshop workshop, params string[][] wheels)
    {
        string[] own = ["one", "two", "three"];
        try
        {
            var generation = workshop.Install([.. wheels.Select((paths, i) => workshop.Package(WheelOf(own[i], paths)))]);
            return
            [
                .. Directory.EnumerateFileSystemEntries(generation.Directory, "*", SearchOption.AllDirectories)
                    .Select(p => (Path: p, Name: Path.GetRelativePath(generation.Directory, p)))
                    .Where(p => !p.Name.Contains("__pycache__", StringComparison.Ordinal) && p.Name is not GenerationFile.Name
                        && !p.Name.StartsWith("bin/", StringComparison.Ordinal) && !p.Name.StartsWith("lib64/", StringComparison.Ordinal))
                    .Select(p => Directory.Exists(p.Path) || SymbolicLink.Target(p.Path) is not null
                        ? p.Name + "/"
                        : $"{p.Name}: {(p.Name.EndsWith("RECORD", StringComparison.Ordinal)
                            ? Recorded(p.Path) : Convert.ToHexString(File.ReadAllBytes(p.Path)))}")
                    .Order(StringComparer.Ordinal),
            ];
        }
        catch (RefusedException refused)
        {
            return [.. refused.Refusal.Findings.Select(f => $"{f.Fault} {f.Path} {f.Owner?.Name}").Order(StringComparer.Ordinal)];
        }
    }

    // A script names the place of its interpreter, which differs from workshop to workshop.
    private static string Recorded(string path) => string.Join('\n', File.ReadAllLines(path)
        .Select(l => l.Contains("/bin/", StringComparison.Ordinal) ? l.Split(',')[0] : l));

    private static SampleWheel WheelOf(string name, string[] paths) => paths.Distinct(StringComparer.Ordinal).Aggregate(
        new SampleWheel(name, "1.0"), (wheel, path) => path.EndsWith("REACHES.so", StringComparison.Ordinal)
            ? wheel.WithMember(new SampleMember(path, (byte[])[0x7f, (byte)'E', (byte)'L', (byte)'F', 9, 9]))
            : wheel.WithFile(path.Replace("W-", $"{name}-", StringComparison.Ordinal), ContentOf(name, path)));

    private static string ContentOf(string wheel, string path) =>
        path.EndsWith("tool", StringComparison.Ordinal) ? $"#!/bin/sh\n# {wheel}\n"
        : path.StartsWith("eight", StringComparison.Ordinal) ? "same" : $"# {wheel}\n";
}
