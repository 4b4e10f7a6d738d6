using System.Collections.Immutable;
using System.Text.Json;
using Sandpiper.Packaging.Tags;
using Sandpiper.Surroundings;

namespace Sandpiper.Packaging.Tests.Tags;

public sealed class SupportedTagsTests
{
    private static readonly TagTarget Debian =
        new("cpython", 3, 11, FreeThreaded: false, Debug: false, "x86_64", new LibcVersion(LibcKind.Glibc, 2, 36));

    [Fact]
    public void The_interpreters_own_wheels_come_first_and_pure_ones_last()
    {
        var tags = SupportedTags.Of(Debian).Ordered;
        Assert.Equal("cp311-cp311-linux_x86_64", tags[0].ToString());
        Assert.Equal("cp311-cp311-manylinux_2_36_x86_64", tags[1].ToString());
        Assert.Equal("py30-none-any", tags[^1].ToString());
    }

    [Fact]
    public void The_best_of_a_wheels_tags_decides()
    {
        var tags = SupportedTags.Of(Debian);
        int native = Rank("cp311-cp311-manylinux_2_17_x86_64")!.Value;
        Assert.Equal(native, Rank("cp310.cp311-cp311-manylinux_2_17_x86_64.musllinux_1_1_x86_64"));
        Assert.True(native < Rank("cp39-abi3-manylinux2014_x86_64"));
        Assert.True(Rank("cp39-abi3-manylinux2014_x86_64") < Rank("py2.py3-none-any"));
        Assert.Null(Rank("cp311-cp311-manylinux_2_37_x86_64"));
        Assert.Null(Rank("cp311-cp311-win_amd64"));
        Assert.Null(tags.Rank([]));

        int? Rank(string set) => Tag.TryParseSet(set, out var parsed) ? tags.Rank(parsed) : null;
    }

    [Fact]
    public void By_its_name_a_wheel_is_passed_over_only_where_no_tag_of_it_is_accepted()
    {
        var tags = SupportedTags.Of(Debian);
        Assert.All(tags.Ordered, tag => Assert.True(tags.MayFit($"a-1-{tag}.whl"), tag.ToString()));
        Assert.True(tags.MayFit("a-1-2-PY2.Py3-cp27mu.NONE-win32.Any.whl"));
        string[] others = ["cp311-cp311-win_amd64", "cp312-abi3-any", "py3-cp310-any", "py3-none-", "py3-none", "any", ""];
        Assert.All(others, set => Assert.False(tags.MayFit($"a-1-{set}.whl"), set));
    }

    [Fact]
    public void A_free_threaded_interpreter_takes_abi3t_and_never_abi3()
    {
        var tags = SupportedTags.Of(Debian with { Minor = 14, FreeThreaded = true }).Ordered;
        Assert.Contains(tags, tag => tag is { Interpreter: "cp314", Abi: "cp314t" });
        Assert.Contains(tags, tag => tag is { Interpreter: "cp310", Abi: "abi3t" });
        Assert.DoesNotContain(tags, tag => tag.Abi is "abi3" or "cp314");
    }

    [Fact]
    public void Another_implementation_gets_pure_wheels_and_its_own()
    {
        var tags = SupportedTags.Of(Debian with { Implementation = "pypy", Minor = 10 }).Ordered;
        Assert.Equal("pp310-none-linux_x86_64", tags[0].ToString());
        Assert.Contains(new Tag("pp3", "none", "any"), tags);
        Assert.Contains(new Tag("py3", "none", "any"), tags);
        Assert.DoesNotContain(tags, tag => tag.Interpreter.StartsWith("cp", StringComparison.Ordinal));
    }

    [Fact]
    public void A_target_that_cannot_be_is_no_reason_to_build_endless_lists()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => SupportedTags.Of(Debian with { Minor = int.MaxValue }));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => SupportedTags.Of(Debian with { Libc = new LibcVersion(LibcKind.Musl, 1, int.MaxValue) }));
    }

    [Fact]
    public void Recorded_platform_lists_are_reproduced()
    {
        using var recorded = JsonDocument.Parse(File.ReadAllBytes(Recorded.Path("vectors/tags/tags.json")));
        int compared = 0;
        foreach (var platform in recorded.RootElement.GetProperty("platforms").EnumerateObject())
        {
            if (!TryReadPlatform(platform.Name, out string architecture, out var libc)) continue;     // macOS and Windows
            Assert.Equal(Texts(platform.Value), LinuxPlatforms.Of(architecture, libc));
            compared++;
        }
        Assert.NotEqual(0, compared);
    }

    [Fact]
    public void Recorded_environments_are_reproduced_tag_by_tag()
    {
        using var recorded = JsonDocument.Parse(File.ReadAllBytes(Recorded.Path("vectors/tags/tags.json")));
        int compared = 0;
        foreach (var environment in recorded.RootElement.GetProperty("environments").EnumerateObject())
        {
            string platform = environment.Value.GetProperty("platform").GetString()!;
            ImmutableArray<string> platforms = [.. Texts(recorded.RootElement.GetProperty("platforms").GetProperty(platform))];
            string[] version = environment.Value.GetProperty("python").GetString()!.Split('.');
            var target = Debian with
            {
                Minor = int.Parse(version[1]),
                FreeThreaded = environment.Value.GetProperty("free_threaded").GetBoolean(),
                Debug = environment.Value.GetProperty("debug").GetBoolean(),
            };
            var supported = SupportedTags.Of(target, platforms);
            if (TryReadPlatform(platform, out string architecture, out var libc))
                Assert.Equal(supported.Ordered, SupportedTags.Of(target with { Architecture = architecture, Libc = libc }).Ordered);
            Assert.Equal(Expand(environment.Value.GetProperty("runs"), platforms), supported.Ordered);
            Assert.Equal(environment.Value.GetProperty("count").GetInt32(), supported.Ordered.Length);
            compared++;
        }
        Assert.NotEqual(0, compared);
    }

    private static IEnumerable<Tag> Expand(JsonElement runs, ImmutableArray<string> platforms)
    {
        foreach (string[] run in runs.EnumerateArray().Select(run => Texts(run).ToArray()))
        {
            string[] all = run[2] == "*" ? [.. platforms] : ["any"];
            foreach (string platform in all) yield return new Tag(run[0], run[1], platform);
        }
    }

    // "glibc2.36-x86_64", "musl1.2-aarch64"
    private static bool TryReadPlatform(string name, out string architecture, out LibcVersion libc)
    {
        (architecture, libc) = ("", default);
        var kind = name.StartsWith("glibc", StringComparison.Ordinal) ? LibcKind.Glibc : LibcKind.Musl;
        if (kind == LibcKind.Musl && !name.StartsWith("musl", StringComparison.Ordinal)) return false;
        string[] parts = name[(kind == LibcKind.Glibc ? 5 : 4)..].Split('-', 2);
        int[] version = [.. parts[0].Split('.').Select(int.Parse)];
        (architecture, libc) = (parts[1], new LibcVersion(kind, version[0], version[1]));
        return true;
    }

    private static IEnumerable<string> Texts(JsonElement array) => array.EnumerateArray().Select(text => text.GetString()!);
}
