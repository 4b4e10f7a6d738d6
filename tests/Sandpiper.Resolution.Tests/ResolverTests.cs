using System.Collections.Immutable;
using Sandpiper.Indexes;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;
using Sandpiper.Resolution.Tests.Surroundings;

namespace Sandpiper.Resolution.Tests;

/// <summary>Which release is chosen, and which never.</summary>
public sealed class ResolverTests
{
    private static readonly DateTimeOffset Limit = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task The_newest_version_that_fits_is_chosen_with_what_it_needs()
    {
        var index = new MemoryIndex().With("a", "1.0").With("a", "2.0", "b<3").With("b", "2.5").With("b", "3.0");
        Assert.Equal("a 2.0, b 2.5", await Problems.Of("a").AnswerOn(index));
    }

    [Fact]
    public async Task A_choice_that_leads_nowhere_is_taken_back()
    {
        var index = new MemoryIndex().With("a", "1.0", "b").With("a", "2.0", "b<2", "c").With("b", "2.0").With("c", "1.0", "b>=2");
        Assert.Equal("a 1.0, b 2.0", await Problems.Of("a").AnswerOn(index));
    }

    [Fact]
    public async Task An_installed_version_stays_while_it_fits_even_a_pre_release()
    {
        var index = new MemoryIndex().With("a", "1.0").With("a", "2.0").With("b", "1.0").With("b", "2.0b1");
        ResolutionProblem problem = Problems.Of("a", "b") with { Preferred = Installed(("a", "1.0"), ("b", "2.0b1")) };
        Assert.Equal("a 1.0, b 2.0b1", await problem.AnswerOn(index));
        Assert.Equal("a 2.0", await (Problems.Of("a>1") with { Preferred = problem.Preferred }).AnswerOn(index));
    }

    [Theory]
    [InlineData(null, "a 1.0")]
    [InlineData(true, "a 2.0rc1")]
    [InlineData(false, "a 1.0")]
    public async Task Pre_releases_are_the_last_resort_unless_wanted(bool? prereleases, string answer)
    {
        var index = new MemoryIndex().With("a", "1.0").With("a", "2.0rc1");
        Assert.Equal(answer, await (Problems.Of("a") with { Prereleases = prereleases }).AnswerOn(index));
        Assert.Equal(
            prereleases is false ? "none: a" : "a 2.0rc1", await (Problems.Of("a>1.0") with { Prereleases = prereleases }).AnswerOn(index));
    }

    [Fact]
    public async Task A_yanked_version_needs_the_users_own_exact_words()
    {
        var index = new MemoryIndex().With(new Offer("a", "1.0") { Yanked = "broken" }).With("b", "1.0", "a==1.0");
        Assert.Equal("none: a", await Problems.Of("a>=1").AnswerOn(index));
        Assert.Equal("none: b", await Problems.Of("b").AnswerOn(index));
        Assert.Equal("a 1.0, b 1.0", await Problems.Of("b").WithConstraint("a==1.0").AnswerOn(index));
        ImmutableArray<Pin> pins = await Problems.Of("a==1.0").PinsOn(index);
        Assert.Equal("this version was yanked: broken", Assert.Single(Assert.Single(pins).Notes));
    }

    [Fact]
    public async Task An_exact_line_whose_marker_does_not_apply_pins_nothing()
    {
        var index = new MemoryIndex().With(new Offer("a", "2.0") { Yanked = "" }).With("a", "1.0");
        Assert.Equal("a 1.0", await Problems.Of("a", "a==2.0; sys_platform == 'win32'").AnswerOn(index));
    }

    [Theory]
    [InlineData("3.11.9", "a 1.0")]
    [InlineData("3.12.1", "a 2.0")]
    [InlineData("3.13.0", "a 1.0")]
    public async Task Requires_Python_is_honoured_at_both_ends(string python, string answer)
    {
        var index = new MemoryIndex().With(new Offer("a", "2.0") { RequiresPython = ">=3.12,<3.13" }).With("a", "1.0");
        Assert.Equal(answer, await Problems.For(python, "a").AnswerOn(index));
    }

