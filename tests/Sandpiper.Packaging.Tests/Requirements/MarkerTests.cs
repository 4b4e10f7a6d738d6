using System.Text.Json;
using CsCheck;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Tests.Versions;
using Sandpiper.Surroundings;

namespace Sandpiper.Packaging.Tests.Requirements;

public sealed class MarkerTests
{
    private static readonly MarkerEnvironment Linux = new()
    {
        ImplementationName = "cpython", ImplementationVersion = "3.12.1", OsName = "posix", PlatformMachine = "x86_64",
        PlatformPythonImplementation = "CPython", PlatformRelease = "6.1.0-13-amd64", PlatformSystem = "Linux",
        PlatformVersion = "#1 SMP Debian 6.1.55-1", PythonFullVersion = "3.12.1", PythonVersion = "3.12", SysPlatform = "linux",
    };

    private static readonly string[] Operators = ["===", "==", ">=", "<=", "!=", "~=", ">", "<", "in", "not in"];

    private static readonly string[] Fields =
    [
        "extra", "implementation_name", "implementation_version", "os_name", "platform_machine", "platform_release", "platform_system",
        "platform_version", "python_full_version", "python_version", "platform_python_implementation", "sys_platform", "extras",
        "dependency_groups",
    ];

    private static readonly string[] LegacyFields =
        ["os.name", "sys.platform", "platform.version", "platform.machine", "platform.python_implementation", "python_implementation"];

    private static readonly Gen<string> Comparison =
        Gen.Select(Gen.OneOf(Fields), Gen.OneOf(Operators), Gen.OneOf("3.12", "linux", "x-y", "", "it's", "3.*", "test"), Gen.Bool)
            .Select((field, @operator, text, isReversed) =>
                isReversed ? $"\"{text}\" {@operator} {field}" : $"{field} {@operator} \"{text}\"");

    internal static readonly Gen<string> AnyMarker = Gen.Recursive<string>((depth, inner) => depth == 4
        ? Comparison
        : Gen.OneOf(Comparison, Gen.Select(inner, Gen.OneOf("and", "or"), inner, Gen.Bool).Select((a, junction, b, hasParentheses) =>
            hasParentheses ? $"({a} {junction} {b})" : $"{a} {junction} {b}")));

