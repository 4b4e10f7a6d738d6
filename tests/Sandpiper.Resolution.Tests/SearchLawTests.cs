using CsCheck;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Versions;
using Sandpiper.Resolution.Tests.Surroundings;

namespace Sandpiper.Resolution.Tests;

/// <summary>Laws of the search, on small random indexes that are also searched by trying everything.</summary>
public sealed class SearchLawTests
{
    private static readonly string[] Names = ["a", "b", "c", "d", "e"];
    private static readonly string[] Versions = ["1", "2", "3", "4a1"];

    // Tight, so that contradictions are frequent and going back is rarely enough when it is done once.
    private static readonly Gen<string> AnySpecifier = Gen.OneOf(
        "", "==1", "==2", "==3", "!=1", "!=2", "!=3", ">=2", "<3", "<2", ">2", ">=4a1");

    private static readonly Gen<string> AnyExtras = Gen.OneOf("", "", "", "[x]", "[y]", "[x,y]");

    private static readonly Gen<string> AnyMarker = Gen.OneOf("", "", "", "; extra == 'x'", "; extra == 'y'", "; sys_platform == 'win32'");

    private static readonly Gen<string> AnyNeed = Gen.Select(
        Gen.OneOf([.. Names, .. Names, .. Names, "missing"]), AnyExtras, AnySpecifier, (name, extras, specifier) =>
            $"{name}{extras}{specifier}");

    private static readonly Gen<string[]> AnyNeeds = Gen.Select(AnyNeed, AnyMarker, (need, marker) => need + marker).Array[0, 4];

    // Nearly every version of every package is there; now and then one is not.
    private static readonly Gen<Offer[]> AnyOffers = Gen.Select(AnyNeeds, Gen.Int[0, 9]).Array[Names.Length * Versions.Length]
        .Select(all => all
        .Select((one, i) =>
            (Offer: new Offer(Names[i / Versions.Length], Versions[i % Versions.Length]) { Requires = one.Item1, Extras = ["x", "y"] },
            IsThere: one.Item2 > 0))
        .Where(one => one.IsThere).Select(one => one.Offer).ToArray());

    private static readonly Gen<(Offer[] Offers, string[] Asked)> AnyProblem = Gen.Select(AnyOffers, AnyNeed.Array[1, 3]);

    [Fact]
    public void There_is_a_solution_exactly_when_trying_everything_finds_one_and_it_is_valid() =>
        AnyProblem.Sample(
            given =>
            {
                ResolutionProblem problem = Problems.Of(given.Asked);
                ResolutionResult result = problem.SolveOn(IndexOf(given.Offers)).GetAwaiter().GetResult();
                if (result is not ResolutionResult.Solved solved) return !HasSolution(given.Offers, problem);
                return Validity.ViolationsOf(solved.Pins, problem).Count == 0 && HasSolution(given.Offers, problem);
            },
            iter: 2_500, print: Print);

    [Fact]
    public void The_same_problem_has_the_same_answer_whatever_order_answers_arrive_in() =>
        AnyProblem.Sample(
            given =>
            {
                ResolutionProblem problem = Problems.Of(given.Asked);
                string once = problem.AnswerOn(IndexOf(given.Offers)).GetAwaiter().GetResult();
                string again = problem.AnswerOn(new ShufflingIndex(IndexOf(given.Offers))).GetAwaiter().GetResult();
                return once == again;
            },
            iter: 300, print: Print);

    [Fact]
    public void What_is_installed_and_still_fits_stays() =>
        AnyProblem.Sample(
            given =>
            {
                ResolutionProblem problem = Problems.Of(given.Asked) with { Prereleases = true };
                if (problem.SolveOn(IndexOf(given.Offers)).GetAwaiter().GetResult() is not ResolutionResult.Solved first) return true;
                ResolutionProblem again =
                    problem with { Preferred = first.Pins.ToDictionary(pin => pin.Name, pin => pin.Version).ToImmutableVersions() };
                MemoryIndex larger = IndexOf([.. given.Offers, .. Names.Select(name => new Offer(name, "9") { Extras = ["x", "y"] })]);
                return Assert.IsType<ResolutionResult.Solved>(again.SolveOn(larger).GetAwaiter().GetResult()).Pins
                    .Select(pin => (pin.Name, pin.Version)).SequenceEqual(first.Pins.Select(pin => (pin.Name, pin.Version)));
            },
            iter: 2_000, print: Print);

    private static MemoryIndex IndexOf(IEnumerable<Offer> offers)
    {
        var index = new MemoryIndex();
        foreach (Offer offer in offers) index.With(offer);
        return index;
    }

    // One version of each package, all combinations; packages that turn out not to be needed do no harm.
    private static bool HasSolution(Offer[] offers, ResolutionProblem problem)
    {
        Offer[][] byName = [.. offers.GroupBy(offer => offer.Name).Select(group => group.ToArray())];
        int combinations = byName.Aggregate(1, (count, choices) => count * choices.Length);
        for (int combination = 0; combination < combinations; combination++)
        {
            int rest = combination;
            var chosen = new Dictionary<PackageName, Offer>();
            foreach (Offer[] choices in byName)
            {
                Offer offer = choices[rest % choices.Length];
                chosen.Add(PackageName.Parse(offer.Name), offer);
                rest /= choices.Length;
            }
            if (IsSolution(chosen, problem)) return true;
        }
        return false;
    }

    private static bool IsSolution(Dictionary<PackageName, Offer> chosen, ResolutionProblem problem)
    {
        var extras = new Dictionary<PackageName, HashSet<PackageName>>();
        var pending = new Queue<Requirement>(problem.Lines.Select(line => line.Requirement));
        while (pending.TryDequeue(out Requirement? need))
        {
            if (!chosen.TryGetValue(need.Name, out Offer? offer) || !need.Specifiers.Contains(Pep440Version.Parse(offer.Version)))
                return false;
            bool isNew = extras.TryAdd(need.Name, []);
            int before = extras[need.Name].Count;
            extras[need.Name].UnionWith(need.Extras);
            if (!isNew && extras[need.Name].Count == before) continue;
            foreach (Requirement next in offer.Requires.Select(Requirement.Parse))
            {
                if (next.Marker?.Evaluate(problem.Environment, extras[need.Name]) is null or MarkerResult.True) pending.Enqueue(next);
            }
        }
        return true;
    }

    private static string Print((Offer[] Offers, string[] Asked) given) =>
        $"asked for {string.Join(", ", given.Asked)} of {string.Join(
            "; ", given.Offers.Select(offer => $"{offer.Name} {offer.Version} needs {string.Join(" & ", offer.Requires)}"))}";
}
