using Sandpiper.Environments.Composing;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;
using Sandpiper.Policies.Hooks;
using Sandpiper.Policies.Waivers;
using Sandpiper.Store.Tests;
using Sandpiper.Surroundings;
using Sandpiper.Wheels;

namespace Sandpiper.Environments.Tests.Composing;

public sealed class StartUpHooksTests : IDisposable
{
    // What setuptools 84 ships: read, and known to be dispensable.
    private const string ReviewedText =
        "import os; var = 'SETUPTOOLS_USE_DISTUTILS'; enabled = os.environ.get(var, 'local') == 'local'; enabled and __import__('_distutils_hack').add_shim(); \n";

    private readonly DataRoot _root = new();

    private WaiverFile Waivers => new(_root.Path);

    [Theory]
    [InlineData("sitecustomize.py", "x = 1\n", "SP-WHEEL-20")]
    [InlineData("usercustomize.abi3.so", "ELF", "SP-WHEEL-20")]
    [InlineData("sitecustomize/data.txt", "x", "SP-WHEEL-20")]
    [InlineData("a.pth", "../x\nimport os\n", "SP-WHEEL-21")]
    [InlineData("a.pth", "../x\n", "SP-WHEEL-22")]
    [InlineData("a.start", "a.b:c\n", "SP-WHEEL-23")]
    [InlineData("honest-1.0.data/data/lib/python3.11/site-packages/a.pth", "import os\n", "SP-WHEEL-21")]
    public void A_hook_nobody_knows_is_refused_by_its_rule(string member, string text, string rule)
    {
        var verdict = Judge(member, text, leaveOutAll: false);
        Assert.Equal((HookDecision.Refuse, rule), (verdict.Decision, verdict.Rule));
    }

    [Fact]
    public void A_path_file_too_large_to_read_counts_as_code() =>
        Assert.Equal("SP-WHEEL-21", Judge("a.pth", new string('x', 2 << 20), leaveOutAll: false).Rule);

    [Fact]
    public void A_reviewed_text_is_left_out_and_said_what_it_does()
    {
        var verdict = Judge("renamed.pth", ReviewedText, leaveOutAll: false);
        Assert.Equal(HookDecision.LeaveOut, verdict.Decision);
        Assert.Contains("distutils", verdict.Because, StringComparison.Ordinal);
    }

    [Fact]
    public void One_byte_more_is_another_text() =>
        Assert.Equal(HookDecision.Refuse, Judge("distutils-precedence.pth", ReviewedText + "#", leaveOutAll: false).Decision);

    [Fact]
    public void A_waiver_for_this_rule_and_version_allows_it_and_is_named()
    {
        Waive("1.0", "SP-WHEEL-21");
        var verdict = Judge("a.pth", "import os\n", leaveOutAll: false);
        Assert.Equal(HookDecision.Allow, verdict.Decision);
        Assert.Contains("anna", verdict.Because, StringComparison.Ordinal);
        Assert.Equal(HookDecision.Refuse, Judge("sitecustomize.py", "", leaveOutAll: false).Decision);
    }

    [Fact]
    public void A_waiver_for_another_version_does_not()
    {
        Waive("1.1", "SP-WHEEL-21");
        Assert.Equal(HookDecision.Refuse, Judge("a.pth", "import os\n", leaveOutAll: false).Decision);
    }

    [Fact]
    public void Leaving_all_out_goes_before_a_waiver()
    {
        Waive("1.0", "SP-WHEEL-21");
        Assert.Equal(HookDecision.LeaveOut, Judge("a.pth", "import os\n", leaveOutAll: true).Decision);
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
            var hook = wheel.Files.Single(f => f.Kind == StoredFileKind.StartUpHook);
            var expected = refused.Contains(wheel.FileName.Name.Escaped) ? HookDecision.Refuse : HookDecision.LeaveOut;
            Assert.Equal((path, expected, "SP-WHEEL-21"), (path, new StartUpHooks(Waivers, false).Judge(wheel, hook).Decision, new StartUpHooks(Waivers, false).Judge(wheel, hook).Rule));
            hooks++;
        }
        Assert.Equal(13, hooks);
    }

    public void Dispose() => _root.Dispose();

    private static bool HasHook(string path)
    {
        using var zip = System.IO.Compression.ZipFile.OpenRead(path);
        return zip.Entries.Any(e => e.FullName.EndsWith(".pth", StringComparison.Ordinal) && !e.FullName.Contains('/', StringComparison.Ordinal));
    }

    private void Waive(string version, string rule) =>
        Waivers.Add(new(PackageName.Parse("honest"), Pep440Version.Parse(version), rule, "read it", "anna", new(2026, 11, 25, 0, 0, 0, TimeSpan.Zero)));

    private HookVerdict Judge(string member, string text, bool leaveOutAll)
    {
        var wheel = _root.Seal(WheelSample.Honest.With(member, text));
        return new StartUpHooks(Waivers, leaveOutAll).Judge(wheel, wheel.Files.Single(f => f.StorePath == member));
    }
}
