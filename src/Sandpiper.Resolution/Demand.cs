using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Requirements;

namespace Sandpiper.Resolution;

/// <summary>Somebody asks for a package: the user (<paramref name="By"/> is null) or a package that was chosen.</summary>
internal sealed record Demand(Requirement Requirement, PackageName? By)
{
    public PackageName Name => Requirement.Name;

    /// <summary>In words: <c>you asked for six&gt;=1</c>, <c>tide 1.0 needs pebble&gt;=1</c>.</summary>
    public string Words(SearchState state)
    {
        string bare = Requirement.Specifiers.Clauses.IsEmpty ? Name.ToString() : $"{Name}{Requirement.Specifiers}";
        return By is not { } by ? $"you asked for {bare}" : $"{by} {(state.Chosen.TryGetValue(by, out Candidate? c) ? c.Version.ToString() : "")} needs {bare}";
    }
}
