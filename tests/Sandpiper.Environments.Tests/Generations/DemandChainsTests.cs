using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Tests.Composing;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Environments.Tests.Generations;

public sealed class DemandChainsTests : IDisposable
{
    private readonly Workshop _workshop = new();

    public void Dispose() => _workshop.Dispose();

    [Fact]
    public void Every_package_that_was_asked_for_has_its_shortest_chain_down_to_the_one()
    {
        var generation = Of(("app", true, []), ("tool", true, []), ("web", false, ["app"]), ("net", false, ["web", "tool"]),
            ("base", true, ["net", "web"]));
        Assert.Equal(["base", "app web base", "tool net base"], Chains(generation, "base"));
        Assert.Equal(["app web"], Chains(generation, "web"));
        Assert.Equal(["app"], Chains(generation, "app"));
    }

    [Fact]
    public void A_circle_and_a_name_that_is_not_there_have_an_end()
    {
        var generation = Of(("one", false, ["two"]), ("two", false, ["one", "ghost"]));
        Assert.Empty(Chains(generation, "one"));
    }

    [Fact]
    public void Two_generations_differ_in_what_came_what_went_and_what_is_another()
    {
        var one = Of(("same", true, []), ("gone", true, []), ("moved", true, []));
        var other = Of(("same", true, []), ("come", true, []), ("moved", true, []));
        other = other with
        {
            Packages = [.. other.Packages.Select(p => p.Name.Normalized == "moved" ? p with { Digest = Sha256Digest.Of("other"u8) } : p)],
        };
        Assert.Equal(["come: False True", "gone: True False", "moved: True True"], GenerationDifference.Between(one, other)
            .Select(d => $"{d.Name}: {d.Before is not null} {d.After is not null}"));
        Assert.Empty(GenerationDifference.Between(one, one));
    }

    private static IEnumerable<string> Chains(Generation generation, string name) =>
        DemandChains.Of(generation, generation.Packages.Single(p => p.Name.Normalized == name))
            .Select(chain => string.Join(' ', chain.Select(p => p.Name.Normalized)));

    private Generation Of(params (string Name, bool IsRequested, string[] RequiredBy)[] packages)
    {
        var some = Workshop.Wheel("some");
        var facts = _workshop.Package(some).Facts;
        return _workshop.Install(_workshop.Package(some)) with
        {
            Packages =
            [
                .. packages.Select(p => facts with
                {
                    Name = PackageName.Parse(p.Name),
                    IsRequested = p.IsRequested,
                    RequiredBy = [.. p.RequiredBy.Select(PackageName.Parse)],
                }),
            ],
        };
    }
}
