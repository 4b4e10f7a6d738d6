using System.Text;
using System.Text.Json;
using CsCheck;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Tests.Versions;
using Sandpiper.Surroundings;

namespace Sandpiper.Packaging.Tests.Requirements;

public sealed class RequirementsFileTests
{
    private static readonly string A = new('a', 64), B = new('b', 64);

    // pip reads these and we do not, or the other way round; each for a reason of ours.
    private static readonly Dictionary<string, string> Different = new(StringComparer.Ordinal)
    {
        ["uv-whitespace"] = "names a repository: only wheels are installed",
        ["req-vcs"] = "names a repository: only wheels are installed",
        ["req-bare-url"] = "a URL alone does not say what it is",
        ["hash-sha512"] = "SHA-256 is the only hash that is checked, so this line would go unchecked",
        ["hash-short"] = "four digits are no SHA-256: pip takes them and then finds no file",
        ["hash-own-line"] = "pip ignores it: the user believes his hash is checked",
        ["opt-after-req"] = "pip ignores it: the user believes he asked for pre-releases",
        ["opt-index"] = "pip forgets an extra index in front of a later -i; order should not decide which indexes are asked",
        ["opt-pre"] = "--trusted-host and --use-feature are not supported",
        ["opt-config"] = "--config-settings is for builds",
        ["opt-empty-value"] = "an empty index is none",
        ["opt-abbrev"] = "an abbreviated option means another one as soon as pip grows a third",
    };

