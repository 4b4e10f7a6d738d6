using CsCheck;
using Sandpiper.Sandbox.Leftovers;
using Sandpiper.Surroundings;

namespace Sandpiper.Sandbox.Tests.Leftovers;

public sealed class AutorunNameTests
{
    private static readonly string[] _names = [.. AutorunName.All.Select(rule => rule.Name.TrimStart('*'))];

    [Fact]
    public void A_name_is_judged_however_it_is_spelt_and_only_by_a_rule_for_it() =>
        Gen.Select(Gen.Int[0, _names.Length - 1], Gen.String[0, 12], Gen.Int[0, 3]).Sample((which, noise, how) =>
        {
            string name = how switch { 0 => noise, 1 => _names[which], 2 => noise + _names[which], _ => _names[which] + noise };
            AutorunName? rule = AutorunName.Of(name);
            if (how is 1) Assert.NotNull(rule);
            if (rule is not null) Assert.EndsWith(rule.Name.TrimStart('*'), name, StringComparison.OrdinalIgnoreCase);
            Assert.Equal(rule, AutorunName.Of(name.ToUpperInvariant()));
        }, iter: Fuzz.Inputs);

    // An editor's settings name the program that serves a language, which it starts when a file is opened; an assistant's name tools.
    [Theory]
    [InlineData(".helix", true)]
    [InlineData(".lite_project.lua", true)]
    [InlineData("opencode.json", true)]
    [InlineData(".pryrc", true)]
    [InlineData("uv.toml", false)]
    [InlineData("bunfig.toml", false)]
    public void Who_runs_it_unasked_is_known_from_who_has_to_be_called(string name, bool isUnasked) =>
        Assert.Equal(isUnasked, AutorunName.Of(name)!.IsUnasked);
}
