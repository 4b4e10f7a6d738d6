using System.Text.Json;
using CsCheck;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Packaging.Tests.Versions;

public sealed class SpecifierSetTests
{
    internal static readonly Gen<string> Clause = Gen.OneOf(
        Gen.Select(Gen.OneOf(">=", "<=", "<", ">", "~=1.", "==", "!="), AnyVersion.Text).Select((@operator, version) =>
            @operator is "==" or "!=" ? $"{@operator}{version}" : $"{@operator}{version.Split('+')[0].Split('!')[^1]}"),
        Gen.Select(Gen.OneOf("==", "!="), Gen.Int[0, 2], Gen.Int[0, 2]).Select((@operator, a, b) => $"{@operator}{a}.{b}.*"),
        AnyVersion.Text.Select(version => $"==={version}"));

    private static readonly Gen<SpecifierSet> Set = Clause.Array[0, 4].Select(clauses => SpecifierSet.Parse(string.Join(',', clauses)));

    private static readonly Gen<Pep440Version[]> Candidates = AnyVersion.Value.Array[0, 12];

    [Theory]
    [InlineData("test_specifiers_valid", 9)]
    [InlineData("test_specifiers_hash", 24)]
    [InlineData("test_satisfiable", 87)]
    [InlineData("test_unsatisfiable", 77)]
    [InlineData("test_pickle_specifierset_roundtrip", 7)]
    [InlineData("test_specifierset_construction_is_lazy", 5)]
    public void Published_clauses_are_read_and_print_back(string test, int count) => PackagingVectors.Hold("specifiers", test, count, row =>
        SpecifierSet.TryParse(row[0].Text(), out var set, out _) && SpecifierSet.Parse($"{set}").Equals(set));

    // PyPA "Version specifiers": "Compatible release", "Version matching", "Inclusive ordered comparison", "Exclusive ordered comparison".
    [Theory]
    [InlineData("<1.0", "0.9 0.9.post1 0.9+local", "1.0 1.0a1 1.0.dev1 1.0rc1 1.0.post1")]
    [InlineData("<1.0rc1", "1.0b2 1.0.dev1 0.9", "1.0rc1 1.0")]
    [InlineData("<1.0.post1", "1.0 1.0a1", "1.0.post1 1.0.post1.dev1")]
    [InlineData(">1.0", "1.0.1 1.1a1", "1.0 1.0.post1 1.0+local 0.9")]
    [InlineData(">1.0.post1", "1.0.post2 1.0.1", "1.0.post1 1.0.post1+local 1.0")]
    [InlineData("<=1.0", "1.0 1.0+local 1.0a1", "1.0.post1 1.0.1")]
    [InlineData(">=1.0", "1.0 1.0+local 1.0.post1", "1.0rc1 1.0.dev1")]
    [InlineData("~=1.4.5", "1.4.5 1.4.9 1.4.5.post1", "1.5 1.4.4 2.0 1.4.5a1")]
    [InlineData("~=1.4", "1.4 1.9.2", "2.0 1.3")]
    [InlineData("==1.4.*", "1.4 1.4.7 1.4a1 1.4.post1 1.4+local", "1.5 1.40 1.3")]
    [InlineData("==1.0", "1.0 1 1.0.0 1.0+local", "1.0.post1 1.0.dev1 1.0.1")]
    [InlineData("==1.0+abc", "1.0+abc 1.0+ABC", "1.0 1.0+abd")]
    [InlineData("!=1.0", "1.0.1 1.0rc1", "1.0 1.0.0 1.0+local")]
    [InlineData("===1.0", "1.0", "1 1.0.0 1.0+local")]
    public void Each_operator_means_what_the_standard_says(string clause, string inside, string outside)
    {
        var set = SpecifierSet.Parse(clause);
        Assert.All(inside.Split(' '), version => Assert.True(set.Contains(Pep440Version.Parse(version)), $"{version} is in {clause}"));
        Assert.All(outside.Split(' '), version =>
            Assert.False(set.Contains(Pep440Version.Parse(version)), $"{version} is not in {clause}"));
    }