    [Fact]
    public void Recorded_readings_of_pip_agree_but_for_the_named_differences()
    {
        string root = Recorded.Path("vectors/requirements-txt");
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(root, "expect.json")));
        var variables = file.RootElement.GetProperty("environment").EnumerateObject()
            .ToDictionary(v => v.Name, v => v.Value.GetString(), StringComparer.Ordinal);
        var disagreeing = new List<string>();
        int same = 0;
        foreach (var test in file.RootElement.GetProperty("cases").EnumerateObject())
        {
            var expected = test.Value.GetProperty("pip");
            string expectedText = expected.GetProperty("ok").GetBoolean() ? Describe(expected) : "refused";
            string actual;
            try
            {
                var read = RequirementsFile.Read(
                    Path.Combine(root, test.Name, "requirements.txt"), ReadStrictly, variables.GetValueOrDefault);
                actual = Describe(read, Path.Combine(root, test.Name));
            }
            catch (Exception problem) when (problem is RequirementsFileException or DecoderFallbackException)
            {
                actual = "refused";
            }
            bool differs = actual != expectedText;
            if (differs != Different.ContainsKey(test.Name))
                disagreeing.Add($"{test.Name}:\n  expected {expectedText}\n  actual   {actual}");
            if (!differs) same++;
        }
        Assert.True(disagreeing.Count == 0, string.Join('\n', disagreeing));
        Assert.Equal(60 - Different.Count, same);
    }

    [Fact]
    public void A_file_reads_as_a_whole()
    {
        var file = Read($"""
            # a comment
            --index-url https://i.invalid/simple
            --extra-index-url=https://j.invalid/simple --extra-index-url "https://k.invalid/simple"
            --pre
            --only-binary :all:
            --prefer-binary
            one==1.0 --hash=sha256:{A} \
                --hash sha256:{B} --hash=sha512:00
            Two[b, a] >= 2 ; python_version >= "3"  # why
            -c limits.txt
            """, ("limits.txt", "three<4\n"));
        Assert.Equal(["one==1.0", "Two[b,a]>=2; python_version >= \"3\"", "three<4"], file.Lines.Select(line => $"{line.Requirement}"));
        Assert.Equal(["main.txt:7", "main.txt:9", "limits.txt:1"], file.Lines.Select(line => line.Source));
        Assert.Equal([A, B], file.Lines[0].Hashes.Select(hash => hash.Hex));
        Assert.Equal([false, false, true], file.Lines.Select(line => line.IsConstraint));
        Assert.Equal(("https://i.invalid/simple", true, true, false), (file.IndexUrl, file.Pre, file.RequireHashes, file.NoIndex));
        Assert.Equal(["https://j.invalid/simple", "https://k.invalid/simple"], file.ExtraIndexUrls);
    }

    [Fact]
    public void Files_are_included_from_beside_the_one_that_names_them()
    {
        var file = Read("-r sub/a.txt\n-csub/b.txt", ("sub/a.txt", "--requirement=../c.txt\n--require-hashes"), ("sub/b.txt", "two"),
            ("sub/../c.txt", "one\n--no-index"));
        Assert.Equal([("one", false, "sub/../c.txt:1"), ("two", true, "sub/b.txt:1")],
            file.Lines.Select(line => ($"{line.Requirement}", line.IsConstraint, line.Source)));
        Assert.True(file.NoIndex && file.RequireHashes);
    }

    [Theory]
    [InlineData("a==${V}", "a==1.0")]
    [InlineData("a @ https://h.invalid/${EMPTY}/${v}/$V/${UNSET}/${", "a @ https://h.invalid/${EMPTY}/${v}/$V/${UNSET}/${")]
    [InlineData("\uFEFFa==1.0", "a==1.0")]
    [InlineData("a # ${V} \\\nb", "a")]
    [InlineData("a\\\n# c\nb", "a,b")]
    [InlineData("a\u2028b\x1c\x85", "a,b")]
    [InlineData("\\\n\\\na", "a")]
    public void Lines_are_made_as_pip_makes_them(string text, string expected) =>
        Assert.Equal(expected, string.Join(',', Read(text).Lines.Select(line => $"{line.Requirement}")));

    [Theory]
    [InlineData("ok\n-e .", "main.txt:2", "--editable")]
    [InlineData("--editable=git+https://h.invalid/x", "main.txt:1", "--editable")]
    [InlineData("./wheel-1.0-py3-none-any.whl", "main.txt:1", "local file")]
    [InlineData("wheel-1.0-py3-none-any.whl", "main.txt:1", "local file")]
    [InlineData("../project", "main.txt:1", "local file")]
    [InlineData("a @ file:///tmp/a.whl", "main.txt:1", "local file")]
    [InlineData("a @ ../a.whl", "main.txt:1", "local file")]
    [InlineData("git+ssh://h.invalid/x", "main.txt:1", "version control")]
    [InlineData("a @ git+https://h.invalid/x", "main.txt:1", "version control")]
    [InlineData("https://h.invalid/a-1.0-py3-none-any.whl", "main.txt:1", "name @ URL")]
    [InlineData("--no-binary :all:", "main.txt:1", "--no-binary")]
    [InlineData("-f https://h.invalid", "main.txt:1", "--find-links")]
    [InlineData("--trusted-host h.invalid", "main.txt:1", "--trusted-host")]
    [InlineData("--user", "main.txt:1", "--user")]
    [InlineData("-x", "main.txt:1", "-x")]
    [InlineData("-i", "main.txt:1", "needs a value")]
    [InlineData("--pre=yes", "main.txt:1", "takes no value")]
    [InlineData("--pre nonsense", "main.txt:1", "belongs to none")]
    [InlineData("--index-url 'https://h.invalid", "main.txt:1", "closing '")]
    [InlineData("--index-url https:\\\\h.invalid", "main.txt:1", "backslash")]
    [InlineData("-r https://h.invalid/r.txt", "main.txt:1", "not on this machine")]
    [InlineData("-r main.txt", "main.txt:1", "includes itself")]
    [InlineData("-r ./main.txt", "main.txt:1", "includes itself")]
    [InlineData("-c extras.txt", "extras.txt:1", "cannot ask for extras")]
    [InlineData("a==1 --hash=md5:00", "main.txt:1", "none of its hashes")]
    [InlineData("a==1 --hash=sha256:00", "main.txt:1", "64 hexadecimal digits")]
    [InlineData("a==1 --pre", "main.txt:1", "behind a requirement")]
    [InlineData("--hash=sha256:00", "main.txt:1", "on the same line")]
    [InlineData("a=1", "main.txt:1", "not a requirement")]
    [InlineData("a==${BREAK}", "main.txt:1", "control character")]
    [InlineData("-r \"a\0b\"", "main.txt:1", "control character")]
    public void What_cannot_be_followed_to_the_letter_is_refused_with_place_and_reason(string text, string where, string because)
    {
        var refusal = Assert.Throws<RequirementsFileException>(() => Read(text, ("extras.txt", "a[b]")));
        Assert.Equal(where, refusal.Where);
        Assert.Contains(because, refusal.Because, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("git+https://user:${SECRET}@h.invalid/x")]
    [InlineData("https://user:${SECRET}@h.invalid/x.whl")]
    [InlineData("a @ git+https://user:${SECRET}@h.invalid/x")]
    [InlineData("a==1 @ https://user:${SECRET}@h.invalid/x")]
    [InlineData("-r https://user:${SECRET}@h.invalid/r.txt")]
    [InlineData("--index https://user:${SECRET}@h.invalid/")]
    [InlineData("--pre https://user:${SECRET}@h.invalid/")]
    [InlineData("--pre=${SECRET}")]
    [InlineData("-x${SECRET}")]
    [InlineData("a==1 --hash=sha256:${SECRET}")]
    public void A_refusal_repeats_no_secret(string text) =>
        Assert.DoesNotContain("hunter2", Assert.Throws<RequirementsFileException>(() => Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Inclusion_is_bounded_in_depth_and_in_number()
    {
        int depth = 0;
        Assert.Throws<RequirementsFileException>(() => RequirementsFile.Read("0.txt", _ => $"-r {++depth}.txt", _ => null));
        Assert.InRange(depth, 2, 100);

        // Each of twelve files includes the next one three times.
        int files = 0;
        Assert.Throws<RequirementsFileException>(() => RequirementsFile.Read("0.txt",
            path => { files++; return string.Concat(Enumerable.Repeat($"-r {int.Parse(path.Split('.')[0]) + 1}.txt\n", 3)); }, _ => null));
        Assert.InRange(files, 2, 10_000);
    }

    [Fact]
    public void Length_is_bounded()
    {
        Assert.Throws<RequirementsFileException>(() => Read(string.Concat(Enumerable.Repeat("a\\\n", 1_000_000))));
        Assert.Throws<RequirementsFileException>(
            () => RequirementsFile.Read("main.txt", _ => "a==" + string.Concat(Enumerable.Repeat("${V}", 50_000)), _ =>
            new string('1', 50_000)));
    }

    [Fact]
    public void What_reading_throws_is_passed_on() =>
        Assert.Throws<FileNotFoundException>(
            () => RequirementsFile.Read("main.txt", path => throw new FileNotFoundException(path), _ => null));

    [Fact]
    public void Any_text_is_read_or_refused_and_throws_nothing_else()
    {
        var line = Gen.OneOf(RequirementTests.AnyRequirement,
            Gen.OneOf("-r other.txt", "-c other.txt", "-i https://h.invalid/", "--pre", "# x", "-e .", $"a==1 --hash=sha256:{A}"));
        var text = Gen.OneOf(Gen.String,
            AnyVersion.Mutated(AnyVersion.Mutated(line.Array[0, 4].Select(lines => string.Join('\n', lines)))));
        text.Sample(content =>
        {
            try
            {
                return Read(content, ("other.txt", "b")).Lines.All(read => read.Source.Contains(".txt:", StringComparison.Ordinal));
            }
            catch (RequirementsFileException refusal)
            {
                return refusal.Because.Length > 0 && refusal.Where.Length > 0;
            }
        }, iter: 10_000);
    }

    // Any other path is an empty file, so that a mutated include still reads.
    private static RequirementsFile Read(string text, params (string Path, string Text)[] others) => RequirementsFile.Read(
        "main.txt",
        path => path == "main.txt" ? text : others.FirstOrDefault(other => other.Path == path).Text ?? "",
        name => name switch { "V" => "1.0", "EMPTY" => "", "BREAK" => "1\nevil", "SECRET" => "hunter2", _ => null });

    private static string ReadStrictly(string path) =>
        new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(path));

    private static string Describe(RequirementsFile file, string root) => string.Join(" | ", file.Lines.Select(line =>
    {
        string source = Path.GetRelativePath(root, line.Source);
        int colon = source.LastIndexOf(':');
        return $"{line.Requirement} {(line.IsConstraint ? "C" : "R")} {source[..colon]} (line {source[(colon + 1)..]}) "
            + $"{string.Join(',', line.Hashes.Select(h => h.Hex))}";
    }).Append($"{file.IndexUrl} {string.Join(',', file.ExtraIndexUrls)} no-index={file.NoIndex} pre={file.Pre}"));

    private static string Describe(JsonElement pip)
    {
        var global = pip.GetProperty("global");
        // pip joins both kinds of index into one list. No recorded case that we accept has an extra one that survives in it.
        var urls = global.GetProperty("index_urls").Texts().Where(url => url != "https://default.invalid/simple").ToList();
        bool pre = global.TryGetProperty("release_control", out var control)
            && control.GetString()!.Contains(":all:", StringComparison.Ordinal);
        return string.Join(" | ", pip.GetProperty("lines").EnumerateArray().Select(line =>
        {
            string hashes = line.TryGetProperty("options", out var options) && options.TryGetProperty("hashes", out var all)
                && all.TryGetProperty("sha256", out var digests)
                ? string.Join(',', digests.Texts()) : "";
            string text = line.GetProperty("requirement").GetString()!;
            string printed = Requirement.TryParse(text, out var requirement, out _) ? $"{requirement}" : text;
            return $"{printed} {(line.GetProperty("constraint").GetBoolean() ? "C" : "R")} {line.GetProperty("from").GetString()} {hashes}";
        }).Append($"{urls.FirstOrDefault()} {string.Join(',', urls.Skip(1))} "
            + $"no-index={global.GetProperty("no_index").GetBoolean()} pre={pre}"));
    }
}