    [Fact]
    public async Task Requires_Python_of_METADATA_counts_when_the_page_says_otherwise_or_nonsense()
    {
        var index = new MemoryIndex()
            .With(new Offer("a", "3.0") { RequiresPython = ">=3.20", PageRequiresPython = ">=3.0" })
            .With(new Offer("a", "2.0") { RequiresPython = ">=3.20", PageRequiresPython = "three" })
            .With("a", "1.0");
        Assert.Equal("a 1.0", await Problems.Of("a").AnswerOn(index));
    }

    // The newest release must not give way to an older one because a tool of its time wrote a wildcard too many.
    [Theory]
    [InlineData(">=3.6.*", "a 2.0")]
    [InlineData(">=3.6, !=3.1.*, <5.0.*", "a 2.0")]
    [InlineData(">=3.6<5", "a 2.0")]
    [InlineData("<3.6.*", "a 1.0")]
    [InlineData(">=3.99.*", "a 1.0")]
    public async Task Requires_Python_is_read_as_old_tools_wrote_it(string requires, string answer)
    {
        foreach (string? page in (string?[])[requires, "nonsense"])
        {
            var index = new MemoryIndex().With(new Offer("a", "2.0") { RequiresPython = requires, PageRequiresPython = page })
                .With("a", "1.0");
            Assert.Equal(answer, await Problems.Of("a").AnswerOn(index));
        }
    }

    [Fact]
    public async Task Of_several_wheels_the_best_tag_wins_then_the_highest_build()
    {
        var index = new MemoryIndex().With(new Offer("a", "1.0")
        {
            Tags = ["py3-none-any", "cp312-cp312-manylinux_2_17_x86_64", "cp312-cp312-win_amd64", "2-cp312-cp312-manylinux_2_28_x86_64",
                "10-cp312-cp312-manylinux_2_28_x86_64"],
        });
        Assert.Equal("a-1.0-10-cp312-cp312-manylinux_2_28_x86_64.whl", Assert.Single(await Problems.Of("a").PinsOn(index)).File.FileName);
    }

    [Fact]
    public async Task A_version_without_a_wheel_for_this_machine_gives_way_to_an_older_one()
    {
        var index = new MemoryIndex().With(new Offer("a", "3.0") { Tags = [], HasSdist = true })
            .With(new Offer("a", "2.0") { Tags = ["cp312-cp312-win_amd64"] }).With("a", "1.0");
        Assert.Equal("a 1.0", await Problems.Of("a").AnswerOn(index));
    }

    [Fact]
    public async Task Extras_bring_their_needs_for_exactly_those_who_ask()
    {
        var index = new MemoryIndex()
            .With(new Offer("a", "1.0")
            {
                Extras = ["x", "all"],
                Requires = ["b; extra == 'x'", "a[x]; extra == 'all'", "c; extra == 'other'"],
            })
            .With("b", "1.0").With("c", "1.0").With("d", "1.0", "a[x]");
        Assert.Equal("a 1.0", await Problems.Of("a").AnswerOn(index));
        Assert.Equal("a 1.0, b 1.0", await Problems.Of("a[all]").AnswerOn(index));
        // Asked for after the package was decided.
        Assert.Equal("a 1.0, b 1.0, d 1.0", await Problems.Of("a==1.0", "d").AnswerOn(index));
    }

    [Fact]
    public async Task An_extra_that_only_one_version_can_satisfy_decides_the_version()
    {
        var index = new MemoryIndex()
            .With(new Offer("a", "2.0") { Extras = ["x"], Requires = ["b>=2; extra == 'x'"] })
            .With(new Offer("a", "1.0") { Extras = ["x"], Requires = ["b; extra == 'x'"] })
            .With("b", "1.0").With("d", "1.0", "a[x]");
        Assert.Equal("a 2.0", await Problems.Of("a").AnswerOn(index));
        Assert.Equal("a 1.0, b 1.0, d 1.0", await Problems.Of("a", "d").AnswerOn(index));
    }

    [Fact]
    public async Task An_extra_that_does_not_exist_is_a_note_and_no_obstacle()
    {
        Pin pin = Assert.Single(await Problems.Of("a[nonsense]").PinsOn(new MemoryIndex().With("a", "1.0")));
        Assert.Equal("it has no extra `nonsense`", Assert.Single(pin.Notes));
    }

