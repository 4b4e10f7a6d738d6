using System.Collections.Immutable;
using Sandpiper.Environments.Composing;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;
using Sandpiper.Policies;
using Sandpiper.Store;
using Sandpiper.Store.Tests;
using Sandpiper.Surroundings;
using Sandpiper.Wheels;

namespace Sandpiper.Environments.Tests.Composing;

public sealed class StartUpHooksTests : IDisposable
{
    // What setuptools 84 ships: read, and known to be dispensable.
    private const string ReviewedText =
        "import os; var = 'SETUPTOOLS_USE_DISTUTILS'; enabled = os.environ.get(var, 'local') == 'local'; enabled and "
            + "__import__('_distutils_hack').add_shim(); \n";

    private static readonly DateTimeOffset Now = new(2026, 11, 25, 0, 0, 0, TimeSpan.Zero);

    private readonly DataRoot _root = new();

    private enum Decision
    {
        Refuse,
        LeaveOut,
        Allow,
    }

    [Theory]
    [InlineData("sitecustomize.py", "x = 1\n", "SP-WHEEL-20")]
    [InlineData("usercustomize.abi3.so", "ELF", "SP-WHEEL-20")]
    [InlineData("sitecustomize/data.txt", "x", "SP-WHEEL-20")]
    [InlineData("a.pth", "../x\nimport os\n", "SP-WHEEL-21")]
    [InlineData("a.pth", "../x\n", "SP-WHEEL-22")]
    [InlineData("a.start", "a.b:c\n", "SP-WHEEL-23")]
    [InlineData("honest-1.0.data/data/lib/python3.11/site-packages/a.pth", "import os\n", "SP-WHEEL-21")]
    public void A_hook_nobody_knows_is_refused_by_its_rule(string member, string text, string rule) =>
        Assert.Equal((Decision.Refuse, rule), Judge(Seal(member, text)));

    [Fact]
    public void A_path_file_too_large_to_read_counts_as_code() =>
        Assert.Equal("SP-WHEEL-21", Judge(Seal("a.pth", new string('x', 2 << 20))).Rule);

    [Fact]
    public void What_a_person_has_to_see_is_found_with_it_and_kept()
    {
        var wheel = Seal("a.pth", "# a comment\n\nimport os; os.system('x')\n");
        Assert.Equal(["import os; os.system('x')"], _root.Store.Find(wheel.Digest)!.Findings!.Value.Select(f => f.Seen));
    }

    [Fact]
    public void A_reviewed_text_is_left_out_and_known_for_what_it_does()
    {
        var wheel = Seal("renamed.pth", ReviewedText);
        Assert.Equal(Decision.LeaveOut, Judge(wheel).Decision);
        Assert.Contains("distutils", ReviewedHooks.Find(wheel.Findings!.Value.Single().Content!.Value)!.Does, StringComparison.Ordinal);
    }

    [Fact]
    public void One_byte_more_is_another_text() =>
        Assert.Equal(Decision.Refuse, Judge(Seal("distutils-precedence.pth", ReviewedText + "#")).Decision);

    [Fact]
    public void A_waiver_for_this_rule_and_these_bytes_allows_it_and_is_named()
    {
        var wheel = Seal("a.pth", "import os\n");
        var waiver = Waiver("1.0", "SP-WHEEL-21", wheel);
        Assert.Equal(Decision.Allow, Judge(wheel, waivers: waiver).Decision);
        Assert.Equal("anna", VerdictOn(wheel, waivers: waiver).Accepted.Single().Waiver?.Who);
        Assert.Equal(Decision.Refuse, Judge(Seal("sitecustomize.py", ""), waivers: waiver).Decision);
    }

    [Fact]
    public void A_waiver_for_another_version_or_other_bytes_of_this_one_does_not()
    {
        var wheel = Seal("a.pth", "import os\n");
        Assert.Equal(Decision.Refuse, Judge(wheel, waivers: Waiver("1.1", "SP-WHEEL-21", wheel)).Decision);
        Assert.Equal(Decision.Refuse, Judge(wheel, waivers: Waiver("1.0", "SP-WHEEL-21", Seal("a.pth", "import sys\n"))).Decision);
    }

    [Fact]
    public void A_waiver_that_was_taken_back_is_over_or_names_no_bytes_does_not()
    {
        var wheel = Seal("a.pth", "import os\n");
        var waiver = Waiver("1.0", "SP-WHEEL-21", wheel);
        Assert.Equal(Decision.Refuse, Judge(wheel, waivers: waiver with { WithdrawnBy = "anna" }).Decision);
        Assert.Equal(Decision.Refuse, Judge(wheel, waivers: waiver with { Expires = Now }).Decision);
        Assert.Equal(Decision.Refuse, Judge(wheel, waivers: waiver with { Digest = null }).Decision);
        Assert.Equal(Decision.Allow, Judge(wheel, waivers: waiver with { Expires = Now.AddTicks(1) }).Decision);
    }

    [Fact]
    public void Leaving_all_out_goes_before_a_waiver()
    {
        var wheel = Seal("a.pth", "import os\n");
        Assert.Equal(Decision.LeaveOut, Judge(wheel, leaveOutAll: true, Waiver("1.0", "SP-WHEEL-21", wheel)).Decision);
    }

    [Fact]
    public void The_hooks_of_the_published_wheels_are_known_or_refused()
    {
        string[] refused = ["future_fstrings", "own_misc", "pdbpp", "pip_system_certs"];
        var wheels = Directory.GetFiles(Recorded.Path("pypi/files"), "*.whl", SearchOption.AllDirectories);
        int hooks = 0;
        foreach (string path in wheels.Where(HasHook))
        {
            var wheel = _root.Seal(Path.GetFileName(path), File.ReadAllBytes(path));
            var expected = refused.Contains(wheel.FileName.Name.Escaped) ? Decision.Refuse : Decision.LeaveOut;
            Assert.Equal((path, (expected, "SP-WHEEL-21")), (path, Judge(wheel)));
            hooks++;
        }
        Assert.Equal(13, hooks);
    }

    public void Dispose() => _root.Dispose();

    private static bool HasHook(string path)
    {
        using var zip = System.IO.Compression.ZipFile.OpenRead(path);
        return zip.Entries.Any(e => e.FullName.EndsWith(".pth", StringComparison.Ordinal)
            && !e.FullName.Contains('/', StringComparison.Ordinal));
    }

    private static Waiver Waiver(string version, string rule, SealedWheel wheel) =>
        new(PackageName.Parse("honest"), Pep440Version.Parse(version), rule, "read it", "anna", Now) { Digest = wheel.Digest };

    private SealedWheel Seal(string member, string text) => _root.Seal(WheelSample.Honest.With(member, text));

    private static Verdict VerdictOn(SealedWheel wheel, bool leaveOutAll = false, params ImmutableArray<Waiver> waivers) =>
        new Policy(waivers, "shared", Now) { OmitHooks = leaveOutAll }
            .Judge(new Artifact(wheel.FileName.Name, wheel.FileName.Version, wheel.Digest), wheel.Findings!.Value, [], []);

    private static (Decision Decision, string Rule) Judge(
        SealedWheel wheel, bool leaveOutAll = false, params ImmutableArray<Waiver> waivers)
    {
        var verdict = VerdictOn(wheel, leaveOutAll, waivers);
        string rule = wheel.Findings!.Value.Single().Rule;
        return (!verdict.Refused.IsEmpty ? Decision.Refuse : !verdict.LeftOut.IsEmpty ? Decision.LeaveOut : Decision.Allow, rule);
    }
}