    [Fact]
    public void Zeros_count_where_the_number_of_parts_does()
    {
        Assert.NotEqual(SpecifierSet.Parse("~=1.0"), SpecifierSet.Parse("~=1.0.0"));
        Assert.NotEqual(SpecifierSet.Parse("==1.*"), SpecifierSet.Parse("==1.0.*"));
        Assert.Equal(SpecifierSet.Parse("==1.0"), SpecifierSet.Parse("==1.0.0"));
    }

    [Fact]
    public void Published_non_clauses_are_refused()
    {
        PackagingVectors.Hold("specifiers", "test_specifiers_invalid", 31, row => !SpecifierSet.TryParse(row[0].Text(), out _, out _));
        PackagingVectors.Hold("specifiers", "test_contains_oversized_version_raises_valueerror", 2, row =>
            !SpecifierSet.TryParse(row[0].Text(), out _, out _));
    }

    [Fact]
    public void Published_spellings_of_versions_are_accepted_behind_operators() =>
        PackagingVectors.Hold("specifiers", "test_specifiers_normalized", 95, row =>
        ((string[])["~=", "==", "!=", "<=", ">=", "<", ">"])
            .All(@operator => row[0].Text().Contains('+', StringComparison.Ordinal) && @operator is not ("==" or "!=")
            ? !SpecifierSet.TryParse(@operator + row[0].Text(), out _, out _)
            : SpecifierSet.TryParse(@operator + row[0].Text(), out _, out _)));

    [Fact]
    public void Published_parts_and_prints_agree()
    {
        PackagingVectors.Hold("specifiers", "test_specifier_operator_property", 10, row =>
            SpecifierSet.Parse(row[0].Text()).Clauses.Single().Operator == row[1].Text());
        PackagingVectors.Hold("specifiers", "test_specifier_version_property", 10, row =>
            SpecifierSet.Parse(row[0].Text()).Clauses.Single().VersionText == row[1].Text());
        PackagingVectors.Hold("specifiers", "test_specifiers_str_and_repr", 18, row =>
            $"{SpecifierSet.Parse(row[0].Text())}" == row[1].Text());
        PackagingVectors.Hold("specifiers", "test_length", 5, row => SpecifierSet.Parse(row[0].Text()).Clauses.Length == row[1].GetInt32());
        PackagingVectors.Hold("specifiers", "test_specifiers_combine", 1, row =>
            SpecifierSet.Parse(row[0].Text()).And(SpecifierSet.Parse(row[1].Text())).Equals(SpecifierSet.Parse(row[2].Text())));
        // null (not true or false) where === names no version: here that is "names no pre-release".
        PackagingVectors.Hold("specifiers", "test_specifier_prereleases_detection", 14, row =>
            SpecifierSet.Parse(row[0].Text()).NamesPrerelease == (row[1].Maybe() ?? false));
    }

    [Fact]
    public void Published_equality_agrees()
    {
        PackagingVectors.Hold("specifiers", "test_comparison_true", 162, row => Equal(row) == IsEquality(row));
        PackagingVectors.Hold("specifiers", "test_comparison_false", 162, row => Equal(row) != IsEquality(row));
        PackagingVectors.Hold("specifiers", "test_comparison_canonicalizes", 2, Equal);
        static bool Equal(JsonElement[] row) => SpecifierSet.Parse(row[0].Text()).Equals(SpecifierSet.Parse(row[1].Text()));
        static bool IsEquality(JsonElement[] row) => row[2].GetProperty("$ref").GetString() == "operator.eq";
    }