    [Fact]
    public void Recorded_results_of_the_standards_library_agree()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Recorded.Path("vectors/markers/markers.json")));
        var environments = file.RootElement.GetProperty("environments").EnumerateObject()
            .ToDictionary(e => e.Name, e => Environment(e.Value), StringComparer.Ordinal);
        var disagreeing = new List<string>();
        int count = 0;
        foreach (var row in file.RootElement.GetProperty("rows").EnumerateArray())
        {
            string marker = row.GetProperty("marker").GetString()!, expected = row.GetProperty("result").ToString();
            var context = row.TryGetProperty("ctx", out var given) ? given : default;
            string actual = Marker.TryParse(marker, out var parsed, out _)
                ? $"{Evaluate(parsed, environments[row.GetProperty("env").GetString()!], context)}" : "invalid";
            if (actual != (expected.StartsWith("error:", StringComparison.Ordinal) ? "Undefined" : expected))
                disagreeing.Add($"{row}: {actual}");
            count++;
        }
        Assert.True(disagreeing.Count == 0, $"{disagreeing.Count} of {count} disagree:\n{string.Join('\n', disagreeing.Take(40))}");
        Assert.True(count > 2_000, $"{count}");

        static MarkerResult Evaluate(Marker marker, MarkerEnvironment environment, JsonElement context) =>
            context.ValueKind == JsonValueKind.Object
            && context.TryGetProperty("context", out _)
                ? marker.EvaluateInLock(environment, Names(context.GetProperty("extras").Texts()),
                    Names(context.GetProperty("dependency_groups").Texts()))
                : marker.Evaluate(environment, context.ValueKind == JsonValueKind.Object && context.TryGetProperty("extra", out var extra)
                    && extra.GetString() is { Length: > 0 } requested ? Names(requested) : []);
    }

    // The products that packaging's tests build: fields, operators and three values, either way round.
    [Fact]
    public void Every_field_operator_and_value_is_read_either_way_round()
    {
        int count = 0;
        foreach (string field in (string[])[.. Fields, .. LegacyFields])
        foreach (string @operator in Operators)
        foreach (string value in (string[])["1.0", "5.6a0", "dog", "freebsd", "literally any string can go here", "things @#4 dsfd (((",
            "\u00e4"])
        foreach (char quote in "'\"")
        {
            foreach (string marker in (string[])[$"{field} {@operator} {quote}{value}{quote}", $"{quote}{value}{quote} {@operator} {field}",
                $"({field}{(@operator.Length > 3 ? " " : "")}{@operator} {quote}{value}{quote})"])
            {
                // "fieldin" is no field and an operator, but another word.
                bool isGlued = marker[0] == '(' && @operator == "in";
                Assert.True(Marker.TryParse(marker, out var parsed, out _) != isGlued, marker);
                if (parsed is not null) Assert.Equal($"{parsed}", $"{Marker.Parse($"{parsed}")}");
                count++;
            }
        }
        Assert.Equal(20 * 10 * 7 * 2 * 3, count);
    }

    // What a marker said last is remembered.
    [Fact]
    public void A_marker_answers_for_the_environment_that_it_is_asked_about()
    {
        var marker = Marker.Parse("python_version < '3.5' or extra == 'x'");
        MarkerEnvironment old = Linux with { PythonVersion = "3.4" };
        PackageName[] x = [PackageName.Parse("x")];
        Assert.Equal(
            [MarkerResult.False, MarkerResult.True, MarkerResult.True, MarkerResult.False],
            [marker.Evaluate(Linux, []), marker.Evaluate(Linux, x), marker.Evaluate(old, []), marker.Evaluate(Linux, [])]);
    }

    // PyPA "Dependency specifiers", "Environment markers"; the middle column is on the machine above.
    [Theory]
    [InlineData("os_name < 'z'", "False")]
    [InlineData("os_name > 'a'", "False")]
    [InlineData("'a' < os_name", "False")]
    [InlineData("os_name <= 'posix'", "True")]
    [InlineData("os_name >= 'a'", "False")]
    [InlineData("os_name ~= 'posix'", "Undefined")]
    [InlineData("python_version > '3.9'", "True")]
    [InlineData("'3.9' < python_version", "True")]
    [InlineData("'3.9' > python_version", "False")]
    [InlineData("python_full_version ~= '3.12.0'", "True")]
    [InlineData("platform_machine in 'x86_64 arm64'", "True")]
    [InlineData("platform_machine not in 'x86_64 arm64'", "False")]
    [InlineData("os_name ~= 'posix' and os_name == 'nt'", "Undefined")]
    [InlineData("os_name == 'nt' and os_name ~= 'posix'", "Undefined")]
    [InlineData("os_name ~= 'posix' or os_name == 'posix'", "Undefined")]
    [InlineData("os_name == 'nt' or sys_platform == 'linux' and python_version < '3'", "False")]
    [InlineData("(os_name == 'posix' or sys_platform == 'win32') and python_version < '3'", "False")]
    [InlineData("extra == 'x'", "False")]
    [InlineData("extra != 'x'", "True")]
    public void A_marker_means_what_the_standard_says(string marker, string expected) =>
        Assert.Equal(expected, $"{Marker.Parse(marker).Evaluate(Linux, [])}");

    [Fact]
    public void Published_grammar_agrees()
    {
        PackagingVectors.Hold("markers", "test_parses_invalid", 6, row => !Marker.TryParse(row[0].Text(), out _, out _));
        PackagingVectors.Hold("markers", "test_parses_invalid_trailing_line_break", 3, row =>
            !Marker.TryParse($"python_version >= \"3\"{row[0].Text()}", out _, out _));
        PackagingVectors.Hold("markers", "test_parses_trailing_horizontal_whitespace", 3, row =>
            Marker.TryParse($"python_version >= \"3\"{row[0].Text()}", out _, out _));
        PackagingVectors.Hold("markers", "test_parses_invalid_malformed_quoted_string", 2, row =>
            !Marker.TryParse(row[0].Text(), out _, out _));
        PackagingVectors.Hold("markers", "test_str_repr_eq_hash", 9, row => $"{Marker.Parse(row[0].Text())}" == row[1].Text());
        PackagingVectors.Hold("markers", "test_different_markers_different_hashes", 4, row =>
            !Marker.Parse(row[0].Text()).Equals(Marker.Parse(row[1].Text())));
        PackagingVectors.Hold("markers", "test_pickle_marker_roundtrip", 4, row => $"{Marker.Parse(row[0].Text())}" == row[0].Text());
    }

    [Theory]
    [InlineData("test_evaluates", 15)]
    [InlineData("test_evaluate_pep345_markers", 6)]
    [InlineData("test_version_like_equality", 6)]
    public void Published_evaluations_agree(string test, int count) => PackagingVectors.Hold("markers", test, count, row =>
    {
        // The library's own test asks its interpreter for os.name; ours is the one above.
        var marker = Marker.Parse(row[0].Text().Replace("{'$ref': 'os.name'}", "posix", StringComparison.Ordinal));
        var fields = row[1].ValueKind == JsonValueKind.Null
            ? [] : row[1].EnumerateObject().ToDictionary(f => f.Name, f => f.Value.GetString()!, StringComparer.Ordinal);
        var environment = Linux with
        {
            OsName = fields.GetValueOrDefault("os_name", "posix"),
            PythonVersion = fields.GetValueOrDefault("python_version", "3.12"),
            SysPlatform = fields.GetValueOrDefault("sys_platform", "linux"),
            PlatformVersion = fields.GetValueOrDefault("platform_version", "#1"),
            PlatformMachine = fields.GetValueOrDefault("platform_machine", "x86_64"),
            PlatformPythonImplementation = fields.GetValueOrDefault("platform_python_implementation", "CPython"),
        };
        PackageName[] extras = fields.GetValueOrDefault("extra", "") is { Length: > 0 } extra ? Names(extra) : [];
        return marker.Evaluate(environment, extras) == (row[2].GetBoolean() ? MarkerResult.True : MarkerResult.False);
    });

    [Fact]
    public void Published_sets_of_lock_files_agree()
    {
        PackageName[] set = Names("foo", "bar");
        PackagingVectors.Hold("markers", "test_extras_and_dependency_groups", 18, row =>
            Marker.Parse(row[1].Text().Replace("{0}", row[0].Text(), StringComparison.Ordinal))
                .EvaluateInLock(Linux, set, set) == (row[2].GetBoolean() ? MarkerResult.True : MarkerResult.False));
        PackagingVectors.Hold("markers", "test_extras_and_dependency_groups_disallowed", 2, row =>
            Marker.Parse($"\"foo\" in {row[0].Text()}").Evaluate(Linux, set) == MarkerResult.Undefined);
        PackagingVectors.Hold("markers", "test_set_valued_marker_on_lhs_raises_undefined_comparison", 8, row =>
            Marker.Parse($"{row[0].Text()} {row[1].Text()} \"foo\"").EvaluateInLock(Linux, set, set) == MarkerResult.Undefined);
        PackagingVectors.Hold("markers", "test_membership_value_str_normalization", 2, row =>
            Marker.Parse($"\"F.O_O\" in {row[0].Text()}").EvaluateInLock(Linux, Names("f-o-o"), Names("f-o-o")) == MarkerResult.True);
    }

    [Theory]
    [InlineData("extra == 'a'", "", MarkerResult.False)]
    [InlineData("extra == 'a'", "a,b", MarkerResult.True)]
    [InlineData("extra == 'A_B'", "a-b", MarkerResult.True)]
    [InlineData("extra != 'a'", "", MarkerResult.True)]
    [InlineData("extra != 'a'", "b", MarkerResult.True)]
    [InlineData("extra != 'a'", "a,b", MarkerResult.False)]
    [InlineData("'a' == extra", "a", MarkerResult.True)]
    [InlineData("extra == 'a' and extra == 'b'", "a,b", MarkerResult.True)]
    [InlineData("extra == '1.0'", "1", MarkerResult.False)]             // never as versions
    [InlineData("extra ~= 'a'", "a", MarkerResult.Undefined)]
    public void Extra_asks_whether_it_was_requested(string marker, string extras, MarkerResult expected) =>
        Assert.Equal(expected, Marker.Parse(marker).Evaluate(Linux, Names(extras.Split(',', StringSplitOptions.RemoveEmptyEntries))));

    [Theory]
    [InlineData("os_name ~= 'posix' or os_name == 'posix'")]
    [InlineData("os_name == 'nt' and sys_platform === 'linux'")]
    [InlineData("'a' == 'a' or os_name == 'posix'")]
    [InlineData("'a' in extras or os_name == 'posix'")]
    public void What_cannot_be_compared_makes_the_whole_undefined(string marker) =>
        Assert.Equal(MarkerResult.Undefined, Marker.Parse(marker).Evaluate(Linux, []));

    [Theory]
    [InlineData("", 0)]
    [InlineData("python_versio == '3'", 0)]
    [InlineData("python_version '3'", 15)]
    [InlineData("python_version not '3'", 19)]
    [InlineData("python_version == 3", 18)]
    [InlineData("python_version == '3", 20)]
    [InlineData("os_name == '\\x41'", 12)]
    [InlineData("os_name == 'a\nb'", 13)]
    [InlineData("'1' < python_version < '3'", 21)]
    [InlineData("os_name == 'a' and", 18)]
    [InlineData("(os_name == 'a'", 15)]
    [InlineData("os_name == 'a')", 14)]
    [InlineData("os_name == 'a'\u00a0", 14)]
    public void What_is_no_marker_is_refused_with_its_place(string text, int position)
    {
        Assert.False(Marker.TryParse(text, out _, out var problem));
        Assert.Equal(position, problem.Position);
        Assert.Throws<FormatException>(() => Marker.Parse(text));
    }

    [Fact]
    public void Nesting_and_length_are_bounded()
    {
        const string Leaf = "os_name == 'posix'";
        Assert.True(Marker.TryParse(new string('(', 32) + Leaf + new string(')', 32), out _, out _));
        Assert.False(Marker.TryParse(new string('(', 33) + Leaf + new string(')', 33), out _, out _));
        Assert.False(Marker.TryParse(new string('(', 1_000_000), out _, out _));
        Assert.True(Marker.TryParse(string.Join(" or ", Enumerable.Repeat(Leaf, 1_000)), out _, out _));
        Assert.False(Marker.TryParse(string.Join(" and ", Enumerable.Repeat(Leaf, 1_001)), out _, out _));
    }

    [Fact]
    public void A_printed_marker_reads_back_equal_and_means_the_same() => Gen.Select(AnyMarker, Gen.OneOf("", "test", "x-y", "test,x-y"))
        .Sample((text, extras) =>
    {
        var marker = Marker.Parse(text);
        var again = Marker.Parse($"{marker}");
        var names = Names(extras.Split(',', StringSplitOptions.RemoveEmptyEntries));
        return $"{again}" == $"{marker}" && again.Equals(marker) && again.GetHashCode() == marker.GetHashCode()
            && again.Evaluate(Linux, names) == marker.Evaluate(Linux, names)
                && again.EvaluateInLock(Linux, names, []) == marker.EvaluateInLock(Linux, names, []);
    }, iter: 5_000);

    [Fact]
    public void And_or_and_parentheses_follow_three_valued_logic() => Gen.Select(AnyMarker, AnyMarker).Sample((a, b) =>
    {
        var (left, right) = (Marker.Parse(a).Evaluate(Linux, []), Marker.Parse(b).Evaluate(Linux, []));
        var (both, either) = (Marker.Parse($"({a}) and ({b})").Evaluate(Linux, []), Marker.Parse($"({a}) or ({b})").Evaluate(Linux, []));
        return left == MarkerResult.Undefined || right == MarkerResult.Undefined
            ? both == MarkerResult.Undefined && either == MarkerResult.Undefined
            : (both == MarkerResult.True) == (left == MarkerResult.True && right == MarkerResult.True)
                && (either == MarkerResult.True) == (left == MarkerResult.True || right == MarkerResult.True);
    }, iter: 5_000);

    [Fact]
    public void Any_text_is_read_or_refused_and_never_throws() =>
        Gen.OneOf(Gen.String, AnyVersion.Mutated(AnyVersion.Mutated(AnyMarker))).Sample(text =>
        {
            if (!Marker.TryParse(text, out var marker, out var problem))
                return problem.Position >= 0 && problem.Position <= text.Length && problem.Expected.Length > 0;
            return Enum.IsDefined(marker.Evaluate(Linux, [])) && Marker.Parse($"{marker}").Equals(marker);
        }, iter: 20_000);

    private static PackageName[] Names(params string[] names) => [.. names.Select(PackageName.Parse)];

    private static MarkerEnvironment Environment(JsonElement fields)
    {
        return new MarkerEnvironment
        {
            ImplementationName = Field("implementation_name"), ImplementationVersion = Field("implementation_version"),
            OsName = Field("os_name"),
            PlatformMachine = Field("platform_machine"), PlatformPythonImplementation = Field("platform_python_implementation"),
            PlatformRelease = Field("platform_release"), PlatformSystem = Field("platform_system"),
            PlatformVersion = Field("platform_version"),
            PythonFullVersion = Field("python_full_version"), PythonVersion = Field("python_version"), SysPlatform = Field("sys_platform"),
        };
        string Field(string name) => fields.GetProperty(name).GetString()!;
    }
}
