using System.Collections.Immutable;
using CsCheck;
using Sandpiper.Assessment;
using Sandpiper.Assessment.Matrix;
using Sandpiper.Assessment.Probes;
using Sandpiper.Assessment.Replicas;
using Sandpiper.Assessment.Trials;
using Sandpiper.Auditing;
using Sandpiper.Console;

namespace Sandpiper.Tests.Console;

/// <summary>The verdict says what the cells say, whatever they say.</summary>
public sealed class AssessmentVerdictTests
{
    private static readonly ImmutableArray<string> Ways =
        ["sudo-pip", "pip-user", "own-site-packages", "virtualenv", "mix", "sandpiper-user", "virtualenv-wheels-only",
            "pipx", "pipx-wheels-only", "sandpiper-unconfined", "sandpiper-system"];

    private static readonly Gen<TrialOutcome> AnyTrial = Gen.Select(
        Gen.Enum<Kind>(), Gen.Enum<Installed>(),
        Gen.Select(Gen.Enum<Moment>(), Gen.Enum<Person>(), Gen.Bool, Gen.Enum<Person>(), Gen.Enum<Asset>(),
            (moment, by, planted, runsAs, asset) =>
                new Reach(Kind.Import, moment, by, planted ? "planted-shared-pth" : "import", runsAs, asset, "a decoy")).Array[0, 5],
        (kind, installed, reaches) => new TrialOutcome([kind], installed, [.. reaches], "no"));

    private static readonly Gen<AssessmentResult> AnyResult = AnyTrial.Array[0, 3].Array[Ways.Length].Select(trials => Of(
        [.. Ways.Select((id, i) => new Row(id, id, [.. trials[i]])
        {
            TakenOverFrom = id.EndsWith("-wheels-only", StringComparison.Ordinal) ? id[..^"-wheels-only".Length] : null,
        })]));

    [Fact]
    public void The_sentence_of_a_way_tells_when_the_system_is_reached_as_its_cell_does() => AnyResult.Sample(result =>
    {
        foreach (Row row in result.Rows.Where(r => r.Id is "sudo-pip" or "pip-user" or "own-site-packages" or "virtualenv"))
        {
            string sentence = AssessmentVerdict.Of(result)
                .First(s => s.StartsWith($"{row.Id}: hostile code reaches", StringComparison.Ordinal));
            string clause = sentence[sentence.IndexOf("the system", StringComparison.Ordinal)..].Split(';')[0];
            Assert.Contains(AssessmentWords.When(row[Asset.Root]), clause, StringComparison.Ordinal);
        }
    });

    [Theory]
    [InlineData("3", "own-site-packages")]
    [InlineData("(3)", "own-site-packages")]
    [InlineData("2b", "pip-user-root-fallback")]
    [InlineData("virtualenv", "virtualenv")]
    [InlineData("5", "5")]
    public void A_way_is_meant_by_its_number_too(string asked, string id) => Assert.Equal(id, AssessmentWords.WayOf(asked));

    [Theory]
    [InlineData("system", Asset.Root)]
    [InlineData("root", Asset.Root)]
    [InlineData("SHARED", Asset.SharedSitePackages)]
    [InlineData("keys", Asset.Keys)]
    [InlineData("moon", null)]
    public void An_asset_is_meant_by_the_title_of_its_column_too(string asked, Asset? asset) =>
        Assert.Equal(asset, AssessmentWords.AssetOf(asked));

    [Fact]
    public void Nobody_is_said_to_be_out_of_reach_whose_cell_says_otherwise() => AnyResult.Sample(result =>
    {
        Row confined = result.Rows.Single(r => r.Id is "sandpiper-user");
        bool claims = AssessmentVerdict.Of(result).Any(s => s.Contains("none of the 12 assets was reached", StringComparison.Ordinal));
        Assert.Equal(confined.Cells.All(c => c.Worst == Worst.Never), claims);
    });