    // Columns: which of them holds the clauses, which the version, which the answer.
    [Theory]
    [InlineData("test_specifiers", 188, 1, 0, 2)]
    [InlineData("test_invalid_version", 11, 0, 1, 2)]
    [InlineData("test_arbitrary_equality", 47, 1, 0, 2)]
    [InlineData("test_arbitrary_equality_normalization", 35, 0, 1, 2)]
    [InlineData("test_contains_post_release_boundary_intersection", 6, 0, 1, 2)]
    [InlineData("test_contains_arbitrary_equality_contains", 19, 1, 0, 2)]
    [InlineData("test_contains_arbitrary_equality_normalization", 17, 0, 1, 2)]
    [InlineData("test_comparison_ignores_local", 6, 1, 0, 2)]
    [InlineData("test_boundary_closure_short_release", 3, 0, 1, 2)]
    public void Published_containment_agrees(string test, int count, int set, int version, int expected) =>
        PackagingVectors.Hold("specifiers", test, count, row =>
        // A candidate that is no version has no place here: such files are left out before anything asks (standards, 1.1).
        !Pep440Version.TryParse(row[version].Text(), out var candidate, out _)
        || SpecifierSet.Parse(row[set].Text()).Contains(candidate) == row[expected].GetBoolean());

    // contains(version, prereleases) of the library is its filter over that one version.
    [Theory]
    [InlineData("test_specifiers_prereleases", 58, 0, 1, 2, 3, 4)]
    [InlineData("test_contains_exclusionary_bridges", 101, 0, 2, 1, 1, 3)]
    public void Published_containment_with_prereleases_agrees(
        string test, int count, int set, int version, int policy, int ask, int expected) =>
        PackagingVectors.Hold("specifiers", test, count, row =>
            SpecifierSet.Parse(row[set].Text()).Filter([Pep440Version.Parse(row[version].Text())], row[ask].Maybe() ?? row[policy].Maybe())
                .Any() == row[expected].GetBoolean());

    [Theory]
    [InlineData("test_specifier_prereleases_set", 16, 0, 3)]
    [InlineData("test_specifier_prereleases_explicit", 25, 5, 2)]
    public void Published_containment_before_and_after_the_policy_changed_agrees(string test, int count, int set, int version) =>
        PackagingVectors.Hold("specifiers", test, count, row =>
        {
            int policy = set == 0 ? 1 : 0;
            var clauses = SpecifierSet.Parse(row[set].Text());
            Pep440Version[] candidate = [Pep440Version.Parse(row[version].Text())];
            return clauses.Filter(candidate, row[policy].Maybe()).Any() == row[version == 3 ? 4 : 3].GetBoolean()
                && clauses.Filter(candidate, row[policy + 1].Maybe()).Any() == row[version == 3 ? 5 : 4].GetBoolean();
        });

    [Fact]
    public void Published_containment_of_what_is_installed_agrees() =>
        PackagingVectors.Hold("specifiers", "test_specifier_contains_installed_prereleases", 41, row =>
        {
            bool? policy = row[4].Maybe() == true ? true : row[3].Maybe() ?? row[2].Maybe();    // installed pre-releases are accepted
            return SpecifierSet.Parse(row[0].Text()).Filter([Pep440Version.Parse(row[1].Text())], policy).Any() == row[5].GetBoolean();
        });

    [Fact]
    public void Published_filters_agree()
    {
        PackagingVectors.Hold("specifiers", "test_specifier_filter", 110, row =>
            Agrees(row[0], row[2].Maybe() ?? row[1].Maybe(), row[3], row[4]));
        PackagingVectors.Hold("specifiers", "test_filter_exclusionary_bridges", 32, row => Agrees(row[0], row[1].Maybe(), row[2], row[3]));
        PackagingVectors.Hold("specifiers", "test_specifier_filter_arbitrary_equality_normalization", 8, row =>
            Agrees(row[0], null, row[1], row[2]));

        // A list with a text that is no version is no list of candidates here, as above.
        static bool Agrees(JsonElement set, bool? prereleases, JsonElement input, JsonElement expected) =>
            !input.Texts().All(text => Pep440Version.TryParse(text, out _, out _))
            || SpecifierSet.Parse(set.Text()).Filter(Versions(input), prereleases).Select(v => v.Original).SequenceEqual(expected.Texts());
        static IEnumerable<Pep440Version> Versions(JsonElement texts) => texts.Texts().Select(Pep440Version.Parse);
    }