    [Fact]
    public async Task A_package_may_need_itself_but_not_another_version_of_itself()
    {
        var index = new MemoryIndex().With("a", "2.0", "a<2").With("a", "1.0", "a>=1");
        Assert.Equal("a 1.0", await Problems.Of("a").AnswerOn(index));
    }

    [Fact]
    public async Task A_limit_counts_only_for_what_is_needed_anyway()
    {
        var index = new MemoryIndex().With("a", "1.0", "b").With("b", "1.0").With("b", "2.0").With("c", "1.0");
        Assert.Equal("a 1.0, b 1.0", await Problems.Of("a").WithConstraint("b<2").WithConstraint("c==1.0").AnswerOn(index));
    }

    [Fact]
    public async Task Without_dependencies_only_what_was_asked_for_is_chosen()
    {
        var index = new MemoryIndex().With("a", "1.0", "b").With("b", "1.0");
        Assert.Equal("a 1.0", await (Problems.Of("a") with { FollowDependencies = false }).AnswerOn(index));
    }

    [Fact]
    public async Task What_was_uploaded_later_or_nobody_knows_when_is_not_considered()
    {
        var index = new MemoryIndex()
            .With(new Offer("a", "3.0") { UploadTime = Limit.AddSeconds(1) })
            .With(new Offer("a", "2.0") { UploadTime = null })
            .With(new Offer("a", "1.0") { UploadTime = Limit });
        Assert.Equal("a 1.0", await (Problems.Of("a") with { ExcludeNewer = Limit }).AnswerOn(index));
        Assert.Equal("a 3.0", await Problems.Of("a").AnswerOn(index));
    }

    [Fact]
    public async Task Only_a_file_whose_digest_the_user_named_is_chosen_once_he_named_any()
    {
        var offer = new Offer("a", "1.0") { Tags = ["py3-none-any", "cp312-cp312-manylinux_2_17_x86_64"] };
        Sha256Digest named = Offer.DigestOf(offer.WheelName("py3-none-any"));
        Sha256Digest other = Offer.DigestOf("another file");
        MemoryIndex index = new MemoryIndex().With(offer).With("a", "2.0");
        ResolutionProblem problem = Problems.Of() with { Lines = [Problems.Line("a", isConstraint: false, named, other)] };
        Pin pin = Assert.Single(await problem.PinsOn(index));
        Assert.Equal("a-1.0-py3-none-any.whl", pin.File.FileName);
        Assert.Equal([.. new[] { named, other }.Order()], pin.Expected);

        // Two lines that name different files contradict each other; that is not the same as naming none.
        Assert.Equal(
            "none: a",
            await (problem with { Lines = [.. problem.Lines, Problems.Line("a", isConstraint: true, Offer.DigestOf("third"))] })
                .AnswerOn(index));
    }

    [Fact]
    public async Task With_required_hashes_every_package_needs_one_dependencies_too()
    {
        Sha256Digest digest = Offer.DigestOf(new Offer("a", "1.0").WheelName("py3-none-any"));
        ResolutionProblem problem = Problems.Of() with
        {
            Lines = [Problems.Line("a==1.0", isConstraint: false, digest)],
            RequireHashes = true,
        };
        Assert.Equal("a 1.0", await problem.AnswerOn(new MemoryIndex().With("a", "1.0")));
        Assert.Equal("none: a", await problem.AnswerOn(new MemoryIndex().With("a", "1.0", "b").With("b", "1.0")));
        Assert.Equal(
            "none: b",
            await (problem with { Lines = problem.Lines.Add(Problems.Line("b")) })
                .AnswerOn(new MemoryIndex().With("a", "1.0").With("b", "1.0")));
    }

    [Fact]
    public async Task A_pin_expects_the_digest_of_the_index_or_none()
    {
        var index = new MemoryIndex().With("a", "1.0").With(new Offer("b", "1.0") { HasDigest = false });
        ImmutableArray<Pin> pins = await Problems.Of("a", "b").PinsOn(index);
        Assert.Equal(pins[0].File.Sha256, Assert.Single(pins[0].Expected));
        Assert.Empty(pins[1].Expected);
    }

