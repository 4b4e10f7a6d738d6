using Sandpiper.Console;
using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Versions;
using Sandpiper.Resolution;
using Sandpiper.Resolution.Tests.Surroundings;

namespace Sandpiper.Tests.Console;

/// <summary>Why nothing fits: whole texts, because a person reads them whole.</summary>
public sealed class ResolutionWordsTests
{
    [Fact]
    public Task Unknown_name() => Tells(new MemoryIndex(), Problems.Of("foo>=1"),
        "you asked for foo>=1, and no index has a package `foo`");

    [Fact]
    public Task Unknown_name_behind_another() => Tells(new MemoryIndex().With("foo", "1.0", "bar"), Problems.Of("foo"),
        """
        you asked for foo
        foo 1.0 needs bar, of which no version fits
        foo 1.0 needs bar, and no index has a package `bar`
        """);

    [Fact]
    public Task Quarantined() => Tells(new MemoryIndex().WithStatus("foo", "quarantined", "malware"), Problems.Of("foo"),
        "you asked for foo, and the index has quarantined `foo`: malware");

    [Fact]
    public Task Quarantined_although_files_are_listed() =>
        Tells(new MemoryIndex().With("foo", "1.0").WithStatus("foo", "quarantined", null), Problems.Of("foo"),
        "you asked for foo, and the index has quarantined `foo`");

    [Fact]
    public Task No_such_version() => Tells(new MemoryIndex().With("foo", "1.0").With("foo", "1.5"), Problems.Of("foo>=2"),
        "you asked for foo>=2; there are versions of foo from 1.0 to 1.5");

    [Fact]
    public Task Contradicting_words_of_the_user() =>
        Tells(new MemoryIndex().With("foo", "1.0").With("foo", "2.0"), Problems.Of("foo>=2").WithConstraint("foo<2"),
        "you asked for foo>=2, and you limited it to foo<2; no version is all of that, there are versions of foo from 1.0 to 2.0");

    [Fact]
    public Task The_users_words_against_a_package() => Tells(
        new MemoryIndex().With("foo", "2.0", "bar<2").With("foo", "2.1", "bar<2").With("bar", "2.3").With("bar", "1.0"),
        Problems.Of("foo", "bar==2.3"), """
        you asked for foo
        foo 2.1 and 2.0 need bar<2, and you asked for bar==2.3
        """);

    [Fact]
    public Task Needs_building() => Tells(
        new MemoryIndex().With(new Offer("foo", "2.0") { Tags = [], HasSdist = true }).With("foo", "1.0").With("foo", "0.9"),
        Problems.Of("foo>=2"), """
        you asked for foo>=2
        foo 2.0 has only a source distribution: it needs building, which this release does not do
        the newest version that has a wheel which fits here is foo 1.0
        hint: sandpiper install foo==1.0
        """);

    [Fact]
    public Task Needs_building_all_of_it() => Tells(
        new MemoryIndex().With(new Offer("foo", "2.0") { Tags = [], HasSdist = true })
            .With(new Offer("foo", "1.0") { Tags = [], HasSdist = true }),
        Problems.Of("foo"),
        """
        you asked for foo
        foo 2.0 and 1.0 have only source distributions: they need building, which this release does not do
        no version of foo has a wheel for this Python on this machine
        """);

    [Fact]
    public Task Each_release_for_a_reason_of_its_own()
    {
        var limit = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        MemoryIndex index = new MemoryIndex()
            .With(new Offer("foo", "5.0") { UploadTime = limit.AddDays(1) })
            .With(new Offer("foo", "4.0") { RequiresPython = ">=3.13" })
            .With(new Offer("foo", "3.0") { Yanked = "it lost data" })
            .With(new Offer("foo", "2.0") { Tags = ["cp312-cp312-win_amd64", "cp311-cp311-win_amd64"] });
        return Tells(index, Problems.Of("foo") with { ExcludeNewer = limit },
            """
            you asked for foo
            foo 5.0 was uploaded on 2026-01-02, after 2026-01-01 00:00 UTC, the limit you set
            foo 4.0 needs Python >=3.13, and this is 3.12.1
            foo 3.0 was yanked (it lost data), and you do not ask for exactly this version
            foo 2.0 has no wheel for this Python on this machine (it has cp312-cp312-win_amd64, cp311-cp311-win_amd64)
            hint: sandpiper install foo --exclude-newer …      a later limit
            """);
    }

    [Fact]
    public Task Many_versions_that_each_need_something_else_are_one_fact()
    {
        var index = new MemoryIndex().With("bar", "1.0");
        for (int i = 1; i <= 40; i++) index.With("foo", $"{i}", $"bar>={i + 1}");
        return Tells(index, Problems.Of("foo"),
            """
            you asked for foo
            foo 40, 39 and 38 others down to 1 need versions of bar that do not fit
            foo 40 needs bar>=41; there is only bar 1.0
            """);
    }

    [Fact]
    public Task Places_of_lines_are_told_and_addresses_are_not()
    {
        var line = new RequirementLine(
            Requirement.Parse("foo @ https://user:secret@index.example/foo.whl"), [], IsConstraint: false, "requirements.txt:7");
        return Tells(new MemoryIndex(), Problems.Of() with { Lines = [line] },
            "you asked for foo from an address of its own (requirements.txt:7); this release installs from indexes only");
    }