    [Theory]
    [InlineData("", 0, false)]
    [InlineData(">=1,<2,", 2, false)]
    [InlineData(" >= 1 , < 2 ", 2, false)]
    [InlineData("==1.0,==1.0.0", 1, false)]
    [InlineData(">=2.0b1", 1, true)]
    [InlineData("!=2.0b1", 1, false)]
    public void Clauses_are_counted_once(string text, int count, bool namesPrerelease)
    {
        var set = SpecifierSet.Parse(text);
        Assert.Equal((count, namesPrerelease), (set.Clauses.Length, set.NamesPrerelease));
    }

    [Theory]
    [InlineData("1.0", 0)]
    [InlineData(",", 0)]
    [InlineData(">=1,,<2", 4)]
    [InlineData(">=1,1", 4)]
    [InlineData("~=1", 3)]
    [InlineData(">=1.*", 3)]
    [InlineData("==1a1.*", 5)]
    [InlineData(">=1+x", 3)]
    [InlineData("===", 3)]
    [InlineData("===a b", 4)]
    public void What_is_no_clause_is_refused_with_its_place(string text, int position)
    {
        Assert.False(SpecifierSet.TryParse(text, out _, out var problem));
        Assert.Equal(position, problem.Position);
        Assert.Throws<FormatException>(() => SpecifierSet.Parse(text));
    }

    [Theory]
    [InlineData("==1.0", true)]
    [InlineData("===1.0", true)]
    [InlineData("==1.*", false)]
    [InlineData(">=1.0", false)]
    public void Exact_means_one_version(string clause, bool isExact) =>
        Assert.Equal(isExact, SpecifierSet.Parse(clause).Clauses[0].IsExact);

    [Fact]
    public void A_flood_of_clauses_is_refused() =>
        Assert.False(SpecifierSet.TryParse(string.Join(',', Enumerable.Range(0, 100_000).Select(n => $"!={n}")), out _, out _));

    [Fact]
    public void What_is_longer_than_anything_real_is_not_mended()
    {
        static string Broken(int length) => $">=1.*,{new string(' ', length - ">=1.*,<2".Length)}<2";
        Assert.True(SpecifierSet.TryParseRepaired(Broken(SpecifierRepair.MaxLength), out _, out _, out _));
        Assert.False(SpecifierSet.TryParseRepaired(Broken(SpecifierRepair.MaxLength + 1), out _, out _, out _));
    }

    [Fact]
    public void Filter_keeps_the_order_and_adds_nothing() => Gen.Select(Set, Candidates, Gen.OneOf<bool?>(true, false, null))
        .Sample((set, candidates, prereleases) =>
    {
        var kept = set.Filter(candidates, prereleases).ToList();
        var rest = new Queue<Pep440Version>(candidates);
        bool isSubsequence = kept.TrueForAll(version =>
        {
            while (rest.TryDequeue(out var next))
            {
                if (next.Original == version.Original) return true;
            }
            return false;
        });
        return isSubsequence && kept.TrueForAll(set.Contains)
            && (prereleases != true || kept.Count == candidates.Count(set.Contains))
            && (prereleases != false || !kept.Exists(v => v.IsPrerelease))
            && (prereleases is not null || kept.Count > 0 == candidates.Any(set.Contains));
    }, iter: 5_000);