    [Fact]
    public void What_stays_possible_without_run_is_told_of_just_the_cells_that_are_reached() => AnyResult.Sample(result =>
    {
        string sentence = AssessmentVerdict.Of(result).Single(s => s.StartsWith("Used without `run`", StringComparison.Ordinal));
        foreach ((string id, string beginning) in ((string, string)[])
            [("sandpiper-unconfined", "what sandpiper installed reaches "),
                ("sandpiper-system", "Installed by root and used without `run`, it reaches ")])
        {
            Row row = result.Rows.Single(r => string.Equals(r.Id, id, StringComparison.Ordinal));
            Cell[] open = [.. row.Cells.Where(c => c.Worst != Worst.Never)];
            string told = sentence[(sentence.IndexOf(beginning, StringComparison.Ordinal) + beginning.Length)..].Split('.')[0];
            Assert.Equal(open.Length == 0, told is "none of the assets");
            if (open.Length == 0) continue;
            bool hasElse = told.Contains("everything else", StringComparison.Ordinal);
            // What is left to "everything else" is all reached, and all at the moment that it is said to be.
            if (hasElse) Assert.Equal(row.Cells.Length, open.Length);
            foreach (Cell cell in row.Cells)
            {
                string word = AssessmentWords.Of(cell.Asset);
                if (cell.Worst == Worst.Never) Assert.DoesNotContain(word, told, StringComparison.Ordinal);
                else if (told.Contains(word, StringComparison.Ordinal))
                    Assert.StartsWith(AssessmentWords.When(cell), AfterNames(told, word), StringComparison.Ordinal);
                else Assert.EndsWith($"everything else {AssessmentWords.When(cell)}", told, StringComparison.Ordinal);
            }
        }

        // What follows the list in which the word is.
        string AfterNames(string told, string word)
        {
            string clause = told[told.IndexOf(word, StringComparison.Ordinal)..].Split(';')[0];
            string last = AssetNames.All.Select(AssessmentWords.Of).Where(w => clause.Contains(w, StringComparison.Ordinal))
                .MaxBy(w => clause.LastIndexOf(w, StringComparison.Ordinal) + w.Length)!;
            return clause[(clause.LastIndexOf(last, StringComparison.Ordinal) + last.Length)..].TrimStart();
        }
    });

    [Theory]
    [InlineData(true, "; everything else when somebody starts Python")]
    [InlineData(false, "your files, your start-up files, your tools")]
    public void Everything_else_is_said_only_where_everything_is_reached(bool isAll, string expected)
    {
        Reach[] reaches = [.. AssetNames.All.Where(a => isAll || a != Asset.Network).Select(a => new Reach(Kind.Import,
            a == Asset.Root ? Moment.SudoKeepingHome : Moment.Start, Person.You, "import", Person.You, a, "a decoy"))];
        TrialOutcome trial = new([Kind.Import], Installed.Yes, [.. reaches], "no");
        string sentence = AssessmentVerdict.Of(Of([new Row("sandpiper-unconfined", "", [trial])]))
            .Single(s => s.StartsWith("Used without", StringComparison.Ordinal));
        Assert.Contains(expected, sentence, StringComparison.Ordinal);
        Assert.Equal(isAll, sentence.Contains("everything else", StringComparison.Ordinal));
    }