    [Fact]
    public async Task A_pin_says_who_needs_it()
    {
        var index = new MemoryIndex().With("a", "1.0", "c").With("b", "1.0", "c", "b").With("c", "1.0");
        ImmutableArray<Pin> pins = await Problems.Of("a", "b").PinsOn(index);
        Assert.Equal([(true, ""), (true, ""), (false, "a b")], pins.Select(pin => (pin.IsRequested, string.Join(' ', pin.RequiredBy))));
    }

    [Theory]
    [InlineData("b @ https://user:secret@elsewhere.example/b-1.0-py3-none-any.whl")]
    [InlineData("b; sys_platform ~= 'linux'")]
    [InlineData("b<<1")]
    public async Task A_release_that_needs_what_cannot_be_followed_gives_way(string need)
    {
        var index = new MemoryIndex().With("a", "2.0", need).With("a", "1.0").With("b", "1.0");
        Assert.Equal("a 1.0", await Problems.Of("a").AnswerOn(index));
    }

    [Theory]
    [InlineData("Metadata-Version: 2.1\nName: b\nVersion: 2.0\n")]
    [InlineData("Metadata-Version: 2.1\nName: a\nVersion: 1.9\n")]
    [InlineData("nonsense")]
    public async Task A_release_whose_METADATA_is_of_something_else_gives_way(string metadata)
    {
        var index = new MemoryIndex().With(new Offer("a", "2.0") { OtherMetadata = metadata }).With("a", "1.0");
        Assert.Equal("a 1.0", await Problems.Of("a").AnswerOn(index));
    }

    [Fact]
    public async Task A_failing_index_stops_everything_where_its_answer_is_needed()
    {
        var index = new MemoryIndex().With("a", "1.0", "b").With("b", "1.0");
        index.Failing.Add("b");
        await Assert.ThrowsAsync<IndexException>(() => Problems.Of("a").SolveOn(index));
    }

    [Fact]
    public async Task What_was_only_fetched_ahead_may_fail_unseen()
    {
        // b is asked for by a 2.0, which is rejected for needing c: whether b can be had does not matter.
        var index = new MemoryIndex().With("a", "2.0", "c<1", "b").With("a", "1.0").With("c", "1.0").With("b", "1.0");
        index.Failing.Add("b");
        Assert.Equal("a 1.0, c 1.0", await Problems.Of("c==1.0", "a").AnswerOn(index));
    }

    [Fact]
    public async Task A_pin_costs_one_page_and_one_METADATA_however_many_versions_there_are()
    {
        var index = new MemoryIndex();
        for (int version = 0; version < 500; version++) index.With("a", $"{version}");
        Assert.Equal("a 17", await Problems.Of("a==17").AnswerOn(index));
        Assert.Equal(["a", "a-17-py3-none-any.whl"], index.Asked.Distinct());
    }

    [Fact]
    public async Task Names_and_metadata_are_fetched_side_by_side_but_never_more_than_fifty()
    {
        var inner = new MemoryIndex().With("a", "1.0", [.. Enumerable.Range(0, 60).Select(i => $"p{i}")]);
        for (int i = 0; i < 60; i++) inner.With($"p{i}", "1.0");
        var index = new CountingIndex(inner, PackageName.Parse("a"));
        Assert.IsType<ResolutionResult.Solved>(await Problems.Of("a").SolveOn(index));
        Assert.InRange(index.Most, 2, 50);
    }

    // The search comes to a last: its page is there when all that hangs on b has been asked for, and not before.
    [Fact]
    public async Task What_hangs_on_one_package_does_not_wait_for_another()
    {
        var inner = new MemoryIndex().With("a", "1.0").With("b", "1.0", "c").With("c", "1.0", "d[x]")
            .With(new Offer("d", "1.0") { Requires = ["e; extra == 'x'", "f; extra == 'y'"], Extras = ["x"] }).With("e", "1.0");
        var index = new WaitingIndex(inner, PackageName.Parse("a"), PackageName.Parse("e"));
        Assert.Equal("a 1.0, b 1.0, c 1.0, d 1.0, e 1.0", await Problems.Of("a", "b").AnswerOn(index));
        Assert.DoesNotContain("f", inner.Asked);
    }

