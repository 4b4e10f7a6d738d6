using System.IO.Compression;
using System.Text.Json;
using Sandpiper.EndToEnd.Tests.Staging;
using Sandpiper.Samples;

namespace Sandpiper.EndToEnd.Tests;

/// <summary>`audit` and `adopt` on an environment that an ordinary user made.</summary>
public sealed class AuditTests : IDisposable
{
    private const string Site = ".venv/lib/python3.11/site-packages";

    // SHA-256 of nothing, as RECORD writes it.
    private const string OfNothing = "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0";

    private readonly Somebody _somebody = new();

    public AuditTests()
    {
        _somebody.Write(".venv/pyvenv.cfg", "home = /usr/bin\n");
        _somebody.Write($"{Site}/tide/__init__.py", "");
        _somebody.Write($"{Site}/tide-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tide\nVersion: 1.0\n");
        _somebody.Write($"{Site}/tide-1.0.dist-info/RECORD",
            $"tide/__init__.py,{OfNothing}\ntide-1.0.dist-info/METADATA,,\ntide-1.0.dist-info/RECORD,,\n");
    }

    public void Dispose() => _somebody.Dispose();

    [Fact]
    public void An_index_that_is_asked_tells_a_release_that_it_has_not_and_a_package_unlike_its_wheels()
    {
        const string installed = ".venv/lib/python3.11/site-packages/pebble-1.2.dist-info/METADATA";
        SampleWheel wheel = OrdinaryPackages.Pebble("1.2");
        string index = _somebody.Serve(new SampleIndex().With(wheel));
        using (var members = new ZipArchive(new MemoryStream(wheel.Build())))
        {
            foreach (ZipArchiveEntry member in members.Entries)
            {
                using var text = new StreamReader(member.Open());
                _somebody.Write($"{Site}/{member.FullName}", text.ReadToEnd());
            }
        }
        Assert.Equal(["SP-AUDIT-36 tide"], Asked());
        string metadata = File.ReadAllText(Path.Combine(_somebody.Project, installed));
        _somebody.Write(installed, metadata + "\nedited\n");
        Assert.Equal(["SP-AUDIT-36 tide", "SP-AUDIT-37 pebble"], Asked());
        // Nothing is asked of anybody without being told to.
        Assert.DoesNotContain("SP-AUDIT-36", _somebody.Sandpiper("audit", ".venv", "--json", "-i", index).Output, StringComparison.Ordinal);
        Assert.Equal(1, _somebody.Sandpiper("audit", ".venv", "--online", "-i", "file:///no-such-index").ExitCode);

        string[] Asked()
        {
            Outcome outcome = _somebody.Sandpiper("audit", ".venv", "--online", "--json", "-i", index);
            Assert.Equal(3, outcome.ExitCode);
            return [.. JsonDocument.Parse(outcome.Output).RootElement.GetProperty("places")[0].GetProperty("findings").EnumerateArray()
                .Select(f => (Rule: f.GetProperty("rule").GetString()!, Package: f.GetProperty("packages").EnumerateArray()
                    .Select(p => p.GetString()!.Split(' ')[0]).FirstOrDefault()))
                .Where(f => f.Rule is "SP-AUDIT-36" or "SP-AUDIT-37" or "SP-AUDIT-38").Select(f => $"{f.Rule} {f.Package}")
                .Order(StringComparer.Ordinal)];
        }
    }