    [Fact]
    public void Wheels_only_is_said_to_help_just_where_it_does() => AnyResult.Sample(result =>
    {
        string sentence = AssessmentVerdict.Of(result).Single(s => s.StartsWith("Taking wheels only", StringComparison.Ordinal));
        string[] claims = sentence.Split(';')[0].Split(", but not with ");
        foreach (string way in (string[])["virtualenv", "pipx"])
        {
            bool plain = InstallsRun(way), strict = InstallsRun($"{way}-wheels-only"), helps = plain && !strict;
            Assert.Equal(helps, claims[0].Contains(way, StringComparison.Ordinal));
            if (claims.Length > 1) Assert.Equal(strict, claims[1].Contains(way, StringComparison.Ordinal));
        }
        bool outOfReach = sentence.EndsWith("; the system was not reached.", StringComparison.Ordinal);
        Assert.Equal(result.Rows.Where(r => r.TakenOverFrom is not null).All(r => r[Asset.Root].Worst == Worst.Never), outOfReach);
        if (claims[0].Contains(" keeps ", StringComparison.Ordinal))
            Assert.Equal(InstallsRun("virtualenv-wheels-only") || InstallsRun("pipx-wheels-only"), claims.Length > 1);

        bool InstallsRun(string id) => result.Rows.Single(r => string.Equals(r.Id, id, StringComparison.Ordinal)).InstallsAs.Length > 0;
    });

    [Fact]
    public void Whoever_still_runs_hostile_code_is_named() => AnyResult.Sample(result =>
    {
        string? sentence = AssessmentVerdict.Of(result)
            .FirstOrDefault(s => s.StartsWith("Removing the package", StringComparison.Ordinal));
        if (sentence is null)
        {
            // And nothing is said to have ended of which nothing could be seen.
            Assert.Equal(result.Rows.Any(r => r.HasGap && r.Id is ("sudo-pip" or "pip-user" or "own-site-packages" or "virtualenv")),
                AssessmentVerdict.Of(result).Any(s => s.Contains("not everything could", StringComparison.Ordinal)));
        }
        foreach (Row row in result.Rows.Where(r => r.Id is "sudo-pip" or "virtualenv"))
        {
            if (row.StillRunsAs(Moment.AfterRebuild).Length + row.StillRunsBySudoAs.Length > 0)
                Assert.Contains(row.Label, sentence ?? "", StringComparison.Ordinal);
        }
    });

    [Fact]
    public void Six_to_ten_sentences_when_everything_was_measured() =>
        AnyResult.Sample(result => Assert.InRange(AssessmentVerdict.Of(result).Length, 6, 10));

    [Fact]
    public void A_way_that_was_not_measured_is_not_spoken_of()
    {
        AssessmentResult result = Of([new Row("virtualenv", "(4) virtualenv", []) { Missing = "there is no pip" }]);
        Assert.DoesNotContain(AssessmentVerdict.Of(result), s => s.Contains("virtualenv", StringComparison.Ordinal));
    }

    [Fact]
    public void Rows_come_worst_first_by_what_matters_to_the_user()
    {
        Row root = RowOf("a", Asset.Root), keys = RowOf("b", Asset.Keys);
        Assert.Equal(["a", "b"], AssessmentScreen.Ordered([keys, root], AssessmentScreen.SystemFirst).Select(r => r.Id));
        Assert.Equal(["b", "a"],
            AssessmentScreen.Ordered([root, keys], [Asset.Keys, .. AssessmentScreen.SystemFirst]).Select(r => r.Id));

        static Row RowOf(string id, Asset asset) => new(id, id,
            [new([Kind.Import], Installed.Yes, [new(Kind.Import, Moment.Import, Person.You, "import", Person.You, asset, "x")], "")]);
    }

    [Fact]
    public void A_screen_has_80_columns_whatever_was_found() => AnyResult.Sample(result =>
    {
        var listener = new Listener();
        var facts = new MachineFacts([new("/usr/local/lib/python3.11/dist-packages", "root", 3, 2)],
            [new("/opt/a/path/with/a/long/name", ["group staff (alice, bob, carl and 12 more)", "everybody"])], false, true);
        AssessmentScreen.Write(listener.Terminal, result, facts, AssessmentScreen.SystemFirst, "1.0 s");
        Assert.DoesNotContain(listener.Output.Split('\n'), l => l.Length > 80);
    });

    private static AssessmentResult Of(ImmutableArray<Row> rows) => new(null, rows, [Kind.Import], []);
}
