using System.Text.Json;
using CsCheck;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Tests.Versions;

namespace Sandpiper.Packaging.Tests.Requirements;

public sealed class RequirementTests
{
    internal static readonly Gen<string> AnyRequirement = Gen.Select(
        Gen.OneOf("name", "A.b-C_d", "x1"), Gen.OneOf("", "[a]", " [ a , B_c ] ", "[]"),
        Gen.OneOf(Gen.OneOf("", " @ https://h.invalid/x;y#z "), SpecifierSetTests.Clause.Array[1, 3].Select(c => string.Join(" , ", c)),
            SpecifierSetTests.Clause.Select(c => $"({c})")),
        Gen.OneOf(Gen.Const(""), MarkerTests.AnyMarker.Select(m => $"; {m}")))
            .Select((name, extras, clauses, marker) => $"{name}{extras}{clauses}{marker}");

    [Fact]
    public void Published_requirements_agree_part_by_part() => PackagingVectors.Hold(
        "requirements", "test_basic_valid_requirement_parsing", 6 * 4 * 18 * 4 * 3, row =>
    {
        string space = row[5].Text(), name = row[0].Text(), specifier = row[3].Text().Replace("{ws}", space, StringComparison.Ordinal);
        string[] extras = row[1].ValueKind == JsonValueKind.Array ? row[1].Texts() : [];
        string? url = row[2].GetString(), marker = row[4].GetString()?.Replace("{ws}", space, StringComparison.Ordinal);
        string[] parts =
        [
            name, extras.Length == 0 ? "" : $"[{string.Join($"{space},{space}", extras)}]", url is null ? specifier : $"@{space}{url}",
            marker is null ? "" : url is null ? $";{space}{marker}" : $" ;{space}{marker}",
        ];
        var requirement = Requirement.Parse(string.Join(space, parts.Where(part => part.Length > 0)));
        return requirement.Name.Original == name && requirement.Url == url
            && requirement.Extras.Select(extra => extra.Original).SequenceEqual(extras)
            && requirement.Specifiers.Equals(Packaging.Versions.SpecifierSet.Parse(specifier.Trim('(', ')')))
            && Equals(requirement.Marker, marker is null ? null : Marker.Parse(marker));
    });

    [Fact]
    public void Published_grammar_agrees()
    {
        PackagingVectors.Hold("requirements", "test_valid_marker", 6, row => Requirement.TryParse($"name; {row[0].Text()}", out _, out _));
        PackagingVectors.Hold("requirements", "test_file_url", 4, row => Requirement.Parse($"name @ {row[0].Text()}").Url == row[0].Text());
        PackagingVectors.Hold("requirements", "test_error_when_suffixed_with_line_break", 6, row =>
            !Requirement.TryParse(row[1].Text() + row[0].Text(), out _, out _));
        PackagingVectors.Hold("requirements", "test_trailing_horizontal_whitespace", 3, row =>
            Requirement.TryParse($"name>=1{row[0].Text()}", out _, out _));
        PackagingVectors.Hold("requirements", "test_error_when_prefix_match_uses_post_release", 2, row =>
            !Requirement.TryParse($"name {row[0].Text()}1.0.post1.*", out _, out _));
        PackagingVectors.Hold("requirements", "test_error_when_local_version_label_is_used_incorrectly", 5, row =>
            !Requirement.TryParse($"name {row[0].Text()} 1.0+local.version", out _, out _));
        PackagingVectors.Hold("requirements", "test_error_invalid_marker_malformed_quoted_string", 2, row =>
            !Requirement.TryParse(row[0].Text(), out _, out _));
        PackagingVectors.Hold("requirements", "test_pickle_requirement_setstate_rejects_invalid_string", 2, row =>
            !Requirement.TryParse(row[0].Text(), out _, out _));
        PackagingVectors.Hold("requirements", "test_pickle_requirement_roundtrip", 7, row =>
            $"{Requirement.Parse(row[0].Text())}" == row[0].Text());
        PackagingVectors.Hold("requirements", "test_normalized_requirements", 2, row =>
            $"{Requirement.Parse(row[0].Text())}" == row[1].Text());
        PackagingVectors.Hold("requirements", "test_str_and_repr", 48, row =>
        {
            string text = $"name{row[1].Text()}{row[0].Text()}{row[2].Text()}".TrimEnd();
            return $"{Requirement.Parse(text)}" == text;
        });
    }