    // With urllib3<1.25.4 each resolve of boto3 went to the network for two of its versions that could not be chosen.
    [Fact]
    public async Task What_is_fetched_ahead_is_within_the_users_own_lines()
    {
        var inner = new MemoryIndex().With("z", "1.0").With("a", "1.0", "b<5").With("b", "4").With("b", "2", "d").With("d", "1.0");
        var index = new WaitingIndex(inner, PackageName.Parse("z"), PackageName.Parse("d"));
        Assert.Equal("a 1.0, b 2, d 1.0, z 1.0", await Problems.Of("z", "a").WithConstraint("b<3").AnswerOn(index));
        Assert.DoesNotContain("b-4-py3-none-any.whl", inner.Asked);
    }

    // The page of b is there when both have asked for it, and not before.
    [Fact]
    public async Task What_is_fetched_ahead_is_what_all_who_ask_for_it_allow()
    {
        var inner = new MemoryIndex().With("a", "1.0", "b").With("c", "1.0", "b<2", "d").With("b", "1").With("b", "2").With("d", "1.0");
        var index = new WaitingIndex(inner, PackageName.Parse("b"), PackageName.Parse("d"));
        Assert.Equal("a 1.0, b 1, c 1.0, d 1.0", await Problems.Of("a", "c").AnswerOn(index));
        Assert.DoesNotContain("b-2-py3-none-any.whl", inner.Asked);
    }

    // Each version of a leads to one of b that the user's own words rule out, so that every step goes back: the set of boto3, made small.
    [Fact]
    public async Task Going_back_asks_for_the_next_versions_side_by_side()
    {
        var inner = new MemoryIndex().With("c", "1.0");
        for (int i = 1; i <= 120; i++) inner.With("a", $"{i}", $"b>={i},<{i + 1}").With("b", $"{i}", i == 1 ? "c" : "c<1");
        var index = new CrowdedIndex(inner, crowd: 8, wheel => wheel.StartsWith("a-5", StringComparison.Ordinal));
        Assert.Equal("a 1, b 1, c 1.0", await Problems.Of("c==1.0", "a").AnswerOn(index));
        Assert.True(index.HasMet);
    }

    [Fact]
    public async Task What_is_asked_for_ahead_stays_in_proportion_to_what_was_taken_back()
    {
        var index = new MemoryIndex().With("c", "1.0");
        for (int i = 1; i <= 1_000; i++) index.With("a", $"{i}", i > 990 ? "c<1" : "c");
        Assert.Equal("a 990, c 1.0", await Problems.Of("c==1.0", "a").AnswerOn(index));
        Assert.InRange(index.Asked.Count(asked => asked.StartsWith("a-", StringComparison.Ordinal)), 11, 22);
    }

    [Theory]
    [InlineData("nonsense", 300)]
    [InlineData("Metadata-Version: 2.1\nName: b\nVersion: 1\n", 300)]
    [InlineData(null, 5_100)]
    public async Task A_project_that_leads_on_and_on_is_given_up(string? metadata, int most)
    {
        var index = new MemoryIndex().With("c", "1.0");
        for (int i = 1; i <= 6_000; i++) index.With(new Offer("a", $"{i}") { OtherMetadata = metadata, Requires = ["c<1"] });
        var none = Assert.IsType<ResolutionResult.Unsolvable>(await Problems.Of("c==1.0", "a").SolveOn(index));
        Assert.True(none.IsGivenUp);
        Assert.Equal("a", none.Package.Normalized);
        Assert.InRange(index.Asked.Count, 200, most);
    }

    [Fact]
    public async Task A_search_that_costs_too_much_is_given_up_whoever_made_it_cost_so_much()
    {
        string limits = string.Join(',', Enumerable.Range(10_000, 500).Select(i => $"!={i}"));
        MemoryIndex index = new MemoryIndex().With("a", "1.0", [.. Enumerable.Range(0, 50).Select(i => $"b>{i}.5,{limits}")]);
        for (int i = 1; i <= 500; i++) index.With("b", $"{i}");
        Assert.Equal("a 1.0, b 500", await Problems.Of("a").AnswerOn(index));
        ResolutionResult result = await new Resolver(index) { MaxEffort = 1_000_000 }
            .SolveAsync(Problems.Of("a"), packagesSoFar: null, TestContext.Current.CancellationToken);
        Assert.True(Assert.IsType<ResolutionResult.Unsolvable>(result).IsGivenUp);
    }