    [Fact]
    public void And_is_the_intersection() => Gen.Select(Set, Set, AnyVersion.Value).Sample((a, b, version) =>
        a.And(b).Contains(version) == (a.Contains(version) && b.Contains(version)) && a.And(b).Equals(b.And(a))
        && a.And(b).GetHashCode() == b.And(a).GetHashCode() && a.And(a).Equals(a) && a.And(SpecifierSet.Any).Equals(a), iter: 5_000);

    [Fact]
    public void A_printed_set_reads_back_equal_and_contains_the_same() => Gen.Select(Set, AnyVersion.Value).Sample((set, version) =>
    {
        var again = SpecifierSet.Parse($"{set}");
        return again.Equals(set) && again.GetHashCode() == set.GetHashCode() && $"{again}" == $"{set}"
            && again.Contains(version) == set.Contains(version);
    }, iter: 5_000);

    [Fact]
    public void Opposite_clauses_part_all_versions() => Gen.Select(AnyVersion.Text, AnyVersion.Value).Sample((text, version) =>
    {
        string named = text.Split('+')[0];
        return Has("==", text) != Has("!=", text) && (Has("<=", named) || Has(">=", named))
            && !(Has("<", named) && Has(">", named)) && (!Has("<", named) || Has("<=", named)) && (!Has(">", named) || Has(">=", named));
        bool Has(string @operator, string operand) => SpecifierSet.Parse(@operator + operand).Contains(version);
    }, iter: 5_000);

    [Fact]
    public void Any_text_is_read_or_refused_and_never_throws() =>
        Gen.OneOf(Gen.String, AnyVersion.Mutated(AnyVersion.Mutated(Clause.Array[1, 3].Select(clauses => string.Join(',', clauses)))))
            .Sample(text =>
            SpecifierSet.TryParse(text, out var set, out var problem)
                ? SpecifierSet.Parse($"{set}").Equals(set)
                : problem.Position >= 0 && problem.Position <= text.Length && problem.Expected.Length > 0, iter: 20_000);

    [Fact]
    public void Judging_a_version_allocates_nothing()
    {
        var set = SpecifierSet.Parse("~=1.0,<2.0,>1.0,!=1.3.*,==1.*,<=1.9,>=1.0,!=1.4,<1.9a1");
        var version = Pep440Version.Parse("1.5.post1+local");
        bool all = set.Contains(version);   // compiled before it is measured
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++) all &= set.Contains(version);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(all);
    }

    [Fact]
    public void Beyond_a_side_of_the_set_nothing_is_in_it_and_all_lies_on_that_side() =>
        Gen.Select(Clause.Array[0, 4], AnyVersion.Value, AnyVersion.Value, AnyVersion.Value).Sample((clauses, a, b, inside) =>
        {
            if (!SpecifierSet.TryParse(string.Join(',', clauses), out var set, out _)) return true;
            (Pep440Version low, Pep440Version high) = a <= b ? (a, b) : (b, a);
            if (set.SideOf(high) < 0 && set.Contains(low)) return false;
            if (set.SideOf(low) > 0 && set.Contains(high)) return false;
            if (!set.Contains(inside)) return true;
            return set.SideOf(inside) == 0
                && (set.SideOf(low) <= 0 || set.SideOf(high) > 0) && (set.SideOf(high) >= 0 || set.SideOf(low) < 0);
        }, iter: 20_000);

    [Theory]
    [InlineData(">=1.2,<2", "1.1", -1)]
    [InlineData(">=1.2,<2", "1.5", 0)]
    [InlineData(">=1.2,<2", "2.0", 1)]
    [InlineData("==1.2", "1.3", 1)]
    [InlineData("==1.2", "1.2+cpu", 0)]
    [InlineData("~=1.2", "1.1", -1)]
    [InlineData("!=1.2", "9", 0)]
    public void A_version_stands_below_within_or_above(string set, string version, int side) =>
        Assert.Equal(side, Math.Sign(SpecifierSet.Parse(set).SideOf(Pep440Version.Parse(version))));
}