    [Fact]
    public void Published_equality_agrees()
    {
        PackagingVectors.Hold("requirements", "test_equal_reqs_equal_hashes", 4, Same);
        PackagingVectors.Hold("requirements", "test_equivalent_reqs_equal_hashes_unequal_strings", 8, Same);
        PackagingVectors.Hold("requirements", "test_different_reqs_different_hashes", 7, row =>
            !Requirement.Parse(row[0].Text()).Equals(Requirement.Parse(row[1].Text())));
        static bool Same(JsonElement[] row) => Requirement.Parse(row[0].Text()) is var left && Requirement.Parse(row[1].Text()) is var right
            && left.Equals(right) && left.GetHashCode() == right.GetHashCode();
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("-r other.txt", 0)]
    [InlineData("name bar", 5)]
    [InlineData("name=1.0", 4)]
    [InlineData("name>=1,,<2", 8)]
    [InlineData("name,>=1", 4)]
    [InlineData("name[a", 6)]
    [InlineData("name[a b]", 7)]
    [InlineData("name[a,]", 7)]
    [InlineData("name (>=1", 9)]
    [InlineData("name @", 6)]
    [InlineData("name @ https://x/;os_name=='nt' os", 32)]
    [InlineData("name; ", 6)]
    [InlineData("name>=1\nother", 7)]
    [InlineData("name @ https://x/\nother", 17)]
    [InlineData("n\u00e4me", 1)]
    public void What_is_no_requirement_is_refused_with_its_place(string text, int position)
    {
        Assert.False(Requirement.TryParse(text, out _, out var problem));
        Assert.Equal(position, problem.Position);
        Assert.Throws<FormatException>(() => Requirement.Parse(text));
    }

    [Fact]
    public void A_semicolon_right_behind_a_URL_belongs_to_it()
    {
        Assert.Equal(("https://x/y;python_version<\"3\"", null),
            (Requirement.Parse("pkg @ https://x/y;python_version<\"3\"").Url,
            Requirement.Parse("pkg @ https://x/y;python_version<\"3\"").Marker));
        Assert.NotNull(Requirement.Parse("pkg @ https://x/y ;python_version<\"3\"").Marker);
    }

    // Each was published once; what is meant is what the tools of its time made of it.
    [Theory]
    [InlineData("elasticsearch-dsl (>=7.2.0<8.0.0)", "elasticsearch-dsl>=7.2.0,<8.0.0", "inserted a missing comma")]
    [InlineData("ipython>=5.4.*", "ipython>=5.4", "removed the wildcard after >=")]
    [InlineData("jupyter-core (!=~5.0,>=4.12)", "jupyter-core!=5.0.*,>=4.12", "read !=~ as != with a wildcard")]
    [InlineData("torch (==1.13*)", "torch==1.13.*", "inserted a missing dot before the wildcard")]
    [InlineData("opencv-python>=\"4.5\" ; os_name == 'nt'", "opencv-python>=4.5; os_name == \"nt\"", "removed stray quotes")]
    [InlineData("ipywidgets >dev", "ipywidgets>0.0.0.dev0", "read >dev as >0.0.0.dev0")]
    [InlineData("apache-airflow[all] (>=9.0.0a1.0)", "apache-airflow[all]>=9.0.0a1", "removed .0 after a pre-release")]
    [InlineData("numpy (>=1.19,,<2)", "numpy>=1.19,<2", "removed an empty clause")]
    [InlineData("numpy>=1!2.0<1!3.0", "numpy>=1!2.0,<1!3.0", "inserted a missing comma")]
    public void A_broken_requirement_of_published_metadata_is_mended_and_told(string text, string mended, string repair)
    {
        Assert.False(Requirement.TryParse(text, out _, out _));
        Assert.True(Requirement.TryParseRepaired(text, out var requirement, out var repairs, out _));
        Assert.Equal((mended, repair), ($"{requirement}", Assert.Single(repairs)));
    }

    [Theory]
    [InlineData("numpy >=1,<2,")]
    [InlineData("numpy @ https://h.invalid/")]
    public void Nothing_is_mended_that_is_allowed(string text)
    {
        Assert.True(Requirement.TryParseRepaired(text, out var requirement, out var repairs, out _));
        Assert.Empty(repairs);
        Assert.Equal(Requirement.Parse(text), requirement);
    }

    [Theory]
    [InlineData("numpy >=one")]
    [InlineData("numpy =1.0")]
    [InlineData("numpy \"")]
    [InlineData("numpy = ==1.0")]
    [InlineData("numpy (>=1")]
    [InlineData("numpy ; nonsense")]
    public void What_cannot_be_mended_is_refused(string text)
    {
        bool parsed = Requirement.TryParseRepaired(text, out _, out var repairs, out var problem);
        Assert.Equal((false, true, true), (parsed, repairs.IsEmpty, problem.Expected is { Length: > 0 }));
    }

    [Fact]
    public void A_printed_requirement_reads_back_equal() => AnyRequirement.Sample(text =>
    {
        var requirement = Requirement.Parse(text);
        var again = Requirement.Parse($"{requirement}");
        return again.Equals(requirement) && again.GetHashCode() == requirement.GetHashCode() && $"{again}" == $"{requirement}";
    }, iter: 5_000);

    [Fact]
    public void Any_text_is_read_or_refused_and_never_throws() =>
        Gen.OneOf(Gen.String, AnyVersion.Mutated(AnyVersion.Mutated(AnyRequirement))).Sample(text =>
        {
            bool strict = Requirement.TryParse(text, out var requirement, out var problem);
            bool mended = Requirement.TryParseRepaired(text, out var repaired, out var repairs, out _);
            return strict
                ? mended && repairs.IsEmpty && repaired!.Equals(requirement) && Requirement.Parse($"{requirement}").Equals(requirement)
                : problem.Position >= 0 && problem.Position <= text.Length && problem.Expected.Length > 0
                    && (!mended || (!repairs.IsEmpty && Requirement.Parse($"{repaired}").Equals(repaired)));
        }, iter: 20_000);
}