    [Fact]
    public Task A_dependency_at_an_address_is_not_followed_and_not_told_in_full() => Tells(
        new MemoryIndex().With("foo", "1.0", "bar @ https://user:secret@index.example/bar.whl"), Problems.Of("foo"),
        """
        you asked for foo
        foo 1.0 needs bar from an address of its own, which is not followed
        """);

    [Fact]
    public Task Hash_of_another_file() => Tells(
        new MemoryIndex().With("foo", "1.0"),
        Problems.Of() with { Lines = [Problems.Line("foo==1.0", isConstraint: false, Sha256Digest.Of("other"u8))] },
        """
        you asked for foo==1.0
        foo 1.0 has another hash than you gave
        """);

    [Fact]
    public async Task The_text_stays_short_however_large_the_trouble()
    {
        var index = new MemoryIndex();
        for (int i = 0; i < 30; i++)
        {
            for (int version = 1; version <= 20; version++) index.With($"p{i}", $"{version}", $"p{i + 1}=={version}", $"q{version}");
        }
        ResolutionResult.Unsolvable none = Assert.IsType<ResolutionResult.Unsolvable>(await Problems.Of("p0").SolveOn(index));
        Assert.InRange(none.Because.Length, 2, 12);
        Assert.All(ResolutionWords.Because(none), sentence => Assert.InRange(sentence.Length, 1, 400));
    }

    [Fact]
    public Task A_chain_tells_each_link_once_and_its_end_with_what_there_is() => Tells(
        new MemoryIndex().With("a", "1.0", "b").With("b", "1.0", "c").With("c", "1.0", "d>=2").With("d", "1.0"), Problems.Of("a"),
        """
        you asked for a
        a 1.0 needs b, of which no version fits
        b 1.0 needs c, of which no version fits
        c 1.0 needs d>=2, of which no version fits
        c 1.0 needs d>=2; there is only d 1.0
        """);

    [Fact]
    public Task What_the_page_left_out_is_told_where_it_is_missed() => Tells(
        new MemoryIndex().With("foo", "1.0")
            .WithLeftOut("foo", new LeftOutEntry("foo-2.0-py3-none-any.whl", LeftOutReason.OtherScheme, "ftp")),
        Problems.Of("foo>=2"),
        """
        you asked for foo>=2; there is only foo 1.0
        1 entry of the page of `foo` was left out: `foo-2.0-py3-none-any.whl`, because it leads to an address of the kind `ftp`
        """);

    [Fact]
    public void A_search_that_was_given_up_says_over_what_and_claims_nothing()
    {
        var asks = new Ask(Requirement.Parse("q0>=1"), (PackageName.Parse("p"), Pep440Version.Parse("1.0")), IsLimit: false, "");
        PackageName name = PackageName.Parse("q0");
        Explanation told = ResolutionWords.Explain(new(
            name, [new Reason.GivenUp(SearchLimit.Combinations, name, 200_000), new Reason.Asked([asks])],
            [new Suggestion.OwnChoice(name)]));
        Assert.Equal(
            "no versions were found that fit together, and the search was given up over `q0`; nothing was changed", told.What);
        Assert.Equal(
            [
                "the search was given up: too many combinations contradict each other, and none was found that does not; "
                + "most of them over the version of `q0`",
                "p 1.0 needs q0>=1",
            ],
            told.Because);
        Assert.Equal(["sandpiper install … 'q0==…'      a version of your choice makes the search short"], told.Hints);
    }

    [Fact]
    public Task Versions_of_which_none_has_METADATA_that_can_be_used()
    {
        var index = new MemoryIndex();
        const string Other = "Metadata-Version: 2.1\nName: bar\nVersion: 1\n";
        for (int i = 1; i <= 300; i++) index.With(new Offer("foo", $"{i}") { OtherMetadata = Other });
        return Tells(index, Problems.Of("foo"),
            """
            200 versions of `foo` have METADATA that cannot be used, so the search for a better one was given up
            you asked for foo
            foo 300, 299 and 198 others down to 101 call themselves bar 1 in their METADATA
            hint: sandpiper install … 'foo==…'      a version of your choice makes the search short
            """);
    }

    [Fact]
    public async Task What_a_package_wrote_is_not_repeated_at_any_length()
    {
        string limits = string.Join(',', Enumerable.Range(10, 400).Select(i => $"!={i}"));
        var index = new MemoryIndex().With("foo", "1.0", $"bar<2,{limits}")
            .With(new Offer("bar", "3.0") { Yanked = new string('x', 9_000) });
        var none = Assert.IsType<ResolutionResult.Unsolvable>(await Problems.Of("foo", "bar").SolveOn(index));
        Assert.All(ResolutionWords.Because(none), sentence => Assert.InRange(sentence.Length, 1, 700));
    }

    private static async Task Tells(MemoryIndex index, ResolutionProblem problem, string expected)
    {
        ResolutionResult.Unsolvable none = Assert.IsType<ResolutionResult.Unsolvable>(await problem.SolveOn(index));
        string[] told = [.. ResolutionWords.Because(none), .. ResolutionWords.Hints(none).Select(hint => $"hint: {hint}")];
        Assert.Equal(expected, string.Join('\n', told));
    }
}
