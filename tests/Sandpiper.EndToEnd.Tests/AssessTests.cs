using System.Text.Json;
using Sandpiper.EndToEnd.Tests.Staging;

namespace Sandpiper.EndToEnd.Tests;

/// <summary>`assess`: the decisive cells, its own rows, its traces.</summary>
public sealed class AssessTests
{
    private static readonly Lazy<JsonElement> Quick = new(() => Measured("assess", "--quick", "--json"));

    // What (1) to (4) are asked about for: who reaches root, and when. With a pip of the system, as the tests need it anyway.
    [Theory]
    [InlineData("sudo-pip", "root", "install")]
    [InlineData("sudo-pip", "other-users", "install")]
    [InlineData("sudo-pip", "keys", "install")]
    [InlineData("pip-user", "root", "use")]
    [InlineData("pip-user", "other-users", "use")]
    [InlineData("pip-user", "shared-site-packages", "install")]
    [InlineData("pip-user", "keys", "use")]
    [InlineData("own-site-packages", "root", "use")]
    [InlineData("own-site-packages", "commands-for-all", "install")]
    [InlineData("own-site-packages", "keys", "install")]
    [InlineData("virtualenv", "root", "sudo")]
    [InlineData("virtualenv", "other-users", "sudo")]
    [InlineData("virtualenv", "shared-site-packages", "sudo")]
    [InlineData("virtualenv", "keys", "install")]
    [InlineData("virtualenv", "other-environments", "install")]
    [InlineData("mix", "root", "install")]
    [InlineData("sandpiper-user", "root", "never")]
    [InlineData("sandpiper-user", "keys", "never")]
    [InlineData("sandpiper-user", "same-environment", "never")]
    [InlineData("sandpiper-user", "network", "never")]
    public void A_decisive_cell_is_what_it_is(string way, string asset, string worst) =>
        Assert.Equal(worst, RowOf(Quick.Value, way).GetProperty("assets").GetProperty(asset).GetProperty("worst").GetString());

    [Theory]
    [InlineData("sudo-pip", "root,you,other")]
    [InlineData("own-site-packages", "root,you,other")]
    [InlineData("virtualenv", "you")]
    [InlineData("sandpiper-user", "")]
    public void Who_still_runs_hostile_code_after_site_packages_was_made_anew(string way, string people)
    {
        string still = string.Join(',', RowOf(Quick.Value, way).GetProperty("after_rebuild").EnumerateArray().Select(p => p.GetString()));
        Assert.Equal(people, still);
    }

    [Fact]
    public void Every_control_shows_nothing()
    {
        JsonElement[] controls = [.. Quick.Value.GetProperty("controls").EnumerateArray()];
        Assert.NotEmpty(controls);
        Assert.All(controls, c => Assert.True(c.GetProperty("holds").GetBoolean(), $"{c}"));
    }

    [Fact]
    public void Without_run_its_own_row_is_as_red_as_any()
    {
        JsonElement row = RowOf(Measured("assess", "--only", "sandpiper-unconfined", "--json"), "sandpiper-unconfined");
        Assert.Equal("use", row.GetProperty("assets").GetProperty("keys").GetProperty("worst").GetString());
        Assert.Equal("use", row.GetProperty("assets").GetProperty("same-environment").GetProperty("worst").GetString());
    }

    [Fact]
    public void It_leaves_nothing_behind()
    {
        using var somebody = new Somebody();
        somebody.Write("notes.txt", "mine\n");
        Outcome outcome = somebody.Sandpiper("assess", "--only", "user-site");
        Assert.True(outcome.ExitCode == 0, $"{outcome}");
        Assert.Empty(Directory.GetFileSystemEntries(somebody.Temporary));
        Assert.Equal(["notes.txt"], Directory.EnumerateFiles(somebody.Home, "*", SearchOption.AllDirectories).Select(Path.GetFileName));
    }

    [Fact]
    public void The_screen_fits_80_columns_and_a_chain_names_its_files()
    {
        using var somebody = new Somebody();
        Outcome screen = somebody.Sandpiper("assess", "--only", "virtualenv", "--quick");
        Assert.True(screen.ExitCode == 0, $"{screen}");
        Assert.DoesNotContain(screen.Output.Split('\n'), l => l.Length > 80);
        Outcome chain = somebody.Sandpiper("assess", "--why", "4,system", "--quick");
        Assert.Contains("reached /", chain.Output, StringComparison.Ordinal);
        Assert.Contains("with the rights of root", chain.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--only", "nothing")]
    [InlineData("--why", "virtualenv")]
    [InlineData("--why", "virtualenv,nothing")]
    [InlineData("--why", "5,system")]
    [InlineData("--weights", "keys,nothing")]
    public void A_word_that_is_none_is_refused_before_anything_is_measured(string option, string value)
    {
        using var somebody = new Somebody();
        Assert.Equal(2, somebody.Sandpiper("assess", option, value).ExitCode);
    }

    private static JsonElement RowOf(JsonElement answer, string id) => answer.GetProperty("approaches").EnumerateArray()
        .Single(a => string.Equals(a.GetProperty("id").GetString(), id, StringComparison.Ordinal));

    private static JsonElement Measured(params string[] words)
    {
        using var somebody = new Somebody();
        Outcome outcome = somebody.Sandpiper(words);
        Assert.True(outcome.ExitCode == 0, $"{outcome}");
        return JsonDocument.Parse(outcome.Output).RootElement.Clone();
    }
}