    [Fact]
    public void Nothing_to_worry_about_ends_with_0_and_a_planted_hook_with_3_and_does_not_run()
    {
        Assert.Equal(0, _somebody.Sandpiper("audit", ".venv").ExitCode);
        string marker = Path.Combine(_somebody.Home, "marker");
        _somebody.Write($"{Site}/evil.pth", $"import os; open('{marker}', 'w') # \e[2J\n");
        Outcome outcome = _somebody.Sandpiper("audit", ".venv");
        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains("evil.pth  no package", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("\\u{1b}", outcome.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', outcome.Output);
        Assert.False(File.Exists(marker));
        // The same hook does what it wants wherever a Python is started.
        _somebody.Run(["/usr/bin/python3", "-c", $"import site; site.addsitedir('{Path.Combine(_somebody.Project, Site)}')"]);
        Assert.True(File.Exists(marker));
    }

    [Fact]
    public void A_collector_of_findings_is_given_what_it_can_read()
    {
        _somebody.Write($"{Site}/a b#c?.py", "");
        Outcome outcome = _somebody.Sandpiper("audit", ".venv", "--sarif");
        Assert.Equal(3, outcome.ExitCode);
        using JsonDocument log = JsonDocument.Parse(outcome.Output);
        Assert.Equal("2.1.0", log.RootElement.GetProperty("version").GetString());
        JsonElement run = Assert.Single(log.RootElement.GetProperty("runs").EnumerateArray());
        JsonElement[] rules = [.. run.GetProperty("tool").GetProperty("driver").GetProperty("rules").EnumerateArray()];
        JsonElement result = Assert.Single(run.GetProperty("results").EnumerateArray());
        Assert.Equal(rules[result.GetProperty("ruleIndex").GetInt32()].GetProperty("id").GetString(),
            result.GetProperty("ruleId").GetString());
        Assert.Equal("error", result.GetProperty("level").GetString());
        Assert.EndsWith("/a%20b%23c%3F.py", result.GetProperty("locations")[0].GetProperty("physicalLocation")
            .GetProperty("artifactLocation").GetProperty("uri").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_adopted_is_what_the_index_holds_and_the_old_set_stays()
    {
        string index = _somebody.Serve(new SampleIndex().With(new SampleWheel("tide", "1.0").WithFile("tide/__init__.py", "")));
        _somebody.Write($"{Site}/tide/__init__.py", "print('not from the index')\n");
        using JsonDocument answer = JsonDocument.Parse(
            _somebody.Sandpiper("adopt", ".venv", "--env", "mine", "--index-url", index, "--json").Output);
        JsonElement difference = Assert.Single(answer.RootElement.GetProperty("differences").EnumerateArray());
        Assert.Equal(("tide/__init__.py", "changed"),
            (difference.GetProperty("path").GetString(), difference.GetProperty("kind").GetString()));
        Assert.True(File.Exists(Path.Combine(_somebody.Project, Site, "tide/__init__.py")));
        Assert.Equal("", File.ReadAllText(Path.Combine(_somebody.Generation("mine"), "lib/python3.11/site-packages/tide/__init__.py")));
        Outcome again = _somebody.Sandpiper("adopt", ".venv", "--env", "mine", "--index-url", index);
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("sandpiper adopt .venv --env NAME", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_leaves_dependencies_out_already_is_not_told_to()
    {
        string index = _somebody.Serve(new SampleIndex().With(new SampleWheel("tide", "2.0")));
        string[] words = ["adopt", ".venv", "--env", "mine", "--index-url", index];
        Outcome with = _somebody.Sandpiper(words), without = _somebody.Sandpiper([.. words, "--no-deps"]);
        Assert.Equal((1, 1), (with.ExitCode, without.ExitCode));
        Assert.Contains("sandpiper adopt --no-deps .venv", with.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("--no-deps", without.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_place_that_is_closed_is_said_to_be()
    {
        _somebody.Run(["/bin/chmod", "000", Path.Combine(_somebody.Project, Site)]);
        Outcome outcome = _somebody.Sandpiper("audit", Site);
        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains("SP-AUDIT-32", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void With_a_Python_of_ones_own_one_is_trusted_and_nobody_else()
    {
        _somebody.Write("own/bin/python3.11", File.ReadAllText("/bin/true", System.Text.Encoding.Latin1));
        _somebody.Run(["/bin/chmod", "755", Path.Combine(_somebody.Project, "own/bin/python3.11")]);
        _somebody.Write("own/lib/python3.11/os.py", "");
        _somebody.Write("own/lib/python3.11/site-packages/README.txt", "");
        string[] mine = Rules();
        Assert.DoesNotContain("SP-AUDIT-12", mine);
        Assert.DoesNotContain("SP-AUDIT-13", mine);
        _somebody.Run(["/bin/chmod", "777", Path.Combine(_somebody.Project, "own/lib/python3.11/site-packages")]);
        Assert.Contains("SP-AUDIT-12", Rules());

        string[] Rules() => [.. JsonDocument.Parse(_somebody.Sandpiper("audit", "own/bin/python3.11", "--json").Output).RootElement
            .GetProperty("places").EnumerateArray().SelectMany(place => place.GetProperty("findings").EnumerateArray())
            .Select(finding => finding.GetProperty("rule").GetString()!)];
    }

    [Fact]
    public void What_lies_behind_a_closed_directory_is_not_said_to_be_nothing()
    {
        _somebody.Run(["/bin/chmod", "000", Path.Combine(_somebody.Project, ".venv")]);
        Outcome closed = _somebody.Sandpiper("audit", Site), none = _somebody.Sandpiper("audit", "nowhere/that/is");
        _somebody.Run(["/bin/chmod", "755", Path.Combine(_somebody.Project, ".venv")]);
        Assert.Equal((1, 1), (closed.ExitCode, none.ExitCode));
        Assert.Contains("may not be looked at", closed.Error, StringComparison.Ordinal);
        Assert.Contains("there is no Python", none.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void One_of_its_own_environments_is_for_verify()
    {
        string index = _somebody.Serve(new SampleIndex().With(new SampleWheel("tide", "1.0").WithFile("tide/__init__.py", "")));
        _somebody.Sandpiper("install", "tide", "--index-url", index);
        Outcome outcome = _somebody.Sandpiper("audit", _somebody.Generation());
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("sandpiper verify", outcome.Error, StringComparison.Ordinal);
    }
}
