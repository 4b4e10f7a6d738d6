using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sandpiper.Sandbox.Reviews;

/// <summary>What one program did in a copy, and what of it is not settled yet.</summary>
/// <param name="Command">What was run.</param>
/// <param name="When">When it had ended.</param>
/// <param name="ExitCode">Its own.</param>
/// <param name="IsCutShort">It changed more than is listed.</param>
/// <param name="Roots">What was copied.</param>
/// <param name="LeftOut">Directories in them that it was shown as they are, read-only; absolute.</param>
/// <param name="Changes">In the order of their paths, root by root.</param>
public sealed record Review(
    string Command, DateTimeOffset When, int ExitCode, bool IsCutShort, ImmutableArray<CopiedRoot> Roots, ImmutableArray<string> LeftOut,
    ImmutableArray<Change> Changes)
{
    /// <summary>Where a change is, or would be, outside.</summary>
    public string PathOf(Change change) => Path.Join(Roots[change.Root].Directory, change.ShownPath);

    // What a name has to be: one below its root, and no way out of it.
    internal bool IsSound => Roots.All(root => Path.IsPathFullyQualified(root.Directory) && Path.IsPathFullyQualified(root.Real)
            && (root.OnlyName is null || (IsPath(root.OnlyName) && !root.OnlyName.Contains('/', StringComparison.Ordinal))))
        && Changes.All(change => change.Root >= 0 && change.Root < Roots.Length && IsPath(change.Path)
            && (Roots[change.Root].OnlyName is not { } only || string.Equals(only, change.Path, StringComparison.Ordinal)));

    private static bool IsPath(string path) => path.All(c => c is > '\0' and <= '\xff')
        && path.Split('/').All(name => name is not ("" or "." or ".."));
}

/// <summary>One that is kept until all of it was taken, or it was dropped.</summary>
/// <param name="Number">By which it is named; no other one ever has it.</param>
/// <param name="Place">Where its record and its copies lie.</param>
/// <param name="Content">What it says.</param>
public sealed record KeptReview(int Number, string Place, Review Content)
{
    /// <summary>Where the copy of a root lies.</summary>
    public string CopyOf(int root) => CopyIn(Place, root);

    internal static string CopyIn(string place, int root) => Path.Join(place, $"copy-{root}");
}

/// <summary>Nothing twice and nothing else.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, AllowDuplicateProperties = false,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true, MaxDepth = 8, IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(Review))]
internal sealed partial class ReviewJson : JsonSerializerContext;
