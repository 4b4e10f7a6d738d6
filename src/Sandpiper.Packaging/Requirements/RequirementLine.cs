using System.Collections.Immutable;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Packaging.Requirements;

/// <summary>One requirement of a requirements file, with where it stood.</summary>
/// <param name="Requirement">What is asked for.</param>
/// <param name="Hashes">SHA-256 digests one of which the artifact must have; empty: none given on this line.</param>
/// <param name="IsConstraint">It came by <c>-c</c>: it limits, but is not installed by itself.</param>
/// <param name="Source">File and line: <c>requirements.txt:12</c>.</param>
public sealed record RequirementLine(Requirement Requirement, ImmutableArray<Sha256Digest> Hashes, bool IsConstraint, string Source);