    // A thousand METADATA of 8 MB were kept, 4 GB after a minute: no bound counted what is in them.
    [Fact]
    public async Task A_search_keeps_no_more_of_METADATA_than_it_may_cost()
    {
        var index = new MemoryIndex().With("c", "1.0");
        for (int i = 1; i <= 100; i++)
        {
            IEnumerable<string> much = Enumerable.Range(0, 500).Select(n => $"{new string('n', 50)}-{i}-{n}");
            index.With("b", $"{i}", ["c<1", .. much]);
        }
        ResolutionResult result = await new Resolver(index) { MaxEffort = 1_000_000 }
            .SolveAsync(Problems.Of("c", "b"), packagesSoFar: null, TestContext.Current.CancellationToken);
        Assert.True(Assert.IsType<ResolutionResult.Unsolvable>(result).IsGivenUp);
        Assert.InRange(index.Asked.Count, 5, 60);
    }

    [Fact]
    public async Task Extras_that_are_compared_with_thousands_of_markers_cost_what_they_cost()
    {
        string[] extras = [.. Enumerable.Range(0, 80).Select(i => $"x{i}")];
        var index = new MemoryIndex().With(new Offer("a", "1.0")
        {
            Extras = extras,
            Requires = [.. extras.Select(extra => $"b; extra == '{extra}' and extra != 'y'")],
        }).With("b", "1.0");
        ResolutionProblem problem = Problems.Of($"a[{string.Join(',', extras)}]");
        Assert.Equal("a 1.0, b 1.0", await problem.AnswerOn(index));
        ResolutionResult result = await new Resolver(index) { MaxEffort = 10_000 }
            .SolveAsync(problem, packagesSoFar: null, TestContext.Current.CancellationToken);
        Assert.True(Assert.IsType<ResolutionResult.Unsolvable>(result).IsGivenUp);
    }

    [Fact]
    public async Task A_search_can_be_cancelled()
    {
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new Resolver(new MemoryIndex().With("a", "1.0")).SolveAsync(Problems.Of("a"), null, source.Token));
    }

    [Fact]
    public async Task A_search_is_given_up_over_what_was_in_the_way_and_not_over_the_first_line()
    {
        MemoryIndex index = Pigeonholes().With("a", "1.0").With("z", "1.0");
        ResolutionProblem problem = Problems.Of(["a", .. Enumerable.Range(0, 9).Select(i => $"p{i}"), "z"]);
        ResolutionResult result = await new Resolver(index) { MaxEffort = 100_000 }
            .SolveAsync(problem, packagesSoFar: null, TestContext.Current.CancellationToken);
        var none = Assert.IsType<ResolutionResult.Unsolvable>(result);
        Assert.True(none.IsGivenUp);
        Assert.StartsWith("p", none.Package.Normalized, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hopeless_combinations_end_within_the_bound()
    {
        MemoryIndex index = Pigeonholes();
        ResolutionProblem problem = Problems.Of([.. Enumerable.Range(0, 9).Select(i => $"p{i}")]);
        var none = Assert.IsType<ResolutionResult.Unsolvable>(await problem.SolveOn(index));
        // Never that no version fits: nobody knows.
        if (none.IsGivenUp) Assert.Equal(SearchLimit.Combinations, Assert.IsType<Reason.GivenUp>(none.Because[0]).Limit);
        Assert.NotEmpty(none.Because);
    }

    // Three pigeonholes and ten pigeons, so to speak: no blame is ever small.
    private static MemoryIndex Pigeonholes()
    {
        var index = new MemoryIndex();
        for (int i = 0; i < 9; i++)
        {
            for (int version = 1; version <= 8; version++)
                index.With($"p{i}", $"{version}", [.. Enumerable.Range(0, 9).Where(j => j != i).Select(j => $"p{j}!={version}")]);
        }
        return index;
    }

    private static ImmutableDictionary<PackageName, Pep440Version> Installed(params (string Name, string Version)[] packages) =>
        packages.ToImmutableDictionary(package => PackageName.Parse(package.Name), package => Pep440Version.Parse(package.Version));
}
